// @vitest-environment dom
/** What stands out in the clip: mended by a node or by a setting that is there, what has nothing to show, and what did not help. */
import { afterEach, expect, test } from 'vitest'
import type { Engine, SeriesRequest } from '../../../../src/engine/door/api.ts'
import { symptoms } from '../../../../src/graph/measures/symptoms.ts'
import { CheckPanel } from '../../../../src/ui/check/CheckPanel.tsx'
import { shippedGraphs } from '../../../../src/ui/files/shipped-recipes.ts'
import { facts } from '../../graph/specs.ts'
import { all, appears, buttonNamed, click, closeRendered, during, find, renderEditor, texts } from '../rendered.tsx'

afterEach(closeRendered)

/** Measures at once. */
const measuring = (
  numberOf: (measure: string, output: string, request: SeriesRequest, frame: number) => number,
): Partial<Engine> => ({
  measure: async () => ({ ok: true, value: { state: 'measured', frames: 1 } }),
  knownSeries: async (request) => ({
    ok: true,
    value: request.outputs.map(({ node, port }) => ({
      ...{ first: 0, problems: [] },
      values: Float32Array.from({ length: 96 }, (_, frame) =>
        numberOf(node.replace(/^~check-(result|plain|source)-/, ''), port, request, frame),
      ),
    })),
  }),
  stopMeasure: async () => undefined,
  thumbnail: async () => ({ ok: true, value: { width: 2, height: 2, pixels: new Uint8ClampedArray(16) } }),
})

/** The strength of the blend that is asked about; 1 where nothing stands there. */
const strengthIn = ({ document }: SeriesRequest) => {
  const blend = Object.values(document.nodes).find(({ type }) => type === 'residual-blend')
  return Number(blend?.params.strength ?? 1)
}

const check = async (engine: Partial<Engine>, recipe: 'default' | 'bicubic' = 'default') => {
  const editor = await renderEditor(recipe, <CheckPanel />, { engine })
  await during(() => editor.commands.run('viewer.check'))
  await appears('.check-panel[data-phase="done"]')
  return editor
}

test('a setting that is there is moved instead of putting a node in, the number is measured again, and one step takes it back', async () => {
  const editor = await check(
    measuring((measure, output, request) =>
      measure === 'halo' && output === 'score' ? 0.05 * strengthIn(request) : 0,
    ),
  )
  const nodes = editor.nodes()
  expect(texts('.check-finding strong').slice(0, 1)).toEqual(['Halos along edges'])
  const blend = Object.values(editor.level().nodes).find(({ type }) => type === 'residual-blend')!
  const before = blend.params.strength
  const figure = () => find('[data-figure]').textContent
  expect(figure()).toBe('0.05 5.0×')
  await click(buttonNamed(/^Set Strength of Residual Blend to /))
  const now = Number(editor.param(blend.id, 'strength'))
  expect(now).toBeLessThan(Number(before ?? 1))
  expect(editor.nodes()).toEqual(nodes)
  expect((await appears('.check-done')).dataset.fell).toBe('true')
  expect(figure()).toBe('0.05 → 0.025 2.5×')
  expect(find('.check-done').textContent).toMatch(/^Set Strength of Residual Blend to [\d.]+Undo$/)
  expect(all('.check-outdated')).toEqual([])
  await click(buttonNamed('Undo'))
  expect(figure()).toBe('0.05 5.0×')
  expect(editor.param(blend.id, 'strength')).toBe(before)
  expect(all('.check-fixed')).toEqual([])
})

test('what did not make the number fall is told, to be undone', async () => {
  const editor = await check(measuring((measure, output) => (measure === 'halo' && output === 'score' ? 0.05 : 0)))
  await click(buttonNamed('Fix with Residual Blend'))
  await appears('.check-done[data-fell="false"]')
  expect(find('.check-done').textContent).toContain('the number did not fall here. Consider undoing it.')
  await click(buttonNamed('Undo'))
  expect(editor.steps()).toHaveLength(1)
  expect(all('.check-fixed')).toEqual([])
})

/** What is read of the plain upscale, and what of the result. */
const smooth = (plain: number, result: number) => ({
  ...measuring(() => 0),
  knownSeries: (async (request) => ({
    ok: true,
    value: request.outputs.map(({ node, port }) => {
      const score = node.includes('-plain-') ? plain : result
      const number = !node.endsWith('-smoothness') ? 0 : port === 'score' ? score : port === 'textured' ? 0.4 : 0
      return { first: 0, problems: [], values: new Float32Array(96).fill(number) }
    }),
  })) satisfies Engine['knownSeries'],
})

test('what is wrong with the clip itself is told as such, with what stands in for it', async () => {
  await check(smooth(0.63, 0.6), 'bicubic')
  expect(texts('.check-finding strong').slice(0, 1)).toEqual(['Little fine texture'])
  expect(find('.check-inherited').textContent).toBe(
    'The clip has it already. What was lost stays lost: grain or a bolder model stands in for it.',
  )
  expect(all('.check-covered')).toEqual([])
  expect(buttonNamed('Fix with Grain').title).toContain('one step to undo')
})

test('what is wrong with the clip but not with the result is told in a line', async () => {
  await check(smooth(0.63, 0.1))
  expect(find('.check-panel h3').textContent).toBe('Nothing stands out in these frames.')
  expect(find('.check-covered').textContent).toBe('In the clip itself, but not in this result: little fine texture.')
  expect(buttonNamed('Open the recipe “Against plastic skin”').title).toContain('laid over your clip')
})

