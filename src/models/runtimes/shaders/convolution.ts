/** WGSL of a convolution's sums: all output channels of a few neighbouring pixels in one thread. */

import type { ConvolvedSource, Lowering, Pass } from './cut-passes.ts'
import { indexOf, literal, loadOf } from './expression.ts'
import type { Convolution } from './network.ts'
import { groupsOf, type Parameters, type Variant } from './tensor-layout.ts'

/** Threads of a workgroup, and thus pixels ÷ `Variant.pixels`. */
export const workgroup = [8, 8] as const

/** A group of up to four channels that a convolution reads. */
interface InputGroup {
  readonly source: ConvolvedSource
  readonly group: number
  readonly lanes: number
  /** Of the convolution's input. */
  readonly firstChannel: number
}

export interface ConvolutionText {
  /** Outside of functions. */
  readonly declarations: string
  /** Sets `sum<pixel>_<group>`; `x` and `y` are the first pixel's. Control flow is uniform where memory is shared. */
  readonly body: string
}

interface Context {
  readonly lowering: Lowering
  readonly pass: Pass
  readonly convolution: Convolution
  readonly outputs: number
  readonly variant: Variant
  readonly parameters: Parameters
  readonly parameter: (i: number | string) => string
  readonly groups: readonly InputGroup[]
}

export function convolutionText(
  lowering: Lowering,
  pass: Pass,
  variant: Variant,
  parameters: Parameters,
  parameter: (i: number | string) => string,
): ConvolutionText {
  const { network } = lowering
  const { id, sources } = pass.convolution!
  const convolution = network.operations[id]!
  if (convolution.kind !== 'convolution') throw new Error('a pass’s convolution is none')
  const outputs = network.tensors[id]!.channels
  let firstChannel = 0
  const groups: InputGroup[] = []
  for (const source of sources) {
    const { channels } = network.tensors[source.tensor]!
    for (let group = 0; group < groupsOf(channels); group++) {
      const lanes = Math.min(4, channels - group * 4)
      groups.push({ source, group, lanes, firstChannel })
      firstChannel += lanes
    }
  }
  const context = { lowering, pass, convolution, outputs, variant, parameters, parameter, groups }
  const channelwise = convolution.groups === firstChannel && convolution.groups === outputs && sources.length === 1
  if (channelwise) return { declarations: '', body: eachChannel(context) }
  if (variant.weights === 'literal') return { declarations: '', body: writtenOut(context) }
  return variant.shared ? sharedTile(context) : { declarations: '', body: loops(context) }
}

/** Of the file's weights the one from input channel `input` to output channel `output`; 0 between groups. */
function weightOf({ convolution, outputs, groups }: Context, output: number, input: number, x: number, y: number) {
  const last = groups.at(-1)!
  const inputs = (last.firstChannel + last.lanes) / convolution.groups
  const within = input - Math.floor(output / (outputs / convolution.groups)) * inputs
  if (output >= outputs || within < 0 || within >= inputs) return 0
  const [width, height] = convolution.kernel
  return convolution.weights[((output * inputs + within) * height + y) * width + x]!
}

type Vector = readonly [number, number, number, number]

const weightVector = (context: Context, outputGroup: number, input: number, x: number, y: number): Vector =>
  [0, 1, 2, 3].map((i) => weightOf(context, outputGroup * 4 + i, input, x, y)) as unknown as Vector

const sums = ({ variant, outputs, convolution, parameters, parameter }: Context): string => {
  const bias = parameters.bias(convolution.bias, convolution, outputs)
  return range(variant.pixels, (p) => range(groupsOf(outputs), (o) => `var sum${p}_${o} = ${parameter(bias + o)};`))
}

const range = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('\n')

