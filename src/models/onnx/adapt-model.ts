/**
 * Makes a model of the usual kind out of one that is not: other numbers for black and white, blue before red, borders
 * that it takes off, several outputs. The file itself is rewritten, by a node or two at its ends, so that whatever runs
 * models, and whatever looks at what they give, knows one kind only.
 *
 * Operators: https://github.com/onnx/onnx/blob/main/docs/Operators.md
 */
import { create } from '@bufbuild/protobuf'
import type { ModelNumbers, NumberRange } from '../../graph/node/facts.ts'
import { spans } from '../number-range.ts'
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.ts'
import { readOnnx, summarise, writeOnnx } from './onnx-file.ts'
import { type FloatType, floatTensor } from './tensor-data.ts'

export interface Adaptation {
  /** As the file calls them. */
  readonly input: string
  readonly output: string
  readonly layout: 'nchw' | 'nhwc'
  readonly depth: number
  readonly elementType: FloatType
  readonly numbers: ModelNumbers
  /** The model takes and gives blue, green, red. */
  readonly bgr: boolean
  /** Input pixels that its result lacks on each side: as many are put around its input, by repeating the edge. */
  readonly crop: number
  /** The output is of another number type than the input. */
  readonly cast: boolean
  /** Beside the output that is meant there are others. */
  readonly several: boolean
}

const rangeText: Readonly<Record<NumberRange, string>> = { unit: '0 to 1', byte: '0 to 255', signed: '−1 to 1' }

/** What is done to pictures for the model's sake, for people; `undefined` where it is a usual one. */
export function adaptationNote({ numbers, bgr, crop }: Adaptation): string | undefined {
  const notes = [
    numbers.in === 'unit' && numbers.out === 'unit'
      ? []
      : [`The model takes numbers of ${rangeText[numbers.in]} and gives ${rangeText[numbers.out]}.`],
    bgr ? ['It takes and gives blue before red.'] : [],
    crop > 0
      ? [
          `It takes ${crop} ${crop === 1 ? 'pixel' : 'pixels'} off each side, so the edge is repeated around its picture.`,
        ]
      : [],
  ].flat()
  return notes.length > 0 ? notes.join(' ') : undefined
}

/** What people are told where they set `chosen` numbers, with which a test picture does not come back, and with those `found` it does. */
export function numbersNote(chosenNumbers: ModelNumbers, modelNumbers: ModelNumbers): string {
  const text = (numbers: ModelNumbers): string => `${rangeText[numbers.in]} in and ${rangeText[numbers.out]} out`
  return `Numbers in and Numbers out are set to what the model was probably not made for: with ${text(chosenNumbers)} it does not give a test picture back, with ${text(modelNumbers)} it does.`
}

/** What the ends are called where nodes were put before them. */
const ends = { input: 'framewright/in', output: 'framewright/out' } as const

/** The names of the adapted file's input and output. */
export const adaptedEnds = (adaptation: Adaptation): { readonly input: string; readonly output: string } => ({
  input: inputChanges(adaptation) ? ends.input : adaptation.input,
  output: outputChanges(adaptation) ? ends.output : adaptation.output,
})

/** One channel has no order. */
const swaps = ({ bgr, depth }: Adaptation): boolean => bgr && depth === 3

const inputChanges = (change: Adaptation): boolean => change.numbers.in !== 'unit' || swaps(change) || change.crop > 0
const outputChanges = (change: Adaptation): boolean => change.numbers.out !== 'unit' || swaps(change) || change.cast

/** Whether the file is one of the usual kind as it is. */
export const isUsual = (adaptation: Adaptation): boolean =>
  !inputChanges(adaptation) && !outputChanges(adaptation) && !adaptation.several

/** A chain of nodes between two tensors. */
class Chain {
  readonly nodes: NodeProto[] = []
  private readonly prefix: string
  private readonly steps: {
    readonly op: string
    readonly constants: readonly TensorProto[]
    readonly attributes: Attributes
  }[] = []

  constructor(prefix: string) {
    this.prefix = prefix
  }

  add(op: string, constants: readonly TensorProto[] = [], more: Attributes = {}) {
    this.steps.push({ op, constants, attributes: more })
  }

