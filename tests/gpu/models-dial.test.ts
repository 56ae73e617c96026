/** The dial between personalities: what it gives, that it lets go of what it passed, and that a mask blends by region. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialPlace } from '../../src/graph/node/facts.ts'
import type { RuntimeChoice, SuperResolver } from '../../src/models/types.ts'
import srModel from '../../src/nodes/sr-model.node.ts'
import { download, draw, emptyPicture, imageDesc, type Numbers, upload } from './harness.ts'
import { type DialBench, type GridMember, openDialBench, testDialBench } from './models-dial-support.ts'
import { never, waves, worstDifference } from './models-support.ts'

const bench = testDialBench(['dial-0', 'dial-1', 'dial-2'])

const picture = draw(21, 17, waves)

const at = (personality: number, source = 0): DialPlace => ({ personality, source })

async function turned(resolver: SuperResolver, place: DialPlace | undefined, source = picture): Promise<Numbers> {
  const input = upload(bench, source)
  const output = emptyPicture(bench.gpu, imageDesc(source.width * 2, source.height * 2))
  try {
    await resolver.run(bench.recorder, input, output, never, place)
    return await download(bench, output)
  } finally {
    input.texture.destroy()
    output.texture.destroy()
  }
}

const open = (place: number, runtime: 'wasm' | 'webgpu' = 'wasm') =>
  bench.models.open('super-resolution', bench.refs[place]!, { runtime, tile: 'auto', overlap: 8 })

describe('the dial', () => {
  test('at whole numbers gives the very bits of the files', async () => {
    await using dial = await open(0)
    for (const place of [0, 1, 2]) {
      await using alone = await open(place)
      const want = await turned(alone, undefined)
      expect((await turned(dial, at(place))).data).toEqual(want.data)
    }
  })

  test('between them leads from one to the next', async () => {
    await using dial = await open(0)
    const pictures: Numbers[] = []
    for (const position of [0, 0.25, 0.5, 1, 1.5, 2]) pictures.push(await turned(dial, at(position)))
    const fromFirst = pictures.map((each) => worstDifference(each, pictures[0]!))
    for (const [i, difference] of fromFirst.slice(1).entries()) expect(difference).toBeGreaterThan(fromFirst[i]!)
    expect(worstDifference(pictures[2]!, pictures[3]!)).toBeLessThan(fromFirst[3]!)
  })

  test('gives the same on WebGPU', async () => {
    await using onCpu = await open(0)
    await using onGpu = await open(0, 'webgpu')
    for (const position of [0, 0.5, 1.25]) {
      expect(worstDifference(await turned(onGpu, at(position)), await turned(onCpu, at(position)))).toBeLessThan(0.2)
    }
    expect(onGpu.report).toEqual({ runtime: 'webgpu' })
  })

  test('beyond its end, or on a model alone, is refused', async () => {
    await using dial = await open(0)
    const lone = await bench.addFixture('nearest-x2')
    await using alone = await bench.models.open('super-resolution', lone, { runtime: 'wasm', tile: 'auto', overlap: 8 })
    await expect(turned(dial, at(2.01))).rejects.toThrow(
      /Personality of the models “test” goes from 0 to 2, not to 2\.01/,
    )
    await expect(turned(alone, at(1))).rejects.toThrow(/“nearest-x2” stands alone/)
    // What went before still works.
    await turned(dial, at(2))
    await turned(alone, undefined)
  })
})

test('200 turns leave no more behind than a few', async () => {
  const before = bench.gpu.pool.stats
  const dial = await open(0)
  const sizes: number[] = []
  for (let i = 0; i < 200; i++) {
    await turned(dial, at(((i * 37) % 200) / 100))
    bench.gpu.pool.endFrame()
    sizes.push(bench.wasmBytes())
    // What is turned to, what was before it, and those kept warm; one that is let go of may take its time.
    await expect.poll(bench.openSessions, { timeout: 30_000, interval: 5 }).toBeLessThanOrEqual(5)
  }
  await dial[Symbol.asyncDispose]()
  expect(bench.gpu.pool.stats.leases).toBe(before.leases)
  expect(sizes[0]).toBeGreaterThan(0)
  // The runtime's memory never shrinks; that it grew no more after the first turns says that all was given back.
  expect(sizes.at(-1)).toBe(sizes[20])
  console.log(
    `dial: ${(sizes.at(-1)! / 2 ** 20).toFixed(1)} MiB of WASM memory after 200 turns, ${(sizes[20]! / 2 ** 20).toFixed(1)} after 20`,
  )
})

describe('a family whose members do not fit together', () => {
  test('is refused by the names of both and the tensor', async () => {
    const odd = await openDialBench(['dial-0', 'dial-wide'])
    const dial = await odd.models.open('super-resolution', odd.refs[0]!, { runtime: 'wasm', tile: 'auto', overlap: 8 })
    const input = upload(odd, picture)
    const output = emptyPicture(odd.gpu, imageDesc(42, 34))
    for (const position of [0.5, 1]) {
      await expect(dial.run(odd.recorder, input, output, never, at(position))).rejects.toMatchObject({
        name: 'ModelError',
        message: expect.stringMatching(/“DIAL-0” and “DIAL-WIDE” cannot be mixed: the tensor “conv0.weight” is 8 × 3/),
      })
    }
    await dial.run(odd.recorder, input, output, never)
    await dial[Symbol.asyncDispose]()
    await odd.closeAll()
  })
})

describe('a family for clean and compressed sources', () => {
  const grid = [
    { file: 'dial-0', place: 0, source: 'clean' },
    { file: 'dial-1', place: 1, source: 'clean' },
    { file: 'dial-2', place: 0, source: 'coded' },
    { file: 'dial-2', place: 1, source: 'coded', times: 0.9 },
  ] as const satisfies readonly GridMember[]
  const corners = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)]
  /** Rounding to half floats on the way out, twice, in 1/255. */
  const rounding = 0.26
  let both: DialBench
  beforeAll(async () => {
    both = await openDialBench(grid.map((member) => ({ ...member })))
  })
  afterAll(() => both.closeAll())
  const openBoth = (place: number, runtime: RuntimeChoice = 'wasm') =>
    both.models.open('super-resolution', both.refs[place]!, { runtime, tile: 'auto', overlap: 8 })

  test.each(['wasm', 'shaders', 'webgpu'] as const)(
    'is each member’s own picture at the four corners, on %s',
    async (runtime) => {
      await using dial = await openBoth(0, runtime)
      for (const [i, place] of corners.entries()) {
        await using alone = await openBoth(i)
        const difference = worstDifference(await turned(dial, place), await turned(alone, undefined))
        expect(difference).toBeLessThan(runtime === 'wasm' ? 1e-9 : rounding)
      }
      expect(dial.report).toEqual({ runtime })
    },
  )

  test.each(['shaders', 'webgpu'] as const)('gives between all four what it gives on WASM, on %s', async (runtime) => {
    await using onCpu = await openBoth(0)
    await using onGpu = await openBoth(0, runtime)
    for (const place of [at(0.5, 0.5), at(0.25, 0.75), at(1, 0.4), at(0.6, 0)]) {
      expect(worstDifference(await turned(onGpu, place), await turned(onCpu, place))).toBeLessThan(rounding)
    }
  })

  test('leads from one corner to the next along either dial', async () => {
    await using dial = await openBoth(0)
    for (const path of [(x: number) => at(0, x), (x: number) => at(x, 1), (x: number) => at(x, x)]) {
      const pictures: Numbers[] = []
      for (const x of [0, 0.25, 0.5, 0.75, 1]) pictures.push(await turned(dial, path(x)))
      const away = pictures.map((each) => worstDifference(each, pictures[0]!))
      for (const [i, difference] of away.slice(1).entries()) expect(difference).toBeGreaterThan(away[i]!)
    }
  })

  test('a later member turns the dial that it begins, and keeps to its end of the other', async () => {
    await using dial = await openBoth(0)
    await using coded = await openBoth(2)
    expect((await turned(coded, at(0.5, 0.3))).data).toEqual((await turned(dial, at(0.5, 1))).data)
    expect((await turned(coded, at(0, 0))).data).toEqual((await turned(coded, undefined)).data)
  })

  test('that lacks a member runs that of its personality for the other source', async () => {
    const odd = await openDialBench([grid[0], grid[2], { ...grid[3], times: 0.8 }])
    await using dial = await odd.models.open('super-resolution', odd.refs[0]!, {
      ...{ runtime: 'wasm', tile: 'auto', overlap: 8 },
    })
    const coded = await turned(dial, at(1, 1))
    for (const source of [0, 0.5]) expect((await turned(dial, at(1, source))).data).toEqual(coded.data)
    await odd.closeAll()
  })

  test('is turned by SR Model: by hand, by what is known of the picture, and at one place of the source under a mask', async () => {
    const source = (sourceDamage: number) => ({ source: 'hand', sourceDamage })
    const clean = await both.renderNode(srModel, picture, source(0))
    const coded = await both.renderNode(srModel, picture, source(1))
    await using dial = await openBoth(0)
    expect(coded.data).toEqual((await turned(dial, at(0, 1))).data)
    // Nothing is known of the bench's picture.
    expect((await both.renderNode(srModel, picture, {})).data).toEqual((await turned(dial, at(0, 0.75))).data)
    expect(worstDifference(clean, coded)).toBeGreaterThan(3)
    const half = { ...source(0.5), from: 0, to: 1 }
    const masked = await both.renderNode(
      srModel,
      picture,
      half,
      draw(21, 17, () => 1),
    )
    expect(worstDifference(masked, await turned(dial, at(1, 0.5)))).toBeLessThan(rounding)
  })
})

