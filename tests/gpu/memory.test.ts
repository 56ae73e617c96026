/** What is held of the GPU's memory, against what plans say: node by node, recipe by recipe, and over thousands of frames. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStores } from '../../src/assets/stores.ts'
import { runExport } from '../../src/engine/export/run-export.ts'
import { CodePermits } from '../../src/engine/run/code-permits.ts'
import { KnownAssets } from '../../src/engine/run/known-assets.ts'
import { type Live, startLive } from '../../src/engine/run/live.ts'
import { Windows } from '../../src/engine/run/window-cache.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import {
  type EdgeId,
  emptyDocument,
  type FlatId,
  type GraphDocument,
  type OutermostId,
} from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { parseGraph } from '../../src/graph/file/read.ts'
import { nowhereOutput } from '../../src/media/output-files.ts'
import { steadyTimeline } from '../../src/media/timeline.ts'
import { createModelLibrary } from '../../src/models/models.ts'
import { defineNode } from '../../src/nodes/define.ts'
import { definitions, specs } from '../../src/nodes/registry.ts'
import {
  type ConformanceBench,
  frameInputs,
  frameOutputs,
  graphAround,
  openConformanceBench,
  paramsFor,
  subject,
} from './conformance-bench.ts'
import { fixture, never, openLibrary } from './media-support.ts'

/** By so much a peak may lie above what its plan says. */
const tolerance = 1.1

const manyFrames = 3000
const tiny = { width: 8, height: 8 } as const
/** A clip of thousands of frames that costs next to nothing. */
const longClip = defineNode({
  type: 'test-long-clip',
  title: 'Long clip',
  category: 'io',
  summary: 'A clip for tests.',
  inputs: {},
  outputs: { image: { type: 'image', label: 'Image' } },
  params: {},
  infer: () => ({ image: { type: 'image', format: 'rgba16float', ...tiny, frameRate: 24 } }),
  kernel: {
    kind: 'source',
    async prepare({ gpu }) {
      const fill = await gpu.compute({
        label: 'test-long-clip/fill',
        writes: { image: 'rgba16float' },
        uniforms: { frame: 'u32' },
        wgsl: 'fn main(at: vec2u) { textureStore(image, at, vec4f(f32((at.x + u.frame) % 7u) / 7.0)); }',
      })
      return {
        timeline: steadyTimeline(manyFrames, 24),
        range: { first: 0, last: manyFrames - 1 },
        audio: null,
        async run({ recorder, outputs, time }) {
          if (outputs.image)
            fill.record(recorder, {
              writes: { image: outputs.image.texture },
              uniforms: { frame: time.index },
              size: tiny,
            })
        },
      }
    },
  },
})

const id = (name: string) => name as OutermostId

/** Nodes one after the other by their pictures. */
function chainOf(...nodes: readonly (readonly [name: string, type: string, params?: JsonObject])[]): GraphDocument {
  const position = { x: 0, y: 0 }
  const output = (type: string) => (type.startsWith('test-') && type !== 'test-long-clip' ? 'picture' : 'image')
  const wires = nodes.slice(1).map(([name], i) => {
    const [from, type] = nodes[i]!
    const wire = `${name}.image` as EdgeId
    return { id: wire, from: { node: id(from), port: output(type) }, to: { node: id(name), port: 'image' } }
  })
  return {
    ...emptyDocument,
    nodes: Object.fromEntries(
      nodes.map(([name, type, params = {}]) => [name, { id: id(name), type, params, position }]),
    ),
    edges: Object.fromEntries(wires.map((wire) => [wire.id, wire])),
  }
}

