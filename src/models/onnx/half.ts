/**
 * IEEE 754 binary16 to numbers and back, for weights that files keep in float16. The browsers' own Float16Array is
 * not in Node 20, where models are converted.
 */

const bits = new DataView(new ArrayBuffer(4))

/** All of binary16 is in here: 65,536 numbers, made when first asked for. */
let table: Float32Array | undefined

function decode(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

/** Every binary16 is exactly a float32. */
export function halvesToFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 65536 }, (_, half) => decode(half))
  const floats = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]!]!
  return floats
}

const nearestEven = (value: number): number => {
  const floor = Math.floor(value)
  const fraction = value - floor
  return fraction > 0.5 || (fraction === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** The nearest binary16, ties to even; beyond 65,519.99 infinity. `value` must be a float32. */
function encode(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (magnitude >= 65520) return sign | 0x7c00
  // Below 2^-14 numbers stand 2^-24 apart; a carry into the exponent is the next larger number, as it should be.
  if (magnitude < 2 ** -14) return sign | nearestEven(magnitude * 2 ** 24)
  bits.setFloat32(0, magnitude)
  const exponent = (bits.getUint32(0) >>> 23) - 127
  return sign | (((exponent + 14) << 10) + nearestEven(magnitude * 2 ** (10 - exponent)))
}

export function floatsToHalves(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(floats.length)
  for (let i = 0; i < floats.length; i++) halves[i] = encode(floats[i]!)
  return halves
}
