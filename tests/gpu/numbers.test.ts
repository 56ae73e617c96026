/** Numbers through the executor, with nodes made for the purpose: measured on the GPU, worked out on the CPU, wired to params. */

import { produce } from 'immer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Executor } from '../../src/engine/run/executor.ts'
import type { FrameRequest } from '../../src/engine/run/frame-run.ts'
import type { PreparedGraph } from '../../src/engine/run/prepared-graph.ts'
import { Windows } from '../../src/engine/run/window-cache.ts'
import {
  type EdgeId,
  type Endpoint,
  emptyDocument,
  type GraphDocument,
  type NodeId,
} from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { promote } from '../../src/graph/edits/boundary.ts'
import { connect } from '../../src/graph/edits/edit.ts'
import { fold } from '../../src/graph/edits/fold.ts'
import type { ImageDesc } from '../../src/graph/node/ports.ts'
import curveNode from '../../src/nodes/curve.node.ts'
import { defineNode, type NodeDefinition, numberDesc, param, port } from '../../src/nodes/define.ts'
import shader from '../../src/nodes/shader.node.ts'
import switchNode from '../../src/nodes/switch.node.ts'
import { type Bench, download, openBench } from './harness.ts'
import { type ExecutorBench, never, openExecutorBench } from './support/executor-bench.ts'
import { brighteningGrey, plainSource } from './support/plain-source.ts'

const size = { width: 5, height: 3 }
const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 10, ...size }
let calls: string[] = []

/** Frame n is n/16 everywhere. */
const clip = plainSource({
  ...{ type: 'clip', image, frames: 12 },
  async prepare({ gpu }) {
    const fill = await brighteningGrey(gpu)
    return async ({ recorder, outputs, time }) => {
      calls.push(`clip@${time.index}`)
      if (outputs.image) fill(recorder, outputs.image.texture, time.index)
    }
  },
})

/** The first pixel's red, times a factor. */
const measure = defineNode({
  type: 'measure',
  title: 'Measure',
  category: 'look',
  summary: 'Gives a pixel as a number.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image'), score: port.number('Score') },
  params: { factor: param.float('Factor', { default: 1, min: -1e9, max: 1e9 }) },
  infer: ({ image }) => ({ image, score: numberDesc({ min: 0, max: 1 }) }),
  kernel: {
    kind: 'pass',
    async prepare({ gpu }) {
      const pass = await gpu.compute({
        label: 'measure',
        reads: { image: 'float' },
        writes: { score: 'r32float' },
        uniforms: { factor: 'f32' },
        wgsl: `fn main(at: vec2u) {
  var value = textureLoad(image, at, 0).r * u.factor;
  if (u.factor < 0.0) { value = bitcast<f32>(0x7fc00000u + at.x); }
  textureStore(score, at, vec4f(value, 0.0, 0.0, 1.0));
}`,
      })
      return {
        record({ recorder, inputs, outputs, params, time }) {
          calls.push(`measure@${time.index}`)
          const { texture } = inputs.image
          if (outputs.image)
            recorder.encoder.copyTextureToTexture({ texture }, { texture: outputs.image.texture }, size)
          if (outputs.score)
            pass.record(recorder, {
              reads: { image: texture },
              writes: { score: outputs.score.texture },
              uniforms: { factor: params.factor },
              size: { width: 1, height: 1 },
            })
        },
      }
    },
  },
})

const ramp = defineNode({
  type: 'ramp',
  title: 'Ramp',
  category: 'look',
  summary: 'Rises with the frames, in steps of two.',
  inputs: {},
  outputs: { number: port.number('Number') },
  params: { slope: param.float('Slope', { default: 1 / 16, min: -100, max: 100 }) },
  infer: () => ({ number: numberDesc() }),
  kernel: {
    kind: 'number',
    readsFrame: true,
    numbers: ({ time, params }) => ({ number: 2 * Math.floor(time!.index / 2) * params.slope }),
  },
})

