/**
 * What the measures are for: each rises with the dose of its own fault, leaves the original and its plain upscale alone, hardly sees
 * another's fault, and lies where the fault is. On one drawn picture; the sizes at which scores stand out were found on photographs.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import banding from '../../src/nodes/banding.node.ts'
import bicubic from '../../src/nodes/bicubic.node.ts'
import blocks from '../../src/nodes/blocks.node.ts'
import combing from '../../src/nodes/combing.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import edgeDisturbance from '../../src/nodes/edge-disturbance.node.ts'
import flicker from '../../src/nodes/flicker.node.ts'
import halo from '../../src/nodes/halo.node.ts'
import invention from '../../src/nodes/invention.node.ts'
import textDrift from '../../src/nodes/text-drift.node.ts'
import textureLoss from '../../src/nodes/texture-loss.node.ts'
import textureOverload from '../../src/nodes/texture-overload.node.ts'
import { draw, type Numbers, runNode } from './harness.ts'
import { measured } from './support/measured.ts'
import { testBench } from './support/test-bench.ts'

const width = 128
const height = 96

/** Brightness, row by row. */
type Plane = Float32Array<ArrayBuffer>
const plane = (at: (x: number, y: number, i: number) => number): Plane =>
  Float32Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width), i))

/** In [−1,1), the same every time. */
const random = (x: number, y: number, seed: number) => {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 31 - 1
}

const pixel = (of: Plane, x: number, y: number) =>
  of[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]!

function blurred(of: Plane, sigma: number): Plane {
  const radius = Math.ceil(3 * sigma)
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)))
  const sum = taps.reduce((total, tap) => total + tap, 0)
  const along = (from: Plane, dx: number, dy: number) =>
    plane((x, y) =>
      taps.reduce((all, tap, i) => all + (tap / sum) * pixel(from, x + dx * (i - radius), y + dy * (i - radius)), 0),
    )
  return along(along(of, 1, 0), 0, 1)
}

/** Strokes above; below them bars with hard edges beside ground that is smooth, and ground with fine texture. */
const grain = blurred(
  plane((x, y) => random(x, y, 1)),
  0.9,
)
const original = blurred(
  plane((x, y, i) => {
    if (y < 44) {
      const stroke = random(x >> 2, y >> 4, 2) > 0.1 && y % 16 > 3 && y % 16 < 13 && (x & 2) === 0
      return stroke ? 0.15 : 0.75
    }
    const ground = 0.35 + 0.15 * (y / height)
    if (x % 64 < 32) return x % 32 > 10 && x % 32 < 20 ? 0.85 : ground
    return ground + 0.12 * grain[i]!
  }),
  0.6,
)

/** One fault alone, at doses that rise. */
const faults = {
  halo: (of: Plane, dose: number) => {
    const soft = blurred(of, 1.5)
    return of.map((value, i) => value + dose * (value - soft[i]!))
  },
  smoothing: (of: Plane, dose: number) => {
    const soft = blurred(of, 1.2)
    // Of what is fine and weak alone, as filters that spare edges do.
    return of.map((value, i) => {
      const fine = value - soft[i]!
      return value - dose * fine * Math.exp(-((fine / 0.04) ** 2))
    })
  },
  texture: (of: Plane, dose: number) => {
    const noise = blurred(
      plane((x, y) => random(x, y, 3)),
      0.5,
    )
    // In patches: what lies everywhere is grain.
    return plane((x, y, i) => of[i]! + (((x >> 4) + (y >> 4)) % 3 === 0 ? dose * 0.1 * noise[i]! : 0))
  },
  shift: (of: Plane, dose: number) =>
    plane((x, y) => {
      const place = x + dose * Math.sin(y / 6 + x / 17)
      const left = Math.floor(place)
      return pixel(of, left, y) + (place - left) * (pixel(of, left + 1, y) - pixel(of, left, y))
    }),
} as const

