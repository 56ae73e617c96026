/** Inverse Telecine on a photograph that moves, spread over fields here: the frames before that are known. */
import { describe, expect, it } from 'vitest'
import inverseTelecine from '../../src/nodes/inverse-telecine.node.ts'
import { download, draw, largestDifference, type Numbers, prepareNode, upload } from './harness.ts'
import { frameOf, shift } from './support/moving-photo.ts'
import { testBench, testPhoto } from './support/test-bench.ts'

const bench = testBench()
const photo = testPhoto()

const size = { width: 112, height: 80 }

const film = (count: number, noise = 0, speed = 3.3): Numbers[] =>
  Array.from({ length: count }, (_, t) =>
    frameOf(photo, shift(speed * t, 0.7 * t), { size, ...(noise > 0 && { noise, seed: t + 9 }) }),
  )

/** Upper lines of the one, lower lines of the other. */
const woven = (upper: Numbers, lower: Numbers): Numbers =>
  draw(size.width, size.height, (x, y) => {
    const { data } = y % 2 === 0 ? upper : lower
    const at = 4 * (y * size.width + x)
    return [data[at]!, data[at + 1]!, data[at + 2]!]
  })

/** Each frame for two fields or three in turn, woven to frames again: of 4 frames 5. */
function telecined(frames: readonly Numbers[], order: 'top' | 'bottom'): Numbers[] {
  const fields = frames.flatMap((frame, i) => Array.from({ length: i % 2 === 0 ? 2 : 3 }, () => frame))
  return Array.from({ length: fields.length >> 1 }, (_, i) => {
    const [first, second] = [fields[2 * i]!, fields[2 * i + 1]!]
    return order === 'top' ? woven(first, second) : woven(second, first)
  })
}

interface Restored {
  readonly image: Numbers
  readonly dropped: number
  readonly combed: number
}

/** Each frame that comes out of frames `from` and later, in order. */
async function restored(
  frames: readonly Numbers[],
  params: Readonly<Record<string, unknown>> = {},
  from = 0,
): Promise<Restored[]> {
  const pictures = frames.map((frame) => upload(bench, frame))
  const node = await prepareNode(bench, inverseTelecine, { image: pictures[0]!.desc }, { params })
  const results: Restored[] = []
  for (let i = Math.floor(from * 0.8); i < Math.ceil(frames.length * 0.8); i++) {
    const own = Math.floor(i * 1.25)
    const at = (k: number) => pictures[Math.min(frames.length - 1, Math.max(from, own + k))]!
    const image = new Map(Array.from({ length: 10 }, (_, k) => [k - 4, at(k - 4)]))
    const outputs = await node.run({ image }, i)
    const number = async (name: string) => (await download(bench, outputs[name]!)).data[0]!
    results.push({
      image: await download(bench, outputs.image!),
      dropped: await number('dropped'),
      combed: await number('combed'),
    })
  }
  await node.close()
  for (const { texture } of pictures) texture.destroy()
  return results
}

function psnr(a: Numbers, b: Numbers): number {
  let squares = 0
  for (const [i, value] of a.data.entries()) squares += (value - b.data[i]!) ** 2
  return 10 * Math.log10(a.data.length / Math.max(squares, 1e-12))
}