/** A number's mean over the frames around its own. */
const smooth = defineNode({
  type: 'smooth',
  title: 'Smooth',
  category: 'look',
  summary: 'Averages a number over frames.',
  inputs: { number: port.number('Number') },
  outputs: { number: port.number('Number') },
  params: {},
  infer: () => ({ number: numberDesc() }),
  kernel: {
    kind: 'number',
    needs: () => ({ number: { frames: { before: 1, after: 1 } } }),
    numbers: ({ inputs: { number } }) => ({
      number: number.offsets.reduce((sum, offset) => sum + number.at(offset), 0) / number.offsets.length,
    }),
  },
})

/** A number's mean over more frames than the clip has on either side. */
const wide = defineNode({
  ...smooth,
  type: 'wide',
  kernel: { ...smooth.kernel, kind: 'number', needs: () => ({ number: { frames: { before: 20, after: 20 } } }) },
} as typeof smooth)

/** Gives none of the numbers that it declares. */
const silent = defineNode({
  ...{ type: 'silent', title: 'Silent', category: 'look', summary: 'Gives nothing.', inputs: {}, params: {} },
  outputs: { number: port.number('Number') },
  infer: () => ({ number: numberDesc() }),
  kernel: { kind: 'number', numbers: () => ({}) as { number: number } },
})

const add = defineNode({
  type: 'add',
  title: 'Add',
  category: 'look',
  summary: 'Adds an amount, and another number.',
  inputs: { image: port.image('Image'), more: port.optionalNumber('More') },
  outputs: { image: port.image('Image') },
  params: { amount: param.float('Amount', { default: 0.25, min: -1, max: 1 }) },
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb + p.amount + more, image.a);' },
})

/** Of two bodies; its field holds the amount. */
const bodies = defineNode({
  type: 'bodies',
  title: 'Bodies',
  category: 'look',
  summary: 'Leaves out what its amount switches off.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: { amount: param.float('Amount', { default: 0, min: 0, max: 1 }) },
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pixel',
    fields: { flat: { params: ['amount'], wgsl: ' return vec4f(p.amount); ' } },
    wgsl: ({ amount }) =>
      amount > 0 ? ' return vec4f(image.rgb + p.amount + flat_at(vec2i(px.at)).rgb, image.a); ' : ' return image; ',
  },
})

const all: readonly NodeDefinition[] = [
  clip,
  measure,
  ramp,
  smooth,
  wide,
  silent,
  add,
  bodies,
  shader,
  switchNode,
  curveNode,
]
const definitions = new Map(all.map((definition) => [definition.type, definition]))

/** `'a:clip b:add a.image>b.image'`: nodes, then wires. */
function graph(text: string, params: Readonly<Record<string, JsonObject>> = {}): GraphDocument {
  const nodes: Record<NodeId, GraphDocument['nodes'][NodeId]> = {}
  const edges: Record<EdgeId, GraphDocument['edges'][EdgeId]> = {}
  const end = (at: string): Endpoint => {
    const [node, name] = at.split('.')
    return { node: node as NodeId, port: name ?? '' }
  }
  for (const word of text.split(' ')) {
    const [from, to] = word.split('>')
    if (to) edges[word as EdgeId] = { id: word as EdgeId, from: end(from!), to: end(to) }
    else {
      const [id, type = ''] = word.split(':') as [NodeId, string]
      nodes[id] = { id, type, params: params[id] ?? {}, position: { x: 0, y: 0 } }
    }
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
})

afterEach(async () => {
  await engine.close()
  bench.close()
})

const prepare = (document: GraphDocument, ...targets: readonly string[]) => engine.prepareWhole(document, ...targets)

/** The targets at a frame: the number, or the first pixel's red. As whoever uses a frame does, it asks whether it is right. */
async function show(graphed: PreparedGraph, index: number, more: Partial<FrameRequest> = {}): Promise<number[]> {
  const { targets } = graphed.plan
  using result = await engine.executor.run(graphed, { index, targets, signal, timed: false, ...more })
  const numbers = await result.numbers()
  await result.checked()
  const values: number[] = []
  for (const target of targets) {
    const held = result.targets.get(target)
    values.push(numbers.get(target) ?? (await download(bench, held!.picture)).data[0]!)
  }
  return values
}

const cached = () => ({ cache: { results: engine.results, keep: () => true } })
const measured = 'a:clip m:measure a.image>m.image'