describe('SR Model', () => {
  const size = (width: number, height: number) => ({ width, height })

  test.each([
    ['the image', size(21, 17)],
    ['the result', size(42, 34)],
  ])('blends two renders by a mask of the size of %s', async (_what, { width, height }) => {
    const masks = { left: draw(width, height, (x) => (x < width / 2 ? 0 : 1)), grey: draw(width, height, () => 0.25) }
    const [from, to] = [
      await bench.renderNode(srModel, picture, { personality: 0.5 }),
      await bench.renderNode(srModel, picture, { personality: 2 }),
    ]
    expect(worstDifference(from, to)).toBeGreaterThan(10)
    for (const [name, mask] of Object.entries(masks)) {
      const result = await bench.renderNode(srModel, picture, { from: 0.5, to: 2 }, mask)
      const want = draw(42, 34, (x, y) => {
        const scale = width / 42
        // The mask at the pixel's centre, between its samples.
        const at = Math.min(width - 1, Math.max(0, (x + 0.5) * scale - 0.5))
        const [low, high] = [Math.floor(at), Math.min(width - 1, Math.floor(at) + 1)]
        const share = mask.data[low]! * (1 - at + low) + mask.data[high]! * (at - low)
        const i = (y * 42 + x) * 4
        const mix = (c: number) => from.data[i + c]! * (1 - share) + to.data[i + c]! * share
        return [mix(0), mix(1), mix(2)]
      })
      expect(worstDifference(result, want), name).toBeLessThan(0.2)
    }
  })

  test('keeps one instance while the dial turns', async () => {
    const node = await bench.openNode(srModel, picture)
    const pictures: Numbers[] = []
    for (const personality of [0, 1, 0]) pictures.push(await node.run({ personality }))
    await node.close()
    expect(worstDifference(pictures[0]!, pictures[1]!)).toBeGreaterThan(3)
    expect(pictures[2]!.data).toEqual(pictures[0]!.data)
  })
})
