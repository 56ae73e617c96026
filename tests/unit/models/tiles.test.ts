import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planTiles, spans, spanWeight, tileSize, usableOverlap } from '../../../src/models/tiles.ts'

const axis = fc.record({
  length: fc.integer({ min: 1, max: 900 }),
  tile: fc.integer({ min: 32, max: 400 }),
  overlap: fc.integer({ min: 0, max: 64 }),
  scale: fc.integer({ min: 1, max: 4 }),
})

/** Centres of the output pixels along an axis, in input pixels. */
const outputCentres = (length: number, scale: number) =>
  Array.from({ length: length * scale }, (_, i) => (i + 0.5) / scale)

describe('spans', () => {
  test('weights are in [0,1] and sum to 1 at every output pixel', () => {
    fc.assert(
      fc.property(axis, ({ length, tile, overlap, scale }) => {
        const all = spans(length, tile, overlap)
        let least = 0
        let worst = 0
        for (const at of outputCentres(length, scale)) {
          const weights = all.map((span) => spanWeight(span, at))
          least = Math.min(least, ...weights)
          worst = Math.max(worst, Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1))
        }
        expect(least).toBe(0)
        expect(worst).toBeLessThan(1e-12)
      }),
    )
  })

  test('a tile weighs nothing outside what it draws, and draws nothing that it does not read', () => {
    fc.assert(
      fc.property(axis, ({ length, tile, overlap, scale }) => {
        for (const span of spans(length, tile, overlap)) {
          const [from, to] = span.drawn
          expect(from).toBeGreaterThanOrEqual(Math.max(0, span.start))
          expect(to).toBeLessThanOrEqual(Math.min(length, span.start + tile))
          expect(to).toBeGreaterThan(from)
          const outside = outputCentres(length, scale).filter((at) => at < from || at > to)
          expect(outside.some((at) => spanWeight(span, at) !== 0)).toBe(false)
        }
      }),
    )
  })

  test('tiles lie inside the picture where it is large enough, and the outer 3/8 of the overlap is thrown away', () => {
    fc.assert(
      fc.property(axis, ({ length, tile, overlap }) => {
        const all = spans(length, tile, overlap)
        const shared = usableOverlap(overlap, tile)
        expect(all[0]!.start).toBe(0)
        if (length >= tile) expect(all.at(-1)!.start + tile).toBe(length)
        else expect(all).toHaveLength(1)
        const margin = Math.floor((shared - Math.max(1, Math.floor(shared / 4))) / 2)
        for (const [i, span] of all.entries()) {
          if (i > 0) {
            expect(all[i - 1]!.start + tile - span.start).toBeGreaterThanOrEqual(shared)
            expect(span.drawn[0] - span.start).toBeGreaterThanOrEqual(margin)
          }
          if (i < all.length - 1) expect(span.start + tile - span.drawn[1]).toBeGreaterThanOrEqual(margin)
        }
      }),
    )
  })

  test('at most two tiles meet along an axis', () => {
    fc.assert(
      fc.property(axis, ({ length, tile, overlap }) => {
        const all = spans(length, tile, overlap)
        for (let i = 2; i < all.length; i++) expect(all[i]!.drawn[0]).toBeGreaterThanOrEqual(all[i - 2]!.drawn[1])
      }),
    )
  })
})

describe('tileSize', () => {
  const base = { picture: { width: 320, height: 180 }, overlap: 32, fixedSize: null, sizeStep: 1 } as const

  test('a picture that fits is one tile of its own size', () => {
    expect(tileSize({ ...base, limit: 512 })).toEqual({ width: 320, height: 180 })
    expect(planTiles(base.picture, { width: 320, height: 180 }, 32)).toHaveLength(1)
  })

  test('sides are multiples of the model’s step', () => {
    expect(tileSize({ ...base, limit: 512, sizeStep: 64 })).toEqual({ width: 320, height: 192 })
    expect(tileSize({ ...base, limit: 'off', sizeStep: 16 })).toEqual({ width: 320, height: 192 })
  })

  test('a fixed size stays', () => {
    expect(tileSize({ ...base, limit: 512, fixedSize: { width: 48, height: 32 } })).toEqual({ width: 48, height: 32 })
  })

  test('a large picture gets evenly large tiles within the limit, as few as can be', () => {
    const picture = { width: 1920, height: 1080 }
    const tile = tileSize({ ...base, picture, limit: 512 })
    expect(tile).toEqual({ width: 504, height: 384 })
    expect(planTiles(picture, tile, 32)).toHaveLength(12)
  })

  test('never exceeds the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 9000 }),
        fc.constantFrom(64, 128, 256, 512),
        fc.constantFrom(1, 2, 4, 8, 16, 32, 64),
        fc.integer({ min: 0, max: 64 }),
        (width, height, limit, sizeStep, overlap) => {
          const tile = tileSize({ picture: { width, height }, limit, overlap, fixedSize: null, sizeStep })
          for (const side of [tile.width, tile.height]) {
            expect(side).toBeLessThanOrEqual(limit)
            expect(side % sizeStep).toBe(0)
          }
        },
      ),
    )
  })
})