const asPicture = (of: Plane): Numbers =>
  draw(width, height, (x, y) => {
    const code = Math.round(255 * Math.min(1, Math.max(0, pixel(of, x, y)))) / 255
    return [code, code, code]
  })

const bench = testBench()
let source: Numbers
let plain: Numbers
beforeAll(async () => {
  const resize = async (image: Numbers, by: number) => {
    const params = { mode: 'size', width: image.width * by, height: image.height * by }
    return (await runNode(bench, bicubic, { image }, { params })).image!
  }
  source = await resize(asPicture(original), 0.5)
  plain = await resize(source, 2)
})

const measure = (definition: NodeDefinition, image: Numbers) =>
  measured(bench, definition, 'source' in definition.inputs ? { image, source } : { image })
const scoreOf = async (definition: NodeDefinition, image: Numbers) => (await measure(definition, image)).score!.data[0]!

const rising = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]!)

const own = [
  { definition: halo, fault: 'halo', doses: [0.7, 1.5, 3], from: 0.01, alone: true },
  { definition: textureLoss, fault: 'smoothing', doses: [0.3, 0.6, 1], from: 0.05, alone: false },
  { definition: textureOverload, fault: 'texture', doses: [0.5, 1, 2], from: 0.05, alone: true },
  { definition: textDrift, fault: 'shift', doses: [0.4, 0.8, 1.6], from: 0.1, alone: true },
] as const

describe.each(own.map((one) => [one.definition.title, one] as const))(
  '%s',
  (_, { definition, fault, doses, from, alone }) => {
    it('rises with its own fault, and leaves original and plain upscale alone', async () => {
      for (const clean of [asPicture(original), plain]) expect(await scoreOf(definition, clean)).toBeLessThan(from)
      const scores: number[] = []
      for (const dose of doses) scores.push(await scoreOf(definition, asPicture(faults[fault](original, dose))))
      expect(scores, `${scores}`).toSatisfy(rising)
      expect(scores.at(-1)).toBeGreaterThan(from)
      if (!alone) return
      for (const other of ['halo', 'smoothing', 'texture', 'shift'] as const)
        if (other !== fault) {
          const dose = own.find((one) => one.fault === other)!.doses[1]
          expect(await scoreOf(definition, asPicture(faults[other](original, dose))), other).toBeLessThan(
            scores[1]! / 5,
          )
        }
    })
    it('lies where the fault is', async () => {
      const whole = faults[fault](original, doses[2])
      const half = original.map((value, i) => (i % width < width / 2 ? whole[i]! : value))
      const { data } = (await measure(definition, asPicture(half))).map!
      const total = data.reduce((sum, value) => sum + value, 0)
      expect(data.reduce((sum, value, i) => sum + (i % width < width / 2 ? value : 0), 0)).toBeGreaterThan(0.9 * total)
    })
  },
)

it('contradiction is nothing in the original, nor beyond the plain upscale’s, and rises with a shift; invention is a quantity', async () => {
  const numbers = async (image: Numbers) => {
    const { contradictionScore, inventionScore } = await measure(invention, image)
    return [contradictionScore!.data[0]!, inventionScore!.data[0]!] as const
  }
  const [denied, made] = await numbers(asPicture(original))
  expect(denied).toBeLessThan(0.05)
  expect((await numbers(plain))[0]).toBeLessThan(0.05)
  expect((await numbers(plain))[1]).toBeLessThan(made)
  const shifted: number[] = []
  for (const dose of [0.4, 0.8, 1.6]) shifted.push((await numbers(asPicture(faults.shift(original, dose))))[0])
  expect([denied, ...shifted]).toSatisfy(rising)
})

