import { describe, expect, it } from 'vitest'
import { CodePace } from '../../../../src/engine/run/code-pieces.ts'
import type { ComputePass } from '../../../../src/gpu/types.ts'
import type { Region } from '../../../../src/graph/plan/region.ts'

const passOf = (width: number, height: number): ComputePass => ({ workgroup: [width, height], record: () => undefined })

/** Gives a picture out to a GPU that takes so long a pixel. */
async function giveOut(pace: CodePace, pass: ComputePass, size: { width: number; height: number }, perPixel: number) {
  const pieces: Region[] = []
  await pace.inPieces(pass, '', size, async (piece) => {
    pieces.push(piece)
    return perPixel * piece.width * piece.height
  })
  return pieces
}

describe('code given to the GPU in pieces', () => {
  it.each([
    [64, 1, 130, 7, 0.001],
    [8, 8, 130, 70, 0.001],
    [8, 8, 1000, 1000, 0.01],
    [64, 1, 3, 2, 100],
    [8, 8, 129, 65, 1000],
  ])('of %d × %d threads covers each pixel of %d × %d once, at %d ms each', async (x, y, width, height, perPixel) => {
    const pieces = await giveOut(new CodePace(), passOf(x, y), { width, height }, perPixel)
    const covered = new Uint8Array(width * height)
    for (const piece of pieces)
      for (let row = piece.y; row < piece.y + piece.height; row++)
        for (let column = piece.x; column < piece.x + piece.width; column++) covered[row * width + column]! += 1
    expect(covered.every((times) => times === 1)).toBe(true)
  })

  it('begins small, grows no faster than eight times, and keeps a piece near a tenth of a second', async () => {
    const perPixel = 0.001
    const pieces = await giveOut(new CodePace(), passOf(64, 1), { width: 1280, height: 720 }, perPixel)
    const areas = pieces.map(({ width, height }) => width * height)
    expect(areas[0]).toBe(64)
    expect(areas.slice(1).every((area, i) => area <= 8 * areas[i]!)).toBe(true)
    expect(Math.max(...areas) * perPixel).toBeLessThanOrEqual(101)
    expect(pieces.length).toBeLessThan(25)
  })

  it('knows afterwards what is short, for as long as nothing that decides it is another', async () => {
    const pace = new CodePace()
    const pass = passOf(8, 8)
    expect(pace.isShort(pass, '', { width: 8, height: 8 })).toBe(false)
    await giveOut(pace, pass, { width: 640, height: 360 }, 1e-4)
    expect(pace.isShort(pass, '', { width: 640, height: 360 })).toBe(true)
    expect(pace.isShort(pass, '', { width: 6400, height: 3600 })).toBe(false)
    expect(pace.isShort(pass, 'more turns', { width: 8, height: 8 })).toBe(false)
    expect(pace.isShort(passOf(8, 8), '', { width: 8, height: 8 })).toBe(false)
  })

  it('is cut smaller after a place that took long, in the next picture too, until a picture has none', async () => {
    const pace = new CodePace()
    const pass = passOf(64, 1)
    const size = { width: 1280, height: 720 }
    /** All of a picture takes half a second, a strip in its middle a thousand times as long. */
    const picture = async (strip: number) => {
      const pieces: { readonly area: number; readonly took: number }[] = []
      await pace.inPieces(pass, '', size, async ({ y, width, height }) => {
        const inside = Math.max(0, Math.min(y + height, 360 + strip) - Math.max(y, 360))
        const took = 0.0005 * width * (height + 999 * inside)
        pieces.push({ area: width * height, took })
        return took
      })
      return pieces
    }
    const longest = (pieces: readonly { readonly took: number }[]) => Math.max(...pieces.map(({ took }) => took))
    const first = await picture(20)
    const second = await picture(20)
    expect(longest(second), `${longest(first)}`).toBeLessThan(longest(first) / 4)
    expect(longest(second)).toBeLessThanOrEqual(3 * 0.5 * 1280)
    expect(second.length).toBeLessThanOrEqual(2 * 256)
    expect(pace.isShort(pass, '', { width: 64, height: 8 })).toBe(false)
    await picture(0)
    expect((await picture(0)).length).toBeLessThan(25)
  })

  it('ends where it is told to', async () => {
    let given = 0
    const stop = await new CodePace().inPieces(passOf(64, 1), '', { width: 640, height: 360 }, async () => {
      given += 1
      return given === 3 ? { stop: 'enough' } : 1000
    })
    expect([stop, given]).toEqual(['enough', 3])
  })
})