  /** The nodes from tensor `from` to tensor `to`, constants before them. */
  between(from: string, to: string): readonly NodeProto[] {
    let source = from
    return this.steps.flatMap(({ op, constants, attributes: more }, i) => {
      const target = i === this.steps.length - 1 ? to : `${this.prefix}/${i}`
      const names = constants.map((_, place) => `${this.prefix}/${i}/${place}`)
      const constantNodes = constants.map((tensor, place) =>
        node('Constant', [], names[place]!, { value: { ...tensor, name: names[place]! } }),
      )
      const operator = node(op, [source, ...names], target, more)
      source = target
      return [...constantNodes, operator]
    })
  }
}

type Attributes = Readonly<Record<string, number | string | readonly number[] | TensorProto>>

function node(opType: string, input: readonly string[], output: string, attributes: Attributes): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'number') {
      return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) })
    }
    if (typeof value === 'string') {
      const s = new TextEncoder().encode(value)
      return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s })
    }
    if ('dataType' in value) {
      return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.TENSOR, t: value })
    }
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) })
  })
  return create(NodeProtoSchema, { opType, name: output, input: [...input], output: [output], attribute })
}

const wholes = (values: readonly number[]): TensorProto =>
  create(TensorProtoSchema, {
    dataType: TensorProto_DataType.INT64,
    dims: [BigInt(values.length)],
    rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  })

/** Red for blue: planes by a convolution of one pixel, which shaders know, rows of pixels by picking. */
function swap(chain: Chain, { layout, elementType }: Adaptation) {
  if (layout === 'nhwc') chain.add('Gather', [wholes([2, 1, 0])], { axis: 3 })
  else chain.add('Conv', [floatTensor('', elementType, [3, 3, 1, 1], Float32Array.of(0, 0, 1, 0, 1, 0, 1, 0, 0))])
}

/**
 * The file `bytes`, called `name`, as one that takes numbers from 0 to 1, red first, and gives one such picture, all of
 * the input enlarged. The same bytes where it is so already. Throws `ModelError` where it is no ONNX file.
 */
export function adaptModel(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  adaptation: Adaptation,
): Uint8Array<ArrayBuffer> {
  if (isUsual(adaptation)) return bytes
  const model = readOnnx(name, bytes)
  const { graph } = model
  const { input, output, layout, elementType, numbers, crop, cast } = adaptation
  const dataType = elementType === 'float16' ? TensorProto_DataType.FLOAT16 : TensorProto_DataType.FLOAT
  const number = (value: number) => floatTensor('', elementType, [], Float32Array.of(value))
  const swapped = swaps(adaptation)

  const before = new Chain('framewright/before')
  if (crop > 0) {
    const pads = layout === 'nchw' ? [0, 0, crop, crop] : [0, crop, crop, 0]
    const both = [...pads, ...pads]
    if (summarise(model).opset < 11) before.add('Pad', [], { mode: 'edge', pads: both })
    else before.add('Pad', [wholes(both)], { mode: 'edge' })
  }
  if (swapped) swap(before, adaptation)
  if (numbers.in !== 'unit') {
    const { gain, offset } = spans[numbers.in]
    before.add('Mul', [number(gain)])
    if (offset !== 0) before.add('Add', [number(offset)])
  }
  const after = new Chain('framewright/after')
  if (cast) after.add('Cast', [], { to: dataType })
  if (numbers.out !== 'unit') {
    const { gain, offset } = spans[numbers.out]
    if (offset !== 0) after.add('Sub', [number(offset)])
    after.add('Div', [number(gain)])
  }
  if (swapped) swap(after, adaptation)

  const names = adaptedEnds(adaptation)
  const nodesBefore = names.input === input ? [] : before.between(names.input, input)
  const nodesAfter = names.output === output ? [] : after.between(output, names.output)
  return writeOnnx({
    ...model,
    graph: {
      ...graph,
      node: [...nodesBefore, ...graph.node, ...nodesAfter],
      input: graph.input.map((each) =>
        each.name !== input || names.input === input
          ? each
          : // What a file says of the size of its input is of the one that it had.
            crop > 0
            ? tensorOf(names.input, dataType)
            : { ...each, name: names.input },
      ),
      output: graph.output
        .filter((each) => each.name === output)
        .map((each) => (names.output === output ? each : tensorOf(names.output, dataType))),
    },
  })
}

/** Of any size. */
const tensorOf = (name: string, elemType: number): ValueInfoProto =>
  create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType } } } })
