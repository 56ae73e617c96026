/** The Shader node: a person's code gives what the mathematics say, is fused like any body, and may go wrong in any way. */
import { describe, expect, it } from 'vitest'
import { NodeFailure } from '../../src/graph/document/node-failure.ts'
import mix from '../../src/nodes/mix.node.ts'
import shader from '../../src/nodes/shader.node.ts'
import { draw, largestDifference, noisePicture, runFused } from './harness.ts'
import { run } from './support/golden.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const [width, height] = [9, 7]
const noise = noisePicture(width, height, 3)
const mask = draw(width, height, (x, y) => ((x + 2 * y) % 5) / 4)
const at = (x: number, y: number, channel: number) => noise.data[4 * (y * width + x) + channel]!
const rgb = (x: number, y: number) => [at(x, y, 0), at(x, y, 1), at(x, y, 2)] as const

it('inverts by a mask and a number, as the code that it comes with says', async () => {
  const made = await run(bench, shader, { image: noise, mask }, { n1: 0.7 })
  const expected = draw(width, height, (x, y) => {
    const weight = 0.7 * mask.data[y * width + x]!
    const [r, g, b] = rgb(x, y).map((value) => value * (1 - weight) + (1 - value) * weight)
    return [r!, g!, b!]
  })
  expect(largestDifference(made, expected)).toBeLessThan(0.0006)
  expect(largestDifference(made, noise)).toBeGreaterThan(0.3)
  // Turned down, it leaves the picture as it is.
  expect(largestDifference(await run(bench, shader, { image: noise, mask }), noise)).toBeLessThan(0.0006)
})

it('reads around its pixel, held at the border, in loops and with what it may call', async () => {
  const code = `
var sum = vec3f(0.0);
for (var dy = -1; dy <= 1; dy++) {
  for (var dx = -1; dx <= 1; dx++) { sum += image_at(vec2i(px.at) + vec2i(dx, dy)).rgb; }
}
return vec4f(sum / 9.0 + luma(vec3f(n2)) * 0.0, 1.0);`
  const clamp = (value: number, last: number) => Math.min(last, Math.max(0, value))
  const box = draw(width, height, (x, y) => {
    const sum = [0, 0, 0]
    for (const dy of [-1, 0, 1])
      for (const dx of [-1, 0, 1])
        rgb(clamp(x + dx, width - 1), clamp(y + dy, height - 1)).forEach((value, i) => {
          sum[i]! += value / 9
        })
    return [sum[0]!, sum[1]!, sum[2]!]
  })
  expect(largestDifference(await run(bench, shader, { image: noise }, { code }), box)).toBeLessThan(0.0006)
})

it('far outside the picture reads its corner', async () => {
  const corner = await run(bench, shader, { image: noise }, { code: 'return image_at(vec2i(-2000000000, 99999));' })
  expect(
    largestDifference(
      corner,
      draw(width, height, () => rgb(0, height - 1)),
    ),
  ).toBeLessThan(0.0006)
})

it('may have a second picture, and without one reads transparent black', async () => {
  const code = 'return vec4f(second.rgb * second.a + second_at(vec2i(px.at)).rgb, 1.0);'
  const given = await run(bench, shader, { image: noise, second: noise }, { code })
  expect(
    largestDifference(
      given,
      draw(width, height, (x, y) => rgb(x, y).map((v) => Math.min(1, 2 * v)) as [number, number, number]),
    ),
  ).toBeLessThan(0.002)
  const absent = await run(bench, shader, { image: noise }, { code })
  expect(Math.max(...absent.data.filter((_, i) => i % 4 !== 3))).toBe(0)
})

it('two with names of their own run as one dispatch with a neighbour, and give what each alone gives', async () => {
  const brighter = 'let amount = vec3f(n1); return vec4f(image.rgb + amount, image.a);'
  const darker = 'var amount = image.rgb; for (var i = 0; i < 2; i++) { amount *= 0.5; } return vec4f(amount, 1.0);'
  const links = [
    { definition: shader, inputs: { image: noise }, params: { code: brighter, n1: 0.25 } },
    { definition: shader, inputs: { image: 0 }, params: { code: darker } },
    { definition: mix, inputs: { base: 1, over: noise }, params: { amount: 0.5 } },
  ]
  const expected = draw(width, height, (x, y) => {
    const [r, g, b] = rgb(x, y).map((value) => (Math.min(1, value + 0.25) / 4 + value) / 2)
    return [r!, g!, b!]
  })
  expect(largestDifference(await runFused(bench, links), expected)).toBeLessThan(0.0006)
})

it('holds its result to what a picture is', async () => {
  const made = await run(bench, shader, { image: noise }, { code: 'return vec4f(-3.0, 0.5, 70000.0, 2.0);' })
  expect([...made.data.slice(0, 4)]).toEqual([0, 0.5, 1, 1])
})

describe('tells of', () => {
  const failing = async (code: string) => {
    try {
      await run(bench, shader, { image: noise }, { code })
    } catch (error) {
      if (error instanceof NodeFailure) return error.message
      throw error
    }
    return 'nothing'
  }
  it.each([
    ['a loop without an end', 'loop { } return image;'],
    [
      'a loop that ends for some pixels',
      'var i = 0u; while (px.at.x != 3u || i < 9u) { i++; if (px.at.x == 2u && i > 9u) { break; } } return image;',
    ],
    [
      'a thousand by a thousand',
      'var s = 0.0; for (var i = 0; i < 1000; i++) { for (var j = 0; j < 1000; j++) { s += 1.0; } } return vec4f(s);',
    ],
  ])('%s', async (_, code) =>
    expect(await failing(code)).toBe('its loops take more than 16130 iterations for one pixel, and were stopped'),
  )
  it('one that just fits', async () =>
    expect(await failing('for (var i = 0; i < 127 * 127; i++) { } return image;')).toBe('nothing'))
  it.each([
    ['a division by nothing', 'return image / (image.r - image.r);'],
    ['the root of less than nothing', 'return vec4f(sqrt(image.r - 2.0));'],
  ])('%s', async (_, code) => expect(await failing(code)).toBe('its result is not a finite number at some pixels'))
})
