/** What the viewer really puts on its canvas, read back from there; and the pixel values it tells. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CompareLayout, heatColours, type OverlayLook, type Viewport } from '../../src/engine/door/api.ts'
import { CanvasViewer, type Viewer } from '../../src/engine/viewer/canvas-viewer.ts'
import { readPixels } from '../../src/engine/viewer/read-pixels.ts'
import type { GpuPicture } from '../../src/gpu/types.ts'
import { type Bench, draw, openBench, upload } from './harness.ts'

const canvasSize = { width: 40, height: 20 }
const background = [0, 0, 1] as const

let bench: Bench
let canvas: OffscreenCanvas
let viewer: Viewer
/** A: 4×2, left half dark red, right half bright; B: the same place at twice the size, all green. */
let a: GpuPicture
let b: GpuPicture
let mask: GpuPicture

beforeAll(async () => {
  bench = await openBench()
  a = upload(
    bench,
    draw(4, 2, (x) => (x < 2 ? [0.2, 0, 0] : [1, 0, 0])),
  )
  b = upload(
    bench,
    draw(8, 4, () => [0.2, 0.6, 0]),
  )
  mask = upload(
    bench,
    draw(4, 2, () => 0.5),
  )
})
afterAll(() => bench.close())

beforeEach(() => {
  canvas = new OffscreenCanvas(1, 1)
  viewer = new CanvasViewer(bench.gpu.device, canvas)
})

const viewport = (layout?: CompareLayout, more: Partial<Viewport> = {}): Viewport => ({
  ...canvasSize,
  zoom: 8,
  centre: { x: 2, y: 1 },
  background,
  ...(layout ? { layout } : {}),
  ...more,
})

async function show(
  pictures: readonly (GpuPicture | null)[],
  view: Viewport,
  ground: readonly (GpuPicture | null)[] = [],
  step = 1,
  overlay: GpuPicture | null = null,
) {
  viewer.setViewport(view, step)
  viewer.draw(pictures, null, ground, overlay)
  const bitmap = await createImageBitmap(canvas)
  const reader = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
  if (!reader) throw new Error('no 2d context')
  reader.drawImage(bitmap, 0, 0)
  expect(bench.takeErrors()).toEqual([])
  return (x: number, y: number) =>
    [...reader.getImageData(x, y, 1, 1).data.slice(0, 3)].map((level) => Math.round(level / 5.1) / 50)
}

test('shows the picture in its place, squares from ×2 on, and the surround around it', async () => {
  const at = await show([a], viewport())
  expect(at(1, 10)).toEqual([0, 0, 1])
  expect(at(6, 10)).toEqual([0.2, 0, 0])
  expect(at(19, 10)).toEqual([0.2, 0, 0])
  expect(at(20, 10)).toEqual([1, 0, 0])
  expect(at(37, 10)).toEqual([0, 0, 1])
})

test('shows vectors as colours', async () => {
  const { texture, desc, part } = upload(
    bench,
    draw(4, 2, (x) => (x < 2 ? [12, 0, 1, 0] : [0, 0, 0.5, 0])),
  )
  const at = await show([{ texture, desc: { ...desc, type: 'motion', format: 'rgba16float' }, part }], viewport())
  expect(at(6, 10)).toEqual([1, 0.26, 0.26])
  expect(at(30, 10)).toEqual([0.62, 0.62, 0.62])
})

test('pans and zooms without another render', async () => {
  const at = await show([a], viewport(undefined, { zoom: 40, centre: { x: 3.5, y: 1 } }))
  expect(at(1, 10)).toEqual([1, 0, 0])
  expect(at(39, 10)).toEqual([1, 0, 0])
})

test('drawn coarsely, every second pixel shows the same squares', async () => {
  const at = await show([a], viewport(), [], 2)
  expect([canvas.width, canvas.height]).toEqual([canvasSize.width / 2, canvasSize.height / 2])
  expect(at(0, 5)).toEqual([0, 0, 1])
  expect(at(3, 5)).toEqual([0.2, 0, 0])
  expect(at(9, 5)).toEqual([0.2, 0, 0])
  expect(at(10, 5)).toEqual([1, 0, 0])
  expect(at(18, 5)).toEqual([0, 0, 1])
})

