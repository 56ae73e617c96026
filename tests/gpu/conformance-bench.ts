/** The engine with a node under test in it: sources of moving noise in front of its inputs, and nothing behind. */

import { openStores } from '../../src/assets/stores.ts'
import { CodePermits } from '../../src/engine/run/code-permits.ts'
import { type Assets, KnownAssets } from '../../src/engine/run/known-assets.ts'
import { type GpuErrorWatch, type Live, startLive } from '../../src/engine/run/live.ts'
import { planDocument } from '../../src/engine/run/planning.ts'
import type { FrameRecorder } from '../../src/gpu/types.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import {
  type EdgeId,
  emptyDocument,
  type FlatEndpoint,
  type GraphDocument,
  type NodeId,
  type OutermostId,
} from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import type { FrameDesc, PortSpec } from '../../src/graph/node/ports.ts'
import { steadyTimeline } from '../../src/media/timeline.ts'
import { createModelLibrary } from '../../src/models/models.ts'
import { defineNode, type NodeDefinition, param } from '../../src/nodes/define.ts'
import { definitions as registered } from '../../src/nodes/registry.ts'
import { fixture, libraryWith } from './media-support.ts'

const size = { width: 64, height: 48 } as const
const frameCount = 6

/**
 * Moving noise with flat ground in it, different for every seed; of a number, one pixel of that. No two neighbours in the noise are alike, so that a
 * node that reads one pixel further than it says is found.
 */
function source({ type, format }: Pick<FrameDesc, 'type' | 'format'>): NodeDefinition {
  const picture: PortSpec<FrameDesc['type']> = { type, label: 'Picture' }
  const extent = type === 'number' ? { width: 1, height: 1 } : size
  return defineNode({
    type: `test-${type}`,
    title: `Test ${type}`,
    category: 'io',
    summary: 'A picture for tests.',
    inputs: {},
    outputs: { picture },
    params: { seed: param.seed('Seed', { default: 1 }) },
    infer: () => ({ picture: { type, format, ...extent, frameRate: 24 } as FrameDesc }),
    kernel: {
      kind: 'source',
      async prepare({ gpu }) {
        const fill = await gpu.compute({
          label: `test-${type}/fill`,
          writes: { picture: format },
          uniforms: { seed: 'u32', frame: 'u32' },
          wgsl: `fn main(at: vec2u) {
            let coarse = uniform3(vec3u((at.x + u.frame) / 3u, at.y / 2u, u.seed));
            let fine = uniform3(vec3u(at.x + u.frame, at.y, ~u.seed));
            let noise = mix(coarse, fine, 0.4);
            let ground = vec3f(0.2, 0.5, 0.8) * f32(at.y) / 47.0;
            textureStore(picture, at, vec4f(select(noise, ground, (at.y / 8u) % 2u == 0u), 1.0));
          }`,
        })
        return {
          timeline: steadyTimeline(frameCount, 24),
          range: { first: 0, last: frameCount - 1 },
          audio: null,
          async run({ recorder, outputs, params, time }) {
            const { picture } = outputs
            if (picture)
              fill.record(recorder, {
                writes: { picture: picture.texture },
                uniforms: { seed: params.seed, frame: time.index },
                size: extent,
              })
          },
        }
      },
    },
  })
}

/** Passes on what it reads. Sources are made whole; what comes out of this may be a part. */
function copy(type: 'image' | 'mask'): NodeDefinition {
  const picture: PortSpec<'image' | 'mask'> = { type, label: 'Picture' }
  return defineNode({
    type: `test-${type}-copy`,
    title: `Test ${type} copy`,
    category: 'io',
    summary: 'A copy for tests.',
    inputs: { picture },
    outputs: { picture },
    params: {},
    infer: ({ picture }) => ({ picture }),
    kernel: { kind: 'pixel', wgsl: ' return picture; ' },
  })
}

/** Id of the node under test. */
export const subject = 'subject' as OutermostId

/** Inputs for pictures and numbers, but for those that stand for params; `required`: those that must be connected. */
export const frameInputs = ({ inputs }: NodeDefinition, which: 'all' | 'required') =>
  Object.entries(inputs).flatMap(([name, { type, fallback, drives }]) =>
    type === 'audio' || drives || (which === 'required' && fallback !== undefined) ? [] : [{ name, type }],
  )

