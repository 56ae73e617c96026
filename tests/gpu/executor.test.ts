/** The executor with nodes made for the purpose: what runs, in which order, what is kept, what is given back. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FrameRequest } from '../../src/engine/run/frame-run.ts'
import type { PreparedGraph } from '../../src/engine/run/prepared-graph.ts'
import { Windows } from '../../src/engine/run/window-cache.ts'
import type { Recorder } from '../../src/gpu/types.ts'
import {
  type EdgeId,
  emptyDocument,
  type FlatId,
  type GraphDocument,
  type NodeId,
} from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { fold } from '../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../src/graph/edits/history.ts'
import type { FrameSpan } from '../../src/graph/node/needs.ts'
import type { ImageDesc } from '../../src/graph/node/ports.ts'
import { defineNode, type NodeDefinition, param, port } from '../../src/nodes/define.ts'
import { type Bench, download, openBench } from './harness.ts'
import { type ExecutorBench, never, openExecutorBench } from './support/executor-bench.ts'
import { brighteningGrey, plainSource } from './support/plain-source.ts'

const size = { width: 5, height: 3 }
const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 10, ...size }

/** What the nodes under test were asked to do. */
let calls: string[] = []
let prepared: string[] = []

/** Frame n is n/16 everywhere. */
const pattern = (type: string, frames: number, frameRate = image.frameRate) =>
  plainSource({
    ...{ type, frames },
    image: { ...image, frameRate },
    params: { name: param.text('Name', { default: type }) },
    async prepare({ gpu, params: { name } }) {
      prepared.push(String(name))
      const fill = await brighteningGrey(gpu)
      return async ({ recorder, outputs, time }) => {
        calls.push(`${name}@${time.index}`)
        if (outputs.image) fill(recorder, outputs.image.texture, time.index)
      }
    },
  })

const add = defineNode({
  type: 'add',
  title: 'Add',
  category: 'look',
  summary: 'Adds a number.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: { amount: param.float('Amount', { default: 0.25, min: -1, max: 1 }) },
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb + p.amount, image.a);' },
})

const perFrame = defineNode({
  type: 'per-frame',
  title: 'Per frame',
  category: 'look',
  summary: 'Adds the frame’s number.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {},
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', readsFrame: true, wgsl: 'return vec4f(image.rgb + f32(px.frame) / 64.0, image.a);' },
})

/** The sum of the frames around a pixel’s own, in one dispatch. */
const around = defineNode({
  type: 'around',
  title: 'Around',
  category: 'look',
  summary: 'Weighs the frames before and after.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {},
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pixel',
    needs: () => ({ image: { frames: { before: 1, after: 2 } } }),
    wgsl: `let at = vec2i(px.at);
return vec4f((image_before1_at(at).rgb + 2.0 * image.rgb + 4.0 * image_after1_at(at).rgb + 8.0 * image_after2_at(at).rgb) / 16.0, 1.0);`,
  },
})

const sum = defineNode({
  type: 'sum',
  title: 'Sum',
  category: 'look',
  summary: 'Adds a picture.',
  inputs: { image: port.image('Image'), other: port.image('Other') },
  outputs: { image: port.image('Image') },
  params: {},
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb + other.rgb, image.a);' },
})

/** Two pictures and a mask from one dispatch. */
const parted = defineNode({
  type: 'parted',
  title: 'Parted',
  category: 'look',
  summary: 'Parts a picture in two.',
  inputs: { image: port.image('Image') },
  outputs: { low: port.image('Low'), high: port.image('High'), share: port.mask('Share') },
  params: {},
  infer: ({ image }) => ({ low: image, high: image, share: { ...image, type: 'mask', format: 'r32float' } }),
  kernel: {
    kind: 'pixel',
    wgsl: ' return Outputs(vec4f(image.rgb * 0.25, 1.0), vec4f(image.rgb * 0.75, 1.0), image.r * 0.5); ',
  },
})

