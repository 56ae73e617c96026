/**
 * How far a network sees: the input pixels around a pixel that its result depends on. Known of networks of plain
 * convolutions, as most for super resolution are; of any other nothing is claimed.
 */
import { attribute, text, whole, wholes } from './attributes.ts'
import type { NodeProto, TensorProto } from './onnx_pb.ts'
import { type OnnxModel, tensorsOf } from './onnx-file.ts'
import { dimsOf, floatType, lengthOf, readFloats } from './tensor-data.ts'

/** Of a tensor on the way. */
interface Sight {
  /** Input pixels, along either axis. */
  readonly radius: number
  /** Its pixels per input pixel. */
  readonly scale: number
}

/** Every number of the result comes from the numbers at the same place. */
const pointwise = new Set([
  ...['Relu', 'LeakyRelu', 'PRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Elu', 'Selu', 'Gelu', 'Clip'],
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Abs', 'Neg', 'Sqrt', 'Pow', 'Cast', 'Identity'],
])

/** A constant that is the same at every place of a picture: a number, or one for each channel. */
function isEven(tensor: TensorProto): boolean {
  const dims = dimsOf(tensor)
  return lengthOf(tensor) === 1 || (dims.length >= 3 && dims.slice(-2).every((side) => side === 1))
}

/** Pixels of its input around a pixel that a convolution sees; `null` where its result has not the size of its input. */
function reachOfKernel(node: NodeProto, weight: TensorProto | undefined): number | null {
  const kernel = weight ? dimsOf(weight).slice(2) : wholes(node, 'kernel_shape', [])
  if (kernel.length !== 2 || wholes(node, 'strides', [1, 1]).some((stride) => stride !== 1)) return null
  const dilations = wholes(node, 'dilations', [1, 1])
  const around = kernel.map((side, i) => ((side - 1) / 2) * (dilations[i] ?? 1))
  const pads = wholes(node, 'pads', [0, 0, 0, 0])
  const padding = text(node, 'auto_pad', 'NOTSET')
  const same = padding.startsWith('SAME') || (padding === 'NOTSET' && [...around, ...around].join() === pads.join())
  return same && around.every(Number.isInteger) ? Math.max(...around) : null
}

/** Pixels of its input that enlarging reads beyond the nearest, by its way of interpolating. */
const beyond: Readonly<Record<string, number>> = { nearest: 1, linear: 1, cubic: 2 }

/** @returns `null` where the network may see the whole picture, or holds an operator of which that is not known */
export function contextOf(model: OnnxModel): number | null {
  const { graph } = model
  const constants = new Map([...tensorsOf(model)].map((tensor) => [tensor.name, tensor]))
  for (const node of graph.node) {
    const value = node.opType === 'Constant' ? attribute(node, 'value')?.t : undefined
    const [name] = node.output
    if (value && name !== undefined) constants.set(name, value)
  }
  const [input] = graph.input.filter(({ name }) => !constants.has(name))
  const [output] = graph.output
  if (!input || !output) return null
  const sights = new Map<string, Sight>([[input.name, { radius: 0, scale: 1 }]])

  const sightOf = (node: NodeProto): Sight | null => {
    const names = node.input.filter((name) => name !== '')
    const [first] = names
    const from = first === undefined ? undefined : sights.get(first)
    if (pointwise.has(node.opType) || node.opType === 'Concat') {
      if (node.opType === 'Concat' && whole(node, 'axis', 0) !== 1) return null
      const tensors = names.flatMap((name) => constants.get(name) ?? [])
      const pictures = names.flatMap((name) => sights.get(name) ?? [])
      const [one] = pictures
      if (!one || !tensors.every(isEven) || tensors.length + pictures.length !== names.length) return null
      if (pictures.some(({ scale }) => scale !== one.scale)) return null
      return { scale: one.scale, radius: Math.max(...pictures.map(({ radius }) => radius)) }
    }
    if (!from) return null
    switch (node.opType) {
      case 'Conv': {
        const around = reachOfKernel(node, constants.get(names[1] ?? ''))
        return around === null ? null : { ...from, radius: from.radius + around / from.scale }
      }
      case 'DepthToSpace':
        return { ...from, scale: from.scale * whole(node, 'blocksize', 1) }
      case 'Resize': {
        // x, roi, scales, sizes; only scales tell of a factor whatever the size.
        const scales = constants.get(node.input[2] ?? '')
        const factors = scales && floatType(scales) && lengthOf(scales) === 4 ? [...readFloats(scales)] : []
        const [batch, channels, down, across] = factors
        const reach = beyond[text(node, 'mode', 'nearest')]
        if (batch !== 1 || channels !== 1 || down === undefined || down !== across) return null
        if (reach === undefined || !Number.isInteger(down) || node.input[3]) return null
        return { scale: from.scale * down, radius: from.radius + reach / from.scale }
      }
      default:
        return null
    }
  }

  for (const node of graph.node) {
    if (node.opType === 'Constant') continue
    const sight = sightOf(node)
    if (!sight) return null
    for (const name of node.output) sights.set(name, sight)
  }
  const end = sights.get(output.name)
  return end ? Math.ceil(end.radius) : null
}
