/**
 * Reads networks in the format of ncnn (https://github.com/Tencent/ncnn, BSD-3-Clause): a `.param` text with one
 * layer a line, and a `.bin` with the weights in the order of the layers. Public super-resolution networks are
 * spread in it. Format: ncnn wiki, "param and model file structure"; weights: `ModelBinFromDataReader::load`.
 */
import { halvesToFloats } from '../../src/models/onnx/half.ts'

/** A file that is not as it should be; the message is for people. */
export class NcnnError extends Error {
  override readonly name = 'NcnnError'
}

export interface NcnnLayer {
  readonly type: string
  readonly name: string
  /** Names of blobs. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** By number, as the format has it; what a number means depends on the type. */
  readonly params: ReadonlyMap<number, number>
}

const magic = '7767517'

/** Reads a `.param`. Throws `NcnnError` naming the line. */
export function parseParam(text: string): readonly NcnnLayer[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines[0] !== magic) throw new NcnnError(`it does not begin with ${magic}, so it is no ncnn network`)
  const [layers] = (lines[1] ?? '').split(/\s+/).map(Number)
  if (layers !== lines.length - 2) {
    throw new NcnnError(`it should have ${layers} layers, but has ${lines.length - 2}; it may be cut off`)
  }
  return lines.slice(2).map((line, at) => {
    const fail = (why: string): never => {
      throw new NcnnError(`line ${at + 3} (“${line.slice(0, 60)}”) ${why}`)
    }
    const [type, name, inputs, outputs, ...fields] = line.split(/\s+/)
    const [inputCount, outputCount] = [Number(inputs), Number(outputs)]
    if (
      !type ||
      !name ||
      !Number.isInteger(inputCount) ||
      !Number.isInteger(outputCount) ||
      fields.length < inputCount + outputCount
    ) {
      return fail('is no layer')
    }
    const params = new Map<number, number>()
    for (const pair of fields.slice(inputCount + outputCount)) {
      const [key, value] = pair.split('=')
      if (value === undefined || !/^-?\d+$/.test(key!)) return fail(`has “${pair}”, which is no parameter`)
      // Arrays (keys below -23299) belong to activations inside of layers, which none of our networks have.
      if (!Number.isFinite(Number(value)) || Number(key) < 0)
        return fail(`has the parameter “${pair}”, which is not supported`)
      params.set(Number(key), Number(value))
    }
    return {
      type,
      name,
      inputs: fields.slice(0, inputCount),
      outputs: fields.slice(inputCount, inputCount + outputCount),
      params,
    }
  })
}

const [float16Tag, plainTag] = [0x01306b47, 0x0002c056]

/** Takes weights from a `.bin`, one after the other. */
export class WeightReader {
  private readonly bytes: Uint8Array<ArrayBuffer>
  private readonly view: DataView
  private at = 0

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** `count` numbers behind a tag that says how they are kept: float32 or float16. Throws `NcnnError`. */
  tagged(count: number): Float32Array<ArrayBuffer> {
    if (this.at + 4 > this.bytes.byteLength) throw cutOff()
    const tag = this.view.getUint32(this.at, true)
    this.at += 4
    if (tag === float16Tag) {
      const halves = new Uint16Array(this.take(count * 2))
      // The next weights begin at a multiple of 4 bytes.
      this.at += (count * 2) % 4
      return halvesToFloats(halves)
    }
    if (tag === 0 || tag === plainTag) return this.plain(count)
    throw new NcnnError(`its weights are kept in a way (0x${tag.toString(16)}) that is not supported`)
  }

  /** `count` float32 numbers without a tag. */
  plain(count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.take(count * 4))
  }

  private take(bytes: number): ArrayBuffer {
    if (this.at + bytes > this.bytes.byteLength) throw cutOff()
    const part = this.bytes.slice(this.at, this.at + bytes)
    this.at += bytes
    return part.buffer
  }

  /** Throws `NcnnError` where weights are left over: then the network is another one than the weights are of. */
  finish(): void {
    const excess = this.bytes.byteLength - this.at
    if (excess > 0) throw new NcnnError(`${excess} bytes of weights are left over, so they belong to another network`)
  }
}

const cutOff = () => new NcnnError('its weights end too early; it may be cut off, or belong to another network')