const passThrough = (type: string, act: (recorder: Recorder) => void, frames?: FrameSpan) =>
  defineNode({
    type,
    title: type,
    category: 'look',
    summary: 'Copies.',
    inputs: { image: port.image('Image') },
    outputs: { image: port.image('Image') },
    params: { quality: param.int('Quality', { default: 1, min: 0, max: 9, affects: 'plan' }) },
    infer: ({ image }) => ({ image }),
    kernel: {
      kind: 'async',
      ...(frames ? { needs: () => ({ image: { frames } }) } : {}),
      async prepare({ params }) {
        prepared.push(`${type}:${params.quality}`)
        return {
          async run({ recorder, inputs, outputs, time }) {
            calls.push(`${type}@${time.index}`)
            act(recorder)
            const texture = inputs.image.at(inputs.image.offsets.at(-1)!).texture
            if (outputs.image)
              recorder.encoder.copyTextureToTexture({ texture }, { texture: outputs.image.texture }, size)
            recorder.submit()
            await Promise.resolve()
          },
          dispose: () => {
            prepared.push(`${type}:${params.quality} gone`)
          },
        }
      },
    },
  })

type PixelKernel = Extract<Parameters<typeof defineNode>[0]['kernel'], { readonly kind: 'pixel' }>

/** A node that fails in a way of its own, whatever it is fused with. */
const pixels = (type: string, kernel: Omit<PixelKernel, 'kind'>) =>
  defineNode({
    type,
    title: type,
    category: 'look',
    summary: 'Fails.',
    inputs: { image: port.image('Image') },
    outputs: { image: port.image('Image') },
    params: {},
    infer: ({ image }) => ({ image }),
    kernel: { kind: 'pixel', ...kernel } as never,
  })

let failure: Error | undefined
/** An hour of computing, told while the node waits for nothing. */
const workingHour = 3.6e6
const works = passThrough('works', (recorder) => recorder.worked?.(workingHour))
const waits = passThrough('waits', () => undefined)

const all: readonly NodeDefinition[] = [
  works,
  waits,
  pattern('clip', 12),
  pattern('still', 1),
  pattern('slow-clip', 6, image.frameRate / 2),
  add,
  perFrame,
  passThrough('slow', () => {
    if (failure) throw failure
  }),
  around,
  sum,
  parted,
  pixels('misspelt', { wgsl: 'return imgae;' }),
  pixels('no-body', {
    wgsl() {
      throw new Error('out of luck')
    },
  }),
  pixels('no-table', {
    tables: { table: () => Promise.reject(new Error('out of luck')) },
    wgsl: 'return image + table_at(vec2i(0));',
  }),
  pixels('no-place', {
    readsFrame: true,
    fields: {
      field: {
        params: [],
        wgsl: 'return vec4f(0.0);',
        pushed() {
          throw new Error('out of luck')
        },
      },
    },
    wgsl: 'return image + field_at(vec2i(px.at));',
  }),
  passThrough('held', () => undefined, { every: 4 }),
  passThrough('two-ahead', () => undefined, { before: 2, after: 2 }),
]
const definitions = new Map(all.map((definition) => [definition.type, definition]))

const output = <Id>(text: string): { node: Id; port: string } => {
  const [node, name = 'image'] = text.split('.')
  return { node: node as Id, port: name }
}

/** `'a:clip b:slow<a c:add<b.high'` wires each to the next, by its image where no other output is named; params by node id. */
function graph(text: string, params: Readonly<Record<string, JsonObject>> = {}): GraphDocument {
  const nodes: Record<NodeId, GraphDocument['nodes'][NodeId]> = {}
  const edges: Record<EdgeId, GraphDocument['edges'][EdgeId]> = {}
  for (const word of text.split(' ')) {
    const [name, type = '', from] = word.split(/[:<]/)
    const id = name as NodeId
    nodes[id] = { id, type, params: params[name ?? ''] ?? {}, position: { x: 0, y: 0 } }
    const edge = `to-${name}` as EdgeId
    if (from) edges[edge] = { id: edge, from: output<NodeId>(from), to: { node: id, port: 'image' } }
  }
  return { ...emptyDocument, nodes, edges }
}

let bench: Bench
let engine: ExecutorBench
const signal = never

beforeEach(async () => {
  bench = await openBench()
  engine = openExecutorBench(bench, definitions)
  calls = []
  prepared = []
  failure = undefined
})

afterEach(async () => {
  await engine.close()
  bench.close()
})

const prepare = (document: GraphDocument, ...views: readonly string[]) =>
  engine.prepareWhole(document, ...views.map((view) => (view.includes('.') ? view : `${view}.image`)))

/** First pixel's red of each target. */
async function showAll(graphed: PreparedGraph, index: number, more: Partial<FrameRequest> = {}): Promise<number[]> {
  const { targets } = graphed.plan
  using result = await engine.executor.run(graphed, { index, targets, signal, timed: false, ...more })
  const reds: number[] = []
  for (const target of targets) reds.push((await download(bench, result.targets.get(target)!.picture)).data[0]!)
  return reds
}

