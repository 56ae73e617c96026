/** How tiles of a picture overlap: known before any model runs, so that a plan can say what a part of a picture takes. */
import type { ModelFacts } from '../node/facts.ts'

/** The fade's share of the overlap; the rest is thrown away, half of it from each tile. */
export const fadeShare = 1 / 4

/** More overlap than half a tile would make three tiles meet in one pixel. */
export const usableOverlap = (overlap: number, tile: number): number =>
  Math.max(0, Math.min(Math.floor(overlap), Math.floor(tile / 2)))

export const fadeOf = (sharedPixels: number): number =>
  sharedPixels === 0 ? 0 : Math.max(1, Math.floor(sharedPixels * fadeShare))

/** Input pixels by which a part's tile may be larger than the model must see: sides are multiples of 8. */
export const partSlack = 8

/**
 * Input pixels that a model must see around a part of its picture so that the part comes out as in the whole:
 * what its convolutions see, where the tiles of the whole throw at least as much away at their seams, and so leave
 * no trace. `null`: only the tiles of the whole give that, since the model's view is not known or is wider.
 * @param overlap input pixels that neighbouring tiles of the whole share; `null`: the whole is one tile
 */
export function marginOf({ context }: Pick<ModelFacts, 'context'>, overlap: number | null): number | null {
  if (context === null) return null
  if (overlap === null) return context
  return context <= Math.floor((overlap - fadeOf(overlap)) / 2) ? context : null
}
