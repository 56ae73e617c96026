import { expect, test } from 'vitest'
import { ProgressBar } from '../../../src/cli/progress-bar.ts'
import type { ExportProgress } from '../../../src/engine/door/api.ts'

const at = (frame: number, elapsedSeconds: number) =>
  ({ frame, frames: 4, rate: 2, remaining: 75, elapsedSeconds }) as ExportProgress

function setUp(isTTY: boolean) {
  const written: string[] = []
  const bar = new ProgressBar({ isTTY, columns: 60, write: (text: string) => written.push(text) > 0 } as never)
  return { bar, written }
}

test('in a log it is a line now and then, and one for the last frame', () => {
  const { bar, written } = setUp(false)
  for (const [frame, seconds] of [
    [0, 0],
    [1, 4.9],
    [2, 5],
    [3, 6],
    [4, 6.5],
  ] as const)
    bar.update(at(frame, seconds))
  bar.end()
  expect(written.map((line) => line.slice(0, 10))).toEqual(['0/4 frames', '2/4 frames', '4/4 frames'])
  expect(written[0]).toBe('0/4 frames, 2.00 frames/s, 1:15 left\n')
})

test('on a terminal it is one line drawn again, which is left once', () => {
  const { bar, written } = setUp(true)
  bar.end()
  bar.update(at(2, 1))
  bar.end()
  bar.end()
  expect(written).toEqual([`\r${'█'.repeat(12)}${'░'.repeat(12)} 2/4 frames, 2.00 frames/s, 1:15 le\u001b[K`, '\n'])
})