/** The same of a single one. */
const show = async (...asked: Parameters<typeof showAll>): Promise<number> => (await showAll(...asked))[0]!

const cached = () => ({ cache: { results: engine.results, keep: () => true } })

test('runs a chain and gives every lease back', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  expect(await show(graphed, 4)).toBeCloseTo(4 / 16 + 0.25, 3)
  expect(calls).toEqual(['clip@4', 'slow@4'])
  expect(graphed.clock).toMatchObject({ node: 'a', first: 0, last: 11 })
})

test('tells what will run, each step as it begins, and the end; what is there already does not run', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  const told: (string | number)[] = []
  const follow: FrameRequest['follow'] = (steps) => {
    told.push(steps.map(({ nodes }) => nodes.join('+')).join(' '))
    return (task) => told.push(task)
  }
  await show(graphed, 4, { follow, ...cached() })
  expect(told.splice(0)).toEqual(['a b c', 0, 1, 2, 3])
  await show(await prepare(graph('a:clip b:slow<a c:add<b', { c: { amount: 0.5 } }), 'c'), 4, { follow, ...cached() })
  expect(told).toEqual(['c', 0, 1])
})

test('fuses neighbouring pixel nodes into one dispatch, with the result of two', async () => {
  const document = graph('a:clip b:add<a c:per-frame<b d:add<c', { d: { amount: -0.125 } })
  const fused = await prepare(document, 'd')
  expect(fused.steps.map(({ step }) => step.nodes)).toEqual([['a'], ['b', 'c', 'd']])
  expect(await show(fused, 8)).toBeCloseTo(8 / 16 + 0.25 + 8 / 64 - 0.125, 3)
})

test('a pixel node gives several outputs out of one dispatch, to its own unit and beyond it', async () => {
  const document = graph('a:clip b:add<a p:parted<b c:add<p.high d:slow<p.low')
  const parts = await prepare(document, 'p.low', 'p.high', 'p.share')
  expect(parts.steps.map(({ step }) => step.nodes)).toEqual([['a'], ['b', 'p']])
  const half = 4 / 16 + 0.25
  expect(await showAll(parts, 4)).toEqual([half / 4, (half * 3) / 4, half / 2])
  expect(await show(await prepare(document, 'p.share'), 4), 'one alone').toBe(half / 2)
  const further = await prepare(document, 'c', 'd')
  expect(further.steps.map(({ step }) => step.nodes)).toEqual([['a'], ['b', 'p', 'c'], ['d']])
  expect(await showAll(further, 4)).toEqual([(half * 3) / 4 + 0.25, half / 4])
})

test('an edit below an expensive node finds that node’s result in the cache, and its undoing finds everything', async () => {
  const before = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  await show(before, 2, cached())
  calls = []
  const after = await prepare(graph('a:clip b:slow<a c:add<b', { c: { amount: 0.5 } }), 'c')
  expect(await show(after, 2, cached())).toBeCloseTo(2 / 16 + 0.5, 3)
  expect(calls).toEqual([])
  const undone = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  const submits = engine.executor.submits
  expect(await show(undone, 2, cached())).toBeCloseTo(2 / 16 + 0.25, 3)
  expect(calls).toEqual([])
  expect(engine.executor.submits).toBe(submits)
})

test('another frame is another result; a still’s results serve every frame unless a node uses the frame’s number', async () => {
  const clip = await prepare(graph('a:clip b:slow<a'), 'b')
  await show(clip, 1, cached())
  await show(clip, 2, cached())
  expect(calls).toEqual(['clip@1', 'slow@1', 'clip@2', 'slow@2'])
  calls = []
  const still = await prepare(graph('a:still b:slow<a c:per-frame<b'), 'c')
  expect(await show(still, 0, cached())).toBeCloseTo(0, 3)
  expect(calls).toEqual(['still@0', 'slow@0'])
})

test('nodes that an edit does not touch keep their instance', async () => {
  await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  await prepare(graph('a:clip b:slow<a c:add<b', { c: { amount: 0.5 } }), 'c')
  expect(prepared).toEqual(['clip', 'slow:1'])
  await prepare(graph('a:clip b:slow<a c:add<b', { b: { quality: 2 } }), 'c')
  expect(prepared).toEqual(['clip', 'slow:1', 'slow:1 gone', 'slow:2'])
  await prepare(graph('a:clip c:add<a'), 'c')
  expect(prepared.at(-1)).toBe('slow:2 gone')
})

