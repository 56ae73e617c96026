import { describe, expect, it } from 'vitest'
import blend from '../../src/nodes/residual-blend.node.ts'
import { draw, fromHalf, largestDifference, type Numbers, noisePicture, runFused, toHalf } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const asStored = (picture: Numbers): Numbers => ({
  ...picture,
  data: picture.data.map((value) => fromHalf(toHalf(value))),
})

const [width, height] = [19, 13]
const base = asStored(noisePicture(width, height, 5))
const detail = asStored(noisePicture(width, height, 6))
const mask = draw(width, height, (x, y) => (x + y) / (width + height))

type BlendParams = {
  strength: number
  limit: number
  haloGuard: number
  tolerance: number
  bandSplit: boolean
  lowStrength: number
  highStrength: number
  view: 'result' | 'residual'
}
const standard: BlendParams = {
  strength: 1,
  limit: 1,
  haloGuard: 0,
  tolerance: 0.02,
  bandSplit: false,
  lowStrength: 1,
  highStrength: 1,
  view: 'result',
}

const run = (params: Partial<BlendParams>, inputs: Record<string, Numbers> = { base, detail }) =>
  runFused(bench, [{ definition: blend, inputs, params }])

/** The node's definition once more in double precision, one number at a time. */
function reference(params: Partial<BlendParams>, weightAt: (x: number, y: number) => number = () => 1): Numbers {
  const p = { ...standard, ...params }
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
  const value = (picture: Numbers, x: number, y: number, c: number) =>
    picture.data[4 * (clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)) + c]!
  const residualAt = (x: number, y: number, c: number) => value(detail, x, y, c) - value(base, x, y, c)
  const around = (radius: number, visit: (i: number, j: number) => void) => {
    for (let j = -radius; j <= radius; j++) for (let i = -radius; i <= radius; i++) visit(i, j)
  }
  const channel = (x: number, y: number, c: number) => {
    let residual = residualAt(x, y, c)
    if (p.bandSplit) {
      let [low, sum] = [0, 0]
      around(3, (i, j) => {
        const weight = Math.exp(-(i * i + j * j) / (2 * 1.5 ** 2))
        low += weight * residualAt(x + i, y + j, c)
        sum += weight
      })
      residual = (p.lowStrength * low) / sum + p.highStrength * (residual - low / sum)
    }
    const b = value(base, x, y, c)
    let mixed = b + p.strength * weightAt(x, y) * clamp(residual, -p.limit, p.limit)
    const near: number[] = []
    around(2, (i, j) => near.push(value(base, x + i, y + j, c)))
    const guarded = clamp(mixed, Math.min(...near) - p.tolerance, Math.max(...near) + p.tolerance)
    mixed += p.haloGuard * (guarded - mixed)
    return clamp(p.view === 'residual' ? mixed - b + 0.5 : mixed, 0, 1)
  }
  return draw(width, height, (x, y) => [channel(x, y, 0), channel(x, y, 1), channel(x, y, 2)])
}

describe('the ends are exact', () => {
  it('strength 0 is the base', async () => {
    expect(largestDifference(await run({ strength: 0, haloGuard: 1, bandSplit: true }), base)).toBe(0)
  })
  it('strength 1 is the detail', async () => {
    expect(largestDifference(await run({}), detail)).toBe(0)
  })
  it('mask 0 is the base, even where the detail is not a number', async () => {
    const broken = { ...detail, data: detail.data.map(() => Number.NaN) }
    expect(
      largestDifference(await run({ strength: 2 }, { base, detail: broken, mask: draw(width, height, () => 0) }), base),
    ).toBe(0)
  })
})

describe('against the definition', () => {
  const cases: Record<string, Partial<BlendParams>> = {
    half: { strength: 0.5 },
    double: { strength: 2 },
    limited: { limit: 0.1, strength: 1.5 },
    guarded: { haloGuard: 1, tolerance: 0, strength: 2 },
    'guarded by half': { haloGuard: 0.5, tolerance: 0.05 },
    'coarse only': { bandSplit: true, highStrength: 0 },
    'fine only': { bandSplit: true, lowStrength: 0, highStrength: 1.5 },
    'all at once': { bandSplit: true, lowStrength: 0.3, limit: 0.2, haloGuard: 0.7, strength: 1.3 },
    'what is added': { view: 'residual', strength: 0.7 },
  }
  for (const [name, params] of Object.entries(cases)) {
    it(name, async () => {
      expect(largestDifference(await run(params), reference(params))).toBeLessThan(0.0006)
    })
  }
  it('through a mask', async () => {
    const expected = reference({ strength: 0.8 }, (x, y) => (x + y) / (width + height))
    expect(largestDifference(await run({ strength: 0.8 }, { base, detail, mask }), expected)).toBeLessThan(0.0006)
  })
})

it('keeps the base’s alpha', async () => {
  const half = draw(width, height, () => [0.5, 0.5, 0.5, 0.25])
  expect((await run({}, { base: half, detail })).data[3]).toBe(0.25)
})

it('says which input does not fit', () => {
  const image = { type: 'image', width: 8, height: 8, format: 'rgba16float', frameRate: 24 } as const
  const facts = { media: () => undefined, model: () => undefined }
  expect(blend.infer({ base: image, detail: { ...image, width: 16 } }, standard, facts)).toMatchObject({
    problem: { code: 'size-mismatch', port: 'detail' },
  })
  expect(
    blend.infer(
      { base: image, detail: image, mask: { ...image, type: 'mask', format: 'r32float', height: 9 } },
      standard,
      facts,
    ),
  ).toMatchObject({ problem: { code: 'size-mismatch', port: 'mask' } })
  expect(blend.infer({ base: image, detail: image }, standard, facts)).toEqual({ image })
})