/** A pixel of an input group; `x` and `y` are those of the convolved picture. */
function pixel(
  { lowering, pass, variant }: Context,
  { source, group }: InputGroup | { source: ConvolvedSource; group: string },
  x: string,
  y: string,
): string {
  const { tensor, repeat } = source
  const place = 1 + 2 * pass.reads.indexOf(tensor)
  const groups = groupsOf(lowering.network.tensors[tensor]!.channels)
  const border = lowering.borders.get(tensor) ?? 0
  // Division rounds towards 0: moved by the border, nothing is below 0.
  const at = (along: string) => (repeat === 1 ? along : `(${along} + ${repeat * border}) / ${repeat} - ${border}`)
  return loadOf(variant.half, `t${tensor}`, indexOf(variant.order, place, groups, String(group), at(x), at(y)))
}

/** Each channel by a kernel of its own. */
function eachChannel(context: Context): string {
  const { convolution, variant, parameters, parameter, groups } = context
  const [width, height] = convolution.kernel
  const lines = [sums(context)]
  for (const [o, group] of groups.entries()) {
    for (let ky = 0; ky < height; ky++) {
      const y = `y + ${ky - convolution.before[1]}`
      for (let q = 0; q < variant.pixels + width - 1; q++) {
        lines.push(`let v${o}_${ky}_${q} = ${pixel(context, group, `x + ${q - convolution.before[0]}`, y)};`)
      }
      for (let kx = 0; kx < width; kx++) {
        const vector = [0, 1, 2, 3].map((i) =>
          i < group.lanes ? convolution.weights[((o * 4 + i) * height + ky) * width + kx]! : 0,
        ) as unknown as Vector
        const weight = variant.weights === 'literal' ? vectorText(vector) : parameter(parameters.weight(vector))
        for (let p = 0; p < variant.pixels; p++) lines.push(`sum${p}_${o} += ${weight} * v${o}_${ky}_${p + kx};`)
      }
    }
  }
  return lines.join('\n')
}

const vectorText = (vector: Vector): string => `vec4f(${vector.map(literal).join(', ')})`

/** No loop at all: weights stand in the text, and those that are 0 do not. */
function writtenOut(context: Context): string {
  const { convolution, outputs, variant, groups } = context
  const [width, height] = convolution.kernel
  const lines = [sums(context)]
  for (const [i, group] of groups.entries()) {
    for (let ky = 0; ky < height; ky++) {
      const y = `y + ${ky - convolution.before[1]}`
      for (let q = 0; q < variant.pixels + width - 1; q++) {
        lines.push(`let v${i}_${ky}_${q} = ${pixel(context, group, `x + ${q - convolution.before[0]}`, y)};`)
      }
      for (let kx = 0; kx < width; kx++) {
        for (let o = 0; o < groupsOf(outputs); o++) {
          const columns = [0, 1, 2, 3].map((l) =>
            l < group.lanes ? weightVector(context, o, group.firstChannel + l, kx, ky) : ([0, 0, 0, 0] as const),
          )
          if (columns.every((column) => column.every((each) => each === 0))) continue
          const matrix = `mat4x4f(${columns.flat().map(literal).join(', ')})`
          for (let p = 0; p < variant.pixels; p++) lines.push(`sum${p}_${o} += ${matrix} * v${i}_${ky}_${p + kx};`)
        }
      }
    }
  }
  return lines.join('\n')
}

/** Puts the weights of `groups` where the loops look for them: by input group, row, column, output group, lane. */
function storeWeights(context: Context, groups: readonly InputGroup[]): number {
  const { convolution, outputs, parameters } = context
  const [width, height] = convolution.kernel
  let first: number | undefined
  for (const group of groups) {
    for (let ky = 0; ky < height; ky++) {
      for (let kx = 0; kx < width; kx++) {
        for (let o = 0; o < groupsOf(outputs); o++) {
          for (let l = 0; l < 4; l++) {
            const at = parameters.weight(
              l < group.lanes ? weightVector(context, o, group.firstChannel + l, kx, ky) : [0, 0, 0, 0],
            )
            first ??= at
          }
        }
      }
    }
  }
  return first!
}

