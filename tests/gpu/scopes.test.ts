/** Scopes against counts made on the CPU from the definitions of ITU-R BT.709-6; thumbnails against means. */
import { expect, test } from 'vitest'
import type { ScopeKind } from '../../src/engine/door/api.ts'
import { takeThumbnail } from '../../src/engine/preview/thumbnail.ts'
import { scopeCounter } from '../../src/engine/viewer/scope-counts.ts'
import { createDownload } from '../../src/gpu/download.ts'
import { download, draw, upload } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const size = { width: 300, height: 7 }
const bench = testBench()

/** Values on whole 8-bit codes, so that rounding cannot come out differently; some lie outside [0,1]. */
const picture = () =>
  draw(size.width, size.height, (x, y) => [
    ((x * 37 + y * 11) % 300) / 255 - 0.05,
    ((x * 3 + y * 91) % 256) / 255,
    x / 290,
  ])

const code = (value: number) => Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5)

async function both(kind: ScopeKind) {
  const uploaded = upload(bench, picture())
  // What the GPU holds is rounded to half floats: the reference counts that.
  const { data } = await download(bench, uploaded)
  const gpu = await (await scopeCounter(bench.gpu, kind))(uploaded)
  expect(bench.takeErrors()).toEqual([])
  const counts = new Uint32Array(gpu.columns * gpu.rows)
  const add = (column: number, row: number) => {
    counts[row * gpu.columns + column]! += 1
  }
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const [r, g, b] = [0, 1, 2].map((c) => Math.min(1, Math.max(0, data[(y * size.width + x) * 4 + c]!))) as [
        number,
        number,
        number,
      ]
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
      if (kind === 'histogram') for (const [row, value] of [r, g, b, luma].entries()) add(code(value), row)
      if (kind === 'waveform') add(Math.floor((x * gpu.columns) / size.width), code(luma))
      if (kind === 'vectorscope') add(code((b - luma) / 1.8556 + 0.5), code((r - luma) / 1.5748 + 0.5))
    }
  return { gpu, counts }
}

/** Pixels whose value lies on the border of two bins may fall into either: float32 against float64. */
const strays = (a: Uint32Array, b: Uint32Array) => a.reduce((sum, count, i) => sum + Math.abs(count - b[i]!), 0) / 2

test.each(['histogram', 'waveform', 'vectorscope'] as const)(
  'the %s counts every pixel where the CPU does',
  async (kind) => {
    const { gpu, counts } = await both(kind)
    const pixels = size.width * size.height
    const total = gpu.counts.reduce((sum, count) => sum + count, 0)
    expect(total).toBe(kind === 'histogram' ? pixels * 4 : pixels)
    expect(strays(gpu.counts, counts)).toBeLessThanOrEqual(pixels * 0.002)
    expect(gpu.counts.filter((count) => count > 0).length).toBeGreaterThan(200)
  },
)

test('pure colours stand where BT.709 puts them in the vectorscope', async () => {
  const count = await scopeCounter(bench.gpu, 'vectorscope')
  const at = async (rgb: [number, number, number]) => {
    const { counts, columns } = await count(
      upload(
        bench,
        draw(3, 3, () => rgb),
      ),
    )
    const bin = counts.indexOf(9)
    return [bin % columns, Math.floor(bin / columns)]
  }
  expect(await at([0.5, 0.5, 0.5])).toEqual([128, 128])
  // Red: Cr = 0.5, Cb = −0.2126/1.8556; blue: Cb = 0.5, Cr = −0.0722/1.5748.
  expect(await at([1, 0, 0])).toEqual([code(0.5 - 0.2126 / 1.8556), 255])
  expect(await at([0, 0, 1])).toEqual([255, code(0.5 - 0.0722 / 1.5748)])
})

test('a thumbnail is the mean over each of its pixels’ area', async () => {
  const source = upload(
    bench,
    draw(40, 20, (x, y) => [x < 20 ? 0.2 : 0.6, y < 10 ? 1 : 0, x % 2]),
  )
  const small = await takeThumbnail(bench.gpu, await createDownload(bench.gpu), source, 4)
  expect([small.width, small.height]).toEqual([4, 2])
  const pixel = (x: number, y: number) => [...small.pixels.slice((y * 4 + x) * 4, (y * 4 + x) * 4 + 3)]
  expect(pixel(0, 0)).toEqual([51, 255, 128])
  expect(pixel(3, 1)).toEqual([153, 0, 128])
})
