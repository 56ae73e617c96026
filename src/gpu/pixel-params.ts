/** Params of a pixel node as its WGSL and its uniforms have them. */
import type { ParamSpec, Params } from '../graph/node/params.ts'
import type { UniformType, UniformValue } from './types.ts'
import { isGpuScalar } from './uniforms.ts'

export interface ShaderParam {
  readonly name: string
  readonly spec: ParamSpec
  /** The WGSL type inside a kernel. */
  readonly kernel: string
  /** That in the uniform buffer, which knows no bool. */
  readonly uniform: UniformType
}

function typesOf(spec: ParamSpec): Pick<ShaderParam, 'kernel' | 'uniform'> | undefined {
  if (spec.affects !== 'uniform') return undefined
  switch (spec.kind) {
    case 'float':
      return { kernel: 'f32', uniform: 'f32' }
    case 'int':
      return { kernel: 'i32', uniform: 'i32' }
    case 'seed':
      return { kernel: 'u32', uniform: 'u32' }
    case 'choice':
      return { kernel: 'u32', uniform: 'u32' }
    case 'bool':
      return { kernel: 'bool', uniform: 'u32' }
    default:
      return undefined
  }
}

/** Those that are on the GPU. */
export const shaderParams = (params: Params): readonly ShaderParam[] =>
  Object.entries(params).flatMap(([name, spec]) => {
    const types = typesOf(spec)
    return types ? [{ name, spec, ...types }] : []
  })

/** @param value of the param; of a float perhaps a `GpuScalar` */
export function toUniform(spec: ParamSpec, value: unknown): UniformValue {
  if (isGpuScalar(value)) return value
  if (spec.kind === 'choice') return spec.options.indexOf(String(value))
  return Number(value)
}

/** WGSL of a struct of them; WGSL has no empty ones, so a node without any gets a field nobody reads. */
export const paramStruct = (name: string, params: readonly ShaderParam[]): string =>
  `struct ${name} { ${params.length ? params.map((param) => `${param.name}: ${param.kernel}`).join(', ') : 'none_: u32'} }`

/**
 * WGSL that makes such a struct of uniforms that are called as the params are, behind `prefix`.
 * @param isDriven whether a number stands for the param: one that nobody has read back is held within the range here
 */
export const paramsFrom = (
  name: string,
  params: readonly ShaderParam[],
  prefix: string,
  isDriven: (param: string) => boolean = () => false,
): string => {
  const values = params.map(({ name: param, kernel, spec }) => {
    const uniform = `u.${prefix}${param}`
    if (spec.kind === 'float' && isDriven(param)) return `clamp(${uniform}, f32(${spec.min}), f32(${spec.max}))`
    return kernel === 'bool' ? `${uniform} != 0u` : uniform
  })
  return `${name}(${values.length ? values.join(', ') : '0u'})`
}
