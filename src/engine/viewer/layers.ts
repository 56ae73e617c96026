/** What a viewport shows of the pictures: which of them lies where, in which order they are drawn. */
import type { GpuPicture } from '../../gpu/types.ts'
import type { CompareLayout, OverlayLook, Viewport } from '../door/api.ts'
import type { Mode } from './viewer-shaders.ts'
import type { Extent } from './visible-pictures.ts'

/** Pictures that can be compared at once. */
export const maxPictures = 4

const alone: CompareLayout = { mode: 'single', show: 0 }

/** Which pictures a comparison is made of. */
const comparedBy = (layout: CompareLayout): readonly number[] =>
  layout.mode === 'difference'
    ? [...(layout.of ?? [0, 1]), ...(layout.beyond === undefined ? [] : [layout.beyond])]
    : [0, 1]

/** A comparison needs what it compares: without B it shows A. */
function possible(layout: CompareLayout, pictures: Pictures): CompareLayout {
  if (layout.mode === 'single') return pictures[layout.show] ? layout : alone
  return comparedBy(layout).every((which) => pictures[which]) ? layout : alone
}

export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** One drawing: of a picture, of two or three against each other, or of none but `colour`. Rectangles in canvas pixels. */
export interface Layer {
  readonly within: Rectangle
  readonly pictures: readonly GpuPicture[]
  /** Of whose middle the viewport's centre is the place. */
  readonly field?: Rectangle
  readonly mode?: Mode
  readonly amount?: number
  /** Of an overlay. */
  readonly gain?: number
  readonly tint?: readonly [number, number, number]
  readonly dimmed?: boolean
  readonly colour?: readonly [number, number, number]
}

/** The pixels whose middles lie between two lines: exactly those that belong to neither neighbour. */
export const firstPixel = (line: number): number => Math.ceil(line - 0.5)

const overlap = (a: Rectangle, b: Rectangle): Rectangle => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
})

/** Where a picture, or the part of it that is there, lies in a field. */
function placeOf(picture: GpuPicture, field: Rectangle, { zoom, centre }: Viewport, extent: Extent): Rectangle {
  const { width, height } = picture.desc
  const { x, y, width: across, height: down } = picture.part
  const at = (middle: number, place: number, size: number, whole: number, about: number) =>
    middle + ((place / size) * whole - about) * zoom
  const middle = { x: (field.left + field.right) / 2, y: (field.top + field.bottom) / 2 }
  return {
    left: at(middle.x, x, width, extent.width, centre.x),
    top: at(middle.y, y, height, extent.height, centre.y),
    right: at(middle.x, x + across, width, extent.width, centre.x),
    bottom: at(middle.y, y + down, height, extent.height, centre.y),
  }
}

/** Where the fields of a row or column meet. */
const lines = (count: number, size: number): number[] => Array.from({ length: count - 1 }, (_, n) => (n + 1) * size)

export type Pictures = readonly (GpuPicture | null)[]

/** sRGB. */
const tints = {
  red: [1, 0.1, 0.15],
  green: [0.1, 0.9, 0.3],
  blue: [0.15, 0.45, 1],
  white: [1, 1, 1],
} as const satisfies Record<Exclude<OverlayLook['tint'], 'heat'>, readonly [number, number, number]>

/** How A is drawn with a map over it, or in its place. */
function overlaid(picture: GpuPicture, map: GpuPicture, { tint, opacity, gain, alone }: OverlayLook): Partial<Layer> {
  const pictures = alone ? [map] : [picture, map]
  const how = { pictures, amount: opacity, gain }
  if (tint === 'heat') return { ...how, mode: alone ? 'heat map' : 'heated' }
  return { ...how, mode: alone ? 'tint map' : 'tinted', tint: tints[tint] }
}

/**
 * What a viewport shows, in the order in which it is drawn.
 * @param overlay what lies over A where the viewport says how
 */
export function layersOf(
  viewport: Viewport,
  pictures: Pictures,
  ground: Pictures,
  extent: Extent,
  overlay: GpuPicture | null = null,
): Layer[] {
  const { width, height, background } = viewport
  const canvas = { left: 0, top: 0, right: width, bottom: height }
  const layout = possible(viewport.layout ?? alone, pictures)
  /** Picture `which`, dimmed where it is not there but its ground is. */
  const one = (which: number, field: Rectangle, within: Rectangle, also?: Partial<Layer>): Layer[] => {
    const [a] = pictures
    const over = a && overlay && viewport.overlay && which === 0 ? overlaid(a, overlay, viewport.overlay) : {}
    return [
      { picture: ground[which], dimmed: true },
      { picture: pictures[which], ...(also ?? over) },
    ].flatMap(({ picture, ...layer }) =>
      picture
        ? [{ pictures: [picture], field, within: overlap(within, placeOf(picture, field, viewport, extent)), ...layer }]
        : [],
    )
  }
  switch (layout.mode) {
    case 'single':
      return one(layout.show, canvas, canvas)
    case 'difference': {
      const all = comparedBy(layout).flatMap((which) => pictures[which] ?? [])
      return one(0, canvas, canvas, { pictures: all, mode: layout.tone, amount: layout.gain })
    }
    case 'onion': {
      const both = pictures.slice(0, 2).flatMap((picture) => picture ?? [])
      return one(0, canvas, canvas, { pictures: both, mode: 'onion', amount: layout.mix })
    }
    case 'wipe': {
      const line = layout.position * width
      return [
        ...one(0, canvas, { ...canvas, right: line }),
        ...one(1, canvas, { ...canvas, left: line }),
        { pictures: [], within: { ...canvas, left: line - 1, right: line + 1 }, colour: [1, 1, 1] },
      ]
    }
    case 'side': {
      const there = pictures.slice(0, maxPictures)
      const count = there.findLastIndex((picture) => picture) + 1
      const columns = Math.max(2, Math.min(layout.columns ?? 2, count))
      const rows = Math.max(1, Math.ceil(count / columns))
      const [across, down] = [width / columns, height / rows]
      const [r, g, b] = background
      const colour = [r * 0.5 + 0.25, g * 0.5 + 0.25, b * 0.5 + 0.25] as const
      return [
        ...there.flatMap((_, which) => {
          const [left, top] = [(which % columns) * across, Math.floor(which / columns) * down]
          const field = { left, top, right: left + across, bottom: top + down }
          return one(which, field, field)
        }),
        ...lines(columns, across).map((left) => ({
          pictures: [],
          within: { ...canvas, left, right: left + 1 },
          colour,
        })),
        ...lines(rows, down).map((top) => ({ pictures: [], within: { ...canvas, top, bottom: top + 1 }, colour })),
      ]
    }
  }
}
