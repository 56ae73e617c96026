/**
 * Gives people's code to the GPU in pieces of a picture. A dispatch that has begun cannot be taken back: even a device that is
 * destroyed is not followed by another before the last one's work has ended. So no more of a picture is given out at once than is
 * done soon, by what the pieces before have taken.
 *
 * What comes unforeseen, such as a loop that takes long for some pictures alone, may make one piece last longer: then the device
 * is given up (see `CodeWatch`), or, where it was only long, what comes after is cut as small as that place called for.
 */
import type { ComputePass } from '../../gpu/types.ts'
import type { Region } from '../../graph/plan/region.ts'

/** What a piece should take. Short beside what a person waits for, long beside what it costs to wait for its end. */
const pieceMs = 100

/** How many times as large as the one before a piece may be: what is small says little about what is large. */
const growth = 8

/** A picture is cut into no more pieces than this because of its slowest place: each is waited for. */
const maxPieces = 256

interface Size {
  readonly width: number
  readonly height: number
}

const areaOf = ({ width, height }: Size) => width * height

/** What is left of a picture, of which pieces are cut off in the order of reading. */
class Rest {
  readonly #size: Size
  readonly #group: readonly [width: number, height: number]
  #x = 0
  #y = 0

  constructor(size: Size, group: readonly [number, number]) {
    this.#size = size
    this.#group = group
  }

  get isEmpty(): boolean {
    return this.#y >= this.#size.height
  }

  /** About as many pixels as `pixels`, at least one workgroup. */
  take(pixels: number): Region {
    const { width, height } = this.#size
    const [groupWidth, groupHeight] = this.#group
    const [x, y] = [this.#x, this.#y]
    const row = width * groupHeight
    if (x === 0 && pixels >= row) {
      const rows = Math.min(height - y, Math.floor(pixels / row) * groupHeight)
      this.#y += rows
      return { x, y, width, height: rows }
    }
    const columns = Math.max(1, Math.floor(pixels / (groupWidth * groupHeight))) * groupWidth
    const piece = { x, y, width: Math.min(width - x, columns), height: Math.min(groupHeight, height - y) }
    this.#x = x + piece.width < width ? x + piece.width : 0
    if (this.#x === 0) this.#y += groupHeight
    return piece
  }
}

/** How long the code of each pass takes. */
export class CodePace {
  readonly #costs = new WeakMap<ComputePass, { readonly pace: string; readonly perPixel: number }>()

  /** Milliseconds a pixel. @param pace what the code was told that it may take longer or shorter for */
  perPixel(pass: ComputePass, pace: string): number | undefined {
    const cost = this.#costs.get(pass)
    return cost?.pace === pace ? cost.perPixel : undefined
  }

  note(pass: ComputePass, pace: string, perPixel: number): void {
    this.#costs.set(pass, { pace, perPixel })
  }

  /** Whether all of a picture is done soon, as far as is known. */
  isShort(pass: ComputePass, pace: string, size: Size): boolean {
    const perPixel = this.perPixel(pass, pace)
    return perPixel !== undefined && perPixel * areaOf(size) <= pieceMs
  }

  /**
   * Runs `dispatch` for one piece after another, until there is none or it says that it is enough.
   * @param dispatch resolves, once the GPU has done the piece, with the milliseconds that it took; or with what stops it
   */
  async inPieces<Stop>(
    pass: ComputePass,
    pace: string,
    size: Size,
    dispatch: (piece: Region, isLast: boolean) => Promise<number | { readonly stop: Stop }>,
  ): Promise<Stop | undefined> {
    const remainder = new Rest(size, pass.workgroup)
    const perPixel = this.perPixel(pass, pace)
    const [groupWidth, groupHeight] = pass.workgroup
    /** As far as is known from the picture before: any place may be its slowest. */
    const maxPixels =
      perPixel === undefined ? Number.POSITIVE_INFINITY : Math.max(pieceMs / perPixel, areaOf(size) / maxPieces)
    let pixels = perPixel === undefined ? groupWidth * groupHeight : maxPixels
    let largest = 0
    let slowest = 0
    while (!remainder.isEmpty) {
      const piece = remainder.take(pixels)
      const took = await dispatch(piece, remainder.isEmpty)
      if (typeof took !== 'number') return took.stop
      const area = areaOf(piece)
      // A clock may stand still between two moments.
      const perPixelNow = Math.max(took, 0.01) / area
      pixels = Math.min(area * growth, pieceMs / perPixelNow, maxPixels)
      // Of a small piece most is what any takes to begin and end, unless it took long.
      if (took > pieceMs) slowest = Math.max(slowest, perPixelNow)
      else if (area < largest) continue
      largest = Math.max(largest, area)
      this.note(pass, pace, Math.max(slowest, perPixelNow))
    }
    return undefined
  }
}
