/** Boxes of an MP4 or QuickTime file (ISO/IEC 14496-12; QuickTime File Format). */
import { BoundedReader, type ReadBytes } from './contents.ts'

export interface Box {
  readonly type: string
  /** Where its header begins, byte of the file. */
  readonly start: number
  /** Of what is in it, bytes of the file. */
  readonly from: number
  readonly to: number
}

const latin = new TextDecoder('latin1')
/** A text or table longer than this is not read whole where nobody says how much of it is wanted, bytes. */
export const maxBytes = 1 << 16

export class Mp4Boxes {
  readonly read: ReadBytes
  readonly #size: number

  constructor(file: Blob) {
    const reader = new BoundedReader(file)
    this.read = (position, length) => reader.read(position, length)
    this.#size = file.size
  }

  /** The file's own index, its first `moov`. What lies behind it is not looked at: of a film in fragments, thousands of boxes. */
  async index(): Promise<Box | undefined> {
    for await (const box of this.#walk(0, this.#size)) if (box.type === 'moov') return box
    return undefined
  }

  async boxes(from: number, to: number): Promise<readonly Box[]> {
    const boxList: Box[] = []
    for await (const box of this.#walk(from, to)) boxList.push(box)
    return boxList
  }

  async *#walk(from: number, to: number): AsyncGenerator<Box, void, undefined> {
    let position = from
    while (position + 8 <= to) {
      const head = await this.read(position, 16)
      if (head.byteLength < 8) break
      const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
      let size = view.getUint32(0)
      let header = 8
      if (size === 1 && head.byteLength >= 16) {
        size = Number(view.getBigUint64(8))
        header = 16
      } else if (size === 0) size = to - position
      if (size < header) break
      const end = Math.min(to, position + size)
      yield { type: latin.decode(head.subarray(4, 8)), start: position, from: position + header, to: end }
      position += size
    }
  }

  async in(box: Box | undefined): Promise<readonly Box[]> {
    return box ? this.boxes(box.from, box.to) : []
  }

  async inside(box: Box | undefined, ...path: readonly string[]): Promise<Box | undefined> {
    let at = box
    for (const type of path) at = (await this.in(at)).find((child) => child.type === type)
    return at
  }

  /** What is in it, as far as `most` bytes. */
  async bytes(box: Box, maxRead = maxBytes): Promise<DataView> {
    const data = await this.read(box.from, Math.min(maxRead, box.to - box.from))
    return new DataView(data.buffer, data.byteOffset, data.byteLength)
  }
}

/** Full boxes of entries: a version, flags, how many there are, then each. */
export class Table {
  readonly #view: DataView
  readonly #entryBytes: number
  readonly count: number

  constructor(view: DataView, entryBytes: number) {
    this.#view = view
    this.#entryBytes = entryBytes
    this.count = uint32(view, 4)
  }

  get isWhole(): boolean {
    return this.available === this.count
  }

  /** Entries that were read. */
  get available(): number {
    return Math.max(0, Math.min(this.count, Math.floor((this.#view.byteLength - 8) / this.#entryBytes)))
  }

  /** As a table of its first `count` entries. */
  first(count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(8 + count * this.#entryBytes)
    bytes.set(new Uint8Array(this.#view.buffer, this.#view.byteOffset, bytes.byteLength))
    new DataView(bytes.buffer).setUint32(4, count)
    return bytes
  }

  uint(entry: number, at = 0): number {
    return this.#view.getUint32(8 + entry * this.#entryBytes + at)
  }

  int(entry: number, at = 0): number {
    return this.#view.getInt32(8 + entry * this.#entryBytes + at)
  }

  /** Of eight bytes. */
  long(entry: number): number {
    return Number(this.#view.getBigUint64(8 + entry * this.#entryBytes))
  }
}

export const uint32 = (view: DataView, at: number): number => (at + 4 <= view.byteLength ? view.getUint32(at) : 0)
export const fourCharacters = (view: DataView, at: number): string =>
  latin.decode(new Uint8Array(view.buffer, view.byteOffset + at, Math.max(0, Math.min(4, view.byteLength - at))))

/** Of a full box whose version 1 has two times of eight bytes each where version 0 has four. */
export const afterTimes = (view: DataView): number => (view.byteLength > 0 && view.getUint8(0) === 1 ? 20 : 12)

/** Of a `tkhd`. */
export const trackId = (view: DataView): number => uint32(view, afterTimes(view))
