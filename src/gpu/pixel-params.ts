/** Params of a pixel node as its WGSL and its uniforms have them. */
import type { ParamSpec, Params } from '../graph/node/params.ts'
import type { UniformType } from './types.ts'

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

export function toUniform(spec: ParamSpec, value: unknown): number {
  if (spec.kind === 'choice') return spec.options.indexOf(String(value))
  return Number(value)
}

/** WGSL of a struct of them; WGSL has no empty ones, so a node without any gets a field nobody reads. */
export const paramStruct = (name: string, params: readonly ShaderParam[]): string =>
  `struct ${name} { ${params.length ? params.map((param) => `${param.name}: ${param.kernel}`).join(', ') : 'none_: u32'} }`

/** WGSL that makes such a struct of uniforms that are called as the params are, behind `prefix`. */
export const paramsFrom = (name: string, params: readonly ShaderParam[], prefix: string): string => {
  const values = params.map((param) => `u.${prefix}${param.name}${param.kernel === 'bool' ? ' != 0u' : ''}`)
  return `${name}(${values.length ? values.join(', ') : '0u'})`
}