/** Adds a column of the kernel to the sums, of pixels `v0`…; `at`: expression of the first weight's index. */
function column(
  { variant, outputs, parameter }: Context,
  lanes: number,
  kx: number,
  at: (offset: number) => string,
): string {
  return range(groupsOf(outputs), (o) => {
    const weights = Array.from({ length: lanes }, (_, l) => `let w${l} = ${parameter(at(o * 4 + l))};`).join(' ')
    const adds = range(variant.pixels, (p) => {
      const terms = Array.from({ length: lanes }, (_, l) => `w${l} * v${p + kx}.${'xyzw'[l]}`)
      return `sum${p}_${o} += ${terms.join(' + ')};`
    })
    return `{ ${weights}\n${adds} }`
  })
}

/** Runs of input groups that one loop can walk: the groups of one source, all of them full but perhaps the last. */
const bySource = (groups: readonly InputGroup[]): readonly (readonly InputGroup[])[] => {
  const sources = new Map<ConvolvedSource, InputGroup[]>()
  for (const group of groups) sources.set(group.source, [...(sources.get(group.source) ?? []), group])
  return [...sources.values()]
}

/** Loops over input groups and rows, straight from the tensors. */
function loops(context: Context): string {
  const { convolution, outputs, variant } = context
  const [width, height] = convolution.kernel
  const perColumn = groupsOf(outputs) * 4
  const lines = [sums(context)]
  for (const groups of bySource(context.groups)) {
    const first = storeWeights(context, groups)
    const { source } = groups[0]!
    const lanes = Math.max(...groups.map((each) => each.lanes))
    const y = `y + ky - ${convolution.before[1]}`
    lines.push(`for (var g = 0; g < ${groups.length}; g++) { for (var ky = 0; ky < ${height}; ky++) {
let weight = ${first} + (g * ${height} + ky) * ${width * perColumn};
${range(variant.pixels + width - 1, (q) => `let v${q} = ${pixel(context, { source, group: 'g' }, `x + ${q - convolution.before[0]}`, y)};`)}
${range(width, (kx) => column(context, lanes, kx, (offset) => `weight + ${kx * perColumn + offset}`))}
} }`)
  }
  return lines.join('\n')
}

/** A workgroup reads its pixels and those around them once a group, and every thread takes them from there. */
function sharedTile(context: Context): ConvolutionText {
  const { convolution, outputs, variant } = context
  const [width, height] = convolution.kernel
  const perColumn = groupsOf(outputs) * 4
  const across = workgroup[0] * variant.pixels + width - 1
  const down = workgroup[1] + height - 1
  const threads = workgroup[0] * workgroup[1]
  const type = variant.half ? 'vec2u' : 'vec4f'
  const lines = [sums(context)]
  for (const groups of bySource(context.groups)) {
    const first = storeWeights(context, groups)
    const { source } = groups[0]!
    const lanes = Math.max(...groups.map((each) => each.lanes))
    // Raw words: what is stored in 16 bits is shared in 16 bits.
    const raw = pixel(
      { ...context, variant: { ...variant, half: false } },
      { source, group: 'g' },
      `corner.x + i % ${across} - ${convolution.before[0]}`,
      `corner.y + i / ${across} - ${convolution.before[1]}`,
    )
    const shared = (q: number) => {
      const index = `(i32(local.y) + ky) * ${across} + i32(local.x) * ${variant.pixels} + ${q}`
      return loadOf(variant.half, 'tile', index)
    }
    lines.push(`for (var g = 0; g < ${groups.length}; g++) {
for (var i = i32(thread); i < ${across * down}; i += ${threads}) { tile[i] = ${raw}; }
workgroupBarrier();
for (var ky = 0; ky < ${height}; ky++) {
let weight = ${first} + (g * ${height} + ky) * ${width * perColumn};
${range(variant.pixels + width - 1, (q) => `let v${q} = ${shared(q)};`)}
${range(width, (kx) => column(context, lanes, kx, (offset) => `weight + ${kx * perColumn + offset}`))}
}
workgroupBarrier();
}`)
  }
  return { declarations: `var<workgroup> tile: array<${type}, ${across * down}>;`, body: lines.join('\n') }
}
