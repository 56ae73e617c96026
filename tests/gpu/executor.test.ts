/** The executor with nodes made for the purpose: what runs, in which order, what is kept, what is given back. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contentKey } from '../../src/engine/run/content-key.ts'
import { createExecutor, type Executor, type FrameRequest } from '../../src/engine/run/executor.ts'
import { createPreparer, type EngineParts, type PreparedGraph, type Preparer } from '../../src/engine/run/prepare.ts'
import { createResultCache, type ResultCache } from '../../src/engine/run/result-cache.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type NodeId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { fold } from '../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../src/graph/edits/history.ts'
import type { ImageDesc } from '../../src/graph/node/ports.ts'
import { plan } from '../../src/graph/plan/plan.ts'
import { wholeOf } from '../../src/graph/plan/region.ts'
import { steadyTimeline } from '../../src/media/timeline.ts'
import { defineNode, type NodeDefinition, param, port } from '../../src/nodes/define.ts'
import { type Bench, download, openBench } from './harness.ts'

const size = { width: 5, height: 3 }
const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 10, ...size }

/** What the nodes under test were asked to do. */
let calls: string[] = []
let prepared: string[] = []

/** Frame n is n/16 everywhere. */
const pattern = (type: string, frames: number) =>
  defineNode({
    type,
    title: type,
    category: 'io',
    summary: 'A grey that brightens.',
    inputs: {},
    outputs: { image: port.image('Image') },
    params: { name: param.text('Name', { default: type }) },
    infer: () => ({ image }),
    kernel: {
      kind: 'source',
      async prepare({ gpu, params }) {
        prepared.push(params.name)
        const fill = await gpu.compute({
          label: 'pattern',
          writes: { result: 'rgba16float' },
          uniforms: { value: 'f32' },
          wgsl: 'fn main(at: vec2u) { textureStore(result, at, vec4f(vec3f(u.value), 1.0)); }',
        })
        return {
          timeline: steadyTimeline(frames, 10),
          range: { first: 0, last: frames - 1 },
          audio: null,
          async run({ recorder, outputs, time }) {
            calls.push(`${params.name}@${time.index}`)
            if (outputs.image)
              fill.record(recorder, {
                writes: { result: outputs.image.texture },
                uniforms: { value: time.index / 16 },
                size,
              })
          },
        }
      },
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
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb + f32(px.frame) / 64.0, image.a);' },
})

