/** SR Model's runtime on models of every form: layout, channels, number type and size are found from the file. */
import { describe, expect, test } from 'vitest'
import expected from '../fixtures/models/expected.json'
import { draw, type Numbers } from './harness.ts'
import { testModelBench, upscale, upscaleWith, waves, worstDifference } from './models-support.ts'

const bench = testModelBench()

const picture = draw(45, 37, waves)
const repeated = (scale: number) =>
  draw(picture.width * scale, picture.height * scale, (x, y) => waves(Math.floor(x / scale), Math.floor(y / scale)))

/** Rounding to half floats on the way in and out, in 1/255. */
const halfRounding = 0.13

describe('a model that repeats pixels', () => {
  test.each([
    ['nearest-x2', { scale: 2 }],
    ['nearest-x3', { scale: 3 }],
    ['nearest-x4', { scale: 4 }],
    ['nhwc-x2', { scale: 2, layout: 'nhwc' }],
    ['fixed-32-x2', { scale: 2, fixedSize: { width: 32, height: 32 } }],
    ['windows-8-x2', { scale: 2 }],
  ] as const)('%s gives each pixel repeated', async (name, form) => {
    await using resolver = await bench.open(name)
    expect(resolver.facts).toMatchObject({
      layout: 'nchw',
      channels: 'rgb',
      elementType: 'float32',
      fixedSize: null,
      ...form,
    })
    const { result, report } = await upscaleWith(bench, name, picture, { overlap: 8 })
    expect(report).toEqual({ runtime: 'wasm' })
    // Where tiles fade into each other, the sum of two products is rounded twice.
    const rounding = name === 'fixed-32-x2' ? 2 * halfRounding : halfRounding
    expect(worstDifference(result, repeated(form.scale))).toBeLessThan(rounding)
  })

  test('gives the same on WebGPU, on buffers of our own device', async () => {
    const { result, report } = await upscaleWith(bench, 'nearest-x2', picture, { runtime: 'webgpu' })
    expect(report).toEqual({ runtime: 'webgpu' })
    expect(worstDifference(result, repeated(2))).toBeLessThan(halfRounding)
  })

  test('auto takes WASM where the adapter is software', async () => {
    const { report } = await upscaleWith(bench, 'nearest-x2', picture, { runtime: 'auto' })
    expect(report.runtime).toBe(bench.gpu.software ? 'wasm' : 'webgpu')
  })
})

describe('a convolutional model', () => {
  test.each(['conv-19-x2', 'conv-7-x3', 'conv-7-x2-float16', 'conv-3-x2'] as const)(
    '%s agrees with numpy',
    async (name) => {
      const { width, height, scale, picture: bytes, result: wanted } = expected[name]
      const input = draw(width, height, (x, y) => {
        const at = (y * width + x) * 3
        return [bytes[at]! / 255, bytes[at + 1]! / 255, bytes[at + 2]! / 255]
      })
      const { result } = await upscaleWith(bench, name, input)
      const want = draw(width * scale, height * scale, (x, y) => {
        const at = (y * width * scale + x) * 3
        return [wanted[at]!, wanted[at + 1]!, wanted[at + 2]!]
      })
      // float16 models round each layer.
      expect(worstDifference(result, want)).toBeLessThan(name.endsWith('float16') ? 1 : halfRounding)
    },
  )

  test('gives the same on WebGPU', async () => {
    const small = draw(16, 12, waves)
    const onCpu = await upscaleWith(bench, 'conv-3-x2', small)
    const onGpu = await upscaleWith(bench, 'conv-3-x2', small, { runtime: 'webgpu' })
    expect(onGpu.report).toEqual({ runtime: 'webgpu' })
    expect(worstDifference(onGpu.result, onCpu.result)).toBeLessThan(halfRounding)
  })

  test('in float16 runs on WASM with a note where the GPU has no float16', async () => {
    const small = draw(16, 12, waves)
    const { report } = await upscaleWith(bench, 'conv-7-x2-float16', small, { runtime: 'webgpu' })
    if (bench.gpu.device.features.has('shader-f16')) expect(report).toEqual({ runtime: 'webgpu' })
    else expect(report).toEqual({ runtime: 'wasm', note: expect.stringMatching(/WASM.*float16/) })
  })
})

