/** What is known of the display on which HDR was made, as Matroska and WebM hold it in their header (RFC 9559, 5.1.4.1.28.30 on). */
import type { MasteringFacts } from '../../graph/node/facts.ts'

/** An element as mediabunny's muxer is given it: bytes, a whole number, or elements. */
export interface EbmlElement {
  readonly id: number
  readonly data: Uint8Array<ArrayBuffer> | number | readonly EbmlElement[]
}

const id = {
  maxCll: 0x55bc,
  maxFall: 0x55bd,
  mastering: 0x55d0,
  redX: 0x55d1,
  redY: 0x55d2,
  greenX: 0x55d3,
  greenY: 0x55d4,
  blueX: 0x55d5,
  blueY: 0x55d6,
  whiteX: 0x55d7,
  whiteY: 0x55d8,
  luminanceMax: 0x55d9,
  luminanceMin: 0x55da,
} as const

function float(which: number, value: number): EbmlElement {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value)
  return { id: which, data: bytes }
}

/** To be laid into the element Colour of a picture's track; luminances in cd/m², chromaticities by CIE 1931. */
export function masteringElements({ display, light }: MasteringFacts): readonly EbmlElement[] {
  return [
    ...(light
      ? [
          { id: id.maxCll, data: Math.round(light.max) },
          { id: id.maxFall, data: Math.round(light.average) },
        ]
      : []),
    ...(display
      ? [
          {
            id: id.mastering,
            data: [
              float(id.redX, display.red[0]),
              float(id.redY, display.red[1]),
              float(id.greenX, display.green[0]),
              float(id.greenY, display.green[1]),
              float(id.blueX, display.blue[0]),
              float(id.blueY, display.blue[1]),
              float(id.whiteX, display.white[0]),
              float(id.whiteY, display.white[1]),
              float(id.luminanceMax, display.max),
              float(id.luminanceMin, display.min),
            ],
          },
        ]
      : []),
  ]
}