const passThrough = (type: string, act: () => void, memory?: (index: number) => number) =>
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
      ...(memory ? { memory: () => memory } : {}),
      async prepare({ params }) {
        prepared.push(`${type}:${params.quality}`)
        return {
          async run({ recorder, inputs, outputs, time }) {
            calls.push(`${type}@${time.index}`)
            act()
            const { texture } = inputs.image
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

let failure: Error | undefined
const all: readonly NodeDefinition[] = [
  pattern('clip', 12),
  pattern('still', 1),
  add,
  perFrame,
  passThrough('slow', () => {
    if (failure) throw failure
  }),
  passThrough(
    'held',
    () => undefined,
    (index) => index % 4,
  ),
]
const definitions = new Map(all.map((definition) => [definition.type, definition]))

/** `'a:clip b:slow<a c:add<b'` wires the image of each to the next; params by node id. */
function graph(text: string, params: Readonly<Record<string, JsonObject>> = {}): GraphDocument {
  const nodes: Record<NodeId, GraphDocument['nodes'][NodeId]> = {}
  const edges: Record<EdgeId, GraphDocument['edges'][EdgeId]> = {}
  for (const word of text.split(' ')) {
    const [name, type = '', from] = word.split(/[:<]/)
    const id = name as NodeId
    nodes[id] = { id, type, params: params[name ?? ''] ?? {}, position: { x: 0, y: 0 } }
    const edge = `to-${name}` as EdgeId
    if (from) edges[edge] = { id: edge, from: { node: from as NodeId, port: 'image' }, to: { node: id, port: 'image' } }
  }
  return { ...emptyDocument, nodes, edges }
}

let bench: Bench
let preparer: Preparer
let executor: Executor
let results: ResultCache
const signal = new AbortController().signal

beforeEach(async () => {
  bench = await openBench()
  const unused = (): never => {
    throw new Error('the nodes under test use no media and no models')
  }
  const parts: EngineParts = {
    gpu: bench.gpu,
    definitions,
    assetVersion: () => 0,
    media: { open: unused, createSink: unused, createPictureSink: unused },
    models: { superResolver: unused, textDetector: unused },
    upload: unused,
    download: { videoFrame: unused, rgba8: unused, png: unused },
  }
  preparer = createPreparer(parts)
  executor = createExecutor(parts)
  results = createResultCache(1e6)
  calls = []
  prepared = []
  failure = undefined
})

afterEach(async () => {
  results[Symbol.dispose]()
  await preparer[Symbol.asyncDispose]()
  executor[Symbol.dispose]()
  expect(bench.gpu.pool.stats.leases, 'leases still out').toBe(0)
  expect(bench.takeErrors()).toEqual([])
  bench.close()
})

async function prepare(document: GraphDocument, view: string): Promise<PreparedGraph> {
  const planned = plan({
    document,
    specs: definitions,
    facts: { media: () => undefined, model: () => undefined },
    targets: [{ node: view as NodeId, port: 'image' }],
    limits: { sampledTextures: 16, storageTextures: 4, textureSize: 8192 },
  })
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  return preparer.prepare({ document, planned, runtime: 'auto', signal })
}

/** First pixel's red of the single target. */
async function show(graphed: PreparedGraph, index: number, more: Partial<FrameRequest> = {}): Promise<number> {
  using result = await executor.run(graphed, { index, targets: graphed.plan.targets, signal, timed: false, ...more })
  const [target] = graphed.plan.targets
  const { data } = await download(bench, result.targets.get(target!)!.picture)
  return data[0]!
}

const cached = () => ({ cache: { results, keep: () => true } })

test('runs a chain and gives every lease back', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  expect(await show(graphed, 4)).toBeCloseTo(4 / 16 + 0.25, 3)
  expect(calls).toEqual(['clip@4', 'slow@4'])
  expect(graphed.clock).toMatchObject({ node: 'a', first: 0, last: 11 })
})

test('fuses neighbouring pixel nodes into one dispatch, with the result of two', async () => {
  const document = graph('a:clip b:add<a c:per-frame<b d:add<c', { d: { amount: -0.125 } })
  const fused = await prepare(document, 'd')
  expect(fused.steps.map(({ step }) => step.nodes)).toEqual([['a'], ['b', 'c', 'd']])
  expect(await show(fused, 8)).toBeCloseTo(8 / 16 + 0.25 + 8 / 64 - 0.125, 3)
})

test('an edit below an expensive node finds that node’s result in the cache, and its undoing finds everything', async () => {
  const before = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  await show(before, 2, cached())
  calls = []
  const after = await prepare(graph('a:clip b:slow<a c:add<b', { c: { amount: 0.5 } }), 'c')
  expect(await show(after, 2, cached())).toBeCloseTo(2 / 16 + 0.5, 3)
  expect(calls).toEqual([])
  const undone = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  const submits = executor.submits
  expect(await show(undone, 2, cached())).toBeCloseTo(2 / 16 + 0.25, 3)
  expect(calls).toEqual([])
  expect(executor.submits).toBe(submits)
})

test('another frame is another result; a still’s results serve every frame unless a node uses the frame’s number', async () => {
  const clip = await prepare(graph('a:clip b:slow<a'), 'b')
  await show(clip, 1, cached())
  await show(clip, 2, cached())
  expect(calls).toEqual(['clip@1', 'slow@1', 'clip@2', 'slow@2'])
  const still = await prepare(graph('a:still b:slow<a c:per-frame<b'), 'c')
  expect([...executor.constants(still)].map((value) => still.plan.values[value]!.producer.node)).toEqual(['a', 'b'])
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
  const folded = await prepare(expand(history.document, definitions).document, 'c')
  calls = []
  const submits = executor.submits
  expect(folded.steps.map(({ step }) => step.nodes)).toEqual([['subgraph/a'], ['subgraph/b'], ['c']])
  expect(await show(folded, 2, cached())).toBeCloseTo(2 / 16 + 0.25, 3)
  expect(executor.submits).toBe(submits)
  await prepare(plain, 'c')
  expect(calls).toEqual([])
  expect(prepared).toEqual(['clip', 'slow:1'])
  // What is no more by any name goes.
  await prepare(graph('a:still c:add<a'), 'c')
  expect(prepared).toContain('slow:1 gone')
})

test('a node with memory sees the frames before, and only those it has not just seen', async () => {
  const graphed = await prepare(graph('a:clip b:held<a'), 'b')
  await show(graphed, 6)
  expect(calls.filter((call) => call.startsWith('held'))).toEqual(['held@4', 'held@5', 'held@6'])
  calls = []
  await show(graphed, 7)
  expect(calls.filter((call) => call.startsWith('held'))).toEqual(['held@7'])
  calls = []
  await show(graphed, 5)
  expect(calls.filter((call) => call.startsWith('held'))).toEqual(['held@4', 'held@5'])
})

test('what goes wrong in a node carries its id, and leaves nothing leased', async () => {
  const graphed = await prepare(graph('a:clip b:slow<a c:add<b'), 'c')
  failure = new Error('out of luck')
  await expect(show(graphed, 0)).rejects.toMatchObject({ name: 'NodeFailure', node: 'b', message: 'out of luck' })
  expect(bench.gpu.pool.stats.leases).toBe(0)
  failure = undefined
  expect(await show(graphed, 1)).toBeCloseTo(1 / 16 + 0.25, 3)
})

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
  using result = await executor.run(graphed, { index: 0, targets: graphed.plan.targets, signal, timed: true })
  const reports = await result.reports()
  expect(reports.map(({ step, cached: kept }) => [step.nodes.join(), kept])).toEqual([
    ['a', false],
    ['b', false],
    ['c', false],
  ])
  for (const { milliseconds } of reports) expect(milliseconds).toBeGreaterThanOrEqual(0)
})