describe('film that was spread over fields', () => {
  it.each([
    ['top', 'auto'],
    ['top', 'top'],
    ['bottom', 'auto'],
    ['bottom', 'bottom'],
  ] as const)('comes back as it was, %s field first, told “%s”', async (order, told) => {
    const frames = film(12)
    const made = await restored(telecined(frames, order), { order: told })
    expect(made).toHaveLength(12)
    for (const [i, { image, dropped, combed }] of made.entries()) {
      expect(largestDifference(image, frames[i]!), `frame ${i}`).toBeLessThan(0.0006)
      expect([dropped, combed < 0.1]).toEqual([expect.closeTo(0, 3), true])
    }
  })

  it('comes back in noise and in slow movement, whichever frame of the cadence the clip begins with', async () => {
    for (const [noise, speed, skipped] of [
      [2, 3.3, 1],
      [2, 0.6, 2],
      [0, 0.3, 3],
    ] as const) {
      const frames = film(14, noise, speed)
      const all = telecined(frames, 'top').slice(skipped)
      // What its first frame repeats is cut off where two are skipped.
      const first = [0, 1, 2, 2][skipped]!
      const made = await restored(all)
      const found = made
        .slice(0, 10)
        .map(({ image }) =>
          frames.reduce((best, frame, i) => (psnr(image, frame) > psnr(image, frames[best]!) ? i : best), 0),
        )
      // Of what the clip begins with there may be one field alone.
      expect(found.slice(1), `skipped ${skipped}`).toEqual(Array.from({ length: 9 }, (_, i) => first + 1 + i))
      // In the last group, which is not whole, no cadence helps to tell slow movement from fields.
      for (const [i, { image }] of made.slice(1, 8).entries())
        expect(psnr(image, frames[first + 1 + i]!), `frame ${i} of noise ${noise}`).toBeGreaterThan(noise > 0 ? 34 : 40)
    }
  })

  it('comes back where only a small part moves', async () => {
    const ground = film(1)[0]!
    const frames = Array.from({ length: 8 }, (_, t) =>
      draw(size.width, size.height, (x, y) => {
        const at = 4 * (y * size.width + x)
        const isDot = Math.hypot(x - 30 - 2 * t, y - 30) < 7
        return isDot ? [0.9, 0.9, 0.9] : [ground.data[at]!, ground.data[at + 1]!, ground.data[at + 2]!]
      }),
    )
    const made = await restored(telecined(frames, 'top'))
    for (const [i, { image }] of made.entries())
      expect(largestDifference(image, frames[i]!), `frame ${i}`).toBeLessThan(0.0006)
  })
})

describe('what is no film, or was cut', () => {
  it('says how far the frame that it leaves out of five lies from the one before', async () => {
    const made = await restored(film(10))
    expect(made).toHaveLength(8)
    // Whether the first frame of a clip is a repeat nobody can say.
    for (const { dropped } of made.slice(4)) expect(dropped).toBeGreaterThan(3)
  })

  it('mends a frame whose lines go with those of no neighbour, or leaves it combed', async () => {
    // An edit inside a frame of two pictures: one field of each is left.
    const [a, b] = [film(6, 0, 9), film(18, 0, 9).slice(8)]
    const edited = [...telecined(a, 'top').slice(0, 3), ...telecined(b, 'top').slice(3, 10)]
    const combed = await restored(edited, { mend: false })
    const mended = await restored(edited)
    const worst = combed.findIndex((frame) => frame.combed > 0.3)
    expect(worst).toBeGreaterThan(0)
    const truth = [...a, ...b]
    const nearest = (frame: Numbers) => Math.max(...truth.map((each) => psnr(frame, each)))
    expect(nearest(mended[worst]!.image)).toBeGreaterThan(nearest(combed[worst]!.image) + 5)
  })

  it.each([1, 2, 3, 4])('of %i frames all stay', async (count) => {
    const frames = film(count)
    const made = await restored(frames)
    expect(made).toHaveLength(count)
    for (const [i, { image }] of made.entries()) expect(largestDifference(image, frames[i]!)).toBeLessThan(0.0006)
  })

  it('of a trim that begins within a group shows nothing from before it', async () => {
    const frames = film(12)
    const made = await restored(telecined(frames, 'top'), {}, 7)
    // Frame 7 of 15 begins with the field of frame 5 of the film.
    expect(largestDifference(made[1]!.image, frames[6]!)).toBeLessThan(0.0006)
    // Of the frame before only one field is left.
    for (const { image } of made.slice(1))
      expect(Math.max(...frames.slice(5).map((frame) => psnr(image, frame)))).toBeGreaterThan(50)
  })
})
