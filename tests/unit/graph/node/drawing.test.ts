/** What was painted, as a file has it: what is taken, and what is said of what is not. */
import { describe, expect, test } from 'vitest'
import { type Drawing, drawingFault, fits, maxPoints, maxStrokes } from '../../../../src/graph/node/drawing.ts'
import { param } from '../../../../src/graph/node/params.ts'
import { checkParam } from '../../../../src/graph/node/values.ts'

const stroke = { tool: 'brush', erase: false, radius: 0.05, points: [0.1, 0.2, 0.3, 0.4] } as const
const drawing = (strokes: readonly unknown[]) => ({ width: 640, height: 360, strokes })

describe('a painting', () => {
  test('is taken with whatever strokes a hand can make, or with none', () => {
    expect(drawingFault(drawing([]))).toBeUndefined()
    expect(drawingFault(drawing([stroke, { ...stroke, tool: 'area', erase: true, points: [0, 0] }]))).toBeUndefined()
    expect(checkParam(param.drawing('Painting'), null)).toBeUndefined()
  })

  test.each([
    ['a text', 'x', 'must be what was painted, or null'],
    ['no size', { strokes: [] }, 'must have the "width" and "height" in pixels of the picture it was painted on'],
    ['no strokes', { width: 1, height: 1 }, 'must have a list of "strokes"'],
    [
      'an odd number of coordinates',
      drawing([{ ...stroke, points: [0.1, 0.2, 0.3] }]),
      'has a stroke that cannot be drawn, number 1',
    ],
    [
      'a point that is no number',
      drawing([stroke, { ...stroke, points: [0, Number.NaN] }]),
      'has a stroke that cannot be drawn, number 2',
    ],
    ['a point far away', drawing([{ ...stroke, points: [1e9, 0] }]), 'has a stroke that cannot be drawn, number 1'],
    ['a brush as wide as nothing', drawing([{ ...stroke, radius: 0 }]), 'has a stroke that cannot be drawn, number 1'],
    ['a tool that nobody has', drawing([{ ...stroke, tool: 'knife' }]), 'has a stroke that cannot be drawn, number 1'],
    ['too many strokes', drawing(Array(maxStrokes + 1).fill(stroke)), 'may have at most 256 strokes, but has 257'],
    [
      'too many points',
      drawing([{ ...stroke, points: Array(2 * maxPoints + 2).fill(0.5) }]),
      'may have at most 8192 points, but has 8193',
    ],
  ])('with %s is refused, and why is said', (_, value, fault) => {
    expect(drawingFault(value)).toContain(fault)
    expect(checkParam(param.drawing('Painting'), value)).toContain(`Painting ${fault}`)
  })

  test('fits pictures of the same shape, of whatever size', () => {
    const painted = drawing([]) as Drawing
    expect(fits(painted, { width: 1920, height: 1080 })).toBe(true)
    expect(fits(painted, { width: 854, height: 480 })).toBe(true)
    expect(fits(painted, { width: 720, height: 576 })).toBe(false)
  })
})
