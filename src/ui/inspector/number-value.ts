/** How a number of a parameter is stepped, rounded, written and dragged. */
import type { FloatParam, IntParam } from '../../graph/node/params.ts'

export type NumberParam = FloatParam | IntParam

export const stepOf = (param: NumberParam): number => (param.kind === 'int' ? 1 : param.step)

/** As many decimals as the step needs, so that 0.30000000000000004 reads 0.3. */
const decimals = (param: NumberParam): number => {
  if (param.kind === 'int') return 0
  return Math.min(6, Math.max(0, -Math.floor(Math.log10(param.step) + 1e-9)))
}

/** Within the range, and with no more decimals than a tenth of a step asks for. */
export const rounded = (param: NumberParam, value: number): number => {
  const heldValue = Math.min(param.max, Math.max(param.min, value))
  return Number(heldValue.toFixed(param.kind === 'int' ? 0 : Math.max(decimals(param) + 1, 4)))
}

/** Where the range of a param holds a number that drives it. */
export const heldIn = (param: NumberParam, wiredNumber: number): number =>
  Math.min(param.max, Math.max(param.min, wiredNumber))

export const written = (param: NumberParam, value: number): string =>
  param.kind === 'int' ? String(Math.round(value)) : String(Number(value.toFixed(Math.max(decimals(param), 4))))

/** What of the range a hand crosses: the usual part of it, as far as the value lies there. */
export const spanOf = (param: NumberParam, value = param.default): { readonly min: number; readonly max: number } => {
  const [min, max] = (param.kind === 'float' && param.usual) || [param.min, param.max]
  return { min: Math.min(min, value), max: Math.max(max, value) }
}

/** A slider over thousands of values says nothing; such a number is typed, or dragged by itself. */
export const slides = (param: NumberParam, span = spanOf(param)): boolean =>
  (span.max - span.min) / stepOf(param) <= 2000

/** How much slower a number follows the hand while Shift is held. */
const fineness = 10

/** CSS pixels by which the hand crosses the whole range of a number that has a slider. */
const rangeWidth = 240

/**
 * What a number becomes that the hand drags sideways: in whole steps, or in tenths of a step while it is dragged finely.
 * @param from its value, exact, when the hand was `dx` pixels further left
 */
export function draggedBy(param: NumberParam, from: number, dx: number, fine: boolean): number {
  const span = spanOf(param)
  const perPixel = slides(param) ? (span.max - span.min) / rangeWidth : stepOf(param)
  const next = from + (dx * perPixel) / (fine ? fineness : 1)
  return Math.min(param.max, Math.max(param.min, next))
}

/** What stands in the document of a number that is being dragged: in whole steps, or finer where that was asked for. */
export function inSteps(param: NumberParam, value: number, fine: boolean): number {
  const step = fine && param.kind === 'float' ? param.step / fineness : stepOf(param)
  return rounded(param, param.min + Math.round((value - param.min) / step) * step)
}

/** A hand on a slider: where it was, what the number was, when Shift was last pressed or let go. */
export interface SliderHand {
  readonly fine: boolean
  readonly at: number
  readonly value: number
}

/** The number for a hand that is at `at` now; at the press (`null`) the slider goes to the hand. */
export const slidTo = (hand: SliderHand | null, at: number): number =>
  hand === null ? at : hand.value + (at - hand.at) / (hand.fine ? fineness : 1)
