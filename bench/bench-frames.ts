/**
 * What looking at frames around one costs, on a graphics processor that does nothing: plans made while a slider is dragged, runs of a
 * costly node for a frame sought, bytes of windows, and whether memory stays where it is over ten thousand frames.
 */
import { ViewPlanner } from '../src/engine/preview/view-plan.ts'
import { Executor } from '../src/engine/run/executor.ts'
import type { FrameRequest } from '../src/engine/run/frame-run.ts'
import { createPreparer } from '../src/engine/run/prepare.ts'
import type { EngineParts } from '../src/engine/run/prepare-request.ts'
import type { PreparedGraph } from '../src/engine/run/prepared-graph.ts'
import { ResultCache } from '../src/engine/run/result-cache.ts'
import { Windows } from '../src/engine/run/window-cache.ts'
import type { FlatDocument, FlatId } from '../src/graph/document/document.ts'
import type { ImageDesc } from '../src/graph/node/ports.ts'
import { plan } from '../src/graph/plan/plan.ts'
import { defineNode, type NodeDefinition, port } from '../src/nodes/define.ts'
import { plainSource } from '../tests/gpu/support/plain-source.ts'
import { chainOf, look, nullParts } from './bench-executor.ts'

export interface FramesResult {
  /** Of a picture compared with three others, in a graph of 20 nodes. */
  readonly tick: { readonly milliseconds: number; readonly planMilliseconds: number; readonly plans: number }
  /** Runs of a costly node below one that looks two frames back and ahead. */
  readonly runs: { readonly seek: number; readonly step: number; readonly again: number }
  /** Of three nodes in a row that look two frames back and ahead, at 1920 × 1080. */
  readonly windows: { readonly planBytes: number; readonly poolBytes: number; readonly pictures: number }
  readonly memory: { readonly frames: number; readonly early: number; readonly late: number }
}

const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 24, width: 1920, height: 1080 }
const bytesOfPicture = image.width * image.height * 8
const frames = 10_000
/** Frames until every texture was used once. */
const first = 100
const ticks = 200

let runs = 0

const base = {
  category: 'look',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
} as const

const source = plainSource({ type: 'source', image, frames })

/** As a model is: awaited, and counted. */
const costly = defineNode({
  ...base,
  type: 'costly',
  title: 'Costly',
  summary: 'Counts its runs.',
  params: {},
  infer: ({ image: of }) => ({ image: of }),
  kernel: {
    kind: 'async',
    prepare: async () => ({
      run: async () => {
        runs += 1
      },
    }),
  },
})

const around = defineNode({
  ...base,
  type: 'around',
  title: 'Around',
  summary: 'Looks two frames back and ahead.',
  params: {},
  infer: ({ image: of }) => ({ image: of }),
  kernel: {
    kind: 'pass',
    needs: () => ({ image: { reach: 0, frames: { before: 2, after: 2 } } }),
    prepare: async () => ({ record: () => undefined }),
  },
})

const definitions: ReadonlyMap<string, NodeDefinition> = new Map(
  [source, look, costly, around].map((each) => [each.type, each]),
)
const limits = { sampledTextures: 16, storageTextures: 4, textureSize: 8192, textureBytes: 2 ** 34 }
const unused = (): never => {
  throw new Error('nothing here uses files')
}
const signal = new AbortController().signal

function planOf(document: FlatDocument) {
  const last = `node-${Object.keys(document.nodes).length - 1}` as FlatId
  const outcome = plan({
    document,
    specs: definitions,
    facts: { media: () => undefined, model: () => undefined },
    targets: [{ node: last, port: 'image' }],
    limits,
  })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join(' '))
  return outcome
}

/** The graph with the last node's gain set. */
function turned(document: FlatDocument, gain: number): FlatDocument {
  const id = `node-${Object.keys(document.nodes).length - 1}` as FlatId
  const record = document.nodes[id]!
  return { ...document, nodes: { ...document.nodes, [id]: { ...record, params: { gain } } } }
}

