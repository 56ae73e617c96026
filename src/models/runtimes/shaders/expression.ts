/** WGSL of what a pass computes for one pixel after its convolution, four channels at a time. */
import type { Lowering, Pass } from './cut-passes.ts'
import type { Operand, Tap, TensorId } from './network.ts'
import { groupsOf, type Parameters, type Variant } from './tensor-layout.ts'

/** Names that the expressions use; the pass declares them. */
export interface Names {
  /** Vector `i` of the parameters. */
  readonly parameter: (i: number) => string
  /** The convolution's sum for a group. */
  readonly sum: (group: number) => string
  /** Coordinates of the pixel of the grid, i32. */
  readonly x: string
  readonly y: string
}

/** Which of the pixels that one of the grid is enlarged to; `null`: that of the grid itself. */
type Part = readonly [dx: number, dy: number] | null

const lane = (channel: number): string => 'xyzw'[channel % 4]!

/** A number as WGSL has it. Throws where it is not finite, which no text can be. */
export function literal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('it holds numbers that are not finite')
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`
}

/** Index into a tensor's buffer; the uniforms of tensor `id` begin at `u[place]`. */
export const indexOf = (
  order: Variant['order'],
  place: number,
  groups: number,
  group: string,
  x: string,
  y: string,
): string =>
  order === 'planes'
    ? `u[${place}].x + ${group} * u[${place}].z + (${y}) * u[${place}].y + (${x})`
    : `(u[${place}].x + (${y}) * u[${place}].y + (${x})) * ${groups} + ${group}`

/** Element `index` of a stored tensor as vec4f. */
export const loadOf = (half: boolean, buffer: string, index: string): string =>
  half ? `unpack(${buffer}[${index}])` : `${buffer}[${index}]`

/** Writes statements one after the other, each value under a name of its own; what is known is not computed again. */
export class Expressions {
  readonly lines: string[] = []
  private readonly namesByKey = new Map<string, string>()
  private count = 0

  private readonly lowering: Lowering
  private readonly pass: Pass
  private readonly variant: Variant
  private readonly parameters: Parameters
  private readonly names: Names
  private readonly prefix: string

  constructor(lowering: Lowering, pass: Pass, variant: Variant, parameters: Parameters, names: Names, prefix: string) {
    this.lowering = lowering
    this.pass = pass
    this.variant = variant
    this.parameters = parameters
    this.names = names
    this.prefix = prefix
  }

  /** The name of the result's group `group` at a part of the grid's pixel. */
  result(group: number, part: Part): string {
    return this.compute(this.pass.result, group, part)
  }

  private let(key: string, expression: string): string {
    const name = `${this.prefix}${this.count++}`
    this.lines.push(`let ${name} = ${expression};`)
    this.namesByKey.set(key, name)
    return name
  }

  private tensor(id: TensorId) {
    return this.lowering.network.tensors[id]!
  }

  private value(id: TensorId, group: number, part: Part): string {
    if (!this.lowering.storedTensors.has(id)) return this.compute(id, group, part)
    if (this.tensor(id).extent.kind === 'one') return this.load(id, group, '0', '0')
    const [x, y] = this.at(part)
    return this.load(id, group, x, y)
  }

  private at(part: Part): readonly [x: string, y: string] {
    const { x, y } = this.names
    const { factor } = this.pass
    return part ? [`${x} * ${factor} + ${part[0]}`, `${y} * ${factor} + ${part[1]}`] : [x, y]
  }

  private place(id: TensorId): number {
    return 1 + 2 * this.pass.reads.indexOf(id)
  }

  private load(id: TensorId, group: number, x: string, y: string): string {
    const key = `load ${id} ${group} ${x} ${y}`
    const cachedName = this.namesByKey.get(key)
    if (cachedName) return cachedName
    const { order, half } = this.variant
    const index = indexOf(order, this.place(id), groupsOf(this.tensor(id).channels), String(group), x, y)
    return this.let(key, loadOf(half, `t${id}`, index))
  }

  /** With the picture's edge repeated. */
  private edgeText(id: TensorId, group: number, x: string, y: string): string {
    const size = `u[${this.place(id) + 1}]`
    return this.load(id, group, `clamp(${x}, 0, ${size}.x - 1)`, `clamp(${y}, 0, ${size}.y - 1)`)
  }

  private operand(of: Operand, group: number, part: Part, channels: number): string {
    if ('tensor' in of) return this.value(of.tensor, group, part)
    return this.names.parameter(this.parameters.constant(of.constant, channels) + group)
  }

  private compute(id: TensorId, group: number, part: Part): string {
    const key = `${id} ${group} ${part}`
    const cachedName = this.namesByKey.get(key)
    if (cachedName) return cachedName
    const operation = this.lowering.network.operations[id]!
    const { channels } = this.tensor(id)
    switch (operation.kind) {
      case 'input':
      case 'mean':
        throw new Error(`a pass cannot compute ${operation.kind} on its way`)
      case 'convolution':
        return this.names.sum(group)
      case 'function': {
        const a = this.value(operation.source, group, part)
        const text = {
          relu: `max(${a}, vec4f(0.0))`,
          sigmoid: `1.0 / (1.0 + exp(-${a}))`,
          // Beyond 20 it is 1 to the last bit, and exp may overflow.
          tanh: `tanh(clamp(${a}, vec4f(-20.0), vec4f(20.0)))`,
        }[operation.name]
        return this.let(key, text)
      }
      case 'rectify': {
        const a = this.value(operation.source, group, part)
        const slope = this.names.parameter(this.parameters.constant(operation.slope, channels) + group)
        return this.let(key, `max(${a}, vec4f(0.0)) + min(${a}, vec4f(0.0)) * ${slope}`)
      }
      case 'clip': {
        const a = this.value(operation.source, group, part)
        return this.let(key, `clamp(${a}, vec4f(${literal(operation.low)}), vec4f(${literal(operation.high)}))`)
      }
      case 'arithmetic': {
        const sign = { add: '+', subtract: '-', multiply: '*', divide: '/' }[operation.name]
        const a = this.operand(operation.a, group, part, channels)
        const b = this.operand(operation.b, group, part, channels)
        return this.let(key, `${a} ${sign} ${b}`)
      }
      case 'concatenation':
        return this.gather(key, group, channels, (channel) => {
          let remainder = channel
          for (const source of operation.sources) {
            const ownChannels = this.tensor(source).channels
            if (remainder < ownChannels) return `${this.value(source, remainder >> 2, part)}.${lane(remainder)}`
            remainder -= ownChannels
          }
          throw new Error('a concatenation has no such channel')
        })
      case 'depth-to-space': {
        const { factor, depthFirst, source } = operation
        if (!part) throw new Error('a pass enlarges nothing at its own pixel')
        const block = part[1] * factor + part[0]
        return this.gather(key, group, channels, (channel) => {
          const from = depthFirst ? block * channels + channel : channel * factor ** 2 + block
          return `${this.value(source, from >> 2, null)}.${lane(from)}`
        })
      }
      case 'space-to-depth': {
        const { factor, source } = operation
        const ownChannels = this.tensor(source).channels
        const [x, y] = this.at(part)
        return this.gather(key, group, channels, (channel) => {
          const [block, from] = [Math.floor(channel / ownChannels), channel % ownChannels]
          const [dx, dy] = [block % factor, Math.floor(block / factor)]
          const name = this.load(source, from >> 2, `(${x}) * ${factor} + ${dx}`, `(${y}) * ${factor} + ${dy}`)
          return `${name}.${lane(from)}`
        })
      }
      case 'resize': {
        if (!part) throw new Error('a pass enlarges nothing at its own pixel')
        const { source, taps } = operation
        return this.let(key, this.interpolationText(source, group, taps[part[0]]!, taps[part[1]]!))
      }
      case 'pad': {
        const { source, before, beyond } = operation
        const [atX, atY] = this.at(part)
        const [x, y] = [`(${atX}) - ${before[0]}`, `(${atY}) - ${before[1]}`]
        const size = `u[${this.place(source) + 1}]`
        if (beyond === 'reflect') {
          return this.load(source, group, `mirrored(${x}, ${size}.x)`, `mirrored(${y}, ${size}.y)`)
        }
        const edge = this.edgeText(source, group, x, y)
        if (beyond === 'edge') return edge
        const inside = `${x} >= 0 && ${y} >= 0 && ${x} < ${size}.x && ${y} < ${size}.y`
        return this.let(key, `select(vec4f(0.0), ${edge}, ${inside})`)
      }
    }
  }

  /** Rows first, then the column of them, as far as taps go. */
  private interpolationText(source: TensorId, group: number, across: readonly Tap[], down: readonly Tap[]): string {
    const { x, y } = this.names
    const weighted = (weight: number, what: string) => (weight === 1 ? what : `${literal(weight)} * ${what}`)
    const rows = down.map(({ offset, weight }) => {
      const row = across.map((tap) =>
        weighted(tap.weight, this.edgeText(source, group, `${x} + ${tap.offset}`, `${y} + ${offset}`)),
      )
      return weighted(weight, row.length === 1 ? row[0]! : `(${row.join(' + ')})`)
    })
    return rows.join(' + ')
  }

  private gather(key: string, group: number, channels: number, at: (channel: number) => string): string {
    const lanes = [0, 1, 2, 3].map((i) => (group * 4 + i < channels ? at(group * 4 + i) : '0.0'))
    return this.let(key, `vec4f(${lanes.join(', ')})`)
  }
}
