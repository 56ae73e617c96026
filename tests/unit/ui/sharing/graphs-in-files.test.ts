import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../../src/engine/door/api.ts'
import { emptyDocument } from '../../../../src/graph/document/document.ts'
import type { Problem } from '../../../../src/graph/document/problems.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import { createGraphsInFiles } from '../../../../src/ui/sharing/graphs-in-files.ts'
import type { Toast } from '../../../../src/ui/store/view.ts'

const graph = serializeGraph(emptyDocument, new Map())
const unreadable: Problem = { code: 'bad-file', severity: 'error', message: 'It is no video.', hint: 'Use another.' }
const file = new File([], 'result.mp4')

function bench(comment: Outcome<string | null>) {
  const toasts: Omit<Toast, 'id'>[] = []
  const told: Problem[] = []
  const files = createGraphsInFiles({
    engine: { readComment: async () => comment },
    view: { toast: (toast) => toasts.push(toast) },
    tell: (problems) => told.push(...problems),
  })
  return { files, toasts, told }
}

describe('the graph in an exported file', () => {
  it('is handed on with a name that says which file it is from', async () => {
    const { files, told } = bench({ ok: true, value: graph })
    expect(await files.carriesGraph(file)).toBe(true)
    expect(await files.graphIn(file)).toEqual({ text: graph, name: expect.stringContaining('result.mp4') })
    expect(told).toEqual([])
  })

  it.each([
    ['no comment', { ok: true, value: null }, 'result.mp4'],
    ['a comment of another program', { ok: true, value: 'Made with love' }, 'result.mp4'],
    ['a file that cannot be read', { ok: false, problems: [unreadable] }, unreadable.message],
  ] as const)('is missed in one sentence: %s', async (_, comment, sentence) => {
    const { files, told } = bench(comment as Outcome<string | null>)
    expect(await files.carriesGraph(file)).toBe(false)
    expect(await files.graphIn(file)).toBeNull()
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toContain(sentence)
  })

  it('is offered once a medium that carries one is dropped, and opened when that is taken up', async () => {
    const { files, toasts } = bench({ ok: true, value: graph })
    const opened: unknown[] = []
    const door = {
      read: (text: string) => (text === graph ? emptyDocument : null),
      show: (document: unknown) => opened.push(document),
      fetchShipped: async () => null,
    }
    await files.offerGraphIn(door, file)
    expect(toasts).toHaveLength(1)
    expect(opened).toEqual([])
    toasts[0]!.action!.run()
    expect(opened).toEqual([emptyDocument])
  })

  it('is not spoken of where a dropped medium has none', async () => {
    for (const comment of [
      { ok: true, value: null },
      { ok: false, problems: [unreadable] },
    ] as const) {
      const { files, toasts, told } = bench(comment as Outcome<string | null>)
      await files.offerGraphIn({ read: () => null, show: () => undefined, fetchShipped: async () => null }, file)
      expect([toasts, told]).toEqual([[], []])
    }
  })
})