test('the cache keeps to its budget, sparing what is pinned', () => {
  const bytes = size.width * size.height * 8
  const small = createResultCache(bytes * 2)
  const put = (key: string) => small.put(key, bench.gpu.pool.texture(image, key), { desc: image, part: wholeOf(image) })
  const pinned = put('a')
  put('b')[Symbol.dispose]()
  put('c')[Symbol.dispose]()
  expect(small.bytes).toBe(bytes * 2)
  expect(small.get('b')).toBeUndefined()
  const kept = small.get('c')
  expect(kept).toBeDefined()
  pinned[Symbol.dispose]()
  small.clear()
  expect(small.bytes).toBe(0)
  expect(bench.gpu.pool.stats.leases, 'a pinned picture outlives the clearing').toBe(1)
  kept?.[Symbol.dispose]()
})

test('a sparing newcomer takes the room of old results only, and stays out where there is none', () => {
  const bytes = size.width * size.height * 8
  const small = createResultCache(bytes * 2)
  const what = { desc: image, part: wholeOf(image) }
  const put = (key: string, sparing?: number) =>
    small.put(key, bench.gpu.pool.texture(image, key), what, sparing)[Symbol.dispose]()
  put('old')
  const mark = small.mark()
  put('edited')
  put('ahead 1', mark)
  expect(['old', 'edited', 'ahead 1'].filter(small.has)).toEqual(['edited', 'ahead 1'])
  put('ahead 2', mark)
  expect(['edited', 'ahead 1', 'ahead 2'].filter(small.has)).toEqual(['edited', 'ahead 1'])
  expect(small.bytes).toBe(bytes * 2)
  small.clear()
})

test('content keys tell contents apart', () => {
  expect(contentKey(['grain', { amount: 0.1 }])).toBe(contentKey(['grain', { amount: 0.1 }]))
  expect(contentKey(['grain', { amount: 0.1 }])).not.toBe(contentKey(['grain', { amount: 0.2 }]))
})
