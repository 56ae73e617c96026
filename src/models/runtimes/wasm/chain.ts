/**
 * Networks that are a chain of convolutions of 3 × 3 pixels, each with its slope below 0, and at the end an enlarged picture:
 * the shape of what enlarges quickly (SRVGG, "Compact", AnimeVideo, and this project's own). They can be computed by code made for them.
 */
import type { Convolution, Network, Operation, Tap, TensorId } from '../shaders/network.ts'
import { sourcesOf } from '../shaders/network.ts'

export interface ChainLayer {
  readonly from: number
  readonly to: number
  /** Output channel, input channel, row, column. */
  readonly weights: Float32Array<ArrayBuffer>
  /** One each for every output channel. */
  readonly bias: Float32Array<ArrayBuffer>
  readonly slope: Float32Array<ArrayBuffer>
}

export interface Chain {
  readonly channels: number
  readonly layers: readonly ChainLayer[]
  /**
   * Output side ÷ input side. The last layer's channels become pixels: channel = (c × factor + row) × factor + column.
   */
  readonly factor: number
  /** Channels of the result. */
  readonly results: number
  /** What of the input itself is added to the result: see `resize` in `Network`. `null`: nothing. */
  readonly base: readonly (readonly Tap[])[] | null
}

/** The chain that a network is; `undefined` where it is none. */
export function chainOf(network: Network): Chain | undefined {
  const { operations, tensors } = network
  const readers = new Map<TensorId, number>()
  for (const operation of operations)
    for (const source of sourcesOf(operation)) readers.set(source, (readers.get(source) ?? 0) + 1)
  const isReadOnce = (id: TensorId) => readers.get(id) === 1
  const channels = tensors[0]!.channels

  /** The ending, from the network's output back to the last convolution. */
  let end = network.output
  const copy = operations[end]!
  if (copy.kind === 'concatenation' && copy.sources.length === 1) end = copy.sources[0]!
  let base: Chain['base'] = null
  const sum = operations[end]!
  if (sum.kind === 'arithmetic') {
    const { a, b } = sum
    if (sum.name !== 'add' || !('tensor' in a) || !('tensor' in b)) return undefined
    const [one, other] = [baseOf(operations, a.tensor), baseOf(operations, b.tensor)]
    if (!!one === !!other) return undefined
    base = one ?? other ?? null
    end = one ? b.tensor : a.tensor
    if (!isReadOnce(end)) return undefined
  }
  const shuffle = operations[end]!
  let factor = 1
  let depthFirst = false
  if (shuffle.kind === 'depth-to-space') {
    factor = shuffle.factor
    depthFirst = shuffle.depthFirst
    end = shuffle.source
    if (!isReadOnce(end)) return undefined
  }
  if (base && base.length !== factor) return undefined
  const results = tensors[network.output]!.channels
  if (base && results !== channels) return undefined

  const layers: ChainLayer[] = []
  for (let id = end; id !== 0; ) {
    let operation = operations[id]!
    let slope: Float32Array<ArrayBuffer> | undefined
    if (operation.kind === 'rectify') slope = operation.slope
    else if (operation.kind === 'function' && operation.name === 'relu') slope = Float32Array.of(0)
    if (operation.kind === 'rectify' || operation.kind === 'function') {
      if (!slope || !isReadOnce(operation.source)) return undefined
      operation = operations[operation.source]!
    }
    if (operation.kind !== 'convolution' || !isPlain(operation)) return undefined
    const [from, to] = [tensors[operation.source]!.channels, tensors[id]!.channels]
    if (tensors[id]!.extent.kind !== 'picture') return undefined
    layers.unshift({
      from,
      to,
      weights: operation.weights,
      bias: operation.bias ?? new Float32Array(to),
      slope: eachOf(slope ?? Float32Array.of(1), to),
    })
    id = operation.source
    // The input may be read by the base, too.
    if (id !== 0 && !isReadOnce(id)) return undefined
  }
  const last = layers.pop()
  if (!last) return undefined
  return { channels, layers: [...layers, depthFirst ? inPlanes(last, results) : last], factor, results, base }
}

/** The taps by which the picture that comes in is enlarged into this tensor; `undefined`: it is something else. */
function baseOf(operations: readonly Operation[], id: TensorId): Chain['base'] | undefined {
  if (id === 0) return [[{ offset: 0, weight: 1 }]]
  const operation = operations[id]!
  return operation.kind === 'resize' && operation.source === 0 ? operation.taps : undefined
}

const isPlain = ({ kernel, before, groups, weights, bias }: Convolution): boolean =>
  kernel.every((side) => side === 3) &&
  before.every((border) => border === 1) &&
  groups === 1 &&
  weights.every(Number.isFinite) &&
  (bias?.every(Number.isFinite) ?? true)

/** The layer with its outputs, of which those of a pixel of the result stand together, sorted by channels of the result. */
function inPlanes(layer: ChainLayer, results: number): ChainLayer {
  const pixels = layer.to / results
  const perOutput = layer.weights.length / layer.to
  const sorted = (numbers: Float32Array<ArrayBuffer>, each: number) => {
    const to = new Float32Array(numbers.length)
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let channel = 0; channel < results; channel++) {
        const from = (pixel * results + channel) * each
        to.set(numbers.subarray(from, from + each), (channel * pixels + pixel) * each)
      }
    return to
  }
  const { weights, bias, slope } = layer
  return { ...layer, weights: sorted(weights, perOutput), bias: sorted(bias, 1), slope: sorted(slope, 1) }
}

const eachOf = (numbers: Float32Array<ArrayBuffer>, count: number): Float32Array<ArrayBuffer> =>
  numbers.length === count ? numbers : new Float32Array(count).fill(numbers[0]!)