test('a number is read back with its frame, and one that is known is not made again', async () => {
  const graphed = await prepare(graph(measured), 'm.score', 'm.image')
  const before = engine.executor.submits
  expect(await show(graphed, 4)).toEqual([4 / 16, 4 / 16])
  expect(engine.executor.submits - before, 'nothing is sent for the number alone').toBe(1)
  const alone = await prepare(graph(measured), 'm.score')
  calls = []
  expect(await show(alone, 4)).toEqual([4 / 16])
  expect(calls).toEqual([])
})

test('a measured number drives a param, and adds to a pixel node as an input', async () => {
  const driven = graph(`${measured} b:add a.image>b.image m.score>b.amount m.score>b.more`)
  const graphed = await prepare(driven, 'b.image')
  for (const index of [3, 5]) expect((await show(graphed, index))[0]).toBeCloseTo((3 * index) / 16, 3)
})

/** All of the one picture among the targets, and how often the GPU was given work for it. */
async function picture(graphed: PreparedGraph, index: number): Promise<{ data: readonly number[]; submits: number }> {
  const { targets } = graphed.plan
  const before = engine.executor.submits
  using result = await engine.executor.run(graphed, { index, targets, signal, timed: false })
  const submits = engine.executor.submits - before
  await result.checked()
  return { data: [...(await download(bench, result.targets.get(targets[0]!)!.picture)).data], submits }
}

test('nothing waits between a number that is measured and a pixel node, which makes of it what it makes of one that was read back', async () => {
  const text = 'a:clip d:add m:measure b:add a.image>d.image d.image>m.image a.image>b.image m.score>b.amount'
  for (const [params, amount] of [
    [{ d: { amount: 0.1 }, m: { factor: 0.7 } }, 0.7 * (4 / 16 + 0.1)],
    [{ d: { amount: 0.1 }, m: { factor: 100 } }, 1],
    [{ d: { amount: -1 }, m: { factor: 100 } }, -1],
  ] as const) {
    const graphed = await prepare(graph(text, params), 'b.image')
    const unread = await picture(graphed, 4)
    expect(unread.submits).toBe(1)
    expect(unread.data[0]).toBeCloseTo(4 / 16 + amount, 3)
    calls = []
    expect((await picture(graphed, 4)).data).toEqual(unread.data)
    expect(calls, 'the second time the number is known').toEqual(['clip@4'])
  }
  const input = await prepare(graph(`${measured} b:add a.image>b.image m.score>b.more`), 'b.image')
  const unread = await picture(input, 5)
  expect([unread.submits, (await picture(input, 5)).data]).toEqual([1, unread.data])
})

test('nor does a picture of the node’s own wait, which is drawn of the number; it follows it from frame to frame', async () => {
  const graphed = await prepare(
    graph(`${measured} b:bodies a.image>b.image m.score>b.amount`, { m: { factor: 2 } }),
    'b.image',
  )
  for (const index of [6, 3, 10]) {
    const unread = await picture(graphed, index)
    expect(unread.submits).toBe(1)
    // Beyond its range, which ends at 1, it is held.
    expect(unread.data[0]).toBeCloseTo(index / 16 + 2 * Math.min(1, (2 * index) / 16), 2)
    expect((await picture(graphed, index)).data, 'the number is known').toEqual(unread.data)
  }
})

test('people’s code takes a number as the GPU has it, unless it has loops, whose pieces follow what they are told', async () => {
  const plain = 'return vec4f(image.rgb + n1, 1.0);'
  const looping = 'var sum = image.rgb; for (var i = 0; i < 3; i++) { sum += n1 / 3.0; } return vec4f(sum, 1.0);'
  engine.parts.permits.allow([plain, looping])
  for (const code of [plain, looping]) {
    const text = `${measured} s:shader a.image>s.image m.score>s.n1`
    const graphed = await prepare(graph(text, { m: { factor: 0.5 }, s: { code } }), 's.image')
    await picture(graphed, 2)
    const driven = await picture(graphed, 4)
    expect(driven.data[0]).toBeCloseTo(1.5 * (4 / 16), 3)
    // How long it takes is known from the first frame; with another number a loop may take longer.
    if (code === plain) expect(driven.submits).toBe(1)
    else expect(driven.submits).toBeGreaterThan(1)
  }
})

