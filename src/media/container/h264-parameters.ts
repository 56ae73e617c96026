/**
 * What an H.264 stream says of its own pictures: sequence parameter set and picture timing (ITU-T H.264, 7.3.2.1,
 * annex E, D.1.3). Demuxers keep of it what WebCodecs has a name for; this keeps the rest, fields above all.
 */
import type { ChromaSite, FieldOrder } from '../../graph/node/facts.ts'
import type { ColourCodes } from '../h273.ts'

export interface H264Parameters {
  readonly colour: ColourCodes
  readonly bitDepth: number
  /** `null` where it is not said. */
  readonly chromaSite: ChromaSite | null
  readonly fieldOrder: FieldOrder
  /** Pixels at the left or the upper edge are not to be shown. */
  readonly cutsBeginning: boolean
}

/** Bits of a raw byte sequence payload, emulation prevention bytes taken out. Past its end it reads zeros. */
class Bits {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(unit: Uint8Array) {
    const bytes: number[] = []
    for (const [index, byte] of unit.entries())
      if (!(byte === 3 && index >= 2 && unit[index - 1] === 0 && unit[index - 2] === 0)) bytes.push(byte)
    this.#bytes = Uint8Array.from(bytes)
  }
  get done(): boolean {
    return this.#at >= this.#bytes.byteLength * 8
  }
  read(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++, this.#at++)
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
    return value
  }
  flag(): boolean {
    return this.read(1) === 1
  }
  /** Exp-Golomb, unsigned. */
  ue(): number {
    let zeros = 0
    while (!this.done && zeros < 32 && this.read(1) === 0) zeros += 1
    return 2 ** zeros - 1 + this.read(zeros)
  }
  /** Exp-Golomb, signed. */
  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}

const unitType = (unit: Uint8Array): number => (unit[0] ?? 0) & 31

/** Profiles whose parameter sets tell chroma format and depth. */
const high: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134])

/** What is needed to read a picture timing message. */
interface Timing {
  readonly delayBits: number | null
  readonly tellsStructure: boolean
}

interface Sequence extends Omit<H264Parameters, 'fieldOrder'> {
  readonly framesOnly: boolean
  readonly timing: Timing
}

function sequence(unit: Uint8Array): Sequence {
  const bits = new Bits(unit.subarray(1))
  const profile = bits.read(8)
  bits.read(16)
  bits.ue()
  let chroma = 1
  let bitDepth = 8
  if (high.has(profile)) {
    chroma = bits.ue()
    if (chroma === 3) bits.read(1)
    bitDepth = 8 + bits.ue()
    bits.ue()
    bits.read(1)
    const lists = bits.flag() ? (chroma === 3 ? 12 : 8) : 0
    for (let list = 0; list < lists; list++) if (bits.flag()) skipScaling(bits, list < 6 ? 16 : 64)
  }
  bits.ue()
  const order = bits.ue()
  if (order === 0) bits.ue()
  else if (order === 1) {
    bits.read(1)
    bits.se()
    bits.se()
    const cycle = Math.min(255, bits.ue())
    for (let i = 0; i < cycle; i++) bits.se()
  }
  bits.ue()
  bits.read(1)
  bits.ue()
  bits.ue()
  const framesOnly = bits.flag()
  if (!framesOnly) bits.read(1)
  bits.read(1)
  // Left, right, top, bottom.
  const [left = 0, , top = 0] = bits.flag() ? Array.from({ length: 4 }, () => bits.ue()) : []
  const usability = bits.flag() ? videoUsability(bits) : null
  return {
    framesOnly,
    bitDepth,
    cutsBeginning: left > 0 || top > 0,
    colour: usability?.colour ?? { matrix: null, primaries: null, transfer: null, fullRange: null },
    chromaSite: usability?.chromaSite ?? null,
    timing: usability?.timing ?? { delayBits: null, tellsStructure: false },
  }
}

function skipScaling(bits: Bits, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    last = next === 0 ? last : next
  }
}

/** 2 is “unspecified”. */
const knownCode = (code: number): number | null => (code === 2 ? null : code)
const sites: readonly ChromaSite[] = ['left', 'centre', 'top-left']

