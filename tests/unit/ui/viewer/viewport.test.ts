import { describe, expect, test } from 'vitest'
import { lookAt } from '../../../../src/ui/viewer/viewport.ts'

describe('a look at a place', () => {
  const field = { width: 400, height: 200 }
  const picture = { width: 640, height: 360 }

  test('has it in the middle', () => {
    const { scale, centre } = lookAt({ x: 300, y: 100 }, 2, field, picture)
    expect({ scale, centre }).toEqual({ scale: 2, centre: { x: 300, y: 100 } })
  })

  test('shows nothing beside the picture, at a corner of it neither', () => {
    expect(lookAt({ x: 640, y: 360 }, 2, field, picture).centre).toEqual({ x: 540, y: 310 })
    expect(lookAt({ x: 0, y: 0 }, 2, field, picture).centre).toEqual({ x: 100, y: 50 })
  })

  test('keeps what fits whole in the middle, whatever place is meant', () => {
    // 800 by 225 picture pixels are seen.
    expect(lookAt({ x: 600, y: 10 }, 0.5, { width: 400, height: 112.5 }, picture).centre).toEqual({ x: 320, y: 112.5 })
  })
})
