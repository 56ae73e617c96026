/**
 * Colour profiles (ICC.1:2022) of three primaries and a curve each, or of one curve for grey, as cameras, displays and working
 * spaces have them: to sRGB by way of the profile's own XYZ under D50. Profiles of tables, as of printers, are not read.
 */

/** Samples of one pixel in [0,1], in place. */
export type ToSrgb = (pixel: Float64Array) => void

type Curve = (value: number) => number

const latin = new TextDecoder('latin1')

/** Linear R, G, B of sRGB from XYZ under D50: the inverse of the colorants in the sRGB profile of the ICC. */
const fromXyz = [
  [3.1341359569958707, -1.6173863321612538, -0.4906619460083532],
  [-0.978795502912089, 1.916254567259524, 0.03344273116131949],
  [0.07195537988411677, -0.2289768264158322, 1.405386058324125],
] as const

/** IEC 61966-2-1. */
const encoded = (linear: number): number => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055)
const clipped = (value: number): number => Math.min(1, Math.max(0, value))

/** @returns `null` where it is of tables, of other colours, or damaged. */
export function profileToSrgb(profile: Uint8Array): ToSrgb | null {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength)
  const name = (at: number): string => latin.decode(profile.subarray(at, at + 4))
  const fixed = (at: number): number => view.getInt32(at) / 65536
  try {
    const tags = new Map<string, number>()
    for (let i = 0, count = view.getUint32(128); i < count; i++)
      tags.set(name(132 + 12 * i), view.getUint32(136 + 12 * i))
    const curve = (tag: string): Curve => curveAt(view, name, tags.get(tag) ?? Number.NaN)
    if (name(16) === 'GRAY') {
      const grey = curve('kTRC')
      return (pixel) => pixel.fill(encoded(clipped(grey(pixel[0] ?? 0))), 0, 3)
    }
    if (name(16) !== 'RGB ' || name(20) !== 'XYZ ') return null
    const colorants = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => {
      const at = tags.get(tag) ?? Number.NaN
      return [fixed(at + 8), fixed(at + 12), fixed(at + 16)] as const
    })
    const curves = ['rTRC', 'gTRC', 'bTRC'].map(curve)
    const matrix = fromXyz.map((row) =>
      colorants.map((xyz) => row.reduce((sum, weight, i) => sum + weight * (xyz[i] ?? 0), 0)),
    )
    return (pixel) => {
      const linear = curves.map((each, c) => each(pixel[c] ?? 0))
      for (const [c, row] of matrix.entries())
        pixel[c] = encoded(clipped(row.reduce((sum, weight, i) => sum + weight * (linear[i] ?? 0), 0)))
    }
  } catch (error) {
    // It points beyond its own end.
    if (error instanceof RangeError) return null
    throw error
  }
}

/** `curveType` and `parametricCurveType`, by a table of all values that 16 bits have. */
function curveAt(view: DataView, name: (at: number) => string, at: number): Curve {
  const exact = name(at) === 'para' ? parametric(view, at) : sampled(view, at)
  const table = Float64Array.from({ length: 65536 }, (_, i) => exact(i / 65535))
  return (value) => table[Math.round(clipped(value) * 65535)] ?? 0
}

function sampled(view: DataView, at: number): Curve {
  const count = view.getUint32(at + 8)
  if (count === 0) return (value) => value
  if (count === 1) {
    const gamma = view.getUint16(at + 12) / 256
    return (value) => value ** gamma
  }
  const points = Array.from({ length: count }, (_, i) => view.getUint16(at + 12 + 2 * i) / 65535)
  return (value) => {
    const place = value * (count - 1)
    const before = Math.min(count - 2, Math.floor(place))
    const [low = 0, high = 0] = [points[before], points[before + 1]]
    return low + (high - low) * (place - before)
  }
}

function parametric(view: DataView, at: number): Curve {
  const kind = view.getUint16(at + 8)
  const value = (i: number): number => view.getInt32(at + 12 + 4 * i) / 65536
  const [g, a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5, 6].map((i) => (i < ([1, 3, 4, 5, 7][kind] ?? 0) ? value(i) : 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  switch (kind) {
    case 0:
      return (x) => x ** g
    case 1:
      return (x) => (x >= -b / a ? (a * x + b) ** g : 0)
    case 2:
      return (x) => (x >= -b / a ? (a * x + b) ** g + c : c)
    case 3:
      return (x) => (x >= d ? (a * x + b) ** g : c * x)
    case 4:
      return (x) => (x >= d ? (a * x + b) ** g + e : c * x + f)
    default:
      throw new RangeError(`parametric curves of kind ${kind} are not known`)
  }
}
