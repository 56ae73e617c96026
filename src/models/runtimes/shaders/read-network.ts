/**
 * Reads a network of pictures out of an ONNX file: convolutions and what stands around them in networks that enlarge.
 * Operators: https://github.com/onnx/onnx/blob/main/docs/Operators.md
 */
import { attribute, real, text, whole, wholes } from '../../onnx/attributes.ts'
import { type NodeProto, type TensorProto, TensorProto_DataType } from '../../onnx/onnx_pb.ts'
import { constantOf, type OnnxModel } from '../../onnx/onnx-file.ts'
import { dimsOf, floatType, lengthOf, readFloats } from '../../onnx/tensor-data.ts'
import {
  type Constant,
  type Extent,
  type Network,
  type Operand,
  type Operation,
  type Refusal,
  sameExtent,
  sourcesOf,
  type Tap,
  type Tensor,
  type TensorId,
} from './network.ts'

class RefusalError extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal
  constructor(operator: string, detail = '') {
    super(`${operator} ${detail}`)
    this.refusal = { operator, detail }
  }
}

/** Shaders are written out for each pixel of an enlarged one. */
const largestFactor = 8
/** Sides of the largest convolution: tiles with their halo must fit into a workgroup's memory. */
const largestKernel = 7

/** Whole numbers of a tensor of int64 or int32, as ONNX 13 and later give axes and pads. */
function readWholes(tensor: TensorProto): readonly number[] {
  const { dataType, rawData, int64Data, int32Data } = tensor
  const bytes = new Uint8Array(rawData).buffer
  if (dataType === TensorProto_DataType.INT64) {
    return rawData.byteLength > 0 ? Array.from(new BigInt64Array(bytes), Number) : int64Data.map(Number)
  }
  return rawData.byteLength > 0 ? [...new Int32Array(bytes)] : int32Data
}

const channelsFirst = '0,3,1,2'
const channelsLast = '0,2,3,1'

/**
 * The network in `model`, or what it stops at. `channels`: of the input. Where the file wants its picture as rows of
 * pixels (NHWC), the transpositions at its ends are left out: the network is one of planes either way.
 */
export function readNetwork(model: OnnxModel, channels: number): Network | { readonly refusal: Refusal } {
  try {
    return new Reader(model, channels).read()
  } catch (error) {
    if (error instanceof RefusalError) return { refusal: error.refusal }
    throw error
  }
}

class Reader {
  private readonly operations: Operation[] = []
  private readonly tensors: Tensor[] = []
  private readonly constants = new Map<string, TensorProto>()
  private readonly tensorsByName = new Map<string, TensorId>()
  private readonly opset: number

  private readonly model: OnnxModel
  private readonly channels: number