const clamped = (value: number, last: number) => Math.min(last, Math.max(0, value))

/** Enlarges channel `c` by `kernel` (support `radius`), half-pixel centres, edge repeated: written anew for the test. */
function enlarged(source: Numbers, scale: number, c: number, radius: number, kernel: (t: number) => number) {
  return (x: number, y: number) => {
    const [u, v] = [(x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5]
    let sum = 0
    for (let j = Math.ceil(v - radius); j <= v + radius; j++) {
      for (let i = Math.ceil(u - radius); i <= u + radius; i++) {
        const at = (clamped(j, source.height - 1) * source.width + clamped(i, source.width - 1)) * 4 + c
        sum += kernel(Math.abs(u - i)) * kernel(Math.abs(v - j)) * source.data[at]!
      }
    }
    return sum
  }
}

const catmullRom = (t: number) =>
  t < 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0

test.each(['wasm', 'webgpu', 'shaders'] as const)(
  'runs begun side by side give what they give alone, on %s',
  async (runtime) => {
    await using resolver = await bench.open('conv-7-x3', { runtime })
    // The last is of another size, so that the runs before it still hold tiles of the other.
    const pictures = [0, 1, 2, 3].map((shift) => draw(33 - 4 * (shift >> 1), 21, (x, y) => waves(x + 7 * shift, y)))
    const alone: Numbers[] = []
    for (const each of pictures) alone.push(await upscale(bench, resolver, each))
    const together = await Promise.all(pictures.map((each) => upscale(bench, resolver, each)))
    for (const [i, result] of together.entries()) expect(worstDifference(result, alone[i]!)).toBe(0)
  },
)

test('a luma model takes its chroma from the picture enlarged by Catmull-Rom', async () => {
  const { result } = await upscaleWith(bench, 'luma-x2', picture)
  const luma = (rgb: readonly number[]) => 0.2126 * rgb[0]! + 0.7152 * rgb[1]! + 0.0722 * rgb[2]!
  const plain = [0, 1, 2].map((c) => enlarged(picture, 2, c, 2, catmullRom))
  const want = draw(picture.width * 2, picture.height * 2, (x, y) => {
    const rgb = plain.map((each) => each(x, y))
    const shift = luma(waves(Math.floor(x / 2), Math.floor(y / 2))) - luma(rgb)
    return [clamped(rgb[0]! + shift, 1), clamped(rgb[1]! + shift, 1), clamped(rgb[2]! + shift, 1)]
  })
  expect(worstDifference(result, want)).toBeLessThan(0.3)
})

test('alpha is that of the input, bilinear', async () => {
  const source = draw(20, 14, (x, y) => [...waves(x, y), 0.5 + 0.5 * Math.sin(x * 0.7 + y * 0.4)])
  const { result } = await upscaleWith(bench, 'nearest-x3', source)
  const alpha = enlarged(source, 3, 3, 1, (t) => Math.max(0, 1 - t))
  let worst = 0
  for (let y = 0; y < result.height; y++) {
    for (let x = 0; x < result.width; x++) {
      worst = Math.max(worst, Math.abs(result.data[(y * result.width + x) * 4 + 3]! - alpha(x, y)) * 255)
    }
  }
  expect(worst).toBeLessThan(0.3)
})

// 8192: as wide as a texture may be on every adapter.
test.each(
  (['wasm', 'webgpu', 'shaders'] as const).flatMap((runtime) => [
    [runtime, 1, 1] as const,
    [runtime, 2048, 1] as const,
  ]),
)('on %s a picture of %d × %d pixels has each of them enlarged', async (runtime, width, height) => {
  const colour = (x: number, y: number) => waves(x, y)
  await using resolver = await bench.open('nearest-x4', { runtime })
  const result = await upscale(bench, resolver, draw(width, height, colour))
  expect(resolver.report.runtime).toBe(runtime)
  const want = draw(4 * width, 4 * height, (x, y) => colour(x >> 2, y >> 2))
  expect(worstDifference(result, want)).toBeLessThan(halfRounding)
})
