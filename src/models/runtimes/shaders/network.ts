/**
 * A network of pictures as the shaders know it: tensors of one picture each, and operations of which all is known
 * before a picture is there. `read-network.ts` makes it of an ONNX file or says which operator it stops at.
 */

/** Position in `Network.operations`, which are in the order in which they can be computed. */
export type TensorId = number

/**
 * How large a tensor's picture is: sides of the network's input × `up` ÷ `down`, plus `add`; or one pixel, whatever the
 * input.
 */
export type Extent =
  | { readonly kind: 'one' }
  | {
      readonly kind: 'picture'
      readonly up: number
      readonly down: number
      readonly add: readonly [x: number, y: number]
    }

export interface Tensor {
  /** As the file calls it, for messages and labels. */
  readonly name: string
  readonly channels: number
  readonly extent: Extent
}

/** One number, or one for each channel. */
export type Constant = Float32Array<ArrayBuffer>

/** One tap of an interpolation along one axis: pixels from the source's pixel, and its weight. */
export interface Tap {
  readonly offset: number
  readonly weight: number
}

export interface Convolution {
  readonly kind: 'convolution'
  readonly source: TensorId
  /** Numbers of the file: output channel, input channel of its group, row, column. */
  readonly weights: Float32Array<ArrayBuffer>
  readonly bias: Float32Array<ArrayBuffer> | null
  readonly kernel: readonly [width: number, height: number]
  /** Rows and columns of zeros to the left of the source and above it. */
  readonly before: readonly [x: number, y: number]
  readonly groups: number
}

export type Operand = { readonly tensor: TensorId } | { readonly constant: Constant }

export type Operation =
  | { readonly kind: 'input' }
  | Convolution
  | { readonly kind: 'function'; readonly name: 'relu' | 'sigmoid' | 'tanh'; readonly source: TensorId }
  /** What is below 0 times the slope. */
  | { readonly kind: 'rectify'; readonly source: TensorId; readonly slope: Constant }
  | { readonly kind: 'clip'; readonly source: TensorId; readonly low: number; readonly high: number }
  | {
      readonly kind: 'arithmetic'
      readonly name: 'add' | 'subtract' | 'multiply' | 'divide'
      readonly a: Operand
      readonly b: Operand
    }
  | { readonly kind: 'concatenation'; readonly sources: readonly TensorId[] }
  /** `depthFirst`: channel = (row × block + column) × channels + c, ONNX's DCR; else c × block² + row × block + column, CRD. */
  | {
      readonly kind: 'depth-to-space'
      readonly source: TensorId
      readonly factor: number
      readonly depthFirst: boolean
    }
  | { readonly kind: 'space-to-depth'; readonly source: TensorId; readonly factor: number }
  /** `taps[d]`: what the pixel at `factor` × x + d is made of around x, along either axis; edges are repeated. */
  | {
      readonly kind: 'resize'
      readonly source: TensorId
      readonly factor: number
      readonly taps: readonly (readonly Tap[])[]
    }
  /** Over the whole picture. */
  | { readonly kind: 'mean'; readonly source: TensorId }
  | {
      readonly kind: 'pad'
      readonly source: TensorId
      readonly before: readonly [x: number, y: number]
      readonly beyond: 'zero' | 'reflect' | 'edge'
    }

export interface Network {
  readonly operations: readonly Operation[]
  /** By the same ids as `operations`. */
  readonly tensors: readonly Tensor[]
  readonly output: TensorId
}

/** The first thing in a file that the shaders do not know. */
export interface Refusal {
  /** The operator, as ONNX calls it. */
  readonly operator: string
  /** What of it, as the rest of a sentence that begins with the operator; empty where it is not known at all. */
  readonly detail: string
}

/** What an operation reads, constants apart. */
export function sourcesOf(operation: Operation): readonly TensorId[] {
  switch (operation.kind) {
    case 'input':
      return []
    case 'arithmetic':
      return [operation.a, operation.b].flatMap((each) => ('tensor' in each ? [each.tensor] : []))
    case 'concatenation':
      return operation.sources
    default:
      return [operation.source]
  }
}

export interface Sides {
  readonly width: number
  readonly height: number
}

/** How large a tensor of `extent` is for an input of `input`'s size. */
export function sidesOf(extent: Extent, input: Sides): Sides {
  if (extent.kind === 'one') return { width: 1, height: 1 }
  const side = (length: number, add: number) => Math.floor((length * extent.up) / extent.down) + add
  return { width: side(input.width, extent.add[0]), height: side(input.height, extent.add[1]) }
}

export const sameExtent = (a: Extent, b: Extent): boolean =>
  a.kind === 'one' || b.kind === 'one'
    ? a.kind === b.kind
    : a.up * b.down === b.up * a.down && a.add.join() === b.add.join()
