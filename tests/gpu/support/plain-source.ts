/** A clip for graphs of nodes made for a test or a measurement: so many frames, filled by whoever wants something in them. */
import type { Gpu, Recorder } from '../../../src/gpu/types.ts'
import type { Params } from '../../../src/graph/node/params.ts'
import type { ImageDesc, PortSpec } from '../../../src/graph/node/ports.ts'
import { steadyTimeline } from '../../../src/media/timeline.ts'
import { defineNode, type NodeDefinition, port } from '../../../src/nodes/define.ts'
import type { SourceInstance } from '../../../src/nodes/kernel.ts'

type Outputs = { readonly image: PortSpec<'image'> }

export interface PlainSource {
  readonly type: string
  readonly image: ImageDesc
  /** How many there are, at the image's frame rate. */
  readonly frames: number
  readonly params?: Params
  /** Once a graph; what it gives runs for every frame. Without it nothing is drawn. */
  readonly prepare?: (given: {
    readonly gpu: Gpu
    readonly params: Readonly<Record<string, unknown>>
  }) => Promise<SourceInstance<Outputs, Params>['run']>
}

export const plainSource = ({ type, image, frames, params = {}, prepare }: PlainSource): NodeDefinition =>
  defineNode({
    ...{ type, title: type, category: 'io', summary: 'A clip made for the purpose.', inputs: {}, params },
    outputs: { image: port.image('Image') },
    infer: () => ({ image }),
    kernel: {
      kind: 'source',
      prepare: async (given) => ({
        timeline: steadyTimeline(frames, image.frameRate),
        range: { first: 0, last: frames - 1 },
        audio: null,
        run: (await prepare?.(given)) ?? (async () => undefined),
      }),
    },
  })

/** Makes frame n a grey of n/16. */
export async function brighteningGrey(gpu: Gpu) {
  const fill = await gpu.compute({
    label: 'brightening grey',
    writes: { result: 'rgba16float' },
    uniforms: { value: 'f32' },
    wgsl: 'fn main(at: vec2u) { textureStore(result, at, vec4f(vec3f(u.value), 1.0)); }',
  })
  return (recorder: Recorder, texture: GPUTexture, index: number): void => {
    const { width, height } = texture
    fill.record(recorder, { writes: { result: texture }, uniforms: { value: index / 16 }, size: { width, height } })
  }
}
