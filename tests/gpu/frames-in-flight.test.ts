/** Several frames of a graph under way at once: what overlaps, and that nothing comes out otherwise than one by one. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ExportInProgress } from '../../src/engine/export/export-in-progress.ts'
import { ExportSinks, sinkPlaces } from '../../src/engine/export/export-sinks.ts'
import type { PlannedGraph } from '../../src/engine/run/prepare-request.ts'
import type { PreparedGraph } from '../../src/engine/run/prepared-graph.ts'
import { ResultCache } from '../../src/engine/run/result-cache.ts'
import { Windows } from '../../src/engine/run/window-cache.ts'
import type { GpuPicture } from '../../src/gpu/types.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import {
  type EdgeId,
  emptyDocument,
  type FlatDocument,
  type FlatId,
  type GraphDocument,
  type NodeId,
} from '../../src/graph/document/document.ts'
import type { FrameSpan } from '../../src/graph/node/needs.ts'
import type { ImageDesc } from '../../src/graph/node/ports.ts'
import type { FrameSink } from '../../src/media/types.ts'
import { defineNode, type NodeDefinition, port } from '../../src/nodes/define.ts'
import encode from '../../src/nodes/encode.node.ts'
import { type Bench, download, openBench } from './harness.ts'
import { type ExecutorBench, never, openExecutorBench, planOf } from './support/executor-bench.ts'
import { brighteningGrey, plainSource } from './support/plain-source.ts'

const size = { width: 6, height: 4 }
const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 10, ...size }
const frameCount = 12

/** What every stage does with a frame before it lets go of it. */
type Stage = 'decode' | 'model' | 'read back' | 'encode'
let during: (stage: Stage, frame: number) => Promise<void> = async () => undefined
let calls: string[] = []
/** What the model finds out of a frame later. */
let findings: (frame: number) => Promise<void> | undefined = () => undefined

const common = { category: 'look', summary: 'Under test.', params: {} } as const
const images = { inputs: { image: port.image('Image') }, outputs: { image: port.image('Image') } }

/** Frame n is n/16 everywhere. */
const clip = plainSource({
  ...{ type: 'clip', image, frames: frameCount },
  async prepare({ gpu }) {
    const fill = await brighteningGrey(gpu)
    return async ({ recorder, outputs, time: { index } }) => {
      calls.push(`decode ${index}`)
      await during('decode', index)
      fill(recorder, outputs.image!.texture, index)
    }
  },
})

/** Half of its input, through a texture of its own that it borrows, with a wait in the middle of its work. */
const model = (type: string, frames?: FrameSpan) =>
  defineNode({
    ...common,
    ...images,
    type,
    title: type,
    infer: ({ image }) => ({ image }),
    kernel: {
      kind: 'async',
      ...(frames ? { needs: () => ({ image: { frames } }) } : {}),
      async prepare({ gpu }) {
        const halve = await gpu.compute({
          label: 'halve',
          reads: { whole: 'float' },
          writes: { result: 'rgba16float' },
          wgsl: 'fn main(at: vec2u) { textureStore(result, at, vec4f(textureLoad(whole, at, 0).rgb / 2.0, 1.0)); }',
        })
        return {
          async run({ recorder, inputs, outputs, time: { index } }) {
            calls.push(`${type} ${index}`)
            const texture = inputs.image.at(inputs.image.offsets.at(-1)!).texture
            using between = gpu.pool.texture({ ...size, format: 'rgba16float' }, 'between')
            recorder.encoder.copyTextureToTexture({ texture }, { texture: between.value }, size)
            const finding = findings(index)
            if (finding) recorder.foundLater?.(finding)
            await during('model', index)
            halve.record(recorder, {
              reads: { whole: between.value },
              writes: { result: outputs.image!.texture },
              size,
            })
          },
        }
      },
    },
  })

const brighten = defineNode({
  ...common,
  ...images,
  type: 'brighten',
  title: 'Brighten',
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb + 0.25, 1.0);' },
})

const definitions = new Map(
  [clip, model('model'), model('held', { every: 4 }), model('around', { before: 1, after: 2 }), brighten, encode].map(
    (definition) => [definition.type, definition as NodeDefinition],
  ),
)

/** Red of the frames as they were written. */
let written: { frame: number; red: number }[] = []
let bench: Bench
let engine: ExecutorBench