/** Outputs of which there is one a frame. */
export const frameOutputs = ({ outputs }: NodeDefinition) =>
  Object.entries(outputs).flatMap(([name, { type }]) => (type === 'audio' ? [] : [{ name, type }]))

/** The node with a picture or a number of its own at each of `inputs`; with `parts`, of which no more is made than the node says it reads. */
export function graphAround(
  definition: NodeDefinition,
  inputs: ReturnType<typeof frameInputs>,
  params: JsonObject = {},
  { parts = false, bypass = false } = {},
): GraphDocument {
  const position = { x: 0, y: 0 }
  const nodes: Record<NodeId, GraphDocument['nodes'][NodeId]> = {
    [subject]: { id: subject, type: definition.type, params, position, bypass },
  }
  const edges: Record<EdgeId, GraphDocument['edges'][EdgeId]> = {}
  inputs.forEach(({ name, type }, i) => {
    const id = `at-${name}` as OutermostId
    nodes[id] = { id, type: `test-${type}`, params: { seed: i + 1 }, position }
    const through = `through-${name}` as NodeId
    const wire = (from: NodeId, to: NodeId, port: string) => {
      const edge = `${to}-${port}` as EdgeId
      edges[edge] = { id: edge, from: { node: from, port: 'picture' }, to: { node: to, port } }
    }
    const cut = parts && type !== 'number'
    if (cut) {
      nodes[through] = { id: through, type: `test-${type}-copy`, params: {}, position }
      wire(id, through, 'picture')
    }
    wire(cut ? through : id, subject, name)
  })
  return { ...emptyDocument, nodes, edges }
}

/**
 * Params in place of defaults that would cost seconds and show no more: large pictures, and a model whose shaders take
 * long to compile. The small models are a family too, so that the dial is turned.
 */
const smallParams: Readonly<Record<string, JsonObject>> = {
  bicubic: { width: 96, height: 64, length: 96 },
  decode: { media: { id: 'vfr.mp4' } },
  lut: { file: { id: 'wide-3d.cube' } },
  clean: { model: { id: 'conv-3-x1' } },
  'sr-model': { model: { id: 'plain-0' } },
}

/** The params that a node of this type is tried with, beside its defaults. */
export const paramsFor = (type: string): JsonObject => smallParams[type] ?? {}

export interface ConformanceBench extends AsyncDisposable {
  readonly live: Live
  readonly gpuErrors: GpuErrorWatch
  readonly recorder: FrameRecorder
  readonly assets: Assets
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  plan(document: GraphDocument, targets: readonly FlatEndpoint[]): ReturnType<typeof planDocument>
}

/** `more`: nodes beside the registered ones. */
export async function openConformanceBench(more: readonly NodeDefinition[] = []): Promise<ConformanceBench> {
  const helpers = [
    copy('image'),
    copy('mask'),
    source({ type: 'number', format: 'r32float' }),
    source({ type: 'image', format: 'rgba16float' }),
    source({ type: 'mask', format: 'r32float' }),
  ]
  const definitions = new Map([...registered, ...[...helpers, ...more].map((each) => [each.type, each] as const)])
  const media = await libraryWith('vfr.mp4')
  const modelLibrary = createModelLibrary(new URL('/tests/fixtures/', location.href).href)
  const assets = new KnownAssets(definitions, openStores({ media, models: async () => live.models }))
  await assets.add('lut', 'wide-3d.cube', [await fixture('../lut/wide-3d.cube')])
  const live = await startLive({ media, definitions, modelLibrary, assets, permits: new CodePermits(definitions) })
  const recorder = live.gpu.recorder()
  return {
    live,
    recorder,
    assets,
    definitions,
    gpuErrors: live.watchGpuErrors(),
    plan: (document, targets) =>
      planDocument(expand(document, definitions).document, targets, {
        specs: definitions,
        assets,
        device: live.gpu.device,
      }),
    async [Symbol.asyncDispose]() {
      await live.models[Symbol.asyncDispose]()
      live.gpu.device.destroy()
    },
  }
}
