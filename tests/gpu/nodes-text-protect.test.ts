/** The mask finds the sample's text and nothing else; its shape and the holding of neural answers. */

import { beforeAll, describe, expect, it } from 'vitest'
import { needOf } from '../../src/graph/node/needs.ts'
import type { Models, ModelTask, ModelTasks, TextDetector } from '../../src/models/types.ts'
import bicubic from '../../src/nodes/bicubic.node.ts'
import textProtect from '../../src/nodes/text-protect.node.ts'
import { defaults, download, draw, imageDesc, maskDesc, type Numbers, prepareNode, runNode, upload } from './harness.ts'
import { testModelBench } from './models-support.ts'
import { sampleFrames, shot, textTruth } from './support/sample.ts'

const inShot = (name: string, ...offsets: number[]) => offsets.map((offset) => shot(name).firstFrame + offset)
// The model takes a second a frame where there is no GPU: fewer frames for it.
const looked = {
  strokes: {
    text: inShot('text', 2, 12, 22),
    texture: inShot('texture', 2, 12, 22),
    other: [...inShot('face', 3, 20), ...inShot('edges', 3, 20)],
  },
  neural: { text: inShot('text', 12, 22), texture: inShot('texture', 12), other: inShot('face', 20) },
}

const bench = testModelBench()
let frames: ReadonlyMap<number, Numbers>
beforeAll(async () => {
  frames = await sampleFrames(Object.values(looked.strokes).flat())
})

/** Frame `index` of the sample as the default recipe shows it to the node: twice the size, by Bicubic. */
async function upscaled(index: number): Promise<Numbers> {
  const { image } = await runNode(bench, bicubic, { image: frames.get(index)! })
  return image!
}

async function maskOf(index: number, params: Record<string, unknown>): Promise<Numbers> {
  const { mask } = await runNode(
    bench,
    textProtect,
    { image: await upscaled(index) },
    { params, models: bench.models, frame: 0 },
  )
  return mask!
}

const share = (mask: Numbers, where: (i: number) => boolean = () => true) => {
  let [covered, all] = [0, 0]
  mask.data.forEach((weight, i) => {
    if (!where(i)) return
    all += 1
    if (weight > 0.5) covered += 1
  })
  return covered / all
}

describe.each([
  ['strokes', 0.1, 0.01],
  ['neural', 0.03, 0.01],
] as const)('%s', (detector, mostTexture, mostElsewhere) => {
  const { text, texture, other } = looked[detector]
  it('covers the text', async () => {
    for (const index of text) {
      const truth = await textTruth(index)
      const mask = await maskOf(index, { detector })
      expect(
        share(mask, (i) => truth.data[i] === 1),
        `frame ${index}`,
      ).toBeGreaterThanOrEqual(0.9)
      // A mask that covers everything would cover the text, too.
      expect(share(mask), `frame ${index}`).toBeLessThan(0.62)
    }
  })
  it('leaves texture alone', async () => {
    for (const index of texture)
      expect(share(await maskOf(index, { detector })), `frame ${index}`).toBeLessThanOrEqual(mostTexture)
  })
  it('does not take a face or line art for text', async () => {
    for (const index of other)
      expect(share(await maskOf(index, { detector })), `frame ${index}`).toBeLessThanOrEqual(mostElsewhere)
  })
})

/** Three lines of upright strokes on an even ground. */
const lines = draw(192, 128, (x, y) => {
  const ink = x > 30 && x < 160 && Math.floor(y / 16) % 2 === 1 && y > 32 && y < 112 && y % 16 > 3 && x % 6 < 2
  return ink ? [0.1, 0.1, 0.1] : [0.85, 0.85, 0.8]
})
const strokes = async (params: Record<string, unknown>, image = lines) =>
  (await runNode(bench, textProtect, { image }, { params })) as { mask: Numbers; background: Numbers }

