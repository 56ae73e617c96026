/** What the executor itself costs a frame, on a graphics processor that does nothing, and how that grows with the nodes. */
import { Executor } from '../src/engine/run/executor.ts'
import { createPreparer } from '../src/engine/run/prepare.ts'
import { Windows } from '../src/engine/run/window-cache.ts'
import { createGpu } from '../src/gpu/gpu.ts'
import {
  type EdgeId,
  emptyDocument,
  type FlatDocument,
  type FlatId,
  type GraphDocument,
  type NodeId,
} from '../src/graph/document/document.ts'
import type { ImageDesc } from '../src/graph/node/ports.ts'
import { plan } from '../src/graph/plan/plan.ts'
import { defineNode, type NodeDefinition, param, port } from '../src/nodes/define.ts'
import { partsWithoutFiles } from '../tests/gpu/engine-parts.ts'
import { plainSource } from '../tests/gpu/support/plain-source.ts'
import { nullDevice } from './null-device.ts'

export interface ExecutorResult {
  readonly nodes: number
  /** The frame of median time: a busy machine disturbs fewer than half of them. */
  readonly milliseconds: number
  /** GPU objects made a frame, once the first ones were through. */
  readonly made: number
}

const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 24, width: 64, height: 36 }
const frames = 2000
/** Frames until all is compiled and every texture was used once. */
const first = 500

const source = plainSource({ type: 'source', image, frames })

/** Looks around its pixel, so that each is a dispatch of its own. */
export const look = defineNode({
  type: 'look',
  title: 'Look',
  category: 'look',
  summary: 'Gain.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: { gain: param.float('Gain', { default: 1, min: 0, max: 2 }) },
  infer: ({ image: of }) => ({ image: of }),
  kernel: { kind: 'pixel', needs: () => ({ image: { reach: 1 } }), wgsl: 'return image * p.gain;' },
})

const definitions: ReadonlyMap<string, NodeDefinition> = new Map([source, look].map((each) => [each.type, each]))

const row = (nodes: number): FlatDocument => chainOf(['source', ...Array<string>(nodes - 1).fill('look')])

/** Nodes of these types, each reading the one before; they are called `node-0` and so on. */
export function chainOf(types: readonly string[]): FlatDocument {
  const ids = types.map((_, i) => `node-${i}` as NodeId)
  const document: GraphDocument = {
    ...emptyDocument,
    nodes: Object.fromEntries(ids.map((id, i) => [id, { id, type: types[i]!, params: {}, position: { x: 0, y: 0 } }])),
    edges: Object.fromEntries(
      ids.slice(1).map((id, i) => {
        const edge = `to-${id}` as EdgeId
        return [edge, { id: edge, from: { node: ids[i]!, port: 'image' }, to: { node: id, port: 'image' } }]
      }),
    ),
  }
  // Without subgraphs it is its own unfolded form.
  return document as unknown as FlatDocument
}

/** What nodes without files or models run on, where the graphics processor does nothing. */
export function nullParts(nodes: ReadonlyMap<string, NodeDefinition>) {
  const { device, taken } = nullDevice()
  const gpu = createGpu({ device, description: 'none', software: false })
  return { parts: partsWithoutFiles(gpu, nodes), taken }
}

/** Rows of so many nodes, frames made in order as an export makes them. */
export async function measureExecutor(counts: readonly number[]): Promise<readonly ExecutorResult[]> {
  const results: ExecutorResult[] = []
  for (const nodes of counts) results.push(await measureRow(nodes))
  return results
}

async function measureRow(nodes: number): Promise<ExecutorResult> {
  const { parts, taken } = nullParts(definitions)
  await using preparer = createPreparer(parts)
  using executor = new Executor(parts)
  const document = row(nodes)
  const outcome = plan({
    document,
    specs: definitions,
    facts: { media: () => undefined, model: () => undefined },
    targets: [{ node: `node-${nodes - 1}` as FlatId, port: 'image' }],
    limits: { sampledTextures: 16, storageTextures: 4, textureSize: 8192, textureBytes: 2 ** 32 },
  })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join(' '))
  const { signal } = new AbortController()
  const prepared = await preparer.prepare({ document, outcome, runtime: 'auto', signal })
  const { targets } = outcome.plan
  using windows = new Windows(prepared)
  const times: number[] = []
  for (let index = 0; index < frames; index++) {
    if (index === first) taken()
    const began = performance.now()
    const result = await executor.run(prepared, { index, targets, signal, windows, timed: false })
    result[Symbol.dispose]()
    if (index >= first) times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  return { nodes, milliseconds: times[times.length >> 1]!, made: taken() / times.length }
}

export const executorRows = (results: readonly ExecutorResult[]): readonly (readonly string[])[] => [
  ['The executor alone: nodes in a row', 'ms a frame', 'of that a node', 'GPU objects made a frame'],
  ...results.map(({ nodes, milliseconds, made }) => [
    String(nodes),
    milliseconds.toFixed(3),
    `${((milliseconds * 1000) / nodes).toFixed(1)} µs`,
    made.toFixed(3),
  ]),
]