  constructor(model: OnnxModel, channels: number) {
    this.model = model
    this.channels = channels
    this.opset = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0)
  }

  read(): Network {
    const { graph } = this.model
    for (const tensor of graph.initializer) this.constants.set(tensor.name, tensor)
    const inputs = graph.input.filter(({ name }) => !this.constants.has(name))
    const [input] = inputs
    const [output] = graph.output
    if (!input || !output || inputs.length > 1) throw new RefusalError('Input', 'of more than one picture')
    const picture: Extent = { kind: 'picture', up: 1, down: 1, add: [0, 0] }
    this.tensorsByName.set(
      input.name,
      this.append({ kind: 'input' }, { name: input.name, channels: this.channels, extent: picture }),
    )
    for (const node of graph.node) {
      if (node.domain !== '' && node.domain !== 'ai.onnx') throw new RefusalError(node.opType, `of ${node.domain}`)
      const name = node.output[0] ?? ''
      const constant = constantOf(node)
      if (constant) this.constants.set(name, constant)
      else this.tensorsByName.set(name, this.readNode(node, input.name, output.name))
    }
    const end = this.tensorsByName.get(output.name)
    if (end === undefined) throw new RefusalError('Output', 'that nothing computes')
    const tensor = this.tensors[end]!
    if (tensor.extent.kind === 'one') throw new RefusalError('Output', 'of a single pixel')
    // The output lies in memory as the file wants it, which is not how tensors lie that are read again.
    const read = this.operations.some((each) => sourcesOf(each).includes(end))
    const last = read || end === 0 ? this.append({ kind: 'concatenation', sources: [end] }, tensor) : end
    return { operations: this.operations, tensors: this.tensors, output: last }
  }

  private append(operation: Operation, tensor: Tensor): TensorId {
    this.operations.push(operation)
    this.tensors.push(tensor)
    return this.tensors.length - 1
  }

  private readNode(node: NodeProto, input: string, output: string): TensorId {
    const type = node.opType
    const name = node.output[0] ?? ''
    switch (type) {
      case 'Identity':
      case 'Dropout':
        return this.tensor(node, 0)
      case 'Cast': {
        const to = whole(node, 'to', 0)
        if (to !== TensorProto_DataType.FLOAT && to !== TensorProto_DataType.FLOAT16) {
          throw new RefusalError(type, 'to whole numbers')
        }
        return this.tensor(node, 0)
      }
      case 'Transpose': {
        const order = wholes(node, 'perm', []).join()
        if (node.input[0] === input && order === channelsFirst) return this.tensor(node, 0)
        if (name === output && order === channelsLast) return this.tensor(node, 0)
        throw new RefusalError(type, 'inside the network')
      }
      case 'Conv':
        return this.convolution(node, name)
      case 'Relu':
      case 'Sigmoid':
      case 'Tanh': {
        const source = this.tensor(node, 0)
        const fn = ({ Relu: 'relu', Sigmoid: 'sigmoid', Tanh: 'tanh' } as const)[type]
        return this.append({ kind: 'function', name: fn, source }, { ...this.tensors[source]!, name })
      }
      case 'LeakyRelu':
      case 'PRelu': {
        const source = this.tensor(node, 0)
        const { channels } = this.tensors[source]!
        const slope =
          type === 'LeakyRelu'
            ? Float32Array.of(real(node, 'alpha', 0.01))
            : this.perChannel(node, this.constantAt(node, 1), channels)
        return this.append({ kind: 'rectify', source, slope }, { ...this.tensors[source]!, name })
      }
      case 'Clip': {
        const source = this.tensor(node, 0)
        const bound = (place: number, key: string, otherwise: number): number => {
          if (this.opset < 11) return real(node, key, otherwise)
          if (!node.input[place]) return otherwise
          const value = readFloats(this.floats(node, place))
          if (value.length !== 1) throw new RefusalError(type, 'to more than one number')
          return value[0]!
        }
        const float32Max = 3.4028234663852886e38
        return this.append(
          { kind: 'clip', source, low: bound(1, 'min', -float32Max), high: bound(2, 'max', float32Max) },
          { ...this.tensors[source]!, name },
        )
      }
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
        return this.arithmetic(node, name, type)
      case 'Concat':
        return this.concatenation(node, name)
      case 'DepthToSpace':
      case 'SpaceToDepth':
        return this.shuffle(node, name, type)
      case 'Resize':
        return this.resize(node, name)
      case 'ReduceMean':
      case 'GlobalAveragePool':
        return this.mean(node, name, type)
      case 'Pad':
        return this.pad(node, name)
      default:
        throw new RefusalError(type)
    }
  }

  private tensor(node: NodeProto, place: number): TensorId {
    const tensor = this.tensorsByName.get(node.input[place] ?? '')
    if (tensor === undefined) throw new RefusalError(node.opType, 'of constants alone')
    return tensor
  }

  private constantAt(node: NodeProto, place: number): TensorProto {
    const constant = this.constants.get(node.input[place] ?? '')
    if (!constant) throw new RefusalError(node.opType, 'with parameters that are computed')
    return constant
  }

  private floats(node: NodeProto, place: number): TensorProto {
    const tensor = this.constantAt(node, place)
    if (!floatType(tensor)) throw new RefusalError(node.opType, 'of other numbers than float32 and float16')
    return tensor
  }

  /** One number, or one a channel: the same at every place of the picture. */
  private perChannel(node: NodeProto, tensor: TensorProto, channels: number): Constant {
    if (!floatType(tensor)) throw new RefusalError(node.opType, 'of other numbers than float32 and float16')
    const dims = dimsOf(tensor)
    if (lengthOf(tensor) === 1) return readFloats(tensor)
    const even = dims.length >= 3 && dims.at(-1) === 1 && dims.at(-2) === 1 && (dims[dims.length - 4] ?? 1) === 1
    if (!even || dims.at(-3) !== channels) {
      throw new RefusalError(node.opType, `with a constant of ${dims.join(' × ')} numbers`)
    }
    return readFloats(tensor)
  }

  private convolution(node: NodeProto, name: string): TensorId {
    const weights = this.floats(node, 1)
    const [outputs = 0, , height = 0, width = 0, ...more] = dimsOf(weights)
    const refuse = (detail: string) => new RefusalError('Conv', detail)
    if (dimsOf(weights).length !== 4 || more.length > 0) throw refuse('of other than two dimensions')
    if (wholes(node, 'strides', [1, 1]).some((each) => each !== 1)) throw refuse('with a stride')
    if (wholes(node, 'dilations', [1, 1]).some((each) => each !== 1)) throw refuse('with a dilation')
    if (width > largestKernel || height > largestKernel) throw refuse(`of ${width} × ${height} pixels`)
    let source = this.tensor(node, 0)
    let { channels, extent } = this.tensors[source]!
    const groups = whole(node, 'group', 1)
    const padding = text(node, 'auto_pad', 'NOTSET')
    const around = (side: number): readonly [number, number] => {
      const all = side - 1
      const less = Math.floor(all / 2)
      return padding === 'SAME_LOWER' ? [all - less, less] : [less, all - less]
    }
    const [across, down] = [around(width), around(height)]
    const pads = padding.startsWith('SAME')
      ? [down[0], across[0], down[1], across[1]]
      : padding === 'VALID'
        ? [0, 0, 0, 0]
        : wholes(node, 'pads', [0, 0, 0, 0])
    if (pads.some((each) => each < 0)) throw refuse('that cuts its picture')
    const before: [number, number] = [pads[1]!, pads[0]!]
    const growth: [number, number] = [pads[1]! + pads[3]! - (width - 1), pads[0]! + pads[2]! - (height - 1)]
    const grow = (from: Extent): Extent => {
      if (from.kind === 'picture') return { ...from, add: [from.add[0] + growth[0], from.add[1] + growth[1]] }
      if (growth.some((each) => each !== 0)) throw refuse('that changes the size of a single pixel')
      return from
    }
    const tensor: Tensor = { name, channels: outputs, extent: grow(extent) }
    // A border of zeros before a convolution is one that the convolution can have itself.
    const operation = this.operations[source]!
    if (operation.kind === 'pad' && operation.beyond === 'zero') {
      source = operation.source
      before[0] += operation.before[0]
      before[1] += operation.before[1]
      ;({ channels, extent } = this.tensors[source]!)
    }
    if (dimsOf(weights)[1]! * groups !== channels || outputs % groups !== 0) {
      throw refuse(`of ${channels} channels that expects ${dimsOf(weights)[1]! * groups}`)
    }
    const bias = node.input[2] ? readFloats(this.floats(node, 2)) : null
    return this.append(
      {
        kind: 'convolution',
        ...{ source, bias, before, groups },
        weights: readFloats(weights),
        kernel: [width, height],
      },
      tensor,
    )
  }

  private arithmetic(node: NodeProto, name: string, type: 'Add' | 'Sub' | 'Mul' | 'Div'): TensorId {
    const ids = [0, 1].map((place) => this.tensorsByName.get(node.input[place] ?? ''))
    const pictures = ids.flatMap((id) => (id === undefined ? [] : [this.tensors[id]!]))
    const [first] = pictures
    if (!first) throw new RefusalError(type, 'of constants alone')
    const channels = Math.max(...pictures.map((each) => each.channels))
    const extent = pictures.find((each) => each.extent.kind === 'picture')?.extent ?? first.extent
    for (const each of pictures) {
      if (each.channels !== channels) throw new RefusalError(type, `of ${each.channels} and ${channels} channels`)
      if (each.extent.kind === 'picture' && !sameExtent(each.extent, extent)) {
        throw new RefusalError(type, 'of pictures of different sizes')
      }
    }
    const operand = (place: number): Operand => {
      const tensor = ids[place]
      return tensor !== undefined
        ? { tensor }
        : { constant: this.perChannel(node, this.constantAt(node, place), channels) }
    }
    const fn = ({ Add: 'add', Sub: 'subtract', Mul: 'multiply', Div: 'divide' } as const)[type]
    return this.append({ kind: 'arithmetic', name: fn, a: operand(0), b: operand(1) }, { name, channels, extent })
  }

  private concatenation(node: NodeProto, name: string): TensorId {
    if (![1, -3].includes(whole(node, 'axis', 0)))
      throw new RefusalError('Concat', 'along another axis than the channels')
    const sources = node.input.map((_, place) => this.tensor(node, place))
    const tensors = sources.map((id) => this.tensors[id]!)
    const { extent } = tensors[0]!
    if (!tensors.every((each) => sameExtent(each.extent, extent))) {
      throw new RefusalError('Concat', 'of pictures of different sizes')
    }
    const channels = tensors.reduce((sum, each) => sum + each.channels, 0)
    return this.append({ kind: 'concatenation', sources }, { name, channels, extent })
  }

  private shuffle(node: NodeProto, name: string, type: 'DepthToSpace' | 'SpaceToDepth'): TensorId {
    const source = this.tensor(node, 0)
    const { channels, extent } = this.tensors[source]!
    const factor = whole(node, 'blocksize', 1)
    if (factor > largestFactor) throw new RefusalError(type, `of blocks of ${factor} pixels`)
    if (extent.kind === 'one') throw new RefusalError(type, 'of a single pixel')
    if (type === 'DepthToSpace') {
      if (channels % factor ** 2 !== 0) throw new RefusalError(type, `of ${channels} channels`)
      return this.append(
        { kind: 'depth-to-space', source, factor, depthFirst: text(node, 'mode', 'DCR') === 'DCR' },
        { name, channels: channels / factor ** 2, extent: enlargeExtent(extent, factor) },
      )
    }
    if (extent.add.some((each) => each % factor !== 0)) throw new RefusalError(type, 'of a picture with a border')
    const add: readonly [number, number] = [extent.add[0] / factor, extent.add[1] / factor]
    return this.append(
      { kind: 'space-to-depth', source, factor },
      { name, channels: channels * factor ** 2, extent: { ...extent, down: extent.down * factor, add } },
    )
  }

  private resize(node: NodeProto, name: string): TensorId {
    const refuse = (detail: string) => new RefusalError('Resize', detail)
    const source = this.tensor(node, 0)
    const tensor = this.tensors[source]!
    const { extent } = tensor
    // Before opset 11 the scales were the second input.
    const place = this.opset < 11 ? 1 : 2
    if (node.input[3]) throw refuse('to a given size')
    if (attribute(node, 'axes')) throw refuse('of chosen axes')
    const scales = node.input[place] ? [...readFloats(this.floats(node, place))] : []
    const [batch, depth, down, factor = 0] = scales
    if (scales.length !== 4 || batch !== 1 || depth !== 1 || down !== factor) throw refuse(`by ${scales.join(' × ')}`)
    if (!Number.isInteger(factor) || factor < 1 || factor > largestFactor) throw refuse(`by ${factor}`)
    if (extent.kind === 'one') throw refuse('of a single pixel')
    const mode = text(node, 'mode', 'nearest')
    const place2 = this.opset < 11 ? 'asymmetric' : text(node, 'coordinate_transformation_mode', 'half_pixel')
    if (!['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'asymmetric'].includes(place2)) {
      throw refuse(`with coordinates of the kind ${place2}`)
    }
    if (whole(node, 'exclude_outside', 0) !== 0) throw refuse('that leaves out what lies outside')
    const taps = Array.from({ length: factor }, (_, d): readonly Tap[] => {
      const at = place2 === 'asymmetric' ? d / factor : (d + 0.5) / factor - 0.5
      switch (mode) {
        case 'nearest':
          return [{ offset: nearest(at, text(node, 'nearest_mode', 'round_prefer_floor')), weight: 1 }]
        case 'linear': {
          const base = Math.floor(at)
          return weightTaps([1 - (at - base), at - base], base)
        }
        case 'cubic':
          return weightTaps(cubic(at - Math.floor(at), real(node, 'cubic_coeff_a', -0.75)), Math.floor(at) - 1)
        default:
          throw refuse(`of the kind ${mode}`)
      }
    })
    return this.append(
      { kind: 'resize', source, factor, taps },
      { ...tensor, name, extent: enlargeExtent(extent, factor) },
    )
  }

  private mean(node: NodeProto, name: string, type: string): TensorId {
    const source = this.tensor(node, 0)
    const tensor = this.tensors[source]!
    if (type === 'ReduceMean') {
      const writtenAxes = node.input[1] ? readWholes(this.constantAt(node, 1)) : wholes(node, 'axes', [])
      const axes = writtenAxes.map((axis) => (axis + 4) % 4).sort()
      if (axes.join() !== '2,3' || whole(node, 'keepdims', 1) !== 1) {
        throw new RefusalError(type, 'over other axes than height and width')
      }
    }
    if (tensor.extent.kind === 'one') return source
    return this.append({ kind: 'mean', source }, { ...tensor, name, extent: { kind: 'one' } })
  }

  private pad(node: NodeProto, name: string): TensorId {
    const refuse = (detail: string) => new RefusalError('Pad', detail)
    const source = this.tensor(node, 0)
    const tensor = this.tensors[source]!
    const { extent } = tensor
    const pads = this.opset < 11 ? wholes(node, 'pads', []) : readWholes(this.constantAt(node, 1))
    const [n0 = 0, c0 = 0, top = 0, left = 0, n1 = 0, c1 = 0, bottom = 0, right = 0] = pads
    if (pads.length !== 8 || node.input[3] || [n0, c0, n1, c1].some((each) => each !== 0)) {
      throw refuse('along other axes than height and width')
    }
    if ([top, left, bottom, right].some((each) => each < 0)) throw refuse('that cuts its picture')
    if (extent.kind === 'one') throw refuse('of a single pixel')
    const mode = text(node, 'mode', 'constant')
    const beyond = ({ constant: 'zero', reflect: 'reflect', edge: 'edge' } as const)[mode]
    if (!beyond) throw refuse(`of the kind ${mode}`)
    if (beyond === 'zero') {
      const value = this.opset < 11 ? real(node, 'value', 0) : node.input[2] ? readFloats(this.floats(node, 2))[0] : 0
      if (value !== 0) throw refuse(`with ${value}`)
    }
    const add: readonly [number, number] = [extent.add[0] + left + right, extent.add[1] + top + bottom]
    return this.append(
      { kind: 'pad', source, before: [left, top], beyond },
      { ...tensor, name, extent: { ...extent, add } },
    )
  }
}

const enlargeExtent = (extent: Extent & { readonly kind: 'picture' }, factor: number): Extent => ({
  ...extent,
  up: extent.up * factor,
  add: [extent.add[0] * factor, extent.add[1] * factor],
})

/** The pixel nearest to `at`, by ONNX's names of what to do half way. */
function nearest(at: number, mode: string): number {
  switch (mode) {
    case 'floor':
      return Math.floor(at)
    case 'ceil':
      return Math.ceil(at)
    case 'round_prefer_ceil':
      return Math.floor(at + 0.5)
    case 'round_prefer_floor':
      return Math.ceil(at - 0.5)
    default:
      throw new RefusalError('Resize', `with rounding of the kind ${mode}`)
  }
}

const weightTaps = (weights: readonly number[], first: number): readonly Tap[] =>
  weights.map((weight, i) => ({ offset: first + i, weight })).filter(({ weight }) => weight !== 0)

/** R. Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE Trans. ASSP 29(6), 1981. */
function cubic(f: number, a: number): readonly number[] {
  const near = (t: number) => ((a + 2) * t - (a + 3)) * t * t + 1
  const far = (t: number) => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a
  return [far(1 + f), near(f), near(1 - f), far(2 - f)]
}
