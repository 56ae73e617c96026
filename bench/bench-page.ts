/**
 * The half of `npm run bench` that needs pixels. Everything is measured in one page, one after the other, so that the
 * ratios mean something on whatever machine this is.
 */

import ffmpegWasmUrl from '@ffmpeg/core/wasm?url'
import ffmpegCoreUrl from '@ffmpeg/core?url'
import { FFmpeg } from '@ffmpeg/ffmpeg'
import { openStores } from '../src/assets/stores.ts'
import type { Engine, ExportReport, Outcome, Picture8 } from '../src/engine/door/api.ts'
import { CodePermits } from '../src/engine/run/code-permits.ts'
import { Executor } from '../src/engine/run/executor.ts'
import { KnownAssets } from '../src/engine/run/known-assets.ts'
import { type Live, startLive } from '../src/engine/run/live.ts'
import { planDocument } from '../src/engine/run/planning.ts'
import { createPreparer } from '../src/engine/run/prepare.ts'
import type { PreparedGraph } from '../src/engine/run/prepared-graph.ts'
import { ResultCache } from '../src/engine/run/result-cache.ts'
import { expand } from '../src/graph/analysis/expand.ts'
import type {
  EdgeId,
  EdgeRecord,
  FlatEndpoint,
  FlatId,
  GraphDocument,
  NodeId,
  NodeRecord,
  OutermostId,
} from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { flatId } from '../src/graph/document/levels.ts'
import { isPictureType } from '../src/graph/node/value-types.ts'
import '../src/host/headless-page.ts'
import { createMedia } from '../src/media/media-library.ts'
import { createModelLibrary } from '../src/models/models.ts'
import { defineNode, type NodeDefinition, param, port } from '../src/nodes/define.ts'
import { definitions } from '../src/nodes/registry.ts'
import { clipFigures, takeClip } from './bench-clips.ts'
import { encoders } from './bench-encoders.ts'
import { measureExecutor } from './bench-executor.ts'
import { measureFrames } from './bench-frames.ts'
import { measures } from './bench-measures.ts'
import { models } from './bench-models.ts'
import { nodeCosts } from './bench-nodes.ts'
import { lumaOf, meanSquaredError, psnrOf, ssim } from './quality.ts'

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ message, hint }) => `${message} ${hint}`).join(' '))
}

const sample = 'samples/field-guide.mp4'
const reference = 'samples/field-guide-reference.mp4'

/** Nodes in a row, each reading the one before through its first input; `also` adds wires to further inputs. */
function chain(
  nodes: readonly {
    readonly id: string
    readonly type: string
    readonly params?: JsonObject
    readonly input?: string
  }[],
  also: readonly (readonly [from: string, to: string, input: string])[] = [],
): GraphDocument {
  const records = nodes.map(({ id, type, params = {} }): [NodeId, NodeRecord] => [
    id as OutermostId,
    { id: id as OutermostId, type, params, position: { x: 0, y: 0 } },
  ])
  const row = nodes.slice(1).map(({ id, input = 'image' }, i) => [nodes[i]!.id, id, input] as const)
  const edges = [...row, ...also].map(([from, to, input]): [EdgeId, EdgeRecord] => {
    const id = `${to}.${input}` as EdgeId
    return [
      id,
      { id, from: { node: from as OutermostId, port: 'image' }, to: { node: to as OutermostId, port: input } },
    ]
  })
  return { title: '', description: '', nodes: Object.fromEntries(records), edges: Object.fromEntries(edges) }
}

const decode = (id: string) => ({ id: 'decode', type: 'decode', params: { media: { id } } })

/** As light as a pixel node can be: what fusion saves is then all there is. */
const gain = defineNode({
  type: 'bench-gain',
  title: 'Gain',
  category: 'look',
  summary: 'Multiplies; for the benchmark alone.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: { gain: param.float('Gain', { default: 1, min: 0, max: 2 }) },
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb * p.gain, image.a);' },
})

/** The same nodes, but none is ever fused: each says that it reads around its pixel. */
function unfused(all: ReadonlyMap<string, NodeDefinition>): ReadonlyMap<string, NodeDefinition> {
  return new Map(
    [...all].map(([type, definition]) => {
      const { kernel } = definition
      if (kernel.kind !== 'pixel') return [type, definition]
      const pictures = Object.entries(definition.inputs).filter(([, input]) => isPictureType(input.type))
      const needs = () => Object.fromEntries(pictures.map(([name]) => [name, { reach: 0 }]))
      return [type, { ...definition, kernel: { ...kernel, needs } }]
    }),
  )
}

