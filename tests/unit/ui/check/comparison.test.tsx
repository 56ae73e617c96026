// @vitest-environment dom
/** What stands side by side, measured over the clip: the table, the worst places, and what is not there to compare. */
import { afterEach, expect, test } from 'vitest'
import type { Engine, MeasureRequest } from '../../../../src/engine/door/api.ts'
import { CheckPanel } from '../../../../src/ui/check/CheckPanel.tsx'
import { all, appears, buttonNamed, click, closeRendered, during, find, renderEditor, texts } from '../rendered.tsx'

afterEach(closeRendered)

/** Of A, and of B, in every frame, by the measure's type and output; anything else is 0. */
const scores: Readonly<Record<string, readonly [number, number]>> = {
  'halo.score': [0.05, 0.004],
  'texture-loss.score': [0.02, 0.2],
  'texture-loss.textured': [0.5, 0.5],
  'banding.score': [0.06, 0.06],
}

/** Measures at once: A as `scores` has it in frame 60 and half of it elsewhere; a cut at frame 48. */
function measuring() {
  const asked: MeasureRequest[] = []
  const numberAt = (node: string, port: string, frame: number) => {
    if (port === 'cut') return frame === 48 ? 1 : 0
    const [, k, type] = /^~comparison(\d)-(?:result|source)-(.+)$/.exec(node) ?? []
    const value = scores[`${type}.${port}`]?.[Number(k)] ?? 0
    return port === 'score' && frame !== 60 ? value / 2 : value
  }
  const engine: Partial<Engine> = {
    async measure(request) {
      asked.push(request)
      return { ok: true, value: { state: 'measured', frames: 1 } }
    },
    knownSeries: async ({ outputs }) => ({
      ok: true,
      value: outputs.map(({ node, port }) => ({
        ...{ first: 0, problems: [] },
        values: Float32Array.from({ length: 96 }, (_, frame) => numberAt(node, port, frame)),
      })),
    }),
    stopMeasure: async () => undefined,
    thumbnail: async () => ({ ok: true, value: { width: 2, height: 2, pixels: new Uint8ClampedArray(16) } }),
  }
  return { engine, asked }
}

const row = (symptom: string) => {
  const line = all(`[data-symptom="${symptom}"] tr`)[0]
  return [...(line?.querySelectorAll('td') ?? [])].map(({ dataset, textContent }) => [
    ...[Number.parseFloat(textContent ?? ''), dataset.change],
  ])
}

test('tells of each measure which is better, worst first, with the frame in which each is worst, and shot by shot', async () => {
  const { engine, asked } = measuring()
  const editor = await renderEditor('bicubic', <CheckPanel />, { engine })
  const before = editor.document.getState()
  await during(() => editor.commands.run('viewer.compareClip'))
  await appears('.check-panel[data-phase="done"]')
  // Every measure once for each picture, in one document that ends with the request.
  expect(asked.map(({ frames }) => (frames === 'every' ? frames : frames.length))).toEqual([4, 'every'])
  expect(texts('.comparison-table tbody th button').slice(0, 3)).toEqual([
    expect.stringContaining('Halos'),
    expect.stringContaining('Waxy'),
    expect.stringContaining('Banding'),
  ])
  expect(row('halo')).toEqual([
    [0.0313, undefined],
    [0.0025, 'better'],
  ])
  expect(row('waxy')[1]?.[1]).toBe('worse')
  expect(row('banding')[1]?.[1]).toBe('same')
  expect(find('.comparison-summary').textContent).toMatch(/^B is better than A in 1 and worse in 1 of \d+ measures\.$/)
  expect(texts('.comparison-shots button')).toEqual(['Frames 0–47', 'Frames 48–95'])
  expect(texts('.comparison-shots p')[0]).toBe('B is better in Halos along edges. B is worse in Waxy texture.')
  // The worst row is looked into; a press goes to the frame, side by side, and edits nothing.
  await click(buttonNamed('A: at worst 0.05, frame 60'))
  expect(editor.preview.getState().frame).toBe(60)
  expect(editor.viewerSettings.getState()).toMatchObject({ mode: 'side', overlay: { kind: 'measure', type: 'halo' } })
  expect(editor.document.getState().document).toBe(before.document)
  expect(editor.steps()).toEqual([])
  expect(all('.comparison-crops canvas')).toHaveLength(2)
})

test('several values of a setting are compared as they stand side by side, and other ones are told of', async () => {
  const { engine } = measuring()
  const editor = await renderEditor('bicubic', <CheckPanel />, { engine })
  const node = editor.preview.getState().view!.node
  const variants = { node, param: 'sharpness', values: [0, 0.5, 1] }
  await during(() => editor.viewerSettings.setState({ variants, mode: 'side' }))
  await during(() => editor.commands.run('viewer.compareClip'))
  await appears('.check-panel[data-phase="done"]')
  expect(all('.compared-names li')).toHaveLength(3)
  expect(all('.check-outdated')).toEqual([])
  await during(() => editor.viewerSettings.setState({ variants: { ...variants, values: [0, 0.25, 1] } }))
  expect(all('.check-outdated')).toHaveLength(1)
})

test('a picture with nothing beside it is told in a sentence, and what cannot be measured by its name', async () => {
  const { engine } = measuring()
  const failing: Partial<Engine> = {
    ...engine,
    async measure() {
      const problem = {
        code: 'render-failed',
        severity: 'error',
        message: 'The clip is gone.',
        hint: 'Choose it again.',
      } as const
      return { ok: false, problems: [problem] }
    },
  }
  const editor = await renderEditor('bicubic', <CheckPanel />, { engine: failing })
  await during(() => editor.viewerSettings.setState({ others: [{ kind: 'reference' }] }))
  await during(() => editor.commands.run('viewer.compareClip'))
  expect((await appears('[role="alert"]')).textContent).toContain('Nothing stands beside A.')
  await during(() => editor.viewerSettings.setState({ others: [{ kind: 'source' }] }))
  await during(() => editor.commands.run('viewer.compareClip'))
  expect((await appears('[role="alert"]', /gone/)).textContent).toBe(
    'The comparison ended: The clip is gone. Choose it again.',
  )
})
