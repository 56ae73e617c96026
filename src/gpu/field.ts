/** Pictures of pixel nodes' own: made when first asked for, and again when what they are made of has changed. */
import type { FieldSpec } from '../graph/node/spec.ts'
import type { PixelNode } from './pixel.ts'
import { paramStruct, paramsFrom, type ShaderParam, shaderParams, toUniform } from './pixel-params.ts'
import type { ComputeSpec, Gpu, Lease, Recorder, UniformValue } from './types.ts'

interface Extent {
  readonly width: number
  readonly height: number
}

/** The fields of one node. */
export interface Fields extends Disposable {
  /** Each by its name, for these params. What must be made anew is recorded. */
  textures(recorder: Recorder, params: Readonly<Record<string, unknown>>): Readonly<Record<string, GPUTexture>>
}

function fieldPass(node: PixelNode, name: string, { wgsl }: FieldSpec, params: readonly ShaderParam[]): ComputeSpec {
  return {
    label: `${node.type}/${name}`,
    writes: { made: 'rgba16float' },
    uniforms: { whole_: 'vec2u', ...Object.fromEntries(params.map((param) => [param.name, param.uniform])) },
    wgsl: `struct Pixel { at: vec2u, size: vec2u }
${node.kernel.functions ?? ''}
${paramStruct('P', params)}
fn field(px: Pixel, p: P) -> vec4f {${wgsl}
}
fn main(at: vec2u) { textureStore(made, at, field(Pixel(at, u.whole_), ${paramsFrom('P', params, '')})); }`,
  }
}

/** @param size of the node's result. Rejects with the WGSL error and the label. */
export async function createFields(gpu: Gpu, node: PixelNode, { width, height }: Extent): Promise<Fields> {
  const leases = new DisposableStack()
  const fields = await Promise.all(
    Object.entries(node.kernel.fields ?? {}).map(async ([name, spec]) => {
      const params = shaderParams(node.params).filter((param) => spec.params.includes(param.name))
      const pass = await gpu.compute(fieldPass(node, name, spec, params))
      let lease: Lease<GPUTexture> | undefined
      let made = ''
      return (recorder: Recorder, values: Readonly<Record<string, unknown>>) => {
        lease ??= leases.use(gpu.pool.texture({ width, height, format: 'rgba16float' }, `${node.type}/${name}`))
        const uniforms: Record<string, UniformValue> = Object.fromEntries(
          params.map((param) => [param.name, toUniform(param.spec, values[param.name])]),
        )
        const key = JSON.stringify(uniforms)
        if (key !== made)
          pass.record(recorder, {
            writes: { made: lease.value },
            uniforms: { ...uniforms, whole_: [width, height] },
            size: { width, height },
          })
        made = key
        return [name, lease.value] as const
      }
    }),
  )
  return {
    textures: (recorder, params) => Object.fromEntries(fields.map((field) => field(recorder, params))),
    [Symbol.dispose]: () => leases.dispose(),
  }
}