beforeEach(async () => {
  bench = await openBench()
  const unused = (): never => {
    throw new Error('nothing under test uses this')
  }
  /** In place of a `VideoFrame`: the red of what was read back. */
  async function videoFrame(_: unknown, picture: GpuPicture, { timestamp }: { timestamp: number }) {
    // As the real one: sent off before anything is awaited.
    const numbers = download(bench, picture)
    const frame = Math.round(timestamp * 10)
    await during('read back', frame)
    const { data } = await numbers
    return { red: data[0]!, close: () => undefined } as unknown as VideoFrame
  }
  const sink: FrameSink = {
    async write(frame, index) {
      await during('encode', index)
      written.push({ frame: index, red: (frame as unknown as { red: number }).red })
    },
    finish: unused,
    keep: unused,
    abort: async () => undefined,
  }
  engine = openExecutorBench(bench, definitions, {
    media: { createSink: async () => sink },
    download: { videoFrame },
  })
  calls = []
  written = []
  during = async () => undefined
  findings = () => undefined
})

afterEach(async () => {
  await engine.close()
  bench.close()
})

/** A row of nodes of these types, an Encode at the end, opened and ready to render. */
async function open(...types: readonly string[]) {
  const row = [...types, 'encode']
  const nodes: Record<NodeId, GraphDocument['nodes'][NodeId]> = {}
  const edges: Record<EdgeId, GraphDocument['edges'][EdgeId]> = {}
  for (const [i, type] of row.entries()) {
    const id = `${i}` as NodeId
    nodes[id] = { id, type, params: {}, position: { x: 0, y: 0 } }
    const edge = `to-${i}` as EdgeId
    if (i > 0) {
      edges[edge] = { id: edge, from: { node: `${i - 1}` as NodeId, port: 'image' }, to: { node: id, port: 'image' } }
    }
  }
  const { document } = expand({ ...emptyDocument, nodes, edges }, definitions)
  const end = `${row.length - 1}` as FlatId
  return start(document, planOf(definitions, document, { sinks: [end] }), end)
}

async function start(document: FlatDocument, outcome: PlannedGraph, end: FlatId) {
  const request = { document, outcome, runtime: 'auto', signal: never } as const
  const prepared: PreparedGraph = await engine.preparer.prepare(request)
  const sinks = new ExportSinks()
  const opened = await engine.preparer.openSink(request, end, {
    fileName: 'a.mp4',
    output: { open: () => Promise.reject(new Error('nothing is written')) },
    frameRate: 10,
    frameCount,
    begin: { frame: 0, seconds: 0 },
    sourceBits: 8,
    sourceAlpha: false,
    graphJson: '{}',
    titles: {},
    audio: {},
  })
  sinks.add(end, opened)
  const windows = new Windows(prepared)
  const render = async (framesInFlight: number) => {
    const run = new ExportInProgress({
      live: { lossSignal: never },
      executor: engine.executor,
      preparedGraph: prepared,
      windows,
      gpuErrors: { take: () => [], [Symbol.dispose]: () => undefined },
      keptFrames: {
        stores: new Map(),
        range: { first: 0, next: frameCount },
        runs: [{ first: 0, next: frameCount }],
        doneCount: 0,
      },
      sinks,
      places: sinkPlaces(outcome.plan, [end]),
      framesInFlight,
    })
    try {
      await run.render({ signal: never, pause: never, onProgress: () => undefined })
    } finally {
      // Encode's queue runs empty before it ends.
      await sinks[Symbol.asyncDispose]()
      windows[Symbol.dispose]()
    }
  }
  return { prepared, render }
}

test('while a frame is encoded the next is read back, the one after computed, and a fourth decoded', async () => {
  const order: readonly Stage[] = ['decode', 'model', 'read back', 'encode']
  const begun = new Map<string, () => void>()
  const begins = new Map<string, Promise<void>>()
  const beginOf = (stage: Stage, frame: number) => {
    const key = `${stage} ${frame}`
    const known = begins.get(key) ?? new Promise<void>((resolve) => begun.set(key, resolve))
    begins.set(key, known)
    return known
  }
  // A stage ends only when the one before it has begun with the next frame: one after another, nothing would ever end.
  during = async (stage, frame) => {
    beginOf(stage, frame)
    begun.get(`${stage} ${frame}`)!()
    const before = order[order.indexOf(stage) - 1]
    if (before && frame + 1 < frameCount) await beginOf(before, frame + 1)
  }
  const { render } = await open('clip', 'model', 'brighten')
  await render(3)
  expect(written.map(({ frame }) => frame)).toEqual(Array.from({ length: frameCount }, (_, i) => i))
  for (const { frame, red } of written) expect(red).toBeCloseTo(frame / 32 + 0.25, 3)
})

