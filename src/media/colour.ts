/** What the colours of a stream mean: what it says itself, else the usual guess. */
import type { ColourFacts, MediaFacts } from '../graph/node/facts.ts'

/** What a container or a bitstream says; `undefined` or `null` where it is silent. Names as WebCodecs has them. */
export interface ColourTags {
  readonly matrix?: string | null | undefined
  readonly primaries?: string | null | undefined
  readonly transfer?: string | null | undefined
  readonly fullRange?: boolean | null | undefined
}

/**
 * Fills what the stream leaves open. A picture of 720 lines or more is BT.709, a smaller one BT.601 (the rule of
 * players since DVD); range is limited unless said otherwise. VP8 knows BT.601 only.
 *
 * @param height lines of the coded picture.
 */
export function colourFacts(tags: ColourTags, height: number, codec: string): ColourFacts {
  const guess = height >= 720 && codec !== 'vp8' ? 'bt709' : 'smpte170m'
  const matrix = tags.matrix ?? (tags.primaries === 'bt2020' ? 'bt2020-ncl' : guess)
  const implied = matrix === 'bt2020-ncl' ? 'bt2020' : matrix === 'rgb' ? 'bt709' : matrix
  return {
    matrix,
    primaries: tags.primaries ?? implied,
    transfer: tags.transfer ?? (matrix === 'rgb' ? 'iec61966-2-1' : 'bt709'),
    fullRange: tags.fullRange ?? false,
    tagged: typeof tags.matrix === 'string',
  }
}

/** Pictures: full-range sRGB. */
export const pictureColour: ColourFacts = {
  matrix: 'rgb',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  fullRange: true,
  tagged: true,
}

export const hdrOf = (colour: ColourFacts): MediaFacts['hdr'] =>
  colour.transfer === 'pq' || colour.transfer === 'hlg' ? colour.transfer : null

/** Sentences for people about what was guessed or is carried as it is. */
export function colourNotes(colour: ColourFacts): string[] {
  const notes: string[] = []
  if (!colour.tagged && colour.matrix !== 'rgb')
    notes.push(
      `It does not say how its colours are coded; ${colour.matrix === 'bt709' ? 'BT.709' : 'BT.601'} was taken, as its size suggests.`,
    )
  if (colour.primaries === 'bt2020' && hdrOf(colour) === null)
    notes.push(
      'Its primaries are those of BT.2020; they are converted to those of BT.709, and colours beyond them are clipped.',
    )
  return notes
}
