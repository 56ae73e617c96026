/** What the colours of a stream mean: what it says itself, else the usual guess. */
import type { ColourFacts, MediaFacts, SampleFacts } from '../graph/node/facts.ts'

/** What a container or a bitstream says; `undefined` or `null` where it is silent. Names as WebCodecs has them. */
export interface ColourTags {
  readonly matrix?: string | null | undefined
  readonly primaries?: string | null | undefined
  readonly transfer?: string | null | undefined
  readonly fullRange?: boolean | null | undefined
}

/** Standards whose matrix and primaries have one name. */
const namedAlike: Readonly<Record<string, true>> = { bt709: true, smpte170m: true, bt470bg: true, smpte240m: true }

/**
 * Fills what the stream leaves open. A picture of 720 lines or more is BT.709, a smaller one BT.601 (the rule of
 * players since DVD); range is limited unless said otherwise. VP8 knows BT.601 only.
 *
 * @param height lines of the coded picture.
 */
export function colourFacts(tags: ColourTags, height: number, codec: string): ColourFacts {
  const guess = height >= 720 && codec !== 'vp8' ? 'bt709' : 'smpte170m'
  const matrix = tags.matrix ?? (tags.primaries === 'bt2020' ? 'bt2020-ncl' : guess)
  const impliedPrimaries =
    matrix === 'bt2020-ncl' || matrix === 'bt2020c' ? 'bt2020' : matrix in namedAlike ? matrix : 'bt709'
  return {
    matrix,
    primaries: tags.primaries ?? impliedPrimaries,
    transfer: tags.transfer ?? (matrix === 'rgb' ? 'iec61966-2-1' : 'bt709'),
    fullRange: tags.fullRange ?? matrix === 'rgb',
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

/** Pictures of 8 bits. */
export const pictureSamples: SampleFacts = {
  bits: 8,
  chroma: 'rgb',
  chromaSite: 'left',
  alpha: false,
  fieldOrder: 'progressive',
  mirrored: false,
}

export const hdrOf = (colour: ColourFacts): MediaFacts['hdr'] =>
  colour.transfer === 'pq' || colour.transfer === 'hlg' ? colour.transfer : null

const primariesNames: Readonly<Record<string, string>> = {
  bt2020: 'BT.2020',
  smpte431: 'DCI-P3',
  smpte432: 'Display P3',
  smpte170m: 'SMPTE 170M (NTSC)',
  smpte240m: 'SMPTE 240M',
  bt470bg: 'BT.470 B/G (PAL)',
  bt470m: 'BT.470 M (NTSC of 1953)',
  film: 'film',
  smpte428: 'CIE XYZ',
  'jedec-p22': 'EBU 3213',
}
/** Of these the chain has the conversion to BT.709; see `gpu/primaries.ts`. */
const convertedPrimaries: ReadonlySet<string> = new Set(['bt2020', 'smpte431', 'smpte432'])
/** Curves that differ from BT.709's by so little that a display shows both alike. */
const usualTransfers: ReadonlySet<string> = new Set(['bt709', 'smpte170m', 'iec61966-2-1', 'smpte240m', 'iec61966-2-4'])
/** Matrices that the chain undoes. */
const knownMatrices: ReadonlySet<string> = new Set([
  'bt709',
  'smpte170m',
  'bt470bg',
  'smpte240m',
  'fcc',
  'bt2020-ncl',
  'rgb',
])

/** Sentences for people about what was guessed, converted, or is carried as it is. */
export function colourNotes(colour: ColourFacts, { chroma }: SampleFacts): string[] {
  const { matrix, primaries, transfer, tagged } = colour
  const notes: string[] = []
  if (chroma === 'grey') return notes
  if (!tagged && matrix !== 'rgb')
    notes.push(
      `It does not say how its colours are coded; ${matrix === 'bt709' ? 'BT.709' : 'BT.601'} was assumed from its size.`,
    )
  if (!knownMatrices.has(matrix))
    notes.push(
      matrix === 'bt2020c'
        ? 'Its matrix is that of BT.2020 with constant luminance; it is read as the non-constant one, so strong colours are slightly off.'
        : `Its matrix (${matrix}) is not known here; it is read as BT.709, so its colours will be off.`,
    )
  if (hdrOf(colour) !== null) return notes
  if (convertedPrimaries.has(primaries))
    notes.push(
      `Its primaries are those of ${primariesNames[primaries] ?? primaries}; they are converted to those of BT.709, and colours beyond them are clipped.`,
    )
  else if (tagged && primaries !== 'bt709')
    notes.push(
      `Its primaries are those of ${primariesNames[primaries] ?? primaries}; they are kept as they are and shown as BT.709, so colours shift slightly.`,
    )
  if (!usualTransfers.has(transfer))
    notes.push(`Its transfer (${transfer}) is kept as it is and shown as that of BT.709, so brightness is off.`)
  return notes
}

/** Sentences about samples that a result cannot or will not have. */
export function sampleNotes({ fieldOrder, alpha, mirrored }: SampleFacts): string[] {
  return [
    ...(fieldOrder === null || fieldOrder === 'progressive'
      ? []
      : [
          `It is interlaced${fieldOrder === 'interlaced' ? '' : ` (${fieldOrder.replace(' ', ' field ')})`}; both fields are shown as recorded, so movement shows comb lines: add Deinterlace after Decode.`,
        ]),
    ...(alpha
      ? [
          'It has an alpha channel, which PNG, animations, ProRes 4444 and VP9 or VP8 in WebM and MKV keep; in other files what is transparent is laid over black.',
        ]
      : []),
    ...(mirrored ? ['It is marked to be shown mirrored, and is.'] : []),
  ]
}
