import { describe, expect, it } from 'vitest'
import bicubic from '../../src/nodes/bicubic.node.ts'
import bicubicCases from '../fixtures/resize/bicubic.json'
import bilinearCases from '../fixtures/resize/bilinear.json'
import lanczosCases from '../fixtures/resize/lanczos.json'
import { draw, fromHalf, largestDifference, noisePicture, runNode, toHalf } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

interface Plane {
  readonly width: number
  readonly height: number
  readonly data: readonly number[]
}

/** Fixture numbers as a picture; a single channel stands in all three. The ABI's pictures lie in [0,1]. */
const picture = ({ width, height, data }: Plane, channels: number) =>
  draw(width, height, (x, y) => {
    const value = (c: number) =>
      Math.min(1, Math.max(0, data[(y * width + x) * channels + Math.min(c, channels - 1)] ?? Number.NaN))
    return [value(0), value(1), value(2)]
  })

const references = [
  ['catmull-rom', bicubicCases],
  ['bilinear', bilinearCases],
  ['lanczos-3', lanczosCases],
] as const

describe('against Pillow', () => {
  for (const [kernel, cases] of references) {
    it(kernel, async () => {
      for (const { name, src, dst } of cases) {
        const { image } = await runNode(
          bench,
          bicubic,
          { image: picture(src, src.channels) },
          { params: { mode: 'size', width: dst.width, height: dst.height, kernel } },
        )
        expect(largestDifference(image!, picture(dst, src.channels)) * 255, name).toBeLessThan(0.4)
      }
      expect(cases.length).toBeGreaterThan(10)
    })
  }
})

/** The definition once more, sample by sample in both axes at once, for the kernels that Pillow does not have. */
function reference(weight: (t: number) => number, plane: Plane, width: number, height: number): Plane {
  const axis = (from: number, to: number, x: number) => {
    const stretch = Math.max(from / to, 1)
    const weights = Array.from({ length: from }, (_, i) => weight((i + 0.5 - (x + 0.5) * (from / to)) / stretch))
    const sum = weights.reduce((a, b) => a + b, 0)
    return weights.map((w) => w / sum)
  }
  const data: number[] = []
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const across = axis(plane.width, width, x)
      const down = axis(plane.height, height, y)
      let sum = 0
      for (const [j, wy] of down.entries())
        for (const [i, wx] of across.entries()) sum += wx * wy * plane.data[j * plane.width + i]!
      data.push(sum)
    }
  return { width, height, data }
}

const sharperCubic = (distance: number) => {
  const [t, a] = [Math.abs(distance), -0.75]
  if (t < 1) return (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1
  return t < 2 ? a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a : 0
}
const mitchell = (distance: number) => {
  const t = Math.abs(distance)
  if (t < 1) return (7 * t ** 3 - 12 * t ** 2 + 16 / 3) / 6
  return t < 2 ? ((-7 / 3) * t ** 3 + 12 * t ** 2 - 20 * t + 32 / 3) / 6 : 0
}

describe('against the written definition', () => {
  for (const [kernel, weight] of [
    ['bicubic', sharperCubic],
    ['mitchell', mitchell],
  ] as const) {
    for (const [width, height] of [
      [23, 31],
      [7, 5],
    ] as const) {
      it(`${kernel} to ${width}×${height}`, async () => {
        const source = bicubicCases[0]!.src
        const { image } = await runNode(
          bench,
          bicubic,
          { image: picture(source, 1) },
          { params: { mode: 'size', width, height, kernel } },
        )
        const expected = picture(reference(weight, source, width, height), 1)
        expect(largestDifference(image!, expected) * 255).toBeLessThan(1)
      })
    }
  }
})

it('nearest copies whole pixels, bit for bit', async () => {
  const source = noisePicture(9, 7, 3)
  for (const [width, height] of [
    [27, 21],
    [20, 15],
    [4, 3],
    [9, 7],
  ] as const) {
    const { image } = await runNode(
      bench,
      bicubic,
      { image: source },
      { params: { mode: 'size', width, height, kernel: 'nearest', linear: true } },
    )
    const expected = draw(width, height, (x, y) => {
      const at = 4 * (Math.floor(((y + 0.5) * 7) / height) * 9 + Math.floor(((x + 0.5) * 9) / width))
      const half = (c: number) => fromHalf(toHalf(source.data[at + c]!))
      return [half(0), half(1), half(2)]
    })
    expect(largestDifference(image!, expected)).toBe(0)
  }
})

it('mixes light, not code values, in linear light', async () => {
  const checker = draw(16, 16, (x, y) => [(x + y) % 2, (x + y) % 2, (x + y) % 2])
  const params = { factor: 0.5, kernel: 'bilinear' }
  const gamma = await runNode(bench, bicubic, { image: checker }, { params })
  const linear = await runNode(bench, bicubic, { image: checker }, { params: { ...params, linear: true } })
  // Half the light is code value 0.7354 in sRGB.
  expect(gamma.image!.data[4 * 27]).toBeCloseTo(0.5, 3)
  expect(linear.image!.data[4 * 27]).toBeCloseTo(0.7354, 3)
})

it('rounds a factor to whole pixels, never to none', () => {
  const desc = { type: 'image', format: 'rgba16float', frameRate: 24 } as const
  const infer = (width: number, height: number, factor: number) =>
    bicubic.infer(
      { image: { ...desc, width, height } },
      { mode: 'factor', factor },
      { media: () => undefined, model: () => undefined },
    )
  expect(infer(321, 181, 1.5)).toEqual({ image: { ...desc, width: 482, height: 272 } })
  expect(infer(1, 3, 0.1)).toEqual({ image: { ...desc, width: 1, height: 1 } })
})

it('gives back what it leased', async () => {
  const before = bench.gpu.pool.stats.leases
  await runNode(bench, bicubic, { image: noisePicture(8, 8, 1) })
  expect(bench.gpu.pool.stats.leases).toBe(before)
})

it('follows one side and keeps the shape', () => {
  const image = { type: 'image', width: 640, height: 360, format: 'rgba16float', frameRate: 24 } as const
  const facts = { media: () => undefined, model: () => undefined }
  const sized = (side: string, length: number) =>
    bicubic.infer({ image }, { mode: 'side', side, length, factor: 2, width: 1, height: 1 } as never, facts)
  expect(sized('height', 1080)).toEqual({ image: { ...image, width: 1920, height: 1080 } })
  expect(sized('width', 100)).toEqual({ image: { ...image, width: 100, height: 56 } })
  expect(sized('longer', 1280)).toEqual({ image: { ...image, width: 1280, height: 720 } })
  expect(sized('shorter', 1)).toEqual({ image: { ...image, width: 2, height: 1 } })
})