test('a body made from params leaves out nothing that a number may switch on, and fields follow it', async () => {
  const driven = await prepare(graph(`${measured} b:bodies a.image>b.image m.score>b.amount`), 'b.image')
  for (const index of [3, 0, 5]) expect((await show(driven, index))[0]).toBeCloseTo((3 * index) / 16, 3)
  const alone = await prepare(graph('a:clip b:bodies a.image>b.image'), 'b.image')
  expect((await show(alone, 3))[0]).toBeCloseTo(3 / 16, 3)
})

test('a number beyond the range of the param is held at its end, and one that is none is told with its place', async () => {
  const wired = `${measured} b:add a.image>b.image m.score>b.amount`
  const wide = await prepare(graph(wired, { m: { factor: 100 } }), 'b.image')
  expect((await show(wide, 4))[0]).toBeCloseTo(4 / 16 + 1, 3)
  const none = await prepare(graph(wired, { m: { factor: -1 } }), 'b.image')
  // Judged behind the frame; nobody believes it the next time either.
  for (const _ of ['first', 'again'])
    await expect(show(none, 4)).rejects.toThrow(
      'The number wired to “Amount” is NaN at frame 4, which is not a value that it can take.',
    )
})

test('a number that is none is told where a pixel node or a pass reads it as an input, too', async () => {
  const none = { m: { factor: -1 } }
  const wired = await prepare(graph(`${measured} b:add a.image>b.image m.score>b.more`, none), 'b.image')
  await expect(show(wired, 4)).rejects.toMatchObject({
    ...{ name: 'NodeFailure', node: 'b' },
    message: 'The number wired to “More” is NaN at frame 4, which is not a value that it can take.',
  })
  const choice = `${measured} s:switch a.image>s.first m.image>s.second m.score>s.number`
  await expect(show(await prepare(graph(choice, none), 's.image'), 2)).rejects.toMatchObject({
    ...{ node: 's', message: 'The number wired to “Number” is NaN at frame 2, which is not a value that it can take.' },
  })
  // Worked on further, it is told by whoever uses what comes of it.
  const further = `${measured} s:smooth m.score>s.number b:add a.image>b.image s.number>b.amount`
  await expect(show(await prepare(graph(further, none), 'b.image'), 2)).rejects.toMatchObject({ node: 'b' })
})

test('a number that is wired to nothing, one that is never given, and a curve without keys are told', async () => {
  await expect(prepare(graph('s:smooth'), 's.number')).rejects.toThrow(/^Number of Smooth (.*) Connect /)
  const never = await prepare(graph('a:clip s:silent b:add a.image>b.image s.number>b.amount'), 'b.image')
  await expect(show(never, 3)).rejects.toMatchObject({
    ...{ name: 'NodeFailure', node: 's', message: 'It gave no number at its output “number”.' },
  })
  const keyless = graph('a:clip c:curve b:add a.image>b.image c.number>b.amount', { c: { keys: [] } })
  await expect(prepare(keyless, 'b.image')).rejects.toThrow('It has no keys, so it gives no number. Set a key')
})

test('a window larger than the clip is filled by the frames at its ends', async () => {
  const graphed = await prepare(
    graph(`${measured} w:wide m.score>w.number b:add a.image>b.image w.number>b.amount`),
    'b.image',
  )
  const held = (frame: number) => Math.min(11, Math.max(0, frame))
  const mean = (index: number) =>
    Array.from({ length: 41 }, (_, i) => held(index + i - 20)).reduce((a, b) => a + b) / 41
  for (const index of [0, 6, 11]) expect((await show(graphed, index))[0]).toBeCloseTo((index + mean(index)) / 16, 2)
  expect(
    calls.filter((call) => call.startsWith('measure')),
    'each frame once',
  ).toHaveLength(12)
})