describe('the mask', () => {
  it('and the background add up to 1, and invert swaps them', async () => {
    const { mask, background } = await strokes({})
    expect(share(mask)).toBeGreaterThan(0.1)
    expect(mask.data.every((weight, i) => Math.abs(weight + background.data[i]! - 1) < 1e-6)).toBe(true)
    const inverted = await strokes({ invert: true })
    expect(inverted.mask.data).toEqual(background.data)
    expect(inverted.background.data).toEqual(mask.data)
  })
  it('finds white on black as well as black on white', async () => {
    const negative = { ...lines, data: lines.data.map((value, i) => (i % 4 === 3 ? value : 1 - value)) }
    expect(share((await strokes({}, negative)).mask)).toBeCloseTo(share((await strokes({})).mask), 1)
  })
  it('grows by as many pixels as asked', async () => {
    const [none, ten] = [await strokes({ grow: 0, feather: 0 }), await strokes({ grow: 10, feather: 0 })]
    const top = ({ mask }: { mask: Numbers }) =>
      Array.from({ length: mask.height }, (_, y) => mask.data[y * mask.width + 96]!).findIndex((weight) => weight > 0.5)
    expect(top(none) - top(ten)).toBeGreaterThanOrEqual(9)
    expect(top(none) - top(ten)).toBeLessThanOrEqual(11)
  })
  it('feathers its edge and keeps within [0,1]', async () => {
    const between = ({ mask }: { mask: Numbers }) => mask.data.filter((weight) => weight > 0.05 && weight < 0.95).length
    const [hard, soft] = [await strokes({ feather: 0 }), await strokes({ feather: 12 })]
    expect(between(soft)).toBeGreaterThan(2 * between(hard))
    expect(soft.mask.data.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
  })
  it('is drawn from a map of half its sides along straight lines', async () => {
    const { mask } = await strokes({ feather: 12 })
    const steps = (x: number, y: number) => mask.data[y * mask.width + x + 1]! - mask.data[y * mask.width + x]!
    let [largest, off] = [0, 0]
    for (let y = 0; y < mask.height; y++)
      for (let x = 2; x + 2 < mask.width; x += 2) {
        largest = Math.max(largest, Math.abs(steps(x, y)))
        // The two pixels of a cell lie to either side of its middle: half way they go as the one line does, half as the other.
        off = Math.max(off, Math.abs(steps(x, y) - (steps(x - 1, y) + steps(x + 1, y)) / 2))
      }
    expect(largest).toBeGreaterThan(0.02)
    expect(off).toBeLessThan(1e-5)
  })
  it('is empty on an even picture and on one of a single pixel', async () => {
    for (const [width, height] of [
      [64, 48],
      [1, 1],
    ] as const) {
      const even = draw(width, height, () => [0.4, 0.5, 0.6])
      expect((await strokes({}, even)).mask.data.every((weight) => weight === 0)).toBe(true)
    }
  })
  it('is the same at a reduced size, nearly', async () => {
    const picture = await upscaled(looked.strokes.text[0]!)
    const whole = await strokes({}, picture)
    const reduced = await strokes({ side: 480 }, picture)
    const both = whole.mask.data.filter((weight, i) => weight > 0.5 && reduced.mask.data[i]! > 0.5).length
    expect(both / (share(whole.mask) * whole.mask.data.length)).toBeGreaterThan(0.8)
  })
})

describe('between neural detections', () => {
  /** Answers with a probability of 1 on the left `width` of four columns, one more with every question. */
  function counting() {
    const asked: number[] = []
    let disposed = 0
    const picture = { texture: bench.gpu.device.createTexture({ size: [4, 2], format: 'r32float', usage: 7 }) }
    const detector = {
      report: { runtime: 'wasm' },
      async detect(_recorder, _input, side) {
        asked.push(side)
        const row = [0, 1, 2, 3].map((x) => (x < asked.length ? 1 : 0))
        const bytes = new Float32Array([...row, ...row])
        bench.gpu.device.queue.writeTexture({ texture: picture.texture }, bytes, { bytesPerRow: 16 }, [4, 2])
        return { ...picture, desc: maskDesc(4, 2), part: { x: 0, y: 0, width: 4, height: 2 } }
      },
      async [Symbol.asyncDispose]() {
        disposed += 1
        picture.texture.destroy()
      },
    } satisfies Partial<TextDetector>
    const models: Models = {
      // The node opens nothing else, and uses no more of a detector than this.
      open: async <T extends ModelTask>() => detector as unknown as ModelTasks[T]['result'],
    }
    return { models, asked, disposals: () => disposed }
  }

  it('holds the mask, asks again on time, and gives the model back', async () => {
    const { models, asked, disposals } = counting()
    const params = { detector: 'neural', interval: 3, grow: 0, feather: 0, side: 160 }
    const node = await prepareNode(bench, textProtect, { image: imageDesc(64, 32) }, { params, models })
    const grey = () =>
      upload(
        bench,
        draw(64, 32, () => [0.5, 0.5, 0.5]),
      )
    const [first, second] = [grey(), grey()]
    const calls: number[] = []
    for (const [input, grow] of [
      [first, 0] as const,
      [first, 1] as const,
      [second, 1] as const,
      [second, 0] as const,
    ]) {
      await node.run({ image: input }, 0, { grow })
      calls.push(asked.length)
    }
    expect(calls, 'a map is shaped anew without looking at its picture again').toEqual([1, 1, 2, 2])
    expect(asked.every((side) => side === 64)).toBe(true)
    const outputs = await node.run({ image: second }, 0)
    expect(share(await download(bench, outputs.mask!))).toBeGreaterThan(0.5)
    for (const { texture } of [first, second]) texture.destroy()
    await node.close()
    expect(disposals()).toBe(1)
  })

  it('asks for every so many frames of the whole picture, whichever detector looks', () => {
    const params = { ...defaults(textProtect), interval: 4 }
    const context = { ratio: 1, facts: { media: () => undefined, model: () => undefined } }
    const need = (detector: string) => needOf(textProtect, 'image', { ...params, detector }, context)
    expect(need('neural')).toEqual({ reach: Number.POSITIVE_INFINITY, around: true, frames: { every: 4 } })
    expect(need('strokes')).toEqual(need('neural'))
  })
})
