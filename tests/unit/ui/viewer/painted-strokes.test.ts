/** From a hand over the picture to what the graph keeps. */
import { describe, expect, test } from 'vitest'
import { drawingFault, maxStrokes } from '../../../../src/graph/node/drawing.ts'
import { definitions } from '../../../../src/nodes/registry.ts'
import { boxValues, strokeOf, withPlace, withStroke } from '../../../../src/ui/viewer/painted-strokes.ts'

const picture = { width: 640, height: 360 }
const look = { tool: 'brush', erase: false, radius: 0.03 } as const

describe('a stroke', () => {
  test('is kept in shares of the picture, no finer than can be seen, and not from far outside', () => {
    const places = [
      { x: 64, y: 36 },
      { x: 1 / 3, y: -9999 },
    ]
    expect(strokeOf(places, picture, look)).toEqual({ ...look, points: [0.1, 0.1, 0.0005, -1] })
  })

  test('keeps no place that a resting hand gives again', () => {
    const first = withPlace([], { x: 5, y: 5 }, picture)
    expect(withPlace(first, { x: 5.2, y: 5.2 }, picture)).toBe(first)
    expect(withPlace(first, { x: 9, y: 5 }, picture)).toHaveLength(2)
  })

  test('comes after those before, on a picture of the same shape; on another, or on what was no painting, it is the first', () => {
    const stroke = strokeOf([{ x: 1, y: 1 }], picture, look)
    const one = withStroke(null, stroke, picture)!
    expect(one).toEqual({ ...picture, strokes: [stroke] })
    expect(withStroke(one, stroke, { width: 1280, height: 720 })).toEqual({ ...picture, strokes: [stroke, stroke] })
    expect(withStroke(one, stroke, { width: 720, height: 576 })!.strokes).toHaveLength(1)
    expect(withStroke('nonsense', stroke, picture)).toEqual(one)
    expect(drawingFault(one)).toBeUndefined()
  })

  test('is refused where there is no room for it', () => {
    const stroke = strokeOf([{ x: 1, y: 1 }], picture, look)
    expect(withStroke({ ...picture, strokes: Array(maxStrokes).fill(stroke) }, stroke, picture)).toBeNull()
  })
})

test('a box sets the middle and the sides of a shape, from whichever corner it is drawn', () => {
  const { params } = definitions.get('shape-mask')!
  const expected = { x: 0.25, y: 0.5, width: 0.1, height: 0.2 }
  expect(boxValues(params, { x: 128, y: 144 }, { x: 192, y: 216 }, picture)).toEqual(expected)
  expect(boxValues(params, { x: 192, y: 144 }, { x: 128, y: 216 }, picture)).toEqual(expected)
  expect(boxValues(definitions.get('grain')!.params, { x: 0, y: 0 }, { x: 9, y: 9 }, picture)).toEqual({})
})