test('delays of 20 ms in model, read-back and encoder overlap, and each stage has one frame at a time but the read-back', async () => {
  const active = new Set<string>()
  let most = 0
  const byStage = new Map<Stage, number[]>()
  during = async (stage, frame) => {
    byStage.set(stage, [...(byStage.get(stage) ?? []), frame])
    const busy = [...active].some((one) => one.startsWith(stage))
    if (busy && stage !== 'read back') throw new Error(`${stage} has two frames at once`)
    active.add(`${stage} ${frame}`)
    most = Math.max(most, new Set([...active].map((one) => one.replace(/ \d+$/, ''))).size)
    await new Promise((resolve) => setTimeout(resolve, 20))
    active.delete(`${stage} ${frame}`)
  }
  const { render } = await open('clip', 'model')
  await render(3)
  expect(most).toBeGreaterThanOrEqual(3)
  for (const frames of byStage.values()) expect(frames).toEqual(Array.from({ length: frameCount }, (_, i) => i))
})

for (const row of [
  ['clip', 'model', 'around', 'brighten'],
  ['clip', 'around', 'held', 'around'],
  ['clip', 'brighten', 'held', 'model'],
] as const)
  test(`${row.join(', ')}: the same pixels and the same runs of every step, however many frames are under way`, async () => {
    const alone = await open(...row)
    bench.gpu.pool.resetPeak()
    await alone.render(1)
    const [pixels, runs] = [written, calls.toSorted()]
    expect(pixels.map(({ frame }) => frame)).toEqual(Array.from({ length: frameCount }, (_, i) => i))
    for (const inFlight of [2, 3]) {
      written = []
      calls = []
      // Now and then a stage takes its time, so that the others run up against it.
      during = async (stage, frame) => {
        if ((frame + stage.length) % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 4))
      }
      const several = await open(...row)
      bench.gpu.pool.resetPeak()
      await several.render(inFlight)
      expect(written).toEqual(pixels)
      expect(calls.toSorted()).toEqual(runs)
    }
  })

test('a frame that fails ends the export in its turn: none after it is written', async () => {
  during = async (stage, frame) => {
    if (stage === 'model' && frame === 5) throw new Error('out of luck')
  }
  const { render } = await open('clip', 'model', 'brighten')
  await expect(render(3)).rejects.toMatchObject({ name: 'NodeFailure', node: '1', message: 'out of luck' })
  expect(written.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4])
})

/** The last picture of frames that are made side by side, as where a clip is played. */
async function played(prepared: PreparedGraph, frames: readonly number[]) {
  using results = new ResultCache(2 ** 20)
  const target = prepared.plan.steps.at(-2)!.writes[0]!
  const made = await Promise.all(
    frames.map((index) =>
      engine.executor.run(prepared, {
        index,
        targets: [target],
        signal: new AbortController().signal,
        cache: { results, keep: () => true },
        timed: false,
      }),
    ),
  )
  const reds: number[] = []
  for (const frame of made) {
    reds.push((await download(bench, frame.targets.get(target)!.picture)).data[0]!)
    frame[Symbol.dispose]()
  }
  return reds
}

test('frames that are played overlap likewise', async () => {
  const decoding = new Map<number, () => void>()
  const decodes = [0, 1, 2].map((frame) => new Promise<void>((resolve) => decoding.set(frame, resolve)))
  during = async (stage, frame) => {
    if (stage === 'decode') decoding.get(frame)!()
    // One after another, no model would ever end.
    if (stage === 'model') await decodes[frame + 1]
  }
  const { prepared } = await open('clip', 'model')
  const reds = await played(prepared, [0, 1, 2])
  for (const [frame, red] of reds.entries()) expect(red).toBeCloseTo(frame / 32, 3)
})

test('frames that are played make once what they share', async () => {
  const { prepared } = await open('clip', 'held', 'model')
  const reds = await played(prepared, [4, 5, 6])
  // One picture is held for four frames, and all that follows is the same.
  expect(calls).toEqual(['decode 4', 'held 4', 'model 4'])
  for (const red of reds) expect(red).toBeCloseTo(4 / 64, 3)
})

describe('what a node finds out of a frame later', () => {
  const clip: readonly number[] = Array.from({ length: frameCount }, (_, frame) => frame)

  test('is not waited for on the way of the frame, and ends the export as a failure of the node', async () => {
    let find = (): void => undefined
    const found = new Promise<void>((_, reject) => {
      find = () => reject(new Error('black'))
    })
    // It is known only once three frames after it are being computed: whoever waited for it on the way would never come there.
    during = async (stage, frame) => {
      if (stage === 'model' && frame === 7) find()
    }
    findings = (frame) => (frame === 5 ? found : undefined)
    const { render } = await open('clip', 'model', 'brighten')
    await expect(render(3)).rejects.toMatchObject({ name: 'NodeFailure', node: '1', message: 'black' })
    expect(calls).toContain('model 7')
    expect(calls).not.toContain(`model ${frameCount - 1}`)
  })

  test('that was right changes nothing', async () => {
    findings = () => Promise.resolve()
    const { render } = await open('clip', 'model', 'brighten')
    await render(3)
    expect(written.map(({ frame }) => frame)).toEqual(clip)
  })
})
