/** Numbers of parameters under the hand: dragged coarsely and finely, stepped, written. */
import { expect, test } from 'vitest'
import { definitions } from '../../../../src/nodes/registry.ts'
import {
  draggedBy,
  inSteps,
  type NumberParam,
  rounded,
  slides,
  slidTo,
  spanOf,
  stepOf,
  written,
} from '../../../../src/ui/inspector/number-value.ts'

const numbers = [...definitions.values()].flatMap(({ type, params }) =>
  Object.entries(params).flatMap(([name, param]): [string, NumberParam][] =>
    param.kind === 'float' || param.kind === 'int' ? [[`${type}.${name}`, param]] : [],
  ),
)

test.each(numbers)(
  '%s: a drag stays in the range and on the steps, and finely dragged moves a tenth as far',
  (_, param) => {
    for (const dx of [-5000, -37, -1, 1, 20, 5000]) {
      const coarse = inSteps(param, draggedBy(param, param.default, dx, false), false)
      expect(coarse).toBeGreaterThanOrEqual(param.min)
      expect(coarse).toBeLessThanOrEqual(param.max)
      const steps = (coarse - param.min) / stepOf(param)
      if (coarse !== param.max) expect(steps).toBeCloseTo(Math.round(steps), 3)
      const fine = inSteps(param, draggedBy(param, param.default, dx, true), true)
      expect(Math.abs(fine - param.default)).toBeLessThanOrEqual(Math.abs(coarse - param.default) + stepOf(param))
      if (param.kind === 'int') expect(Number.isInteger(fine)).toBe(true)
      expect(Number(written(param, fine))).toBeCloseTo(fine, 4)
    }
  },
)

test.each(numbers.filter(([, param]) => slides(param)))(
  '%s: the hand crosses the whole range within a panel',
  (_, param) => {
    const { min, max } = spanOf(param)
    expect(inSteps(param, draggedBy(param, min, 240, false), false)).toBe(rounded(param, max))
  },
)

test('a slider that is held with Shift goes on from where Shift was pressed', () => {
  expect(slidTo(null, 0.5)).toBe(0.5)
  expect(slidTo({ fine: true, at: 0.5, value: 0.5 }, 0.7)).toBeCloseTo(0.52)
  // Let go, it follows the hand again from there, and does not jump to it.
  expect(slidTo({ fine: false, at: 0.7, value: 0.52 }, 0.8)).toBeCloseTo(0.62)
})

test('small steps of a slow hand add up', () => {
  const param = numbers.find(([name]) => name === 'grain.amount')?.[1]
  if (!param) throw new Error('Grain has no amount.')
  let exact = param.default
  for (let n = 0; n < 240; n += 1) exact = draggedBy(param, exact, 0.1, true)
  expect(exact - param.default).toBeCloseTo((param.max - param.min) / 100, 6)
})