test('a node that is folded into a subgraph keeps its instance and its results, and so it does when unfolded', async () => {
  const plain = graph('a:clip b:slow<a c:add<b')
  await show(await prepare(plain, 'c'), 2, cached())
  const { history } = edit(newHistory(plain), 'Fold', (draft) => fold(draft, definitions, ['a', 'b'] as NodeId[]))
  const folded = await prepare(history.document, 'c')
  calls = []
  const submits = engine.executor.submits
  expect(folded.steps.map(({ step }) => step.nodes)).toEqual([['subgraph/a'], ['subgraph/b'], ['c']])
  expect(await show(folded, 2, cached())).toBeCloseTo(2 / 16 + 0.25, 3)
  expect(engine.executor.submits).toBe(submits)
  await prepare(plain, 'c')
  expect(calls).toEqual([])
  expect(prepared).toEqual(['clip', 'slow:1'])
  // What is no more by any name goes.
  await prepare(graph('a:still c:add<a'), 'c')
  expect(prepared).toContain('slow:1 gone')
})

const callsOf = (type: string) => calls.filter((call) => call.startsWith(type))

test('a node that holds a frame runs for it once, at whatever frame it is asked', async () => {
  const graphed = await prepare(graph('a:clip b:held<a c:add<b', { c: { amount: 0 } }), 'c')
  for (const [index, red] of [
    [6, 4],
    [7, 4],
    [5, 4],
    [8, 8],
    [3, 0],
  ] as const)
    expect(await show(graphed, index, cached())).toBeCloseTo(red / 16, 3)
  expect(callsOf('held')).toEqual(['held@4', 'held@8', 'held@0'])
})

test('a pixel node reads frames around its own, and at the ends the nearest stands in', async () => {
  const graphed = await prepare(graph('a:clip b:around<a'), 'b')
  const expected = (index: number) => {
    const red = (frame: number) => Math.min(11, Math.max(0, frame)) / 16
    return (red(index - 1) + 2 * red(index) + 4 * red(index + 1) + 8 * red(index + 2)) / 16
  }
  for (const index of [0, 5, 10, 11]) expect(await show(graphed, index)).toBeCloseTo(expected(index), 3)
})

test('a window over another clip holds what that shows at the moments of the clock', async () => {
  const plain = graph('a:clip o:slow-clip w:around<o s:sum<a')
  const other = { id: 'other' as EdgeId, from: output<NodeId>('w'), to: { node: 's' as NodeId, port: 'other' } }
  const graphed = await prepare({ ...plain, edges: { ...plain.edges, [other.id]: other } }, 's')
  const shown = (index: number) => Math.floor(Math.min(11, Math.max(0, index)) / 2) / 16
  const expected = (index: number) =>
    index / 16 + (shown(index - 1) + 2 * shown(index) + 4 * shown(index + 1) + 8 * shown(index + 2)) / 16
  for (const index of [7, 0, 11]) expect(await show(graphed, index), `${index} alone`).toBeCloseTo(expected(index), 3)
  calls = []
  using windows = new Windows(graphed)
  for (let index = 0; index < 12; index++)
    expect(await show(graphed, index, { windows }), `${index} in order`).toBeCloseTo(expected(index), 3)
  for (const type of ['clip', 'slow-clip'])
    expect(calls.filter((call) => call.startsWith(`${type}@`)).length, type).toBeLessThanOrEqual(12)
})

test('below a costly node, a window costs its frames once: five to seek, one to step', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:two-ahead<b'), 'c')
  expect(await show(graphed, 5, cached())).toBeCloseTo(7 / 16, 3)
  expect(callsOf('slow')).toEqual(['slow@3', 'slow@4', 'slow@5', 'slow@6', 'slow@7'])
  calls = []
  expect(await show(graphed, 6, cached())).toBeCloseTo(8 / 16, 3)
  expect(callsOf('slow')).toEqual(['slow@8'])
})

