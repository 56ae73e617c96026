/** Names of the code points of ITU-T H.273, as WebCodecs has them; what WebCodecs lacks is named as ffmpeg does. */
import type { ColourTags } from './colour.ts'

const matrices: Readonly<Record<number, string>> = {
  0: 'rgb',
  1: 'bt709',
  4: 'fcc',
  5: 'bt470bg',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'ycgco',
  9: 'bt2020-ncl',
  10: 'bt2020c',
  14: 'ictcp',
}
const primaries: Readonly<Record<number, string>> = {
  1: 'bt709',
  4: 'bt470m',
  5: 'bt470bg',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'film',
  9: 'bt2020',
  10: 'smpte428',
  11: 'smpte431',
  12: 'smpte432',
  22: 'jedec-p22',
}
const transfers: Readonly<Record<number, string>> = {
  1: 'bt709',
  4: 'gamma22',
  5: 'gamma28',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'linear',
  11: 'iec61966-2-4',
  13: 'iec61966-2-1',
  14: 'bt709',
  15: 'bt709',
  16: 'pq',
  18: 'hlg',
}

/** What a container or a bitstream says in numbers; `null` where it is silent. */
export interface ColourCodes {
  readonly matrix: number | null
  readonly primaries: number | null
  readonly transfer: number | null
  readonly fullRange: boolean | null
}

const nameOf = (names: Readonly<Record<number, string>>, code: number | null): string | null =>
  code === null ? null : (names[code] ?? null)

export const colourTags = (codes: ColourCodes): ColourTags => ({
  matrix: nameOf(matrices, codes.matrix),
  primaries: nameOf(primaries, codes.primaries),
  transfer: nameOf(transfers, codes.transfer),
  fullRange: codes.fullRange,
})

/** Field by field, what the first says, else the second, and so on. */
export function firstTold(...all: readonly ColourTags[]): ColourTags {
  const firstTag = <K extends keyof ColourTags>(key: K): ColourTags[K] => all.find((tags) => tags[key] != null)?.[key]
  return {
    matrix: firstTag('matrix'),
    primaries: firstTag('primaries'),
    transfer: firstTag('transfer'),
    fullRange: firstTag('fullRange'),
  }
}
