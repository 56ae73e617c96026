/** Lays out a WGSL uniform struct and packs values into it (WGSL specification, "Memory Layout"). */
import type { GpuScalar, UniformType, UniformTypes, UniformValue } from './types.ts'

interface TypeLayout {
  readonly align: number
  readonly size: number
  /** Numbers a value has. */
  readonly count: number
}

const layouts: Readonly<Record<UniformType, TypeLayout>> = {
  f32: { align: 4, size: 4, count: 1 },
  i32: { align: 4, size: 4, count: 1 },
  u32: { align: 4, size: 4, count: 1 },
  vec2f: { align: 8, size: 8, count: 2 },
  vec2i: { align: 8, size: 8, count: 2 },
  vec2u: { align: 8, size: 8, count: 2 },
  vec3f: { align: 16, size: 12, count: 3 },
  vec4f: { align: 16, size: 16, count: 4 },
  mat3x3f: { align: 16, size: 48, count: 9 },
}

const alignUp = (offset: number, align: number) => Math.ceil(offset / align) * align

export const isGpuScalar = (value: unknown): value is GpuScalar =>
  typeof value === 'object' && value !== null && 'buffer' in value && 'offset' in value

type UniformValues = Readonly<Record<string, UniformValue>>

export interface UniformLayout {
  readonly byteLength: number
  /** `struct name { … }` */
  wgsl(name: string): string
  /**
   * Throws on a field that is in neither, or a wrong number of components. A `mat3x3f` is given column by column.
   * @param onGpu told of each field whose number is on the GPU, and of its place in the bytes, which then hold none there
   */
  pack(
    values: UniformValues,
    also?: UniformValues,
    onGpu?: (source: GpuScalar, offset: number) => void,
  ): Uint8Array<ArrayBuffer>
}

export function layoutUniforms(types: UniformTypes): UniformLayout {
  let end = 0
  const fields = Object.entries(types).map(([name, type]) => {
    const { align, size, count } = layouts[type]
    const offset = alignUp(end, align)
    end = offset + size
    return { name, type, offset, count }
  })
  const byteLength = Math.max(16, alignUp(end, 16))
  const bytes = new Uint8Array(byteLength)
  const view = new DataView(bytes.buffer)

  const write = (type: UniformType, offset: number, value: number) => {
    if (type === 'i32' || type === 'vec2i') view.setInt32(offset, value, true)
    else if (type === 'u32' || type === 'vec2u') view.setUint32(offset, value, true)
    else view.setFloat32(offset, value, true)
  }

  return {
    byteLength,
    wgsl: (name) => `struct ${name} {\n${fields.map((field) => `  ${field.name}: ${field.type},`).join('\n')}\n}`,
    pack(values, also, onGpu) {
      for (const { name, type, offset, count } of fields) {
        const value = values[name] ?? also?.[name]
        if (typeof value === 'number' && count === 1) {
          write(type, offset, value)
          continue
        }
        if (isGpuScalar(value)) {
          if (type !== 'f32' || !onGpu) throw new Error(`uniform ${name}: ${type} takes no number of the GPU's`)
          onGpu(value, offset)
          continue
        }
        const numbers = typeof value === 'number' ? [value] : value
        if (numbers?.length !== count)
          throw new Error(`uniform ${name}: ${type} takes ${count} numbers, got ${String(value)}`)
        numbers.forEach((number, i) => {
          // A column of mat3x3f fills three of four words.
          write(type, offset + (type === 'mat3x3f' ? Math.floor(i / 3) * 16 + (i % 3) * 4 : i * 4), number)
        })
      }
      return bytes
    },
  }
}
