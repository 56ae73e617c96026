/** Computes the passes of a lowered network in Node, pixel by pixel: what the shaders should give, in double precision. */
import type { Lowering, Pass } from '../../../../../src/models/runtimes/shaders/cut-passes.ts'
import { type Operand, type Sides, sidesOf, type TensorId } from '../../../../../src/models/runtimes/shaders/network.ts'

/** Planes, row by row. */
export interface Planes extends Sides {
  readonly channels: number
  readonly data: Float64Array
}

export function runPasses(lowering: Lowering, input: Planes): Planes {
  const { network, passes, storedTensors } = lowering
  const memory = new Map<TensorId, Planes>()
  for (const [id, operation] of network.operations.entries()) if (operation.kind === 'input') memory.set(id, input)
  for (const pass of passes) {
    for (const id of pass.reads) if (!memory.has(id)) throw new Error(`tensor ${id} is read before it is stored`)
    memory.set(pass.result, runPass(lowering, pass, memory, input))
  }
  if (memory.size !== storedTensors.size) throw new Error('more is stored than said')
  return memory.get(network.output)!
}

function runPass(lowering: Lowering, pass: Pass, memory: ReadonlyMap<TensorId, Planes>, input: Sides): Planes {
  const { network, storedTensors, borders } = lowering
  const { channels, extent } = network.tensors[pass.result]!
  const { width, height } = sidesOf(extent, input)
  const data = new Float64Array(channels * width * height)
  const load = (id: TensorId, c: number, x: number, y: number): number => {
    if (!pass.reads.includes(id)) throw new Error(`tensor ${id} is read, and not said to be`)
    const planes = memory.get(id)!
    return planes.data[(c * planes.height + y) * planes.width + x]!
  }
  const edged = (id: TensorId, c: number, x: number, y: number): number => {
    const planes = memory.get(id)!
    const clamp = (at: number, side: number) => Math.min(side - 1, Math.max(0, at))
    return load(id, c, clamp(x, planes.width), clamp(y, planes.height))
  }
  const bordered = (id: TensorId, c: number, x: number, y: number): number => {
    const planes = memory.get(id)!
    const border = borders.get(id) ?? 0
    if (x < -border || y < -border || x >= planes.width + border || y >= planes.height + border) {
      throw new Error(`tensor ${id} is read beyond its border, at ${x}, ${y}`)
    }
    return x < 0 || y < 0 || x >= planes.width || y >= planes.height ? 0 : load(id, c, x, y)
  }
  const value = (id: TensorId, c: number, x: number, y: number): number => {
    if (storedTensors.has(id)) {
      return network.tensors[id]!.extent.kind === 'one' ? load(id, c, 0, 0) : load(id, c, x, y)
    }
    return compute(id, c, x, y)
  }
  const operand = (of: Operand, c: number, x: number, y: number): number =>
    'tensor' in of ? value(of.tensor, c, x, y) : of.constant[of.constant.length === 1 ? 0 : c]!
  const compute = (id: TensorId, c: number, x: number, y: number): number => {
    const operation = network.operations[id]!
    switch (operation.kind) {
      case 'input':
        throw new Error('the input is not computed')
      case 'convolution': {
        if (pass.convolution?.id !== id) throw new Error(`the pass of ${pass.result} computes two convolutions`)
        const flat = pass.convolution.sources.flatMap(({ tensor, repeat }) =>
          Array.from({ length: network.tensors[tensor]!.channels }, (_, channel) => ({ tensor, repeat, channel })),
        )
        const { kernel, before, weights, bias, groups } = operation
        const inputs = flat.length / groups
        const first = Math.floor(c / (network.tensors[id]!.channels / groups)) * inputs
        let sum = bias?.[c] ?? 0
        for (let i = 0; i < inputs; i++) {
          const { tensor, repeat, channel } = flat[first + i]!
          for (let ky = 0; ky < kernel[1]; ky++) {
            for (let kx = 0; kx < kernel[0]; kx++) {
              const [sx, sy] = [x + kx - before[0], y + ky - before[1]]
              sum +=
                weights[((c * inputs + i) * kernel[1] + ky) * kernel[0] + kx]! *
                bordered(tensor, channel, Math.floor(sx / repeat), Math.floor(sy / repeat))
            }
          }
        }
        return sum
      }
      case 'function': {
        const a = value(operation.source, c, x, y)
        if (operation.name === 'relu') return Math.max(0, a)
        return operation.name === 'tanh' ? Math.tanh(a) : 1 / (1 + Math.exp(-a))
      }
      case 'rectify': {
        const a = value(operation.source, c, x, y)
        return a < 0 ? a * operation.slope[operation.slope.length === 1 ? 0 : c]! : a
      }
      case 'clip':
        return Math.min(operation.high, Math.max(operation.low, value(operation.source, c, x, y)))
      case 'arithmetic': {
        const [a, b] = [operand(operation.a, c, x, y), operand(operation.b, c, x, y)]
        return { add: a + b, subtract: a - b, multiply: a * b, divide: a / b }[operation.name]
      }
      case 'concatenation': {
        let channel = c
        for (const source of operation.sources) {
          const { channels: own } = network.tensors[source]!
          if (channel < own) return value(source, channel, x, y)
          channel -= own
        }
        throw new Error('no such channel')
      }
      case 'depth-to-space': {
        const { factor, depthFirst, source } = operation
        if (factor !== pass.factor) throw new Error('the pass enlarges by another factor')
        const block = (y % factor) * factor + (x % factor)
        const own = network.tensors[id]!.channels
        const channel = depthFirst ? block * own + c : c * factor ** 2 + block
        return value(source, channel, Math.floor(x / factor), Math.floor(y / factor))
      }
      case 'space-to-depth': {
        const { factor, source } = operation
        const own = network.tensors[source]!.channels
        const block = Math.floor(c / own)
        return load(source, c % own, x * factor + (block % factor), y * factor + Math.floor(block / factor))
      }
      case 'resize': {
        const { factor, taps, source } = operation
        if (factor !== pass.factor) throw new Error('the pass enlarges by another factor')
        let sum = 0
        for (const down of taps[y % factor]!) {
          for (const across of taps[x % factor]!) {
            sum +=
              down.weight *
              across.weight *
              edged(source, c, Math.floor(x / factor) + across.offset, Math.floor(y / factor) + down.offset)
          }
        }
        return sum
      }
      case 'mean': {
        const planes = memory.get(operation.source)!
        let sum = 0
        for (let sy = 0; sy < planes.height; sy++) {
          for (let sx = 0; sx < planes.width; sx++) sum += load(operation.source, c, sx, sy)
        }
        return sum / (planes.width * planes.height)
      }
      case 'pad': {
        const { source, before, beyond } = operation
        const planes = memory.get(source)!
        const mirrored = (at: number, side: number) => (at < 0 ? -at : at >= side ? 2 * side - 2 - at : at)
        const [sx, sy] = [x - before[0], y - before[1]]
        if (beyond === 'edge') return edged(source, c, sx, sy)
        if (beyond === 'reflect') return load(source, c, mirrored(sx, planes.width), mirrored(sy, planes.height))
        return sx < 0 || sy < 0 || sx >= planes.width || sy >= planes.height ? 0 : load(source, c, sx, sy)
      }
    }
  }
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data[(c * height + y) * width + x] = compute(pass.result, c, x, y)
    }
  }
  return { width, height, channels, data }
}
