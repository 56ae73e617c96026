/** Textures of pixel nodes' own: pictures, made when first asked for and again when what they are made of has changed, and tables. */
import type { FieldSpec } from '../graph/node/spec.ts'
import { fieldFormat, type PixelNode } from './pixel.ts'
import { paramStruct, paramsFrom, type ShaderParam, shaderParams, toUniform } from './pixel-params.ts'
import type { ComputePass, ComputeSpec, Gpu, Lease, Recorder, Table, UniformValue } from './types.ts'
import { isGpuScalar } from './uniforms.ts'

interface Extent {
  readonly width: number
  readonly height: number
}

/** The fields and tables of one node. */
export interface Fields extends Disposable {
  /** Each by its name, for these params. What must be made anew is recorded. */
  textures(recorder: Recorder, params: Readonly<Record<string, unknown>>): Readonly<Record<string, GPUTexture>>
}

function fieldPass(node: PixelNode, name: string, { wgsl }: FieldSpec, params: readonly ShaderParam[]): ComputeSpec {
  return {
    label: `${node.type}/${name}`,
    writes: { made: fieldFormat },
    uniforms: { whole_: 'vec2u', ...Object.fromEntries(params.map((param) => [param.name, param.uniform])) },
    wgsl: `struct Pixel { at: vec2u, size: vec2u }
${node.kernel.functions ?? ''}
${paramStruct('P', params)}
fn field(px: Pixel, p: P) -> vec4f {${wgsl}
}
fn main(at: vec2u) { textureStore(made, at, field(Pixel(at, u.whole_), ${paramsFrom('P', params, '', () => true)})); }`,
  }
}

/** A texture that holds `table`. */
function upload(gpu: Gpu, { width, height, rgba }: Table, label: string): Lease<GPUTexture> {
  const lease = gpu.pool.texture({ width, height, format: 'rgba32float' }, label)
  gpu.device.queue.writeTexture({ texture: lease.value }, rgba, { bytesPerRow: 16 * width }, { width, height })
  return lease
}

/** One texture of a node's own, drawn when it is first asked for and again when its params have changed. */
class Field implements Disposable {
  readonly name: string
  readonly #gpu: Gpu
  readonly #pass: ComputePass
  readonly #params: readonly ShaderParam[]
  readonly #label: string
  readonly #extent: Extent
  #lease: Lease<GPUTexture> | undefined
  /** The params that it was drawn for; `undefined` before that, and where nobody knows. */
  #drawnFor: string | undefined

  private constructor(
    gpu: Gpu,
    pass: ComputePass,
    of: { name: string; type: string; params: readonly ShaderParam[] },
    extent: Extent,
  ) {
    this.name = of.name
    this.#gpu = gpu
    this.#pass = pass
    this.#params = of.params
    this.#label = `${of.type}/${of.name}`
    this.#extent = extent
  }

  static async of(gpu: Gpu, node: PixelNode, name: string, spec: FieldSpec, extent: Extent): Promise<Field> {
    const params = shaderParams(node.params).filter((param) => spec.params.includes(param.name))
    return new Field(
      gpu,
      await gpu.compute(fieldPass(node, name, spec, params)),
      { name, type: node.type, params },
      extent,
    )
  }

  texture(recorder: Recorder, values: Readonly<Record<string, unknown>>): GPUTexture {
    const { width, height } = this.#extent
    this.#lease ??= this.#gpu.pool.texture({ width, height, format: fieldFormat }, this.#label)
    const uniforms: Record<string, UniformValue> = Object.fromEntries(
      this.#params.map((param) => [param.name, toUniform(param.spec, values[param.name])]),
    )
    // Of a number that is on the GPU alone nobody knows whether it is another.
    const key = Object.values(uniforms).some(isGpuScalar) ? undefined : JSON.stringify(uniforms)
    if (key === undefined || key !== this.#drawnFor)
      this.#pass.record(recorder, {
        writes: { made: this.#lease.value },
        uniforms: { ...uniforms, whole_: [width, height] },
        size: { width, height },
      })
    this.#drawnFor = key
    return this.#lease.value
  }

  [Symbol.dispose](): void {
    this.#lease?.[Symbol.dispose]()
  }
}

/** @param size of the node's result. Rejects with the WGSL error and the label. */
export async function createFields(
  gpu: Gpu,
  node: PixelNode,
  { width, height }: Extent,
  tables: Readonly<Record<string, Table>> = {},
): Promise<Fields> {
  const leases = new DisposableStack()
  const constant = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, leases.use(upload(gpu, table, `${node.type}/${name}`)).value]),
  )
  const fields = await Promise.all(
    Object.entries(node.kernel.fields ?? {}).map(([name, spec]) => Field.of(gpu, node, name, spec, { width, height })),
  )
  for (const field of fields) leases.use(field)
  return {
    textures: (recorder, params) => ({
      ...constant,
      ...Object.fromEntries(fields.map((field) => [field.name, field.texture(recorder, params)])),
    }),
    [Symbol.dispose]: () => leases.dispose(),
  }
}
