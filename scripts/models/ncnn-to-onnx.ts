/**
 * ncnn networks as ONNX files. Knows the layers that the compact Real-ESRGAN networks are made of and refuses all
 * others; the numbers stay as they are (float16 becomes the same float32).
 *
 * Layers after ncnn's own sources (src/layer/*.cpp), operators after the ONNX specification, opset 13.
 */
import { create } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../../src/models/onnx/onnx_pb.ts'
import { writeOnnx } from '../../src/models/onnx/onnx-file.ts'
import { floatTensor } from '../../src/models/onnx/tensor-data.ts'
import { NcnnError, type NcnnLayer, parseParam, WeightReader } from './ncnn.ts'

export interface NcnnNetwork {
  /** Text of the `.param` file. */
  readonly param: string
  /** The `.bin` file. */
  readonly weights: Uint8Array<ArrayBuffer>
  /** Written into the ONNX file: name, licence, origin… */
  readonly metadata: Readonly<Record<string, string>>
}

export interface Converted {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly parameters: number
  /** Output size ÷ input size. */
  readonly scale: number
}

type Attribute = number | string | readonly number[]

function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Record<string, Attribute> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: output,
    input: [...inputs],
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) =>
      typeof value === 'number'
        ? Number.isInteger(value)
          ? { name, type: AttributeType.INT, i: BigInt(value) }
          : { name, type: AttributeType.FLOAT, f: value }
        : typeof value === 'string'
          ? { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) }
          : { name, type: AttributeType.INTS, ints: value.map(BigInt) },
    ),
  })
}

const picture = (name: string, height: string, width: string): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: TensorProto_DataType.FLOAT,
          shape: {
            dim: [
              { value: { case: 'dimValue', value: 1n } },
              { value: { case: 'dimValue', value: 3n } },
              { value: { case: 'dimParam', value: height } },
              { value: { case: 'dimParam', value: width } },
            ],
          },
        },
      },
    },
  })

