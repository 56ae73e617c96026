/** How tensors and parameters lie in the GPU's memory. */
import type { Lowering } from './cut-passes.ts'
import { type Constant, type Sides, sidesOf, type TensorId } from './network.ts'

/** How a network is written as shaders; which way is quickest is for a trial to say. */
export interface Variant {
  /** Weights written out in the shader's text, or read from memory, where the dial can mix them. */
  readonly weights: 'literal' | 'memory'
  /** Whether a workgroup shares the pixels that it reads, with those around them. */
  readonly shared: boolean
  /** Neighbouring pixels that a thread computes with each weight that it has read. */
  readonly pixels: 1 | 2 | 4
  /** Four channels a picture, one picture after the other; or all channels of a pixel side by side. */
  readonly order: 'planes' | 'pixels'
  /** Numbers between layers in 16 bits rather than 32; sums are of 32 either way. */
  readonly half: boolean
}

export const groupsOf = (channels: number): number => Math.ceil(channels / 4)

/** Where the numbers of a tensor lie. Units are groups of four channels of one pixel. */
export interface Place extends Sides {
  readonly border: number
  /** From one row to the next. */
  readonly stride: number
  /** Of one group's picture, with its border. */
  readonly plane: number
  readonly groups: number
}

export function placeOf({ network, borders }: Lowering, id: TensorId, input: Sides): Place {
  const { channels, extent } = network.tensors[id]!
  const { width, height } = sidesOf(extent, input)
  const border = borders.get(id) ?? 0
  const stride = width + 2 * border
  return { width, height, border, stride, plane: stride * (height + 2 * border), groups: groupsOf(channels) }
}

/** Bytes of a stored tensor other than the output. */
export const placeBytes = ({ plane, groups }: Place, half: boolean): number => plane * groups * (half ? 8 : 16)

/**
 * The numbers that a pass is given beside pictures: weights of its convolution, then biases, then constants, in the
 * order in which the shader asks for them. Everything is a plain copy of the file's numbers, so that numbers between
 * two files' are parameters between theirs.
 */
export class Parameters {
  private readonly vectors: number[] = []
  private readonly places = new Map<object, number>()

  /** In vectors of four numbers. */
  get length(): number {
    return this.vectors.length / 4
  }

  get values(): Float32Array<ArrayBuffer> {
    return Float32Array.from(this.vectors)
  }

  /** One number for each channel of `channels`, or the same for all; its first vector. */
  constant(values: Constant, channels: number): number {
    return this.place(values, () => {
      for (let c = 0; c < groupsOf(channels) * 4; c++) {
        // What no channel has is never looked at, and should not make infinities either.
        this.vectors.push(values.length === 1 ? values[0]! : (values[c] ?? 1))
      }
    })
  }

  bias(values: Float32Array | null, owner: object, channels: number): number {
    return this.place(owner, () => {
      for (let c = 0; c < groupsOf(channels) * 4; c++) this.vectors.push(values?.[c] ?? 0)
    })
  }

  /** A vector of weights for four outputs. */
  weight(vector: readonly [number, number, number, number]): number {
    this.vectors.push(...vector)
    return this.length - 1
  }

  vector(i: number): readonly number[] {
    return this.vectors.slice(i * 4, i * 4 + 4)
  }

  private place(key: object, add: () => void): number {
    const place = this.places.get(key)
    if (place !== undefined) return place
    const offset = this.length
    this.places.set(key, offset)
    add()
    return offset
  }
}

/**
 * Which tensors may lie in the same memory: by tensor, the number of its buffer. Two share one where both have the
 * same place (so that the zeros around them stay) and the first has been read for the last time before the second
 * is written. The output has a buffer of its own, −1.
 */
export function shareMemory(lowering: Lowering): ReadonlyMap<TensorId, number> {
  const { network, passes, borders } = lowering
  const lastRead = new Map<TensorId, number>()
  passes.forEach((pass, i) => {
    for (const id of pass.reads) lastRead.set(id, i)
  })
  const shape = (id: TensorId): string => {
    const { channels, extent } = network.tensors[id]!
    return JSON.stringify([groupsOf(channels), extent, borders.get(id) ?? 0])
  }
  const buffers = new Map<TensorId, number>()
  const free = new Map<string, number[]>()
  let count = 0
  const take = (id: TensorId) => {
    if (id === network.output) buffers.set(id, -1)
    else buffers.set(id, free.get(shape(id))?.pop() ?? count++)
  }
  for (const [id, operation] of network.operations.entries()) if (operation.kind === 'input') take(id)
  passes.forEach((pass, i) => {
    take(pass.result)
    for (const id of pass.reads) {
      if (lastRead.get(id) !== i) continue
      const key = shape(id)
      free.set(key, [...(free.get(key) ?? []), buffers.get(id)!])
    }
  })
  return buffers
}
