/** Numbers that a person set at some frames, and what lies between them. */
/** How the number goes on from a key: it stays until the next, goes straight to it, or bends into both. */
export const interpolations = ['hold', 'linear', 'smooth'] as const
export type Interpolation = (typeof interpolations)[number]

/** Keys that a curve may have: one for each shot of a long film. */
export const maxKeys = 4096

/** `frame`: index of the clock's frame. */
export interface Keyframe {
  readonly frame: number
  readonly value: number
  /** From this key to the next. */
  readonly next: Interpolation
}

/** Beyond it a number is none on the GPU, whose numbers are 32 bits long, and between two keys of a curve it would become infinite. */
export const isKeyValue = (value: number): boolean => Number.isFinite(Math.fround(value))

/**
 * What of something out of a file keeps it from being a key (a whole frame from 0, a possible value, a way to go on, and nothing else), as
 * what it is and what it must be; `undefined`: nothing.
 */
export function keyFault(
  key: unknown,
): { readonly what: string; readonly must: string; readonly is: unknown } | undefined {
  const fields = ['frame', 'value', 'next'] as const
  if (typeof key !== 'object' || key === null)
    return { what: '', must: 'have a "frame", a "value" and a "next"', is: key }
  const { frame, value, next } = key as Partial<Record<(typeof fields)[number], unknown>>
  if (!Number.isSafeInteger(frame) || Number(frame) < 0)
    return { what: 'frame', must: 'be a whole number from 0', is: frame }
  if (typeof value !== 'number' || !isKeyValue(value))
    return { what: 'value', must: 'be a number from -3.4e38 to 3.4e38', is: value }
  if (!(interpolations as readonly unknown[]).includes(next))
    return { what: 'next', must: `be one of ${interpolations.join(', ')}`, is: next }
  const names = Object.keys(key)
  return names.length === fields.length
    ? undefined
    : { what: '', must: 'have a "frame", a "value" and a "next" alone', is: names }
}

export const isKeyframe = (value: unknown): value is Keyframe => keyFault(value) === undefined

/** Ascending by frame, one key a frame: of two the later in the list counts. */
export const inOrderOfFrames = (keys: readonly Keyframe[]): readonly Keyframe[] =>
  [...new Map(keys.map((key) => [key.frame, key])).values()].sort((a, b) => a.frame - b.frame)

/** Slope at `keys[at]` in value per frame: that of its neighbours, none at an end or where the curve turns. */
function slopeAt(keys: readonly Keyframe[], at: number): number {
  const [before, key, after] = [keys[at - 1], keys[at]!, keys[at + 1]]
  if (!before || !after) return 0
  const [left, right] = [
    (key.value - before.value) / (key.frame - before.frame),
    (after.value - key.value) / (after.frame - key.frame),
  ]
  // The harmonic mean keeps the curve between its keys (Fritsch and Butland 1984).
  return left * right <= 0 ? 0 : (2 * left * right) / (left + right)
}

/**
 * The number at `frame`; before the first key its value, behind the last that one's. `keys` are ascending by frame.
 * `smooth` is a cubic Hermite spline that stays between its keys.
 */
export function numberAt(keys: readonly Keyframe[], frame: number): number | undefined {
  const [first, last] = [keys[0], keys.at(-1)]
  if (!first || !last) return undefined
  if (frame <= first.frame) return first.value
  if (frame >= last.frame) return last.value
  let [low, high] = [0, keys.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (keys[middle]!.frame <= frame) low = middle
    else high = middle
  }
  const [from, to] = [keys[low]!, keys[high]!]
  if (from.next === 'hold') return from.value
  const length = to.frame - from.frame
  const t = (frame - from.frame) / length
  if (from.next === 'linear') return from.value + (to.value - from.value) * t
  const [t2, t3] = [t * t, t * t * t]
  return (
    (2 * t3 - 3 * t2 + 1) * from.value +
    (t3 - 2 * t2 + t) * length * slopeAt(keys, low) +
    (3 * t2 - 2 * t3) * to.value +
    (t3 - t2) * length * slopeAt(keys, high)
  )
}