let bench: ConformanceBench
beforeAll(async () => {
  bench = await openConformanceBench([longClip])
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

interface Held {
  /** Bytes. */
  readonly peak: number
  readonly planBytes: number
  /** Leases after each frame. */
  readonly leases: readonly number[]
}

/** Makes frames `from` to `to` in order, as an export does, `side` of them side by side. */
async function make(
  document: GraphDocument,
  end: { readonly node: string; readonly ports: readonly string[] },
  [from, to]: readonly [number, number],
  side = 1,
): Promise<Held> {
  const targets = end.ports.map((port) => ({ node: end.node as FlatId, port }))
  const outcome = await bench.plan(document, targets)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  const { plan } = outcome.value
  const { pool } = bench.live.gpu
  const before = pool.stats.liveBytes
  await using runner = bench.live.createRunner()
  const prepared = await runner.preparer.prepare({
    ...{
      document: expand(document, bench.definitions).document,
      outcome: outcome.value,
      runtime: 'wasm',
      signal: never,
    },
  })
  using windows = new Windows(prepared)
  pool.resetPeak()
  const leases: number[] = []
  const flying: Promise<void>[] = []
  for (let index = from; index <= to; index++) {
    if (flying.length >= side) await flying.shift()
    flying.push(
      (async () => {
        using result = await runner.executor.run(prepared, {
          ...{ index, targets: plan.targets, windows, signal: never, timed: false },
        })
        await result.numbers()
      })().then(() => void leases.push(pool.stats.leases)),
    )
  }
  await Promise.all(flying)
  return { peak: pool.stats.peakBytes - before, planBytes: plan.peakBytes, leases }
}

describe('a node', () => {
  const nodes = [...definitions.values()].filter(({ kernel }) => kernel.kind !== 'sink')
  test.each(nodes.map((definition) => [definition.type, definition] as const))(
    '%s borrows no more than it says, and no more from frame to frame',
    async (type, definition) => {
      const document = graphAround(definition, frameInputs(definition, 'all'), paramsFor(type))
      const ports = frameOutputs(definition).map(({ name }) => name)
      // The ends of the clip are left out: there the frames around are fewer.
      const { peak, planBytes, leases } = await make(document, { node: subject, ports }, [0, type === 'decode' ? 2 : 4])
      // Weights and counts are no pictures: of these 64 × 48 pixels they are more than of any picture.
      expect(peak).toBeLessThanOrEqual(planBytes * tolerance)
      expect(leases.at(-1)).toBeLessThanOrEqual(Math.max(...leases.slice(0, -1)))
    },
  )

  test('three that look two frames back and ahead, in a row', async () => {
    const denoise = ['a', 'b', 'c'].map((name) => [name, 'temporal-denoise', { radius: 2 }] as const)
    const document = chainOf(['clip', 'test-image'], ...denoise)
    const { peak, planBytes } = await make(document, { node: 'c', ports: ['image'] }, [0, 5])
    expect(peak).toBeLessThanOrEqual(planBytes * tolerance)
  })
})

test(`memory stays flat over ${manyFrames} frames`, { timeout: 120_000 }, async () => {
  const document = chainOf(['clip', 'test-long-clip'], ['a', 'previous-frame'], ['b', 'previous-frame'])
  const { peak, planBytes, leases } = await make(document, { node: 'b', ports: ['image'] }, [0, manyFrames - 1], 3)
  expect(peak).toBeLessThanOrEqual(3 * planBytes)
  expect(leases).toHaveLength(manyFrames)
  expect(Math.max(...leases.slice(100))).toBeLessThanOrEqual(Math.max(...leases.slice(0, 100)))
})

describe('a recipe', () => {
  const recipes = import.meta.glob<string>('../../public/graphs/*.json', {
    ...{ query: '?raw', import: 'default', eager: true },
  })
  let live: Live
  let parts: Parameters<typeof runExport>[1]
  beforeAll(async () => {
    const media = openLibrary()
    // Every recipe names the sample; a clip of 64 × 36 pixels stands for it.
    await media.add('samples/field-guide.mp4', [await fixture('vfr.mp4')])
    const modelLibrary = createModelLibrary(new URL('/', location.href).href)
    const assets = new KnownAssets(specs, openStores({ media, models: async () => live.models }))
    live = await startLive({ media, definitions, modelLibrary, assets, permits: new CodePermits(definitions) })
    parts = {
      specs,
      assets,
      openFiles: async () => nowhereOutput(),
      openSegments: () => Promise.reject(new Error('nothing is kept')),
      dropJob: async () => undefined,
    }
  })
  afterAll(() => live.dispose())

  test.each(Object.entries(recipes).map(([path, text]) => [path.split('/').at(-1)!, text] as const))(
    '%s holds no more than its plan says',
    { timeout: 120_000 },
    async (_, text) => {
      const parsed = parseGraph(text, specs)
      if (!parsed.ok) throw new Error(parsed.error.message)
      const { document } = parsed
      const encodes = Object.values(document.nodes).filter(({ type }) => type === 'encode')
      const nowhere = { fileName: 'a.mp4', target: { kind: 'none' } } as const
      const outputs = Object.fromEntries(encodes.map(({ id: node }) => [node as string as FlatId, nowhere]))
      const request = { document, outputs, frames: 4 }
      const outcome = await runExport(live, parts, request, () => undefined, { cancel: never, pause: never })
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
      const { peakTextureBytes, planPeakBytes } = outcome.value
      expect(peakTextureBytes).toBeGreaterThan(0)
      expect(peakTextureBytes).toBeLessThanOrEqual(planPeakBytes * tolerance)
    },
  )
})
