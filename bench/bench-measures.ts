/**
 * What each personality does to each number: the measures of Bicubic, of the built-in models and of the original, on the
 * sample. The original is there to show that the measures do not call it faulty.
 */

import { openStores } from '../src/assets/stores.ts'
import { CodePermits } from '../src/engine/run/code-permits.ts'
import { KnownAssets } from '../src/engine/run/known-assets.ts'
import { startLive } from '../src/engine/run/live.ts'
import { planDocument } from '../src/engine/run/planning.ts'
import { expand } from '../src/graph/analysis/expand.ts'
import {
  type EdgeId,
  type EdgeRecord,
  emptyDocument,
  type FlatId,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
} from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { createMedia } from '../src/media/media-library.ts'
import { createModelLibrary } from '../src/models/models.ts'
import { definitions } from '../src/nodes/registry.ts'

/** Of each measure's node the numbers that the table has, and from where on they stand out. */
const scores = [
  { type: 'invention', port: 'inventionScore', name: 'Invention, /255' },
  { type: 'invention', port: 'contradictionScore', name: 'Contradiction, /255' },
  { type: 'halo', port: 'score', name: 'Halo', from: 0.01 },
  { type: 'texture-loss', port: 'score', name: 'Texture Loss', from: 0.05 },
  { type: 'texture-overload', port: 'score', name: 'Texture Overload', from: 0.05 },
  { type: 'text-drift', port: 'score', name: 'Text Drift, px', from: 0.1 },
  { type: 'edge-disturbance', port: 'score', name: 'Disturbance, /255', from: 0.5 },
  { type: 'banding', port: 'score', name: 'Banding', from: 0.05 },
  { type: 'smoothness', port: 'score', name: 'Smoothness', from: 0.45 },
  { type: 'quality', port: 'psnr', name: 'PSNR, dB' },
  { type: 'quality', port: 'ssim', name: 'SSIM' },
  { type: 'quality', port: 'gmsd', name: 'GMSD' },
] as const

const results: readonly { readonly name: string; readonly type: string; readonly params: JsonObject }[] = [
  { name: 'Bicubic', type: 'bicubic', params: {} },
  { name: 'L1', type: 'sr-model', params: { personality: 0 } },
  { name: 'Perceptual', type: 'sr-model', params: { personality: 1 } },
  { name: 'GAN', type: 'sr-model', params: { personality: 2 } },
  { name: 'Original', type: 'decode', params: {} },
]

export interface MeasuresResult {
  readonly frames: number
  readonly results: readonly string[]
  readonly rows: readonly {
    readonly name: string
    /** A score that stands out. */
    readonly from?: number
    /** Mean over the frames, for each of `results`. */
    readonly means: readonly number[]
    /** Of the frame where it is highest. */
    readonly highest: readonly number[]
  }[]
}

/** The result `type` of the sample, and every measure of it. */
function graphOf(type: string, params: JsonObject, sample: string, reference: string): GraphDocument {
  const nodes: NodeRecord[] = []
  const edges: [EdgeId, EdgeRecord][] = []
  const add = (id: string, of: string, values: JsonObject) =>
    nodes.push({ id: id as NodeId, type: of, params: values, position: { x: 0, y: 0 } })
  const wire = (from: string, to: string, port: string) => {
    const id = `${to}.${port}` as EdgeId
    edges.push([id, { id, from: { node: from as NodeId, port: 'image' }, to: { node: to as NodeId, port } }])
  }
  add('source', 'decode', { media: { id: sample } })
  add('reference', 'decode', { media: { id: reference } })
  const measuredSource = type === 'decode' ? 'reference' : 'made'
  if (type !== 'decode') {
    add(measuredSource, type, params)
    wire('source', measuredSource, 'image')
  }
  for (const measure of new Set(scores.map((score) => score.type))) {
    add(measure, measure, {})
    const { inputs } = definitions.get(measure)!
    wire(measuredSource, measure, 'image')
    for (const other of ['source', 'reference']) if (other in inputs) wire(other, measure, other)
  }
  return {
    ...emptyDocument,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    edges: Object.fromEntries(edges),
  }
}

/** `perShot` frames spread evenly over each shot. */
export async function measures(
  sample: string,
  reference: string,
  shots: readonly { readonly firstFrame: number; readonly frameCount: number }[],
  perShot: number,
): Promise<MeasuresResult> {
  const baseUrl = new URL('./', document.baseURI).href
  const media = createMedia({ baseUrl })
  const assets = new KnownAssets(definitions, openStores({ media, models: async () => live.models }))
  const live = await startLive({
    media,
    definitions,
    modelLibrary: createModelLibrary(baseUrl),
    assets,
    permits: new CodePermits(definitions),
  })
  const frames = shots.flatMap(({ firstFrame, frameCount }) => {
    const count = Math.min(perShot, frameCount)
    return Array.from({ length: count }, (_, i) => firstFrame + Math.floor(((i + 0.5) * frameCount) / count))
  })
  const { signal } = new AbortController()
  const targets = scores.map(({ type, port }) => ({ node: type as FlatId, port }))
  const columns: number[][][] = []
  for (const { type, params } of results) {
    const { document: graph } = expand(graphOf(type, params, sample, reference), definitions)
    const planning = await planDocument(graph, targets, { specs: definitions, assets, device: live.gpu.device })
    if (!planning.ok) throw new Error(planning.problems.map(({ message }) => message).join(' '))
    await using runner = live.createRunner()
    const prepared = await runner.preparer.prepare({
      document: graph,
      outcome: planning.value,
      runtime: 'auto',
      signal,
    })
    const column: number[][] = []
    for (const index of frames) {
      using frameResult = await runner.executor.run(prepared, {
        index,
        targets: planning.value.plan.targets,
        signal,
        timed: false,
      })
      const numbers = await frameResult.numbers()
      column.push(planning.value.plan.targets.map((target) => numbers.get(target)!))
    }
    columns.push(column)
  }
  live.gpu.device.destroy()
  return {
    frames: frames.length,
    results: results.map(({ name }) => name),
    rows: scores.map((score, i) => ({
      name: score.name,
      ...('from' in score && { from: score.from }),
      means: columns.map((column) => column.reduce((sum, numbers) => sum + numbers[i]!, 0) / frames.length),
      highest: columns.map((column) => Math.max(...column.map((numbers) => numbers[i]!))),
    })),
  }
}
