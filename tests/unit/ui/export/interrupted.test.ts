/** What is told of exports that a closed tab left behind: the notice and the queue say the same. */
import { expect, test } from 'vitest'
import { interruptedNotice } from '../../../../src/ui/export/announce.ts'
import { figures } from '../../../../src/ui/export/figures.ts'
import type { ExportJob } from '../../../../src/ui/store/export-job.ts'

const job = (done: number, state: ExportJob['state'] = { kind: 'paused' }): ExportJob => ({
  ...{
    id: `job-${done}`,
    at: 0,
    graph: 'Graph',
    clip: 'clip.mp4',
    framesDone: done,
    frames: 72,
    fromEarlier: true,
    state,
  },
  request: { outputs: { encode: { fileName: 'out.mp4' } } } as unknown as ExportJob['request'],
})

test.each([0, 1, 48])('with %d frames finished', (done) => {
  const notice = interruptedNotice([job(done)])
  const card = figures(job(done))
  expect([notice?.message, card].map((words) => words?.includes('kept'))).toEqual([done > 0, done > 0])
  expect([notice?.message, card].map((words) => words?.includes('before'))).toEqual([done === 0, done === 0])
  expect(notice?.action).toBe(done > 0 ? 'Resume' : 'Start again')
})

test('several are told of in one sentence, which promises only what there is', () => {
  expect(interruptedNotice([job(0), job(0)])?.message).toBe(
    '2 exports were interrupted before their first frames were finished.',
  )
  expect(interruptedNotice([job(0), job(5)])?.message).toContain('kept')
})

test('what is finished or cancelled was not interrupted', () => {
  expect(interruptedNotice([job(3, { kind: 'cancelled' })])).toBeNull()
})
