/**
 * Kinds of damage that files suffer on disks, in transfers and in recorders, each done to bytes, the same every time.
 * Places are parts of the file's length, so that every container meets them somewhere else.
 */

/** What is done to a file; `random` gives whole numbers below its argument. */
type Damage = (bytes: Uint8Array, random: (below: number) => number) => Uint8Array

const part = (bytes: Uint8Array, share: number): number => Math.floor(bytes.length * share)

const overwritten = (bytes: Uint8Array, from: number, length: number, value: () => number): Uint8Array => {
  const copy = bytes.slice()
  for (let at = from; at < Math.min(copy.length, from + length); at++) copy[at] = value()
  return copy
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const each of parts) {
    whole.set(each, at)
    at += each.length
  }
  return whole
}

/** Bytes of a damaged piece: of `most`, or less of a small file. */
const piece = (bytes: Uint8Array, maxLength: number): number => Math.min(maxLength, part(bytes, 1 / 20))

const noise = (length: number, random: (below: number) => number): Uint8Array =>
  Uint8Array.from({ length }, () => random(256))

export const damageKinds: Readonly<Record<string, Damage>> = {
  'last bytes missing': (bytes) => bytes.subarray(0, bytes.length - piece(bytes, 100)),
  'cut off at 90 %': (bytes) => bytes.subarray(0, part(bytes, 0.9)),
  'cut off at half': (bytes) => bytes.subarray(0, part(bytes, 0.5)),
  'last tenth zeroed': (bytes) => overwritten(bytes, part(bytes, 0.9), bytes.length, () => 0),
  'sector zeroed': (bytes) => overwritten(bytes, part(bytes, 0.55), piece(bytes, 4096), () => 0),
  'sector of noise': (bytes, random) => overwritten(bytes, part(bytes, 0.55), piece(bytes, 4096), () => random(256)),
  'bits flipped': (bytes, random) => {
    const copy = bytes.slice()
    for (let flips = 0; flips < 20; flips++) {
      const at = part(bytes, 0.2) + random(part(bytes, 0.75))
      copy[at] = (copy[at] ?? 0) ^ (1 << random(8))
    }
    return copy
  },
  'single bytes wrong': (bytes, random) => {
    const copy = bytes.slice()
    const step = Math.min(8192, part(bytes, 1 / 8))
    for (let at = step + random(step); at < copy.length; at += step) copy[at] = random(256)
    return copy
  },
  'piece missing': (bytes) =>
    joined(bytes.subarray(0, part(bytes, 0.4)), bytes.subarray(part(bytes, 0.4) + piece(bytes, 3000))),
  'piece inserted': (bytes, random) =>
    joined(bytes.subarray(0, part(bytes, 0.4)), noise(piece(bytes, 1500), random), bytes.subarray(part(bytes, 0.4))),
  'piece repeated': (bytes) =>
    joined(bytes.subarray(0, part(bytes, 0.6)), bytes.subarray(part(bytes, 0.6) - piece(bytes, 3000))),
  'begun in the middle': (bytes) => bytes.subarray(part(bytes, 0.37)),
  'first bytes zeroed': (bytes) => overwritten(bytes, 0, 64, () => 0),
}

/** `bytes` with damage of `kind`. @throws where there is no such kind. */
export function damaged(bytes: Uint8Array, kind: string): Uint8Array {
  const damage = damageKinds[kind]
  if (!damage) throw new Error(`There is no damage “${kind}”.`)
  // The linear congruential generator of Numerical Recipes, its upper bits.
  let state = 20_261_129
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return damage(bytes, random)
}