interface ChainRun {
  readonly dispatches: number
  /** One frame of the pixel nodes alone, everything before them kept. */
  run(): Promise<number>
  end(): Promise<void>
}

async function openChain(
  live: Live,
  parts: Live['parts'],
  assets: KnownAssets,
  graph: GraphDocument,
  view: FlatEndpoint,
): Promise<ChainRun> {
  const specs = parts.definitions
  const { document } = expand(graph, specs)
  const planning = unwrap(await planDocument(document, [view], { specs, assets, device: live.gpu.device }))
  const signal = new AbortController().signal
  const preparer = createPreparer(parts)
  const executor = new Executor(parts)
  const prepared: PreparedGraph = await preparer.prepare({ document, outcome: planning, runtime: 'auto', signal })
  const results = new ResultCache(1 << 30)
  const pixelSteps = prepared.steps.filter(({ kind }) => kind === 'pixel')
  const ofPixels = new Set(pixelSteps.flatMap(({ step }) => step.writes))
  return {
    dispatches: pixelSteps.length,
    async run() {
      const { queue } = live.gpu.device
      await queue.onSubmittedWorkDone()
      const began = performance.now()
      using _result = await executor.run(prepared, {
        index: 0,
        targets: planning.plan.targets,
        signal,
        cache: { results, keep: (value) => !ofPixels.has(value) },
        timed: false,
      })
      await queue.onSubmittedWorkDone()
      return performance.now() - began
    },
    async end() {
      results[Symbol.dispose]()
      await preparer[Symbol.asyncDispose]()
      executor[Symbol.dispose]()
    },
  }
}

export interface FusionResult {
  readonly name: string
  readonly nodes: number
  readonly fusedMilliseconds: number
  readonly unfusedMilliseconds: number
}

/** Fused against unfused pixel nodes at 640×360: the recipe's own two, and a row of light ones. */
async function fusion(rounds: number): Promise<readonly FusionResult[]> {
  const all = new Map([...definitions, [gain.type, gain]])
  const media = createMedia({ baseUrl: new URL('./', document.baseURI).href })
  const modelLibrary = createModelLibrary(new URL('./', document.baseURI).href)
  const assets = new KnownAssets(all, openStores({ media, models: async () => live.models }))
  const live = await startLive({ media, definitions: all, modelLibrary, assets, permits: new CodePermits(all) })
  const bicubic = { id: 'bicubic', type: 'bicubic' }
  const gains = Array.from({ length: 8 }, (_, i) => ({ id: `gain-${i}`, type: gain.type, params: { gain: 1.01 } }))
  const cases = [
    {
      name: 'Residual Blend, Grain',
      nodes: 2,
      document: chain(
        [
          decode(sample),
          bicubic,
          { id: 'blend', type: 'residual-blend', input: 'base' },
          { id: 'grain', type: 'grain' },
        ],
        [['bicubic', 'blend', 'detail']],
      ),
      last: 'grain',
    },
    { name: '8 light nodes', nodes: 8, document: chain([decode(sample), bicubic, ...gains]), last: 'gain-7' },
  ]
  const results: FusionResult[] = []
  for (const { name, nodes, document: graph, last } of cases) {
    const view = { node: last as OutermostId, port: 'image' }
    const one = await openChain(live, live.parts, assets, graph, view)
    const many = await openChain(live, { ...live.parts, definitions: unfused(all) }, assets, graph, view)
    if (one.dispatches !== 1 || many.dispatches !== nodes)
      throw new Error(`expected 1 and ${nodes} dispatches, got ${one.dispatches} and ${many.dispatches}`)
    const times: [number[], number[]] = [[], []]
    // The first round compiles; the two take turns, so that a busy moment hits both.
    for (let round = 0; round <= rounds; round++)
      for (const [i, run] of [one, many].entries()) {
        const milliseconds = await run.run()
        if (round > 0) times[i]!.push(milliseconds)
      }
    await one.end()
    await many.end()
    results.push({ name, nodes, fusedMilliseconds: median(times[0]), unfusedMilliseconds: median(times[1]) })
  }
  live.gpu.device.destroy()
  return results
}

/** Renders `frames` frames of the graph to a file in the browser's private store and removes it again. */
async function speed(engine: Engine, graph: GraphDocument, sink: FlatId, frames: number): Promise<ExportReport> {
  const fileName = 'bench.mp4'
  const outputs = { [sink]: { fileName, target: { kind: 'store' } as const } }
  const report = unwrap(await engine.export({ document: graph, outputs, frames }, () => undefined))
  await engine.releaseOutput(fileName)
  return report
}

