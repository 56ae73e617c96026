import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { usableOverlap } from '../../../src/graph/plan/tiling.ts'
import {
  coreOf,
  planTiles,
  planWindow,
  spans,
  spanWeight,
  tileSize,
  tilesOf,
  windowFor,
} from '../../../src/models/tiles.ts'

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
          const [from, to] = span.extent
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
            expect(span.extent[0] - span.start).toBeGreaterThanOrEqual(margin)
          }
          if (i < all.length - 1) expect(span.start + tile - span.extent[1]).toBeGreaterThanOrEqual(margin)
        }
      }),
    )
  })

  test('their cores fill the picture once, each within what its tile weighs most in', () => {
    fc.assert(
      fc.property(axis, ({ length, tile, overlap }) => {
        const all = spans(length, tile, overlap)
        const cores = all.map(coreOf)
        expect(cores.flat()).toEqual([0, ...cores.slice(1).flatMap(([from]) => [from, from]), length])
        for (const [i, [from, to]] of cores.entries())
          for (let at = from; at < to; at++) expect(spanWeight(all[i]!, at + 0.75)).toBeGreaterThanOrEqual(0.5)
      }),
    )
  })

  test('at most two tiles meet along an axis', () => {
    fc.assert(
      fc.property(axis, ({ length, tile, overlap }) => {
        const all = spans(length, tile, overlap)
        for (let i = 2; i < all.length; i++) expect(all[i]!.extent[0]).toBeGreaterThanOrEqual(all[i - 2]!.extent[1])
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

describe('a part of a picture', () => {
  const picture = { width: 400, height: 300 }
  const box = fc
    .record({
      x: fc.integer({ min: 0, max: 390 }),
      y: fc.integer({ min: 0, max: 290 }),
      width: fc.integer({ min: 1, max: 300 }),
      height: fc.integer({ min: 1, max: 200 }),
    })
    .map(({ x, y, width, height }) => ({
      ...{ x, y },
      width: Math.min(width, picture.width - x),
      height: Math.min(height, picture.height - y),
    }))

  test('has a window with the margin around it, or the picture’s edge', () => {
    fc.assert(
      fc.property(box, fc.integer({ min: 0, max: 40 }), (part, margin) => {
        const window = windowFor(part, picture, margin)
        for (const [start, length, side] of [
          ['x', 'width', 400],
          ['y', 'height', 300],
        ] as const) {
          const end = window[start] + window[length]
          expect(window[start]).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(side)
          expect(window[start]).toBeLessThanOrEqual(Math.max(0, part[start] - margin))
          expect(end).toBeGreaterThanOrEqual(Math.min(side, part[start] + part[length] + margin))
          // What `reach` of SR Model promises.
          expect(end).toBeLessThanOrEqual(part[start] + part[length] + 2 * margin + 8)
          expect(window[start]).toBeGreaterThanOrEqual(part[start] - 2 * margin - 8)
        }
      }),
    )
  })

  test('is made of tiles whose weights sum to 1 at each of its pixels, be they the whole’s or a window’s', () => {
    fc.assert(
      fc.property(box, fc.boolean(), (part, own) => {
        const window = windowFor(part, picture, 9)
        const size = { width: Math.min(96, window.width), height: Math.min(96, window.height) }
        const whole = planTiles(picture, { width: 96, height: 96 }, 32)
        const tiles = tilesOf(own ? planWindow(window, size, 32) : whole, part)
        for (const [x, y] of [
          [part.x + 0.25, part.y + 0.25],
          [part.x + part.width - 0.25, part.y + part.height / 2],
          [part.x + part.width / 2, part.y + part.height - 0.25],
        ] as const) {
          const sum = tiles.reduce((total, tile) => total + spanWeight(tile.x, x) * spanWeight(tile.y, y), 0)
          expect(sum).toBeCloseTo(1, 6)
        }
      }),
    )
  })
})
