/** Where the picture lies on the viewer's canvas: pure geometry, in device pixels and picture pixels. */
import type { CompareLayout, OverlayLook, Viewport } from '../../engine/door/api.ts'
import type { PredictedPart, ViewerSettings } from '../store/viewer-settings.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** `fit` follows the panel's size; a manual zoom stays as it is. */
export type Zoom =
  | { readonly mode: 'fit' }
  | { readonly mode: 'manual'; readonly scale: number; readonly centre: Point }

export const zoomLimits = { min: 1 / 32, max: 32 } as const

const clampScale = (scale: number): number => Math.min(zoomLimits.max, Math.max(zoomLimits.min, scale))

/** The largest zoom that shows everything, with a margin in device pixels around it. */
export function fitScale(canvas: Size, picture: Size, margin: number): number {
  const scale = Math.min((canvas.width - 2 * margin) / picture.width, (canvas.height - 2 * margin) / picture.height)
  return clampScale(Math.max(scale, zoomLimits.min))
}

/** Scale (device pixels per picture pixel) and centre (picture pixels) that a zoom amounts to here. */
export function resolve(zoom: Zoom, canvas: Size, picture: Size, margin: number): { scale: number; centre: Point } {
  if (zoom.mode === 'manual') return zoom
  return {
    scale: fitScale(canvas, picture, margin),
    centre: { x: picture.width / 2, y: picture.height / 2 },
  }
}

/** Zooms by `factor` so that the picture point under `at` (device pixels from the canvas' corner) stays there. */
export function zoomAbout(
  now: { scale: number; centre: Point },
  canvas: Size,
  at: Point,
  factor: number,
): Zoom & { mode: 'manual' } {
  const scale = clampScale(now.scale * factor)
  const dx = at.x - canvas.width / 2
  const dy = at.y - canvas.height / 2
  return {
    mode: 'manual',
    scale,
    centre: {
      x: now.centre.x + dx / now.scale - dx / scale,
      y: now.centre.y + dy / now.scale - dy / scale,
    },
  }
}

/** Moves by device pixels; the picture's centre of view never leaves the picture. */
export function panBy(
  now: { scale: number; centre: Point },
  picture: Size,
  dx: number,
  dy: number,
): Zoom & { mode: 'manual' } {
  const clamp = (value: number, max: number) => Math.min(max, Math.max(0, value))
  return {
    mode: 'manual',
    scale: now.scale,
    centre: {
      x: clamp(now.centre.x - dx / now.scale, picture.width),
      y: clamp(now.centre.y - dy / now.scale, picture.height),
    },
  }
}

/** A look at a place of the picture: in the middle of the field, or as near to it as shows nothing beside the picture. */
export function lookAt(place: Point, scale: number, field: Size, picture: Size): Zoom & { mode: 'manual' } {
  const along = (at: number, visible: number, whole: number) =>
    visible >= whole ? whole / 2 : Math.min(whole - visible / 2, Math.max(visible / 2, at))
  return {
    mode: 'manual',
    scale,
    centre: {
      x: along(place.x, field.width / scale, picture.width),
      y: along(place.y, field.height / scale, picture.height),
    },
  }
}

export function viewport(
  zoom: { scale: number; centre: Point },
  canvas: Size,
  background: readonly [number, number, number],
  layout: CompareLayout,
  pixelGrid: boolean,
  overlay: OverlayLook | null,
): Viewport {
  const { width, height } = canvas
  const place = { width, height, zoom: zoom.scale, centre: zoom.centre, background }
  return { ...place, layout, pixelGrid, ...(overlay && { overlay }) }
}

/**
 * Which pictures a part of what is predicted lies between. Of the pictures, the second is the plain upscale, and the third and
 * fourth are the view and the plain upscale as the source could tell them. That a plain upscale, shrunk again, is not quite its
 * source is nobody's prediction: what the source denies is told beyond it.
 */
const between = { contradiction: { of: [2, 1], beyond: 3 }, invention: { of: [0, 2] } } as const

/**
 * @param count pictures there are to show, A among them
 * @param inOneRow side by side, all stand beside each other
 */
export function layoutOf(
  viewerSettings: Pick<ViewerSettings, 'mode' | 'position' | 'gain' | 'tone' | 'mix' | 'flicker'> & {
    /** Of what is predicted, where a part of it is shown. */
    readonly part?: PredictedPart
  },
  count: number,
  inOneRow = false,
): CompareLayout {
  const { mode, position, gain, tone, mix, part = 'all' } = viewerSettings
  if (count < 2) return { mode: 'single', show: 0 }
  if (viewerSettings.flicker) return { mode: 'single', show: 1 }
  switch (mode) {
    case 'single':
      return { mode, show: 0 }
    case 'wipe':
      return { mode, position }
    case 'side':
      return inOneRow ? { mode, columns: count } : { mode }
    case 'difference':
      return { mode, gain, tone, ...(part !== 'all' && between[part]) }
    case 'onion':
      return { mode, mix }
  }
}

/** How many fields there are across and down. */
export function gridOf(layout: CompareLayout, count: number): { readonly columns: number; readonly rows: number } {
  if (layout.mode !== 'side') return { columns: 1, rows: 1 }
  const columns = layout.columns ?? 2
  return { columns, rows: Math.ceil(count / columns) }
}

/** The part of the canvas that each picture has: all of it, or side by side a field of its own. */
export function fieldOf(canvas: Size, layout: CompareLayout, count: number): Size {
  const { columns, rows } = gridOf(layout, count)
  return { width: canvas.width / columns, height: canvas.height / rows }
}

/** A point of the canvas within the field it falls into. */
export const inField = (at: Point, field: Size): Point => ({
  x: at.x - Math.floor(at.x / field.width) * field.width,
  y: at.y - Math.floor(at.y / field.height) * field.height,
})

/** The picture pixel under a point of the field; may lie outside the picture. */
export const pixelAt = (at: Point, field: Size, now: { scale: number; centre: Point }): Point => ({
  x: Math.floor(now.centre.x + (at.x - field.width / 2) / now.scale),
  y: Math.floor(now.centre.y + (at.y - field.height / 2) / now.scale),
})