test('what drives params is told of the frame that is shown, as it is wired, also where the frame was kept', async () => {
  const wired = 'a:clip m:measure r:ramp a.image>m.image b:add a.image>b.image m.score>b.amount r.number>b.more'
  const graphed = await prepare(graph(wired, { m: { factor: 100 } }), 'b.image')
  const driven = async (index: number) => {
    const { targets } = graphed.plan
    using result = await engine.executor.run(graphed, { index, targets, signal, timed: false, ...cached() })
    return await result.drivenNumbers()
  }
  // `more` is an input of the node's own, and no param.
  for (const index of [4, 7, 4]) expect(await driven(index)).toEqual({ b: { amount: (100 * index) / 16 } })
})

test('a setting on the card of a subgraph is driven from outside', async () => {
  const plain = graph(`${measured} b:add a.image>b.image`)
  const document = produce(plain, (draft) => {
    fold(draft, definitions, ['b' as NodeId])
    promote(draft, ['subgraph' as NodeId], definitions, 'b' as NodeId, 'amount')
    const card = { node: 'subgraph' as NodeId, port: 'amount' }
    connect(draft, definitions, { node: 'm' as NodeId, port: 'score' }, card)
  })
  const graphed = await prepare(document, 'subgraph/b.image')
  const { targets } = graphed.plan
  using result = await engine.executor.run(graphed, { index: 3, targets, signal, timed: false })
  expect(await result.drivenNumbers()).toEqual({ 'subgraph/b': { amount: 3 / 16 } })
  expect((await show(graphed, 3))[0]).toBeCloseTo(6 / 16, 3)
})

test('a number that the CPU works out waits for nothing, and a frame at which it stays as it was is not made again', async () => {
  const text = 'a:clip r:ramp b:add a.image>b.image r.number>b.amount'
  const graphed = await prepare(graph(text), 'b.image')
  const before = engine.executor.submits
  expect((await show(graphed, 5, cached()))[0]).toBeCloseTo(5 / 16 + 4 / 16, 3)
  expect(engine.executor.submits - before).toBe(1)
  const steeper = await prepare(graph(text, { r: { slope: 1 / 8 } }), 'b.image')
  expect((await show(steeper, 5, cached()))[0]).toBeCloseTo(5 / 16 + 8 / 16, 3)
  calls = []
  const submits = engine.executor.submits
  // At the first frames the slope makes no difference.
  expect((await show(graphed, 1, cached()))[0]).toBeCloseTo(1 / 16, 3)
  const after = engine.executor.submits
  expect((await show(steeper, 1, cached()))[0]).toBeCloseTo(1 / 16, 3)
  expect([after - submits, engine.executor.submits - after]).toEqual([1, 0])
})

test('a number chooses the picture that a Switch passes on, and beyond the last that is wired, that one', async () => {
  const wired = 'a:clip b:add a.image>b.image r:ramp s:switch a.image>s.first b.image>s.second r.number>s.number'
  const graphed = await prepare(graph(wired, { r: { slope: 1 } }), 's.image')
  for (const [index, red] of [
    [1, 1 / 16],
    [3, 3 / 16 + 0.25],
    [5, 5 / 16 + 0.25],
  ] as const)
    expect((await show(graphed, index))[0], `frame ${index}`).toBeCloseTo(red, 3)
})

test('a number is looked at over frames: in any order alone; with frames made in order each is measured once', async () => {
  const text = `${measured} s:smooth m.score>s.number b:add a.image>b.image s.number>b.amount`
  const graphed = await prepare(graph(text), 'b.image')
  const mean = (index: number) => [-1, 0, 1].reduce((sum, k) => sum + Math.min(11, Math.max(0, index + k)), 0) / 48
  for (const index of [7, 0, 11]) expect((await show(graphed, index))[0]).toBeCloseTo(index / 16 + mean(index), 3)
  // Of its own, so that it knows no number.
  using executor = new Executor(engine.parts)
  calls = []
  using windows = new Windows(graphed)
  for (let index = 0; index < 12; index++) {
    using result = await executor.run(graphed, {
      index,
      targets: graphed.plan.targets,
      signal,
      timed: false,
      windows,
    })
    const { data } = await download(bench, result.targets.get(graphed.plan.targets[0]!)!.picture)
    expect(data[0]).toBeCloseTo(index / 16 + mean(index), 3)
  }
  for (const type of ['clip', 'measure']) expect(calls.filter((call) => call.startsWith(type)).length, type).toBe(12)
})
