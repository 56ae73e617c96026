/** Match Grain against numbers from numpy (`make-grain.py`), and against the noise that was put in: the deviation of what it adds, by the plain formula. */
import { expect, it } from 'vitest'
import type { Json } from '../../src/graph/document/json.ts'
import { migrateParams } from '../../src/graph/file/migrate.ts'
import matchGrain from '../../src/nodes/match-grain.node.ts'
import { draw, largestDifference, type Numbers } from './harness.ts'
import { describeGoldens, run } from './support/golden.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

describeGoldens(() => bench, [matchGrain])

/** Normal noise of deviation 1, the same every time: Box and Muller over Marsaglia's xorshift32. */
function normal(seed: number): () => number {
  let state = seed
  const next = () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return (state + 1) / (2 ** 32 + 1)
  }
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
}

/** Dark on the left, bright on the right, with noise of so many steps of 8 bits on either. */
function halves(width: number, height: number, dark: number, bright: number, seed = 7): Numbers {
  const noise = normal(seed)
  return draw(width, height, (x) => {
    const value = x < width / 2 ? 0.3 + (dark / 255) * noise() : 0.65 + (bright / 255) * noise()
    return [value, value, value]
  })
}

/** Deviation of the difference in steps of 8 bits, and its mean, in columns from `from` to `to`. */
function added(result: Numbers, image: Numbers, from: number, to: number) {
  const gaps: number[] = []
  for (let y = 0; y < image.height; y++)
    for (let x = from; x < to; x++) {
      const i = 4 * (y * image.width + x)
      gaps.push(255 * (result.data[i]! - image.data[i]!))
    }
  const mean = gaps.reduce((a, b) => a + b) / gaps.length
  return { mean, deviation: Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) }
}

const clean = halves(96, 64, 0, 0)

it('adds what the source has, in each zone of brightness its own', async () => {
  const result = await run(bench, matchGrain, { image: clean, source: halves(96, 64, 8, 3) })
  const dark = added(result, clean, 0, 40)
  const bright = added(result, clean, 56, 96)
  // The calmest quarter of so few squares lies somewhat below the whole.
  expect(dark.deviation).toBeGreaterThan(6)
  expect(dark.deviation).toBeLessThan(9)
  expect(bright.deviation).toBeGreaterThan(2.2)
  expect(bright.deviation).toBeLessThan(4)
  expect(Math.abs(dark.mean)).toBeLessThan(0.6)
})

it('adds only what is lacking, and nothing where nothing is', async () => {
  const noisy = halves(96, 64, 6, 6, 11)
  // Pictures are kept in half floats, which lie 1/2048 apart at most.
  for (const image of [clean, noisy])
    expect(largestDifference(await run(bench, matchGrain, { image, source: clean }), image)).toBeLessThan(0.0003)
  const more = await run(bench, matchGrain, { image: noisy, source: halves(96, 64, 10, 10) })
  // √(10² − 6²), by as much too low as both are.
  const { deviation } = added(more, noisy, 0, 48)
  expect(deviation).toBeGreaterThan(5.5)
  expect(deviation).toBeLessThan(9)
})

it('makes grains as wide as the source’s pixels, of the same strength, another for each frame', async () => {
  const source = halves(48, 32, 8, 8)
  const at = (frame: number) => run(bench, matchGrain, { image: clean, source }, {}, { frame })
  const result = await at(0)
  const { deviation } = added(result, clean, 2, 46)
  expect(deviation).toBeGreaterThan(5.5)
  expect(deviation).toBeLessThan(9.5)
  const beside = (x: number, y: number) => result.data[4 * (y * 96 + x)]! - clean.data[4 * (y * 96 + x)]!
  // No stronger along the picture's edge.
  let edge = 0
  for (let x = 0; x < 96; x++) edge += (255 * beside(x, 0)) ** 2 / 192 + (255 * beside(x, 63)) ** 2 / 192
  expect(Math.sqrt(edge)).toBeLessThan(1.2 * deviation)
  let alike = 0
  let all = 0
  for (let y = 2; y < 62; y++)
    for (let x = 2; x < 44; x++) {
      alike += beside(x, y) * beside(x + 1, y)
      all += beside(x, y) ** 2
    }
  expect(alike / all).toBeGreaterThan(0.4)
  expect(largestDifference(await at(1), result)).toBeGreaterThan(0.02)
  expect(largestDifference(await at(0), result)).toBe(0)
})

