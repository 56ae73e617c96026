/** What a container says of its contents, as far as the demuxer passes it by: every track, chapters, attachments, title. */

export interface ContainerTrack {
  /** As the container numbers it. */
  readonly id: number
  readonly kind: 'picture' | 'sound' | 'subtitles' | 'data'
  /** For people: `SubRip`; the technical name where there is no other. */
  readonly codec: string
  /** As written: ISO 639-2 or BCP 47; `null` where none is. */
  readonly language: string | null
  readonly name: string | null
  /** Of a picture, where the container says something of it. */
  readonly picture: ContainerPicture | null
}

/** Pixels to be left out at each side of a picture, before it is turned. */
export interface Edges {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Code points of ITU-T H.273; `null` where the container is silent. */
export interface ContainerPicture {
  readonly matrix: number | null
  readonly primaries: number | null
  readonly transfer: number | null
  readonly fullRange: boolean | null
  readonly fieldOrder: 'progressive' | 'top first' | 'bottom first' | 'interlaced' | null
  readonly alpha: boolean
  /** What it says not to show, as it is written: it may be more than there is, negative or no number. `null`: nothing. */
  readonly edges: Edges | null
  /** What is left of a picture with such edges has pixels so many times as wide as high; `null`: as the demuxer tells. */
  readonly pixelAspect: number | null
  /** Degrees by which it is to be turned or slanted beyond whole quarter turns. */
  readonly slant: number
}

export interface ContainerContents {
  readonly tracks: readonly ContainerTrack[]
  readonly chapters: number
  /** File names. */
  readonly attachments: readonly string[]
  readonly title: string | null
}

export const silentPicture: ContainerPicture = {
  matrix: null,
  primaries: null,
  transfer: null,
  fullRange: null,
  fieldOrder: null,
  alpha: false,
  edges: null,
  pixelAspect: null,
  slant: 0,
}

/** Bytes of a file by position; fewer at its end. */
export type ReadBytes = (position: number, length: number) => Promise<Uint8Array>

/** Headers of boxes or elements looked at in one file at most: damaged ones may lead in circles. */
const maxSteps = 20_000
/** Bytes fetched at once: headers lie close together, and each fetch costs a millisecond. */
const windowBytes = 1 << 15
const maxWindows = 16

/** Reads a file part by part, counts, and gives up where it leads on for ever. */
export class BoundedReader {
  readonly #file: Blob
  #steps = 0
  /** What was fetched, latest first: headers are walked past more than once, and tables of megabytes may lie between them. */
  readonly #windows: { readonly from: number; readonly bytes: Uint8Array }[] = []

  constructor(file: Blob) {
    this.#file = file
  }

  /** Rejects after too many calls, and where the file can no longer be read. */
  async read(position: number, length: number): Promise<Uint8Array> {
    this.#steps += 1
    if (this.#steps > maxSteps) throw new Error('The container has more parts than are looked at.')
    const end = Math.min(this.#file.size, position + length)
    const isIn = (one: { readonly from: number; readonly bytes: Uint8Array }) =>
      position >= one.from && end <= one.from + one.bytes.byteLength
    const at = this.#windows.findIndex(isIn)
    const [known] = at >= 0 ? this.#windows.splice(at, 1) : []
    const window = known ?? {
      from: position,
      bytes: new Uint8Array(await this.#file.slice(position, Math.max(end, position + windowBytes)).arrayBuffer()),
    }
    this.#windows.unshift(window)
    this.#windows.length = Math.min(this.#windows.length, maxWindows)
    return window.bytes.subarray(position - window.from, Math.max(position, end) - window.from)
  }
}
