/** From one set of primaries to BT.709's, in linear light. */

type Place = readonly [number, number]
type Row = readonly [number, number, number]
type Matrix = readonly [Row, Row, Row]

const d65: Place = [0.3127, 0.329]

/** Chromaticities of red, green, blue and white: ITU-T H.273, table 2. */
const chromaticities: Readonly<Record<string, readonly [Place, Place, Place, Place]>> = {
  bt709: [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], d65],
  bt2020: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], d65],
  // DCI-P3 with its own white, and Display P3.
  smpte431: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
    [0.314, 0.351],
  ],
  smpte432: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], d65],
}

/** Whether pictures of these primaries are converted; others stay as they are. */
export const isConverted = (primaries: string): boolean => primaries !== 'bt709' && primaries in chromaticities

const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    [0, 1, 2].map((column) => row.reduce((sum, value, k) => sum + value * (b[k]?.[column] ?? 0), 0)),
  ) as unknown as Matrix

const times = (m: Matrix, v: Row): Row =>
  m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Row

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  return [
    [(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
    [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
    [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det],
  ]
}

const xyzOf = ([x, y]: Place): Row => [x / y, 1, (1 - x - y) / y]
const columns = (a: Row, b: Row, c: Row): Matrix => [
  [a[0], b[0], c[0]],
  [a[1], b[1], c[1]],
  [a[2], b[2], c[2]],
]

/** SMPTE RP 177: R'G'B' = (1, 1, 1) is white. */
function toXyz([red, green, blue, white]: readonly [Place, Place, Place, Place]): Matrix {
  const primaries = columns(xyzOf(red), xyzOf(green), xyzOf(blue))
  const [r, g, b] = times(inverse(primaries), xyzOf(white))
  return multiply(primaries, [
    [r, 0, 0],
    [0, g, 0],
    [0, 0, b],
  ])
}

const bradford: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]

/** What is white under one light looks white under D65. */
function toD65(white: Place): Matrix {
  const from = times(bradford, xyzOf(white))
  const to = times(bradford, xyzOf(d65))
  const scale: Matrix = [
    [to[0] / from[0], 0, 0],
    [0, to[1] / from[1], 0],
    [0, 0, to[2] / from[2]],
  ]
  return multiply(inverse(bradford), multiply(scale, bradford))
}

/** Linear R, G, B of `primaries` to those of BT.709, column by column as WGSL takes it; unity where they are not known. */
export function toBt709Primaries(primaries: string): readonly number[] {
  const places = isConverted(primaries) ? chromaticities[primaries] : undefined
  const target = chromaticities.bt709
  if (!places || !target) return [1, 0, 0, 0, 1, 0, 0, 0, 1]
  const m = multiply(inverse(toXyz(target)), multiply(toD65(places[3]), toXyz(places)))
  return [0, 1, 2].flatMap((column) => m.map((row) => row[column] ?? 0))
}