test('every symptom names a recipe that ships, and none is offered to whoever has it open', async () => {
  const shipped = shippedGraphs.map(({ name }) => name)
  expect(symptoms.map(({ recipe }) => recipe).filter((recipe) => !shipped.includes(recipe))).toEqual([])
  const editor = await check(smooth(0.63, 0.6), 'bicubic')
  expect(texts('.check-recipe')).toEqual(['Open the recipe “Against plastic skin”'])
  await during(() =>
    editor.document.editWhole('Rename the graph', (draft) => {
      draft.title = 'Against plastic skin'
    }),
  )
  expect(texts('.check-recipe')).toEqual([])
})

test('interlaced lines are mended by Deinterlace behind the clip, before anything enlarges it', async () => {
  const editor = await check(
    measuring((measure, output) => (measure === 'combing' && output === 'score' ? 0.6 : 0)),
    'bicubic',
  )
  await click(buttonNamed('Fix with Deinterlace'))
  expect(editor.chain()).toEqual(expect.arrayContaining(['decode > deinterlace', 'deinterlace > bicubic']))
})

test('what the file says of its fields is offered to be mended, though hardly anything was measured of it', async () => {
  const clip = facts.media({ id: 'movie' })!
  const interlaced = { ...clip, samples: { ...clip.samples, fieldOrder: 'top first' as const } }
  const engine = measuring((measure, output) => (measure === 'combing' && output === 'score' ? 0.08 : 0))
  const editor = await check(
    { ...engine, assetFacts: (async () => ({ ok: true, value: interlaced })) as Engine['assetFacts'] },
    'bicubic',
  )
  expect(texts('.check-panel h3')).toEqual(['Nothing stands out in these frames.', 'The file says so'])
  expect(texts('.check-finding strong')).toEqual(['Interlaced lines'])
  expect(find('.check-finding').textContent).toContain('The file says that it is interlaced. Little of that')
  expect(texts('.check-others th')).not.toContain('Interlaced lines')
  await click(buttonNamed('Fix with Deinterlace'))
  // There was little that could fall.
  expect((await appears('.check-done')).textContent).toMatch(/^Fixed with Deinterlace/)
  expect(find('[data-figure]').textContent).toBe('0.08 0.4×')
  expect(texts('.check-pair figcaption')).toEqual(['Before', 'After'])
  expect(find('.check-finding').textContent).toContain('Made whole frames of the fields, as the file says.')
  await during(() => editor.commands.run('viewer.check'))
  await appears('.check-panel[data-phase="done"]')
  expect(all('.check-finding')).toEqual([])
})

test('what reading the clip found, such as values that are no numbers, is said beside what was measured', async () => {
  const note = '3 of its values are not numbers (NaN), and are shown as black.'
  const clip = { ...facts.media({ id: 'movie' })!, notes: [note] }
  const assetFacts = (async () => ({ ok: true, value: clip })) as Engine['assetFacts']
  await check({ ...measuring(() => 0), assetFacts }, 'bicubic')
  expect(texts('.check-of')).toContain(note)
})

test('what stands out in too few frames is listed with the number of the frame that counts', async () => {
  await check(
    measuring((measure, output, _, frame) => (measure === 'blocks' && output === 'score' && frame < 20 ? 0.14 : 0.04)),
  )
  const row = all('.check-others tr').find(({ textContent }) => textContent?.includes('Compression blocks'))
  expect(row?.textContent).toBe('Compression blocks0.040.40×')
})

test('nothing that stands out, nothing to look at, and a check that fails each say so', async () => {
  await check(measuring(() => 0))
  expect(find('.check-panel h3').textContent).toBe('Nothing stands out in these frames.')
  expect(texts('.check-others th')).toContain('Interlaced lines')
  const failing: Partial<Engine> = {
    ...measuring(() => 0),
    async measure() {
      const problem = {
        code: 'render-failed',
        severity: 'error',
        message: 'It is gone.',
        hint: 'Choose it again.',
      } as const
      return { ok: false, problems: [problem] }
    },
  }
  const editor = await renderEditor('bicubic', <CheckPanel />, { engine: failing })
  await during(() => editor.commands.run('viewer.check'))
  expect((await appears('[role="alert"]')).textContent).toBe('The check ended: It is gone. Choose it again.')
})

test('what measures is prepared first, and the bar moves within a frame, too', async () => {
  let tell: Parameters<Engine['measure']>[1] = () => undefined
  let end: () => void = () => undefined
  const engine: Partial<Engine> = {
    ...measuring(() => 0),
    measure: (_, onProgress) =>
      new Promise((resolve) => {
        tell = onProgress
        end = () => resolve({ ok: true, value: { state: 'measured', frames: 4 } })
      }),
  }
  const editor = await renderEditor('bicubic', <CheckPanel />, { engine })
  await during(() => editor.commands.run('viewer.check'))
  const label = () => find('.check-progress p').textContent
  expect(label()).toBe('Preparing the measures')
  await during(() => tell({ framesDone: 0, frames: 4, startedShare: 0.04, frameValues: [] }))
  expect(label()).toBe('Measuring: 0 of 4 frames')
  expect(all('.progress-bar')[0]?.style.width).toBe('4%')
  await during(() => end())
  await appears('.check-panel[data-phase="done"]')
})