/** Seconds that ffmpeg, in WebAssembly, takes to decode `frames` frames and scale them by two; nothing is encoded. */
async function ffmpegScale(frames: number, rounds: number): Promise<number> {
  const ffmpeg = new FFmpeg()
  await ffmpeg.load({
    coreURL: new URL(ffmpegCoreUrl, document.baseURI).href,
    wasmURL: new URL(ffmpegWasmUrl, document.baseURI).href,
  })
  const bytes = new Uint8Array(await (await fetch(new URL(sample, document.baseURI))).arrayBuffer())
  await ffmpeg.writeFile('in.mp4', bytes)
  const seconds: number[] = []
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now()
    const scale = ['-vf', 'scale=iw*2:ih*2:flags=bicubic']
    const code = await ffmpeg.exec(['-i', 'in.mp4', '-an', '-frames:v', String(frames), ...scale, '-f', 'null', '-'])
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}`)
    if (round > 0) seconds.push((performance.now() - began) / 1000)
  }
  ffmpeg.terminate()
  return median(seconds)
}

export interface EditResult {
  readonly editMilliseconds: number
  readonly fullMilliseconds: number
}

/** Time to show a changed Grain, with the model's picture kept, against the whole chain anew. */
async function edit(engine: Engine, graph: GraphDocument, grain: OutermostId, rounds: number): Promise<EditResult> {
  const view = { node: grain, port: 'image' }
  const withAmount = (amount: number): GraphDocument => {
    const record = graph.nodes[grain]!
    const changed = { ...record, params: { ...record.params, amount } }
    return { ...graph, nodes: { ...graph.nodes, [grain]: changed } }
  }
  const show = async (amount: number) => {
    const began = performance.now()
    unwrap(await engine.preview({ document: withAmount(amount), view, frame: 12 }))
    return performance.now() - began
  }
  await show(0.01)
  const edits: number[] = []
  const full: number[] = []
  for (let round = 0; round < rounds; round++) {
    edits.push(await show(0.02 + round / 100))
    await engine.clearCache()
    full.push(await show(0.02 + round / 100))
  }
  return { editMilliseconds: median(edits), fullMilliseconds: median(full) }
}

export interface KeptResult {
  readonly belowMilliseconds: number
  readonly aloneMilliseconds: number
}

/**
 * Time to show a changed Grain below SR Model, against the same change of Grain on a picture as large that no model
 * made: a model above costs an edit nothing. The two take turns, so that a busy moment hits both.
 */
async function keptFrames(engine: Engine, rounds: number): Promise<KeptResult> {
  const grain = 'grain' as OutermostId
  const graphs = [
    chain([decode(sample), { id: 'model', type: 'sr-model' }, { id: 'grain', type: 'grain' }]),
    chain([decode(sample), { id: 'bicubic', type: 'bicubic' }, { id: 'grain', type: 'grain' }]),
  ] as const
  const show = async (graph: GraphDocument, amount: number) => {
    const record = graph.nodes[grain]!
    const document = { ...graph, nodes: { ...graph.nodes, [grain]: { ...record, params: { amount } } } }
    const began = performance.now()
    unwrap(await engine.preview({ document, view: { node: grain, port: 'image' }, frame: 12 }))
    return performance.now() - began
  }
  await engine.clearCache()
  for (const graph of graphs) await show(graph, 0.01)
  const times: readonly [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++)
    for (const [i, graph] of graphs.entries()) {
      const amount = 0.02 + round / 1000
      // The other graph was shown last: one change opens what this one needs, as under a hand that is at it.
      await show(graph, amount)
      times[i]!.push(await show(graph, amount + 0.0005))
    }
  return { belowMilliseconds: median(times[0]), aloneMilliseconds: median(times[1]) }
}

export interface RegionResult {
  readonly share: number
  readonly wholeMilliseconds: number
  readonly boxMilliseconds: number
  /** Of all textures between the nodes. */
  readonly wholeBytes: number
  readonly boxBytes: number
}

/** A box of a sixteenth of the result against the whole of it, nothing kept; model and pipelines are warm. */
async function region(engine: Engine, graph: GraphDocument, view: FlatId, rounds: number): Promise<RegionResult> {
  const box = { x: 0.375, y: 0.375, width: 0.25, height: 0.25 }
  const show = async (part: { region?: typeof box }) => {
    await engine.clearCache()
    const began = performance.now()
    const { nodes } = unwrap(
      await engine.preview({ document: graph, view: { node: view, port: 'image' }, frame: 12, ...part }),
    )
    const milliseconds = performance.now() - began
    return { milliseconds, bytes: Object.values(nodes).reduce((sum, node) => sum + node.bytes, 0) }
  }
  const results = { whole: [await show({})], box: [await show({ region: box })] }
  for (let round = 0; round < rounds; round++) {
    results.whole.push(await show({}))
    results.box.push(await show({ region: box }))
  }
  const of = (which: keyof typeof results) => median(results[which].slice(1).map(({ milliseconds }) => milliseconds))
  return {
    share: box.width * box.height,
    wholeMilliseconds: of('whole'),
    boxMilliseconds: of('box'),
    wholeBytes: results.whole[0]!.bytes,
    boxBytes: results.box[0]!.bytes,
  }
}

export interface DialResult {
  readonly turnMilliseconds: number
  readonly inferenceMilliseconds: number
}

/** Time to show the picture of a turned dial, against the same model on a frame decoded but not yet enlarged. */
async function dial(engine: Engine, graph: GraphDocument, model: OutermostId, rounds: number): Promise<DialResult> {
  const from = Object.values(graph.edges).find(({ to }) => to.node === model && to.port === 'image')?.from
  if (!from) throw new Error('nothing is connected to the model')
  const show = async (personality: number, frame: number) => {
    const record = graph.nodes[model]!
    const changed = { ...record, params: { ...record.params, personality } }
    const document = { ...graph, nodes: { ...graph.nodes, [model]: changed } }
    unwrap(await engine.preview({ document: graph, view: { ...from, node: flatId([], from.node) }, frame }))
    const began = performance.now()
    unwrap(await engine.preview({ document, view: { node: model, port: 'image' }, frame }))
    return performance.now() - began
  }
  await show(0.5, 0)
  const turns: number[] = []
  const inferences: number[] = []
  for (let round = 0; round < rounds; round++) {
    const personality = (2 * (round + 0.25)) / rounds
    turns.push(await show(personality, 0))
    inferences.push(await show(personality, round + 1))
  }
  return { turnMilliseconds: median(turns), inferenceMilliseconds: median(inferences) }
}

export interface Shot {
  readonly name: string
  readonly firstFrame: number
  readonly frameCount: number
}

export interface QualityResult {
  readonly shot: string
  readonly frames: number
  readonly candidate: string
  /** Of the mean squared error over all frames measured. */
  readonly psnr: number
  /** Mean over the frames measured. */
  readonly ssim: number
}

export interface Candidate {
  readonly name: string
  readonly document: GraphDocument
  readonly view: FlatEndpoint
}

/** Luma PSNR and SSIM of each candidate against the reference, on `perShot` frames spread evenly over each shot. */
async function quality(
  engine: Engine,
  candidates: readonly Candidate[],
  shots: readonly Shot[],
  perShot: number,
): Promise<readonly QualityResult[]> {
  const original = { document: chain([decode(reference)]), view: { node: 'decode' as OutermostId, port: 'image' } }
  const luma = async ({ document: graph, view }: Omit<Candidate, 'name'>, frame: number) => {
    const { pixels, width, height }: Picture8 = unwrap(await engine.snapshot({ document: graph, view, frame }))
    return lumaOf(pixels, width, height)
  }
  const results: QualityResult[] = []
  for (const { name, firstFrame, frameCount } of shots) {
    const count = Math.min(perShot, frameCount)
    const sums = candidates.map(() => ({ error: 0, similarity: 0 }))
    for (let i = 0; i < count; i++) {
      const frame = firstFrame + Math.floor(((i + 0.5) * frameCount) / count)
      const target = await luma(original, frame)
      for (const [at, candidate] of candidates.entries()) {
        const picture = await luma(candidate, frame)
        sums[at]!.error += meanSquaredError(picture, target)
        sums[at]!.similarity += ssim(picture, target)
      }
    }
    for (const [at, candidate] of candidates.entries()) {
      const { error, similarity } = sums[at]!
      results.push({
        shot: name,
        frames: count,
        candidate: candidate.name,
        psnr: psnrOf(error / count),
        ssim: similarity / count,
      })
    }
  }
  return results
}

declare global {
  interface Window {
    framewrightBench?: typeof bench
  }
}

const measuresOfSample = (shots: readonly Shot[], perShot: number) => measures(sample, reference, shots, perShot)

const encodersOnSample = (engine: Engine, frames: number, qualities: readonly number[]) =>
  encoders(engine, reference, frames, qualities)

const nodesOnSample = (engine: Engine, rounds: number) => nodeCosts(engine, sample, rounds)

const bench = {
  clip: clipFigures,
  takeClip,
  speed,
  ffmpegScale,
  fusion,
  edit,
  kept: keptFrames,
  region,
  dial,
  models,
  quality,
  measures: measuresOfSample,
  nodes: nodesOnSample,
  encoders: encodersOnSample,
  executor: measureExecutor,
  frames: measureFrames,
}

window.framewrightBench = bench