test('frames made in order run every step once a frame, within the plan’s bound, with the results of any other order', async () => {
  const graphed = await prepare(graph('a:clip b:two-ahead<a c:two-ahead<b d:two-ahead<c'), 'd')
  // Alone: what is not kept must be made, nine frames and five in between.
  bench.gpu.pool.resetPeak()
  expect(await show(graphed, 4)).toBeCloseTo(10 / 16, 3)
  expect(calls.filter((call) => call.startsWith('clip'))).toHaveLength(11)
  expect(bench.gpu.pool.stats.peakBytes).toBeLessThanOrEqual(graphed.plan.peakBytes)
  calls = []
  using windows = new Windows(graphed)
  bench.gpu.pool.resetPeak()
  for (let index = 0; index < 12; index++)
    expect(await show(graphed, index, { windows })).toBeCloseTo(Math.min(11, index + 6) / 16, 3)
  for (const type of ['clip', 'two-ahead']) {
    const counts = new Map<string, number>()
    for (const call of callsOf(type)) counts.set(call, (counts.get(call) ?? 0) + 1)
    expect([...counts.values()]).toEqual(new Array(12).fill(type === 'clip' ? 1 : 3))
  }
  expect(bench.gpu.pool.stats.peakBytes).toBe(graphed.plan.peakBytes)
  // Fifteen of the three values between, and the one shown.
  expect(graphed.plan.peakBytes).toBe(16 * size.width * size.height * 8)
})

test('what goes wrong in a node carries its id, and leaves nothing leased', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  failure = new Error('out of luck')
  await expect(show(graphed, 0)).rejects.toMatchObject({ name: 'NodeFailure', node: 'b', message: 'out of luck' })
  expect(bench.gpu.pool.stats.leases).toBe(0)
  failure = undefined
  expect(await show(graphed, 1)).toBeCloseTo(1 / 16 + 0.25, 3)
})

test.each([
  ['whose shader does not compile', 'misspelt', /imgae/],
  ['that has no body', 'no-body', /^out of luck$/],
  ['whose table cannot be made', 'no-table', /^out of luck$/],
  ['whose field has no place in a frame', 'no-place', /^out of luck$/],
])(
  'a node %s is told by its own id: first, in the middle or last in a unit, in a subgraph too',
  async (_, type, said) => {
    const kinds = ['add', 'add', 'add']
    for (const [at, id] of ['b', 'c', 'd'].entries()) {
      const [b, c, d] = kinds.with(at, type)
      const document = graph(`a:clip b:${b}<a c:${c}<b d:${d}<c`)
      const shown = async (whole: GraphDocument) => show(await prepare(whole, 'd'), 0)
      const failed = { name: 'NodeFailure', message: expect.stringMatching(said) }
      await expect(shown(document), `at ${id}`).rejects.toMatchObject({ ...failed, node: id })
      const folded = edit(newHistory(document), 'Fold', (draft) => fold(draft, definitions, ['b', 'c'] as NodeId[]))
      const path = id === 'd' ? id : `subgraph/${id}`
      await expect(shown(folded.history.document), `at ${path}`).rejects.toMatchObject({ ...failed, node: path })
    }
  },
)

test('a cancelled frame stops before its next step', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:slow<b'), 'c')
  const controller = new AbortController()
  const running = show(graphed, 3, { signal: controller.signal })
  controller.abort()
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect(calls.filter((call) => call.startsWith('slow'))).toHaveLength(0)
})

test('live textures stay at the plan’s lower bound', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:slow<b d:slow<c e:add<d'), 'e')
  bench.gpu.pool.resetPeak()
  await show(graphed, 3)
  expect(bench.gpu.pool.stats.peakBytes).toBe(graphed.plan.peakBytes)
})

test('times come per step from the GPU’s clock, or from the wall where it has none', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  using result = await engine.executor.run(graphed, { index: 0, targets: graphed.plan.targets, signal, timed: true })
  const reports = await result.reports()
  expect(reports.map(({ step, cached: kept }) => [step.nodes.join(), kept])).toEqual([
    ['a', false],
    ['b', false],
    ['c', false],
  ])
  for (const { milliseconds } of reports) expect(milliseconds).toBeGreaterThanOrEqual(0)
})

test('tells what a node computed from what it waited for, each step its own', async () => {
  const graphed = await prepare(graph('a:clip w:works<a i:waits<w p:add<i'), 'p')
  using result = await engine.executor.run(graphed, { index: 1, targets: graphed.plan.targets, signal, timed: true })
  const reports = await result.reports()
  const of = (node: string) => reports.find(({ step }) => step.nodes.includes(node as FlatId))!
  expect(of('w').milliseconds).toBeGreaterThanOrEqual(workingHour)
  expect(of('w').waiting).toBe(0)
  expect(of('p').waiting).toBe(0)
  // A copy is no pass: what the GPU's clock did not see is not work.
  expect(of('i').milliseconds).toBe(0)
  expect(of('a').milliseconds).toBeGreaterThan(0)
})