test('a mask, which no sampler may filter, is bilinear below ×2', async () => {
  const ramp = upload(
    bench,
    draw(4, 2, (x) => x / 4),
  )
  const steps = await show([ramp], viewport(undefined, { zoom: 1.5 }))
  const levels = [18, 19, 20, 21].map((x) => steps(x, 10)[0]!)
  expect(new Set(levels).size).toBe(4)
  expect(levels).toEqual([...levels].sort((p, q) => p - q))
})

test('shows B alone where asked, stretched over A’s place', async () => {
  const at = await show([a, b], viewport({ mode: 'single', show: 1 }))
  expect(at(6, 10)).toEqual([0.2, 0.6, 0])
  expect(at(33, 10)).toEqual([0.2, 0.6, 0])
  expect(at(1, 10)).toEqual([0, 0, 1])
})

test('wipes between A and B at the line', async () => {
  const at = await show([a, b], viewport({ mode: 'wipe', position: 0.25 }))
  expect(at(6, 10)).toEqual([0.2, 0, 0])
  expect(at(10, 10)).toEqual([1, 1, 1])
  expect(at(13, 10)).toEqual([0.2, 0.6, 0])
})

test('gives each its field, with the same zoom and place', async () => {
  const at = await show([a, b], viewport({ mode: 'side' }))
  expect(at(9, 10)).toEqual([0.2, 0, 0])
  expect(at(11, 10)).toEqual([1, 0, 0])
  expect(at(30, 10)).toEqual([0.2, 0.6, 0])
  const four = await show([a, b, mask, a], viewport({ mode: 'side' }, { zoom: 4 }))
  expect(four(15, 5)).toEqual([1, 0, 0])
  expect(four(30, 5)).toEqual([0.2, 0.6, 0])
  expect(four(10, 15)).toEqual([0.5, 0.5, 0.5])
  expect(four(35, 15)).toEqual([1, 0, 0])
})

test('shows differences amplified, or signed on grey', async () => {
  const amplified = await show([a, b], viewport({ mode: 'difference', gain: 0.5, tone: 'amount' }))
  expect(amplified(6, 10)).toEqual([0, 0.3, 0])
  expect(amplified(30, 10)).toEqual([0.4, 0.3, 0])
  const signed = await show([a, b], viewport({ mode: 'difference', gain: 0.5, tone: 'signed' }))
  expect(signed(6, 10)).toEqual([0.5, 0.2, 0.5])
  expect(signed(30, 10)).toEqual([0.9, 0.2, 0.5])
})

/** Levels are read in steps of a fiftieth. */
const expectHeat = (shown: readonly number[], quarter: 2 | 4) =>
  heatColours[quarter].forEach((level, i) => {
    expect(Math.abs(shown[i]! - level)).toBeLessThan(0.021)
  })

test('shows a difference as heat, of whichever pictures it is asked for', async () => {
  // Heat at half its range, by the table; the root of the mean square of three equal channels is their value.
  const [grey, dark] = [0.5, 0.25].map((level) =>
    upload(
      bench,
      draw(4, 2, () => [level, level, level]),
    ),
  )
  const layout = { mode: 'difference', gain: 2, tone: 'heat', of: [2, 1] } as const
  const at = await show([a, dark!, grey!], viewport(layout))
  expectHeat(at(6, 10), 2)
  const none = await show([a, grey!, grey!], viewport(layout))
  expect(none(6, 10)).toEqual([0, 0, 0])
  const most = await show([a, dark!, grey!], viewport({ ...layout, gain: 64 }))
  expectHeat(most(30, 10), 4)
})

test('shows of a difference what goes beyond another, and beyond rounding', async () => {
  const plain = (level: number) =>
    upload(
      bench,
      draw(4, 2, () => [level, level, level]),
    )
  const [denied, base] = [plain(0.75), plain(0.5)]
  const beyond = async (third: number, tone: 'amount' | 'signed') => {
    const layout = { mode: 'difference', gain: 1, tone, of: [2, 1], beyond: 3 } as const
    const at = await show([a, base, denied, plain(third)], viewport(layout))
    return at(6, 10)[0]
  }
  // A quarter less a step of 8 bits; with a tenth on either side of the base, that much less.
  expect(await beyond(0.5, 'amount')).toBeCloseTo(0.25, 1.5)
  expect(await beyond(0.6, 'amount')).toBeCloseTo(0.15, 1.5)
  expect(await beyond(0.4, 'signed')).toBeCloseTo(0.65, 1.5)
  expect(await beyond(0.25, 'amount')).toBe(0)
  expect(await beyond(0.9, 'signed')).toBeCloseTo(0.5, 1.5)
})

