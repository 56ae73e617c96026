/** Networks cut into passes: what is cut gives what onnxruntime gives, and what cannot be is named. */
import { readFileSync } from 'node:fs'
import * as ort from 'onnxruntime-web'
import { describe, expect, test } from 'vitest'
import { parseCatalog } from '../../../../../src/models/catalog.ts'
import { floatsToHalves, halvesToFloats } from '../../../../../src/models/onnx/half.ts'
import { readOnnx } from '../../../../../src/models/onnx/onnx-file.ts'
import { costOf, type Lowering } from '../../../../../src/models/runtimes/shaders/cut-passes.ts'
import { lower, refusalText } from '../../../../../src/models/runtimes/shaders/lower.ts'
import { fixture } from '../../fixture-models.ts'
import { type Planes, runPasses } from './run-passes.ts'

ort.env.wasm.numThreads = 1

const shippedFolder = new URL('../../../../../public/models/', import.meta.url)
const shipped = parseCatalog(JSON.parse(readFileSync(new URL('catalog.json', shippedFolder), 'utf8'))).map(
  ({ file }) => file,
)
const bytesOf = (name: string): Uint8Array<ArrayBuffer> =>
  name.endsWith('.onnx') ? new Uint8Array(readFileSync(new URL(name, shippedFolder))) : fixture(name)

const lumaModels = new Set(['compact-luma', 'luma-x2', ...shipped])
const channelsOf = (name: string) => (lumaModels.has(name) ? 1 : 3)

function lowered(name: string): Lowering {
  const result = lower(readOnnx(name, bytesOf(name)), channelsOf(name))
  if ('refusal' in result) throw new Error(refusalText(result.refusal))
  return result
}

function picture(width: number, height: number, channels: number): Planes {
  const data = Float64Array.from({ length: width * height * channels }, (_, i) =>
    Math.fround(0.5 + 0.3 * Math.sin(i * 0.7) + 0.2 * Math.cos((i * i) % 17)),
  )
  return { width, height, channels, data }
}

const names = { halves: ['compact-float16', 'conv-7-x2-float16', 'half-0'], rows: ['compact-nhwc', 'nhwc-x2'] }

/** What onnxruntime makes of the planes, as planes. */
async function reference(name: string, { width, height, channels, data }: Planes): Promise<Float32Array> {
  const rows = names.rows.includes(name)
  const half = names.halves.includes(name)
  const area = width * height
  const numbers = rows
    ? Float32Array.from(data, (_, i) => data[(i % channels) * area + Math.floor(i / channels)]!)
    : Float32Array.from(data)
  const dims = rows ? [1, height, width, channels] : [1, channels, height, width]
  const session = await ort.InferenceSession.create(bytesOf(name))
  const input = half
    ? new ort.Tensor('float16', floatsToHalves(numbers), dims)
    : new ort.Tensor('float32', numbers, dims)
  const results = await session.run({ [session.inputNames[0]!]: input })
  const { data: found } = results[session.outputNames[0]!]!
  await session.release()
  const view = found as Float32Array | Uint16Array
  const floats =
    view instanceof Float32Array ? view : halvesToFloats(new Uint16Array(view.buffer, view.byteOffset, view.length))
  if (!rows) return floats
  const large = floats.length / channels
  return Float32Array.from(floats, (_, i) => floats[(i % large) * channels + Math.floor(i / large)]!)
}

const lowerable = [
  ...['compact', 'compact-luma', 'compact-float16', 'compact-float16-inside', 'compact-nhwc', 'half-0'],
  ...['conv-3-x2', 'conv-7-x3', 'conv-19-x2', 'conv-7-x2-float16', 'dial-0', 'dial-leaky', 'dial-wide'],
  ...['esrgan', 'esrgan-fixed', 'span', 'nhwc-x2', 'luma-x2', 'black-x2', 'fixed-32-x2', 'windows-8-x2'],
  ...['nearest-x2', 'nearest-x3', 'nearest-x4', 'nearest-x8'],
  ...['attention', 'grouped', 'cubic', 'shuffled', 'tangled', 'large'].map((each) => `operators/${each}-x2`),
  'operators/padded-x3',
  ...shipped.filter((file) => file.includes('-coded-')),
]

test.each(lowerable)('%s in passes gives what onnxruntime gives', async (name) => {
  const side = name === 'fixed-32-x2' ? 32 : 8
  const input = picture(side, side, channelsOf(name))
  const expected = await reference(name, input)
  const { data } = runPasses(lowered(name), input)
  expect(data.length).toBe(expected.length)
  // float16 models round every layer there, and none here.
  const tolerance = names.halves.includes(name) || name === 'compact-float16-inside' ? 8e-3 : 2e-5
  const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
  expect(worst).toBeLessThan(tolerance)
})

describe('passes', () => {
  test.each([
    // Ten and nine convolutions; the last has shuffle, base and sum in it.
    ['framewright-s-coded-x2.onnx', 10],
    ['chain-16-rgb-x2', 9],
    ['chain-32-rgb-x2', 12],
    ['compact', 3],
    ['conv-19-x2', 9],
    // Ten convolutions, with all sigmoids, products and sums in them. What is taken off the input first is a pass of its
    // own: around a convolution's picture lies 0, not 0 less the mean.
    ['span', 11],
    // Eleven convolutions; repeated pixels and what is concatenated are read where they lie.
    ['esrgan', 11],
    ['nearest-x4', 1],
  ])('%s is %i', (name, count) => {
    expect(lowered(name).passes).toHaveLength(count)
  })

  test('read and write little more than each layer must', () => {
    const lowering = lowered('chain-16-rgb-x2')
    const { multiplyAdds, numbers } = costOf(lowering, { width: 64, height: 64 })
    const area = 64 * 64
    expect(multiplyAdds).toBe(area * 9 * (3 * 16 + 7 * 16 * 16 + 16 * 12))
    // In: picture, eight layers, and the picture again for the base; out: eight layers and four times three channels.
    expect(numbers).toBe(area * (3 + 8 * 16 + 3 + 8 * 16 + 12))
  })
})

test.each([
  ['classifier', 'the operator Flatten'],
  ['nan-x2', 'the operator Sqrt'],
  ['two-inputs', 'the operator Input of more than one picture'],
  ['operators/strided-x2', 'the operator Conv with a stride'],
])('%s stops at %s', (name, words) => {
  const result = lower(readOnnx(name, fixture(name)), 3)
  expect('refusal' in result && refusalText(result.refusal)).toBe(words)
})
