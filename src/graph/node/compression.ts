/**
 * What a codec took of a medium's pictures, as far as its codec and its bits for each pixel tell. The rates of H.264, H.265, VP9 and
 * MPEG-2 were measured: where along Source damage the weights of the luma family come nearest to the original (PSNR), on clips of
 * 320 to 480 pixels coded at several ladders. Those of VP8, AV1, MPEG-4 Visual and stills are set beside them by how such codecs compare.
 */
import type { MediaFacts } from './facts.ts'
import type { CompressionDesc } from './ports.ts'

/** Bits a pixel at and above which nothing of note is lost, and at and below which blocks and ringing are plain. */
interface Rates {
  readonly clean: number
  readonly damaged: number
}

const h264: Rates = { clean: 0.25, damaged: 0.1 }
/** A still, or a picture of a stream that holds nothing but stills. */
const stills: Rates = { clean: 2, damaged: 0.8 }

/** By the codec's name for people. Others are not judged. */
const ratesByCodec: Readonly<Record<string, Rates>> = {
  'H.264': h264,
  'H.265': { clean: 0.15, damaged: 0.05 },
  VP9: { clean: 0.18, damaged: 0.07 },
  AV1: { clean: 0.14, damaged: 0.05 },
  VP8: { clean: 0.3, damaged: 0.12 },
  'MPEG-4 Visual': { clean: 1, damaged: 0.2 },
  'MPEG-2': { clean: 1.2, damaged: 0.25 },
  'MPEG-1': { clean: 1.2, damaged: 0.25 },
  'Motion JPEG': stills,
  JPEG: stills,
  JPG: stills,
}

/** Codecs that lose nothing, or nothing that one sees. */
const lossless: ReadonlySet<string> = new Set([
  ...['PNG', 'APNG', 'BMP', 'TIFF', 'TIF', 'EXR', 'X-EXR'],
  ...[
    'ProRes',
    'ffv1',
    'dnxhd',
    'huffyuv',
    'ffvhuff',
    'utvideo',
    'rawvideo',
    'v210',
    'v410',
    'qtrle',
    'cfhd',
    'lagarith',
  ],
])

/** `undefined` where codec and rate do not tell. */
export function compressionOf({
  codec,
  bitsPerPixel,
}: Pick<MediaFacts, 'codec' | 'bitsPerPixel'>): CompressionDesc | undefined {
  if (lossless.has(codec)) return { damage: 0, evidence: `${codec} keeps what matters` }
  const rates = ratesByCodec[codec]
  if (!rates || bitsPerPixel === undefined) return undefined
  // Each halving of the rate costs about as much.
  const share = Math.log(rates.clean / bitsPerPixel) / Math.log(rates.clean / rates.damaged)
  // In steps that a person can tell apart and set again by hand.
  const damage = Math.round(Math.min(1, Math.max(0, share)) * 20) / 20
  return { damage, evidence: `${bitsText(bitsPerPixel)} of ${codec}` }
}

const bitsText = (bits: number): string => {
  const text = bits < 0.095 ? bits.toPrecision(1) : bits < 9.5 ? bits.toPrecision(2) : bits.toFixed(0)
  return `${Number(text)} bits a pixel`
}