test('lays a map over A, tinted or as heat, or shows it alone', async () => {
  const look = { tint: 'red', opacity: 0.5, gain: 1, alone: false } as const
  const map = upload(
    bench,
    draw(4, 2, (x) => (x < 2 ? 0 : 0.4)),
  )
  const over = async (overlay: OverlayLook) =>
    show([b], viewport(undefined, { zoom: 4, centre: { x: 4, y: 2 }, overlay }), [], 1, map)
  const tinted = await over(look)
  expect(tinted(6, 10)).toEqual([0.2, 0.6, 0])
  // 0.4 of the map by 0.5 of opacity: a fifth of the tint.
  expect(tinted(30, 10)).toEqual([0.36, 0.5, 0.04])
  const stronger = await over({ ...look, gain: 2 })
  expect(stronger(30, 10)).toEqual([0.52, 0.4, 0.06])
  const alone = await over({ ...look, tint: 'white', alone: true })
  expect([alone(6, 10)[0], alone(30, 10)[1]]).toEqual([0, 0.4])
  const heat = await over({ tint: 'heat', opacity: 1, gain: 1.25, alone: false })
  expect(heat(6, 10)).toEqual([0.2, 0.6, 0])
  expectHeat(heat(30, 10), 2)
  const without = await show([b], viewport(undefined, { zoom: 4, centre: { x: 4, y: 2 } }), [], 1, map)
  expect(without(30, 10)).toEqual([0.2, 0.6, 0])
})

test('lays A and B over each other', async () => {
  const at = await show([a, b], viewport({ mode: 'onion', mix: 0.5 }))
  expect(at(6, 10)).toEqual([0.2, 0.3, 0])
})

test('a comparison without B shows A', async () => {
  for (const layout of [
    { mode: 'difference', gain: 4, tone: 'signed' },
    { mode: 'wipe', position: 0 },
    { mode: 'single', show: 1 },
  ] as const) {
    const at = await show([a, null], viewport(layout))
    expect(at(6, 10)).toEqual([0.2, 0, 0])
  }
})

test('draws lines between pixels where asked', async () => {
  const at = await show([b], viewport(undefined, { zoom: 8, centre: { x: 4, y: 2 }, pixelGrid: true }))
  const plain = await show([b], viewport(undefined, { zoom: 8, centre: { x: 4, y: 2 } }))
  expect(plain(20, 10)).toEqual([0.2, 0.6, 0])
  const row = Array.from({ length: 8 }, (_, i) => at(16 + i, 14)[1])
  expect(row.filter((green) => green !== 0.6)).toHaveLength(1)
})

test('shows a part in its place, and what lies around it dimmed', async () => {
  const part: GpuPicture = {
    ...upload(
      bench,
      draw(1, 1, () => [0, 1, 0]),
    ),
    desc: a.desc,
    part: { x: 2, y: 1, width: 1, height: 1 },
  }
  const at = await show([part], viewport(), [b])
  expect(at(21, 11)).toEqual([0, 1, 0])
  expect(at(27, 17)).toEqual([0, 1, 0])
  const dim = [0.2 * 0.35, 0.6 * 0.35, 0.65]
  for (const [x, y] of [
    [19, 12],
    [29, 12],
    [21, 9],
    [6, 10],
  ] as const)
    at(x, y).forEach((level, i) => {
      expect(level).toBeCloseTo(dim[i]!, 1)
    })
  const bare = await show([part], viewport())
  expect([bare(21, 11), bare(6, 10)]).toEqual([
    [0, 1, 0],
    [0, 0, 1],
  ])
})

test('tells what stands under the cursor, in A and in B', async () => {
  const [one, two, three] = await readPixels(bench.gpu.device, [a, b, mask], { x: 2.7, y: 1.2 })
  expect(one).toMatchObject({ x: 2, y: 1 })
  expect(one!.rgba[0]).toBeCloseTo(1, 3)
  expect(two).toMatchObject({ x: 5, y: 3 })
  expect(two!.rgba[1]).toBeCloseTo(0.6, 3)
  expect(three!.rgba).toEqual([0.5, 0.5, 0.5, 1])
  expect(await readPixels(bench.gpu.device, [a], { x: 4, y: 0 })).toEqual([])
})
