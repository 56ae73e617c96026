/** Files of the kinds that people share open as they are, and give what numpy computes for them (make-kinds.py). */
import { describe, expect, test } from 'vitest'
import kinds from '../fixtures/models/kinds.json'
import { draw, type Numbers } from './harness.ts'
import { testModelBench, upscale, upscaleWith, waves, worstDifference } from './models-support.ts'

const bench = testModelBench()

/** Rows of RGB or of grey as a picture. */
function numbers(width: number, height: number, channels: number, values: readonly number[], most: number): Numbers {
  return draw(width, height, (x, y) => {
    const at = (y * width + x) * channels
    const rgb = [0, 1, 2].map((c) => values[at + (channels === 3 ? c : 0)]! / most)
    return [rgb[0]!, rgb[1]!, rgb[2]!]
  })
}

const forms = {
  // Seven 3×3 convolutions of six channels, those at the ends, the 1×1 that merges four, and the mean.
  span: { parameters: 7 * 330 + 168 + 660 + 150 + 3 },
  compact: {},
  esrgan: {},
  'esrgan-fixed': { fixedSize: { width: 8, height: 8 } },
  'compact-float16': { elementType: 'float16' },
  'compact-float16-inside': {},
  'compact-nhwc': { layout: 'nhwc' },
  'compact-luma': { channels: 'y' },
} as const

describe('on WASM', () => {
  test.each(Object.keys(forms) as (keyof typeof forms)[])('%s', async (name) => {
    const { width, height, scale, channels, picture, result } = kinds[name]
    await using resolver = await bench.open(name)
    expect(resolver.facts).toMatchObject({
      scale,
      layout: 'nchw',
      elementType: 'float32',
      fixedSize: null,
      ...forms[name],
    })
    expect(resolver.facts.parameters).toBeGreaterThan(300)
    const given = await upscale(bench, resolver, numbers(width, height, channels, picture, 255))
    const want = numbers(width * scale, height * scale, channels, result, 1)
    // float16 models round each layer; a grey picture stays grey through luma and chroma.
    expect(worstDifference(given, want)).toBeLessThan(name.includes('float16') ? 2 : 0.3)
  })
})

test('a file tells its name, licence and personality where its maker wrote them into it', async () => {
  await using resolver = await bench.open('dial-1')
  expect(resolver.facts).toMatchObject({
    name: 'dial-1',
    personality: 'perceptual',
    licence: 'CC0-1.0',
    parameters: 1700,
    origin: 'A file of your own, written by framewright-tests.',
  })
})

test('a model of luma takes the same chroma along on the CPU as on the GPU, up to every edge', async () => {
  const coloured = draw(21, 13, (x, y) => [(x % 5) / 5, (y % 3) / 3, 0.5 + 0.5 * Math.sin(x * y)])
  const onCpu = await upscaleWith(bench, 'compact-luma', coloured, { runtime: 'wasm' })
  const onGpu = await upscaleWith(bench, 'compact-luma', coloured, { runtime: 'shaders' })
  expect([onCpu.report, onGpu.report]).toEqual([{ runtime: 'wasm' }, { runtime: 'shaders' }])
  // Half floats, of 255.
  expect(worstDifference(onCpu.result, onGpu.result)).toBeLessThan(0.13)
})

describe('on WebGPU a model is compared with WASM first', () => {
  const small = draw(24, 18, waves)

  test.each(['dial-0', 'compact-luma'])('%s gives the same picture, whichever of them runs it', async (name) => {
    const onCpu = await upscaleWith(bench, name, small)
    const onGpu = await upscaleWith(bench, name, small, { runtime: 'webgpu' })
    expect(worstDifference(onGpu.result, onCpu.result)).toBeLessThan(0.3)
    // Where the runtime computes it wrongly, it says that it went to WASM; it may be mended one day.
    if (onGpu.report.runtime === 'wasm')
      expect(onGpu.report.note).toMatch(/^Runs on WASM: .*WebGPU computed other numbers/)
    else expect(onGpu.report).toEqual({ runtime: 'webgpu' })
  })
})
