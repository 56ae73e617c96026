/** What is told of a setting that a wired number sets. */
import type { DriveState } from '../open-level.ts'
import { text } from '../text/text.ts'
import { heldIn, type NumberParam, written } from './number-value.ts'

const words = text.inspector.driven

/** What is to be said of the number wired to a setting, beside what the setting is. */
export function drivenNote(param: NumberParam, { wiredValue, isSound }: DriveState): string | null {
  if (!isSound) return words.failing
  if (wiredValue === undefined) return words.unseen
  const heldNumber = heldIn(param, wiredValue)
  return heldNumber === wiredValue ? null : words.clamped(written(param, wiredValue), written(param, heldNumber))
}
