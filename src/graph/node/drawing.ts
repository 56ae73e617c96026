/** What a person painted on a picture by hand: strokes of a brush and filled areas, kept in the graph. */
export const strokeTools = ['brush', 'area'] as const
export type StrokeTool = (typeof strokeTools)[number]

/** In the order in which they were made; a later one lies over those before. */
export interface Stroke {
  /** `brush`: a line as wide as the brush along the points; `area`: what the points enclose (even-odd). */
  readonly tool: StrokeTool
  /** Takes away instead of adding. */
  readonly erase: boolean
  /** Of the brush, as a share of the picture's height. */
  readonly radius: number
  /** x, y, x, y…, as shares of the picture's width and height. */
  readonly points: readonly number[]
}

export interface Drawing {
  /** Pixels of the picture it was painted on: it fits any other of the same shape. */
  readonly width: number
  readonly height: number
  readonly strokes: readonly Stroke[]
}

/** What a drawing may hold at most, so that a graph stays a file that can be mailed. */
export const maxStrokes = 256
export const maxPoints = 8192

/** How far two shapes of a picture may lie apart, as ratios of width to height, and count as one. */
const sameShape = 0.02

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** A stroke may go out of the picture, but not to nowhere. */
const isPlace = (value: unknown): value is number => isNumber(value) && Math.abs(value) <= 4

function isStroke(value: unknown): value is Stroke {
  if (!isObject(value) || Object.keys(value).length !== 4) return false
  const { tool, erase, radius, points } = value
  return (
    (strokeTools as readonly unknown[]).includes(tool) &&
    typeof erase === 'boolean' &&
    isNumber(radius) &&
    radius > 0 &&
    radius <= 1 &&
    Array.isArray(points) &&
    points.length >= 2 &&
    points.length % 2 === 0 &&
    points.every(isPlace)
  )
}

/** Why something out of a file is no drawing: the end of a sentence that begins with its name; `undefined` where it is one. */
export function drawingFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be what was painted, or null'
  const { width, height, strokes } = value
  if (![width, height].every((side) => Number.isInteger(side) && Number(side) > 0))
    return 'must have the "width" and "height" in pixels of the picture it was painted on'
  if (!Array.isArray(strokes)) return 'must have a list of "strokes"'
  if (strokes.length > maxStrokes) return `may have at most ${maxStrokes} strokes, but has ${strokes.length}`
  const wrong = strokes.findIndex((stroke) => !isStroke(stroke))
  if (wrong >= 0)
    return `has a stroke that cannot be drawn, number ${wrong + 1}: it needs a "tool" (${strokeTools.join(', ')}), "erase", a "radius" up to 1 and "points"`
  const points = pointsOf(strokes)
  return points > maxPoints ? `may have at most ${maxPoints} points, but has ${points}` : undefined
}

export const pointsOf = (strokes: readonly Stroke[]): number =>
  strokes.reduce((sum, { points }) => sum + points.length / 2, 0)

/** Whether a drawing lies on a picture of these sides as it lay on the one it was painted on. */
export const fits = (drawing: Drawing, picture: { readonly width: number; readonly height: number }): boolean =>
  Math.abs((drawing.width * picture.height) / (drawing.height * picture.width) - 1) <= sameShape
