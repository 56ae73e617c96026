/** Changes of a curve's keys, each giving the keys in the order of their frames. */
import { inOrderOfFrames, type Keyframe, numberAt } from './keyframes.ts'

/** With a key at `frame`, on the curve as it is: the curve stays as it was but for how it bends. */
export function withKeyAt(keys: readonly Keyframe[], frame: number, otherwise: number): readonly Keyframe[] {
  const orderedKeys = inOrderOfFrames(keys)
  if (orderedKeys.some((key) => key.frame === frame)) return orderedKeys
  const before = orderedKeys.findLast((key) => key.frame < frame)
  const value = numberAt(orderedKeys, frame) ?? otherwise
  return inOrderOfFrames([...orderedKeys, { frame, value, next: before?.next ?? 'linear' }])
}

/** With `change` made to the key at `frame`; moved onto another key, it takes that one's place. */
export function withKeyChanged(
  keys: readonly Keyframe[],
  frame: number,
  change: Partial<Keyframe>,
): readonly Keyframe[] {
  const existing = keys.find((key) => key.frame === frame)
  if (!existing) return inOrderOfFrames(keys)
  return inOrderOfFrames([...keys.filter((key) => key !== existing), { ...existing, ...change }])
}

export const withoutKeyAt = (keys: readonly Keyframe[], frame: number): readonly Keyframe[] =>
  inOrderOfFrames(keys.filter((key) => key.frame !== frame))

/** With a key at each of `frames`, the curve standing still from each until the next: a value of its own for every shot. */
export function withHoldsAt(keys: readonly Keyframe[], frames: readonly number[]): readonly Keyframe[] {
  const holds = frames.map(
    (frame) => ({ frame, value: numberAt(inOrderOfFrames(keys), frame) ?? 1, next: 'hold' }) as const,
  )
  const all = inOrderOfFrames([...keys, ...holds])
  const cuts = new Set(frames)
  return all.map((key, i) => (cuts.has(all[i + 1]?.frame ?? Number.NaN) ? { ...key, next: 'hold' } : key))
}