function videoUsability(bits: Bits): { colour: ColourCodes; chromaSite: ChromaSite | null; timing: Timing } {
  if (bits.flag() && bits.read(8) === 255) bits.read(32)
  if (bits.flag()) bits.read(1)
  let colour: ColourCodes = { matrix: null, primaries: null, transfer: null, fullRange: null }
  if (bits.flag()) {
    bits.read(3)
    colour = { ...colour, fullRange: bits.flag() }
    if (bits.flag())
      colour = {
        ...colour,
        primaries: knownCode(bits.read(8)),
        transfer: knownCode(bits.read(8)),
        matrix: knownCode(bits.read(8)),
      }
  }
  let chromaSite: ChromaSite | null = null
  if (bits.flag()) {
    chromaSite = sites[bits.ue()] ?? null
    bits.ue()
  }
  if (bits.flag()) {
    bits.read(32)
    bits.read(32)
    bits.read(1)
  }
  const nal = bits.flag() ? decoderDelays(bits) : null
  const vcl = bits.flag() ? decoderDelays(bits) : null
  const delays = nal ?? vcl
  if (delays !== null) bits.read(1)
  return { colour, chromaSite, timing: { delayBits: delays, tellsStructure: bits.flag() } }
}

/** Hypothetical reference decoder parameters; gives how many bits the two delays of a timing message have together. */
function decoderDelays(bits: Bits): number {
  const buffers = Math.min(32, bits.ue() + 1)
  bits.read(8)
  for (let i = 0; i < buffers; i++) {
    bits.ue()
    bits.ue()
    bits.read(1)
  }
  bits.read(5)
  const delays = bits.read(5) + 1 + (bits.read(5) + 1)
  bits.read(5)
  return delays
}

/** `pic_struct` of the first picture timing message; `null` where there is none. */
function pictureStructure(units: readonly Uint8Array[], timing: Timing): number | null {
  if (!timing.tellsStructure) return null
  for (const unit of units) {
    if (unitType(unit) !== 6) continue
    for (let at = 1; at + 2 < unit.byteLength; ) {
      let type = 0
      for (; unit[at] === 255; at++) type += 255
      type += unit[at++] ?? 0
      let size = 0
      for (; unit[at] === 255; at++) size += 255
      size += unit[at++] ?? 0
      if (type === 1) {
        const bits = new Bits(unit.subarray(at, at + size))
        if (timing.delayBits !== null) bits.read(timing.delayBits)
        return bits.read(4)
      }
      at += size
    }
  }
  return null
}

const structures: readonly FieldOrder[] = [
  'progressive',
  'top first',
  'bottom first',
  'top first',
  'bottom first',
  'top first',
  'bottom first',
  'progressive',
  'progressive',
]

/**
 * @param description an `avcC` record, or `null` where parameter sets travel in the packets (Annex B).
 * @param packet the first one.
 * @returns `null` where no parameter set is found.
 */
export function h264Parameters(description: Uint8Array | null, packet: Uint8Array): H264Parameters | null {
  const lengthBytes = description ? ((description[4] ?? 3) & 3) + 1 : 0
  const units = lengthBytes > 0 ? lengthPrefixed(packet, lengthBytes) : startCoded(packet)
  const set = (description ? recordSets(description) : []).concat(units).find((unit) => unitType(unit) === 7)
  if (!set) return null
  const { framesOnly, timing, ...rest } = sequence(set)
  const structure = pictureStructure(units, timing)
  const fieldOrder = framesOnly
    ? 'progressive'
    : structure === null
      ? 'interlaced'
      : (structures[structure] ?? 'interlaced')
  return { ...rest, fieldOrder }
}

function recordSets(record: Uint8Array): Uint8Array[] {
  const sets: Uint8Array[] = []
  let at = 6
  for (let remaining = (record[5] ?? 0) & 31; remaining > 0 && at + 2 <= record.byteLength; remaining--) {
    const size = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0)
    sets.push(record.subarray(at + 2, at + 2 + size))
    at += 2 + size
  }
  return sets
}

function lengthPrefixed(packet: Uint8Array, lengthBytes: number): Uint8Array[] {
  const units: Uint8Array[] = []
  for (let at = 0; at + lengthBytes <= packet.byteLength; ) {
    let size = 0
    for (let i = 0; i < lengthBytes; i++) size = size * 256 + (packet[at + i] ?? 0)
    units.push(packet.subarray(at + lengthBytes, at + lengthBytes + size))
    at += lengthBytes + size
  }
  return units
}

function startCoded(packet: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = []
  let from = -1
  for (let at = 0; at + 3 <= packet.byteLength; at++)
    if (packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === 1) {
      if (from >= 0) units.push(packet.subarray(from, at))
      from = at + 3
      at += 2
    }
  if (from >= 0) units.push(packet.subarray(from))
  return units
}