async function measureTicks(): Promise<FramesResult['tick']> {
  const document = chainOf(['source', ...Array<string>(19).fill('look')])
  const planner = new ViewPlanner({
    specs: definitions,
    assets: {
      facts: {},
      generation: 0,
      ensure: async () => [],
      version: () => 0,
      open: unused,
      add: unused,
      factsOf: unused,
    },
    device: {
      limits: {
        maxSampledTexturesPerShaderStage: 16,
        maxStorageTexturesPerShaderStage: 4,
        maxTextureDimension2D: 8192,
      },
    },
  })
  const view = (node: number) => ({ node: `node-${node}` as FlatId, port: 'image' })
  const plans = new Set<object>()
  const tick = async (gain: number) => {
    const outcome = await planner.plan({
      ...{ document: turned(document, gain), view: view(19), others: [view(18), view(9), view(0)], frame: 0 },
    })
    if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join(' '))
    plans.add(outcome.value.outcome.plan)
  }
  const beganPlan = performance.now()
  await tick(0)
  const planMilliseconds = performance.now() - beganPlan
  const began = performance.now()
  for (let n = 1; n <= ticks; n++) await tick(n / ticks)
  return { milliseconds: (performance.now() - began) / ticks, planMilliseconds, plans: plans.size }
}

async function withExecutor<T>(
  document: FlatDocument,
  work: (
    run: (index: number, how: Partial<FrameRequest>) => Promise<void>,
    prepared: PreparedGraph,
    parts: EngineParts,
  ) => Promise<T>,
): Promise<T> {
  const { parts } = nullParts(definitions)
  await using preparer = createPreparer(parts)
  using executor = new Executor(parts)
  const prepared = await preparer.prepare({ document, outcome: planOf(document), runtime: 'auto', signal })
  const { targets } = prepared.plan
  return await work(
    async (index, how) => {
      using _ = await executor.run(prepared, { index, targets, signal, timed: false, ...how })
    },
    prepared,
    parts,
  )
}

const measureRuns = () =>
  withExecutor(chainOf(['source', 'costly', 'around']), async (run): Promise<FramesResult['runs']> => {
    using results = new ResultCache(1000 * bytesOfPicture)
    const cache = { results, keep: () => true }
    const counted = async (index: number) => {
      runs = 0
      await run(index, { cache })
      return runs
    }
    return { seek: await counted(5000), step: await counted(5001), again: await counted(5000) }
  })

const measureWindows = () =>
  withExecutor(
    chainOf(['source', 'around', 'around', 'around']),
    async (run, prepared, { gpu }): Promise<FramesResult['windows']> => {
      using windows = new Windows(prepared)
      gpu.pool.resetPeak()
      for (let index = 0; index < first; index++) await run(index, { windows })
      const { peakBytes: planBytes } = prepared.plan
      return { planBytes, poolBytes: gpu.pool.stats.peakBytes, pictures: planBytes / bytesOfPicture }
    },
  )

const measureMemory = () =>
  withExecutor(
    chainOf(['source', 'around', 'look', 'around']),
    async (run, prepared, { gpu }): Promise<FramesResult['memory']> => {
      using windows = new Windows(prepared)
      const pooledBytes = () => gpu.pool.stats.liveBytes + gpu.pool.stats.idleBytes
      const peakBytes = { early: 0, late: 0 }
      for (let index = 0; index < frames; index++) {
        await run(index, { windows })
        const when = index < first ? 'early' : 'late'
        peakBytes[when] = Math.max(peakBytes[when], pooledBytes())
      }
      return { frames, ...peakBytes }
    },
  )

export const measureFrames = async (): Promise<FramesResult> => ({
  tick: await measureTicks(),
  runs: await measureRuns(),
  windows: await measureWindows(),
  memory: await measureMemory(),
})

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`

export const frameRows = ({ tick, runs: counted, windows, memory }: FramesResult): readonly (readonly string[])[] => [
  ['Frames and windows', '', ''],
  [
    `A tick of a slider, 4 pictures of 20 nodes: ${tick.plans} plan for ${ticks + 1} ticks`,
    `${tick.milliseconds.toFixed(3)} ms`,
    `to plan ${tick.planMilliseconds.toFixed(1)} ms`,
  ],
  [
    'Runs of a model below a window of 5 frames: to seek, to step, to come back',
    `${counted.seek}, ${counted.step}, ${counted.again}`,
    '',
  ],
  [
    `Windows of three such nodes, 1920 × 1080: ${windows.pictures} pictures`,
    `${megabytes(windows.poolBytes)} at most`,
    `planned ${megabytes(windows.planBytes)}`,
  ],
  [
    `Textures over ${memory.frames} frames: the first ${first}, and the rest`,
    megabytes(memory.early),
    megabytes(memory.late),
  ],
]
