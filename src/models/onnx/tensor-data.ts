/** The numbers of an ONNX tensor, whichever of the format's ways they are kept in, and back. */
import { create } from '@bufbuild/protobuf'
import { floatsToHalves, halvesToFloats } from './half.ts'
import { type TensorProto, TensorProto_DataLocation, TensorProto_DataType, TensorProtoSchema } from './onnx_pb.ts'

export type FloatType = 'float32' | 'float16'

/** What of a tensor is mixed and measured: `undefined` for whole numbers, texts and the rarer kinds of floats. */
export function floatType(tensor: TensorProto): FloatType | undefined {
  switch (tensor.dataType) {
    case TensorProto_DataType.FLOAT:
      return 'float32'
    case TensorProto_DataType.FLOAT16:
      return 'float16'
    default:
      return undefined
  }
}

export const dimsOf = (tensor: TensorProto): readonly number[] => tensor.dims.map(Number)

/** How many numbers the tensor's dimensions make; 1 for a scalar. */
export const lengthOf = (tensor: TensorProto): number => dimsOf(tensor).reduce((product, side) => product * side, 1)

/** The numbers lie in another file, which a browser cannot find. */
export const isExternal = (tensor: TensorProto): boolean =>
  tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0

/** Why the tensor's numbers cannot be read; `undefined` where they can. */
export function complaintOf(tensor: TensorProto): string | undefined {
  const type = floatType(tensor)
  if (!type || isExternal(tensor)) return undefined
  const length = lengthOf(tensor)
  if (!Number.isSafeInteger(length) || length < 0) return `has the dimensions ${dimsOf(tensor).join(' × ')}`
  const count = hasRaw(tensor)
    ? tensor.rawData.byteLength / (type === 'float16' ? 2 : 4)
    : type === 'float16'
      ? tensor.int32Data.length
      : tensor.floatData.length
  return count === length ? undefined : `should hold ${length} numbers, but holds ${count}`
}

const hasRaw = (tensor: TensorProto): boolean => tensor.rawData.byteLength > 0

/** A copy: bytes inside a file lie anywhere, numbers want to be aligned. Little-endian, as the format and all browsers are. */
const aligned = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

/** A float32 or float16 tensor's numbers, row by row. `complaintOf` must have found nothing. */
export function readFloats(tensor: TensorProto): Float32Array<ArrayBuffer> {
  if (floatType(tensor) === 'float16') {
    // Without raw bytes the format keeps the bits of a half in a whole number each.
    return halvesToFloats(
      hasRaw(tensor) ? new Uint16Array(aligned(tensor.rawData)) : Uint16Array.from(tensor.int32Data),
    )
  }
  return hasRaw(tensor) ? new Float32Array(aligned(tensor.rawData)) : Float32Array.from(tensor.floatData)
}

const dataTypes = { float32: TensorProto_DataType.FLOAT, float16: TensorProto_DataType.FLOAT16 } as const

/** A tensor of these numbers, rounded to the nearest of its type. */
export function floatTensor(
  name: string,
  type: FloatType,
  dims: readonly number[],
  values: Float32Array<ArrayBuffer>,
): TensorProto {
  const numbers = type === 'float16' ? floatsToHalves(values) : values
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypes[type],
    dims: dims.map(BigInt),
    rawData: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
  })
}

/** A tensor's bytes as numbers; empty where they are neither floats nor bytes. */
export function numbersOf(elementType: string, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  switch (elementType) {
    case 'float32':
      return new Float32Array(aligned(bytes))
    case 'float16':
      return halvesToFloats(new Uint16Array(aligned(bytes)))
    case 'uint8':
      return Float32Array.from(bytes)
    default:
      return new Float32Array()
  }
}

/** Numbers as the bytes of a tensor of this type. */
export const bytesOf = (numbers: Float32Array<ArrayBuffer>, type: FloatType): ArrayBuffer =>
  type === 'float16' ? floatsToHalves(numbers).buffer : numbers.buffer