const resizeModes: Readonly<Record<number, Readonly<Record<string, Attribute>>>> = {
  1: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  2: { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  3: { mode: 'cubic', coordinate_transformation_mode: 'half_pixel', cubic_coeff_a: -0.75 },
}

const arithmetic: Readonly<Record<number, string>> = { 0: 'Add' }

class Converter {
  readonly nodes: NodeProto[] = []
  readonly tensors: TensorProto[] = []
  /** What a blob of ncnn is called in the ONNX graph. */
  private readonly blobs = new Map<string, string>()
  /** Channels and enlargement of each. */
  private readonly shapes = new Map<string, { readonly channels: number; readonly scale: number }>()
  private readonly weights: WeightReader

  constructor(weights: WeightReader) {
    this.weights = weights
  }

  add(layer: NcnnLayer): void {
    const { type, name, params } = layer
    const param = (key: number, fallback: number) => params.get(key) ?? fallback
    const refuse: (what: string) => never = (what) => {
      throw new NcnnError(`the layer “${name}” ${what}, which is not supported`)
    }
    const sources = layer.inputs.map(
      (blob) => this.blobs.get(blob) ?? refuse(`reads “${blob}”, which no layer before it gives`),
    )
    const [source = ''] = sources
    const { channels, scale } = this.shapes.get(source) ?? { channels: 3, scale: 1 }
    const only = (keys: readonly number[]) => {
      for (const [key, value] of params)
        if (!keys.includes(key) && value !== 0) refuse(`sets parameter ${key} to ${value}`)
    }
    switch (type) {
      case 'Input':
        this.give(layer, 'input', { channels: 3, scale: 1 })
        return
      case 'Split':
        for (const blob of layer.outputs) this.blobs.set(blob, source)
        return
      case 'Convolution': {
        only([0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16])
        const [count, width, pad] = [param(0, 0), param(1, 0), param(4, 0)]
        const height = param(11, width)
        const dims = [count, param(6, 0) / (count * width * height), height, width]
        if (dims[1] !== channels) refuse(`takes ${dims[1]} channels and gets ${channels}`)
        if (param(2, 1) !== 1 || param(12, 1) !== 1 || param(3, 1) !== 1 || param(13, 1) !== 1) refuse('skips pixels')
        const inputs = [source, this.tensor(`${name}.weight`, dims, this.weights.tagged(param(6, 0)))]
        if (param(5, 0) === 1) inputs.push(this.tensor(`${name}.bias`, [count], this.weights.plain(count)))
        const pads = [param(14, pad), pad, param(16, param(14, pad)), param(15, pad)]
        if (pads.some((each) => each < 0) || pads[0]! + pads[2]! !== height - 1 || pads[1]! + pads[3]! !== width - 1) {
          refuse('changes the size of the picture')
        }
        this.emit(layer, node('Conv', inputs, name, { kernel_shape: [height, width], pads }), {
          channels: count,
          scale,
        })
        return
      }
      case 'PReLU': {
        const count = param(0, 0)
        if (count !== 1 && count !== channels) refuse(`has ${count} slopes for ${channels} channels`)
        const slope = this.tensor(`${name}.slope`, [count, 1, 1], this.weights.plain(count))
        this.emit(layer, node('PRelu', [source, slope], name), { channels, scale })
        return
      }
      case 'PixelShuffle': {
        const factor = param(0, 1)
        const mode = param(1, 0) === 0 ? 'CRD' : 'DCR'
        if (channels % factor ** 2 !== 0) refuse(`makes squares of ${factor} out of ${channels} channels`)
        const shuffled = node('DepthToSpace', [source], name, { blocksize: factor, mode })
        this.emit(layer, shuffled, { channels: channels / factor ** 2, scale: scale * factor })
        return
      }
      case 'Interp': {
        only([0, 1, 2])
        const mode = resizeModes[param(0, 0)]
        const [height, width] = [param(1, 1), param(2, 1)]
        if (!mode || height !== width) refuse('resizes in a way')
        const scales = this.tensor(`${name}.scales`, [4], Float32Array.of(1, 1, height, width))
        this.emit(layer, node('Resize', [source, '', scales], name, mode), { channels, scale: scale * width })
        return
      }
      case 'BinaryOp': {
        only([0])
        const operator = arithmetic[param(0, 0)]
        const other = this.shapes.get(sources[1] ?? '')
        if (!operator) refuse(`computes operation ${param(0, 0)}`)
        if (other?.channels !== channels || other.scale !== scale) refuse('adds pictures of different sizes')
        this.emit(layer, node(operator, sources, name), { channels, scale })
        return
      }
      default:
        refuse(`is of the type ${type}`)
    }
  }

  /** The blob that nobody reads is the result. */
  finish(layers: readonly NcnnLayer[]): number {
    this.weights.finish()
    const read = new Set(layers.flatMap(({ inputs }) => inputs))
    const [result, ...more] = layers.flatMap(({ outputs }) => outputs.filter((blob) => !read.has(blob)))
    const last = this.nodes.at(-1)
    const shape = this.shapes.get(last?.output[0] ?? '')
    if (!result || more.length > 0 || !last || this.blobs.get(result) !== last.output[0] || shape?.channels !== 3) {
      throw new NcnnError('it does not end in one RGB picture')
    }
    last.output[0] = 'output'
    return shape.scale
  }

  private tensor(name: string, dims: readonly number[], values: Float32Array<ArrayBuffer>): string {
    this.tensors.push(floatTensor(name, 'float32', dims, values))
    return name
  }

  private emit(layer: NcnnLayer, node: NodeProto, shape: { readonly channels: number; readonly scale: number }): void {
    this.nodes.push(node)
    this.give(layer, node.output[0]!, shape)
  }

  private give(layer: NcnnLayer, name: string, shape: { readonly channels: number; readonly scale: number }): void {
    this.blobs.set(layer.outputs[0]!, name)
    this.shapes.set(name, shape)
  }
}

/** Converts a network of one RGB picture in, one out, both in [0,1]. Throws `NcnnError` where it is anything else. */
export function ncnnToOnnx({ param, weights, metadata }: NcnnNetwork): Converted {
  const layers = parseParam(param)
  const converter = new Converter(new WeightReader(weights))
  for (const layer of layers) converter.add(layer)
  const scale = converter.finish(layers)
  if (!Number.isInteger(scale)) throw new NcnnError(`it enlarges by ${scale}, which is no whole factor`)
  const graph = create(GraphProtoSchema, {
    name: metadata.name ?? 'network',
    node: converter.nodes,
    initializer: converter.tensors,
    input: [picture('input', 'height', 'width')],
    output: [picture('output', 'height_out', 'width_out')],
  })
  const model = create(ModelProtoSchema, {
    irVersion: 7n,
    opsetImport: [{ domain: '', version: 13n }],
    producerName: 'framewright',
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
  const parameters = converter.tensors
    .filter(({ name }) => !name.endsWith('.scales'))
    .reduce((sum, { dims }) => sum + dims.reduce((product, side) => product * Number(side), 1), 0)
  return { bytes: writeOnnx(Object.assign(model, { graph })), parameters, scale }
}
