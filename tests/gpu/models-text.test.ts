/** The text detector finds text, and nothing else, on drawn text and on the sample's shots. */
import { ALL_FORMATS, Input, UrlSource, VideoSampleSink } from 'mediabunny'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TextDetector } from '../../src/models/types.ts'
import { download, type Numbers, upload } from './harness.ts'
import { never, testModelBench } from './models-support.ts'

const truthUrls = import.meta.glob<string>('../fixtures/text/*.png', { query: '?url', import: 'default', eager: true })

const bench = testModelBench()
let detector: TextDetector
beforeAll(async () => {
  detector = await bench.models.open('text-detection', 'wasm')
})
afterAll(() => detector[Symbol.asyncDispose]())

function drawn(width: number, height: number, paint: (context: OffscreenCanvasRenderingContext2D) => void): Numbers {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!
  paint(context)
  const { data } = context.getImageData(0, 0, width, height)
  return { width, height, channels: 4, data: Float32Array.from(data, (value) => value / 255) }
}

async function sampleFrame(index: number): Promise<Numbers> {
  const input = new Input({ source: new UrlSource('/samples/field-guide.mp4'), formats: ALL_FORMATS })
  const track = (await input.getPrimaryVideoTrack())!
  const sample = (await new VideoSampleSink(track).getSample((index + 0.5) / 24))!
  try {
    return drawn(320, 180, (context) => sample.draw(context, 0, 0))
  } finally {
    sample.close()
    input.dispose()
  }
}

async function textOf(frame: string): Promise<Numbers> {
  const picture = await createImageBitmap(await (await fetch(truthUrls[`../fixtures/text/${frame}.png`]!)).blob())
  return drawn(picture.width, picture.height, (context) => context.drawImage(picture, 0, 0))
}

/** Where the probability is above 0.3, grown by `grow` pixels of the picture (a disc), on the picture's grid. */
async function textMask(picture: Numbers, side: number, grow: number): Promise<Numbers> {
  const source = upload(bench, picture)
  const found = await download(bench, await detector.detect(bench.recorder, source, side, never))
  source.texture.destroy()
  expect(Math.max(found.width, found.height)).toBe(side)
  const { width, height } = picture
  const data = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = Math.floor(((x + 0.5) / width) * found.width)
      const row = Math.floor(((y + 0.5) / height) * found.height)
      if (found.data[row * found.width + column]! <= 0.3) continue
      for (let j = -grow; j <= grow; j++) {
        for (let i = -grow; i <= grow; i++) {
          const inside = x + i >= 0 && x + i < width && y + j >= 0 && y + j < height
          if (inside && i * i + j * j <= grow * grow) data[(y + j) * width + x + i] = 1
        }
      }
    }
  }
  return { width, height, channels: 1, data }
}

const percent = (part: number, whole: number) => (100 * part) / whole

/** Percent of the pixels that are white in `text` on which `mask` is set; the grids may differ. */
function coverage(mask: Numbers, text: Numbers): number {
  let hit = 0
  let all = 0
  for (let y = 0; y < text.height; y++) {
    for (let x = 0; x < text.width; x++) {
      if (text.data[(y * text.width + x) * 4]! < 0.5) continue
      all += 1
      const row = Math.floor((y * mask.height) / text.height)
      hit += mask.data[row * mask.width + Math.floor((x * mask.width) / text.width)]!
    }
  }
  return percent(hit, all)
}

const area = (mask: Numbers) =>
  percent(
    mask.data.reduce((sum, value) => sum + value, 0),
    mask.data.length,
  )

test('finds drawn words and leaves the rest of the picture alone', async () => {
  const words = (ink: string, paper: string) =>
    drawn(320, 200, (context) => {
      context.fillStyle = paper
      context.fillRect(0, 0, 320, 200)
      context.fillStyle = ink
      // How much is covered depends on the typeface: 95.1 % of this one, 93.8 % of DejaVu Sans.
      context.font = 'bold 30px "Liberation Sans"'
      context.fillText('Framewright', 40, 60)
    })
  // The net marks the core of a line; what lies around it grows with the letters (here 30 pixels high).
  const mask = await textMask(words('#fff', '#345'), 320, 6)
  const covered = coverage(mask, words('#fff', '#000'))
  console.info(`drawn words: ${covered.toFixed(1)} % covered, ${area(mask).toFixed(1)} % of the picture masked`)
  expect(covered).toBeGreaterThan(95)
  const below = mask.data.subarray(320 * 100)
  expect(below.every((value) => value === 0)).toBe(true)
})

test.each([320, 640])('at a side of %d covers the sample’s text and not its texture', async (side) => {
  const covered = coverage(await textMask(await sampleFrame(60), side, 2), await textOf('field-guide-frame-060'))
  const texture = area(await textMask(await sampleFrame(36), side, 2))
  console.info(
    `side ${side}: ${covered.toFixed(1)} % of the text covered, ${texture.toFixed(2)} % of the texture masked`,
  )
  expect(covered).toBeGreaterThanOrEqual(90)
  expect(texture).toBeLessThanOrEqual(3)
})

test('the picture it gives is valid until the next call, and its memory comes back', async () => {
  const { leases } = bench.gpu.pool.stats
  const own = await bench.models.open('text-detection', 'wasm')
  const source = upload(
    bench,
    drawn(96, 64, (context) => context.fillRect(0, 0, 96, 64)),
  )
  const first = await own.detect(bench.recorder, source, 96, never)
  expect(first.desc).toMatchObject({ type: 'mask', format: 'r32float', width: 96, height: 64 })
  const second = await own.detect(bench.recorder, source, 64, never)
  expect(second.desc).toMatchObject({ width: 64, height: 32 })
  source.texture.destroy()
  await own[Symbol.asyncDispose]()
  expect(bench.gpu.pool.stats.leases).toBe(leases)
})
