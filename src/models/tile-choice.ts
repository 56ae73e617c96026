/** Which tiles a picture is run in, and what becomes of their size when the memory is too small for it. */
import type { ModelFacts } from '../graph/node/facts.ts'
import { isWhole, type Region, readFor } from '../graph/plan/region.ts'
import { marginOf } from '../graph/plan/tiling.ts'
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
    const sizeOf = (picture: Size) => tileSize({ picture, limit: this.#limit, overlap, fixedSize, sizeStep })
    const picture = { width: input.width, height: input.height }
    const readRegion = readFor(part, output, picture, 0)
    const margin = marginOf(this.#facts, choice === 'off' ? null : overlap)
    if (margin !== null && !isWhole(readRegion, picture)) {
      const window = windowFor(readRegion, picture, margin)
      const tile = sizeOf(window)
      return { tile, tiles: tilesOf(planWindow(window, tile, overlap), readRegion) }
    }
    const tile = sizeOf(picture)
    return { tile, tiles: tilesOf(planTiles(picture, tile, overlap), readRegion) }
  }

  /**
   * Chooses smaller tiles after the memory gave out on `tile`, with `cause`. Throws `ModelError` where their size is
   * not ours to choose, or small as it is.
   */
  shrink({ width, height }: Size, cause: unknown): void {
    const side = Math.max(width, height)
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
