/** Which tiles a picture is run in, and what becomes of their size when the memory is too small for it. */
import type { ModelFacts } from '../graph/node/facts.ts'
import { isWhole, type Region, readFor } from '../graph/plan/region.ts'
import { marginOf, usableOverlap } from '../graph/plan/tiling.ts'
import type { ModelForm, Size } from './inspect.ts'
import { planTiles, planWindow, type Tile, tileSize, tilesOf, windowFor } from './tiles.ts'
import { ModelError, type SuperResolverOptions } from './types.ts'

/** Where 'auto' begins, and where it gives up: pixels a side. */
const maxTile = 512
const minTile = 32

export interface TiledPicture {
  /** The one size of all tiles, in input pixels. */
  readonly tile: Size
  readonly tiles: readonly Tile[]
  /** Where tiles are put together the model sees all that it looks at: both give the same there, and none needs to fade into the other. */
  readonly isSeamless: boolean
}

export class TileChoice {
  readonly #facts: ModelFacts
  readonly #form: ModelForm
  readonly #options: SuperResolverOptions
  #limit: number | 'off'
  #note: string | undefined

  constructor(facts: ModelFacts, form: ModelForm, options: SuperResolverOptions) {
    this.#facts = facts
    this.#form = form
    this.#options = options
    this.#limit = options.tile === 'auto' ? maxTile : options.tile
  }

  /** One sentence where the tiles are not as asked. */
  get note(): string | undefined {
    return this.#note
  }

  /**
   * The tiles that a part of the result is made of: those of the whole picture, or of a window where that comes to the
   * same. `input` is the whole picture's size, `output` the whole result's, `part` in pixels of the result.
   */
  tilesFor(input: Size, output: Size, part: Region): TiledPicture {
    const { fixedSize, sizeStep } = this.#form
    const { overlap, tile: choice } = this.#options
    const margin = marginOf(this.#facts, choice === 'off' ? null : overlap)
    const tiled = (tile: Size, tiles: readonly Tile[]): TiledPicture => {
      const shared = usableOverlap(overlap, Math.min(tile.width, tile.height))
      return { tile, tiles, isSeamless: tiles.length === 1 || marginOf(this.#facts, shared) !== null }
    }
    const sizeOf = (picture: Size): Size => {
      const limit = this.#limit
      // No more pixels than the largest tile has: cut in two, it would be computed twice where they meet.
      const isOneTile =
        choice === 'auto' && margin !== null && limit !== 'off' && picture.width * picture.height <= limit ** 2
      return tileSize({ picture, limit: isOneTile ? 'off' : limit, overlap, fixedSize, sizeStep })
    }
    const picture = { width: input.width, height: input.height }
    const readRegion = readFor(part, output, picture, 0)
    if (margin !== null && !isWhole(readRegion, picture)) {
      const window = windowFor(readRegion, picture, margin)
      const tile = sizeOf(window)
      return tiled(tile, tilesOf(planWindow(window, tile, overlap), readRegion))
    }
    const tile = sizeOf(picture)
    return tiled(tile, tilesOf(planTiles(picture, tile, overlap), readRegion))
  }

  /**
   * Chooses smaller tiles after the memory gave out on `tile`, with `cause`. Throws `ModelError` where their size is
   * not ours to choose, or small as it is.
   */
  shrink({ width, height }: Size, cause: unknown): void {
    // Of a square as large.
    const side = Math.sqrt(width * height)
    const smaller = side <= maxTile ? 2 ** (Math.ceil(Math.log2(side)) - 1) : maxTile
    const { tile: choice } = this.#options
    const { fixedSize, sizeStep } = this.#form
    if (choice !== 'auto' || fixedSize || smaller < Math.max(minTile, sizeStep)) {
      throw new ModelError(
        `There is not enough memory to run the model “${this.#facts.name}” on a tile of ${width} × ${height} pixels.`,
        choice === 'auto' || fixedSize
          ? 'Close other tabs, or choose a smaller model.'
          : 'Set the tile to “auto” or to a smaller size.',
        { cause },
      )
    }
    this.#limit = smaller
    this.#note = `Tile reduced to ${smaller}: there was not enough memory for a larger one.`
  }
}