/** Grey with noise of so many steps of 8 bits whose grains a Gaussian makes `wide` pixels wide. */
function grainy(width: number, height: number, wide: number, codes: number): Numbers {
  const noise = normal(5)
  const sigma = 0.4 * wide
  const reach = Math.ceil(3 * sigma)
  const [across, down] = [width + 2 * reach, height + 2 * reach]
  const white = Array.from({ length: across * down }, noise)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)))
  const norm = weights.reduce((sum, weight) => sum + weight ** 2, 0)
  return draw(width, height, (x, y) => {
    let sum = 0
    weights.forEach((down, j) => {
      weights.forEach((weight, i) => {
        sum += down * weight * white[(y + j) * across + x + i]!
      })
    })
    const value = 0.45 + ((codes / 255) * sum) / norm
    return [value, value, value]
  })
}

/** How alike neighbours are in what was added: the correlation of pixels `apart` along a row. */
function likeness(result: Numbers, image: Numbers, apart: number): number {
  const gap = (x: number, y: number) => result.data[4 * (y * image.width + x)]! - image.data[4 * (y * image.width + x)]!
  let alike = 0
  let all = 0
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width - apart; x++) {
      alike += gap(x, y) * gap(x + apart, y)
      all += gap(x, y) ** 2
    }
  return alike / all
}

it('finds how wide the source’s grains are, and makes its own as wide and as strong', async () => {
  const grey = draw(128, 96, () => [0.45, 0.45, 0.45])
  for (const wide of [1.3, 1.6, 2.2, 3]) {
    const source = grainy(128, 96, wide, 8)
    const result = await run(bench, matchGrain, { image: grey, source })
    // White noise would differ by 0.3 and more.
    for (const apart of [1, 2])
      expect(Math.abs(likeness(result, grey, apart) - likeness(source, grey, apart))).toBeLessThan(0.05)
    // The calmest quarter of so few squares lies below the whole, the more so the wider the grains.
    const { deviation } = added(result, grey, 0, 128)
    expect(deviation).toBeGreaterThan(4)
    expect(deviation).toBeLessThan(9)
  }
  const white = await run(bench, matchGrain, { image: grey, source: halves(128, 96, 8, 8) })
  expect(Math.abs(likeness(white, grey, 1))).toBeLessThan(0.1)
  // By hand, whatever the source has.
  const byHand = { measureSize: false, size: 2.5 }
  const set = await run(bench, matchGrain, { image: grey, source: halves(128, 96, 8, 8) }, byHand)
  expect(Math.abs(likeness(set, grey, 1) - likeness(grainy(128, 96, 2.5, 8), grey, 1))).toBeLessThan(0.05)
})

it('takes no detail that image and source share for grain, and files from before have their size set', async () => {
  // A wave a few pixels long, as coarse as wide grains, in both.
  const waves = draw(128, 96, (x, y) => {
    const value = 0.45 + 0.06 * Math.sin(x / 1.6) * Math.cos(y / 1.9)
    return [value, value, value]
  })
  const result = await run(bench, matchGrain, { image: waves, source: waves })
  expect(largestDifference(result, waves)).toBeLessThan(0.0003)
  const params: Record<string, Json> = { size: 2 }
  migrateParams(matchGrain, params, 0)
  expect(params).toEqual({ size: 2, measureSize: false })
})

it('says so where the source is larger than the picture', () => {
  const image = { type: 'image', width: 8, height: 8, format: 'rgba16float', frameRate: 24 } as const
  const facts = { media: () => undefined, model: () => undefined }
  expect(matchGrain.infer({ image, source: { ...image, width: 9 } }, {} as never, facts)).toMatchObject({
    problem: { code: 'size-mismatch', port: 'source' },
  })
})