it('of a picture alone: blocks, bands, combs and ripples rise with their doses', async () => {
  const series = async (definition: NodeDefinition, pictures: readonly Plane[]) => {
    const scores: number[] = []
    for (const one of pictures) scores.push(await scoreOf(definition, asPicture(one)))
    expect(scores, `${definition.type} ${scores}`).toSatisfy(rising)
    return scores
  }
  // Drawn strokes have a grid of their own.
  const blocky = (dose: number) => plane((x, y, i) => 0.4 + 0.1 * grain[i]! + dose * random(x >> 3, y >> 3, 4))
  await series(blocks, [0, 0.01, 0.02, 0.04].map(blocky))
  const ramp = (codes: number) => plane((x, y) => (90 + codes * Math.floor((x + y / 4) / (8 * codes))) / 255)
  await series(banding, [1, 2, 4].map(ramp))
  const combed = (by: number) => plane((x, y) => pixel(original, y % 2 === 0 ? x + by : x, y))
  await series(combing, [0, 1, 2].map(combed))
  const rippled = (dose: number) =>
    plane((x, y) => {
      const beside = y >= 44 && x % 64 < 32 ? Math.min(Math.abs((x % 32) - 10), Math.abs((x % 32) - 20)) : 99
      return pixel(original, x, y) + (beside < 10 ? dose * Math.cos((2 * Math.PI * x) / 5) : 0)
    })
  await series(edgeDisturbance, [0, 0.02, 0.04, 0.08].map(rippled))
})

it.each([
  [8, 3, 5],
  [8, 0, 7],
  [12, 10, 4],
  [12, 4, 11],
])(
  'a grid of %d is found where it begins, %d across and %d down, as Deblock takes it',
  async (period, across, down) => {
    const block = (at: number, first: number) => Math.floor((at - first + period) / period)
    const shifted = plane((x, y, i) => 0.4 + 0.02 * grain[i]! + 0.06 * random(block(x, across), block(y, down), 4))
    const found = await measured(bench, blocks, { image: asPicture(shifted) })
    const number = (name: string) => found[name]!.data[0]
    expect([number('period'), number('across'), number('down')]).toEqual([period, across, down])
  },
)

it('flicker is what is predicted anew in each frame, and not what moves with the source', async () => {
  // A scene that moves by two pixels of the source a frame, seen through a window.
  const seen = (by: number, made: number, seed: number) => {
    const whole = plane(
      (x, y) => 0.5 + 0.25 * Math.sin((x + by) / 5) * Math.cos(y / 6) + 0.1 * random((x + by) >> 1, y >> 1, 5),
    )
    const anew = blurred(
      plane((x, y) => random(x, y, seed)),
      0.6,
    )
    return { whole: asPicture(whole), made: asPicture(whole.map((value, i) => value + made * anew[i]!)) }
  }
  const [now, before] = [seen(4, 0, 0), seen(0, 0, 0)]
  const shrink = async (image: Numbers) =>
    (await runNode(bench, bicubic, { image }, { params: { mode: 'size', width: width / 2, height: height / 2 } }))
      .image!
  const sources = new Map([
    [0, await shrink(now.whole)],
    [-1, await shrink(before.whole)],
  ])
  const scores: number[] = []
  for (const dose of [0, 0.1, 0.2, 0.4]) {
    const image = new Map([
      [0, seen(4, dose, 6).made],
      [-1, seen(0, dose, 7).made],
    ])
    scores.push((await measured(bench, flicker, { image, source: sources })).score!.data[0]!)
  }
  expect(scores, `${scores}`).toSatisfy(rising)
  expect(scores[0]).toBeLessThan(scores[2]! / 4)
})

it('Texture Overload leaves lines alone that are too fine for the source', async () => {
  // Below alone: what lies everywhere is grain.
  const planks = asPicture(plane((x, y) => 0.3 - (y >= 60 && y % 3 === 0 ? 0.1 : 0) + 0.006 * random(x, y, 4)))
  const params = { mode: 'size', width: width / 2, height: height / 2 }
  const small = (await runNode(bench, bicubic, { image: planks }, { params })).image!
  const { score } = await measured(bench, textureOverload, { image: planks, source: small })
  expect(score!.data[0]).toBeLessThan(0.05)
})
