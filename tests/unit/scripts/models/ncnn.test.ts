/** Networks in ncnn's format become ONNX files that give the numbers of a reference run (numpy, make-ncnn.py). */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseParam } from '../../../../scripts/models/ncnn.ts'
import { ncnnToOnnx } from '../../../../scripts/models/ncnn-to-onnx.ts'
import { readOnnx, summarise } from '../../../../src/models/onnx/onnx-file.ts'
import expected from '../../../fixtures/models/ncnn.json'
import { runOnnx, worst } from '../../models/run-onnx.ts'

const file = (name: string) => readFileSync(new URL(`../../../fixtures/models/${name}`, import.meta.url))
const param = file('ncnn.param').toString()
const weights = (kind: string) => new Uint8Array(file(`ncnn-${kind}.bin`))
const convert = (text: string, kind = 'float16') =>
  ncnnToOnnx({ param: text, weights: weights(kind), metadata: { name: 'tiny', licence: 'CC0-1.0' } })

describe('a converted network', () => {
  test.each(['float16', 'float32'])(
    'with weights in %s gives what numpy computes from the ncnn files',
    async (kind) => {
      const { bytes, scale } = convert(param, kind)
      const { dims, rows } = await runOnnx(bytes, expected)
      expect(scale).toBe(expected.scale)
      expect(dims).toEqual([1, 3, expected.height * scale, expected.width * scale])
      // The reference took its picture through half floats and is written with four digits.
      expect(worst(rows, expected.result)).toBeLessThan(0.001)
      // The network is steep: one wrong neighbour, slope or bias shows by far more.
      expect(Math.max(...expected.result) - Math.min(...expected.result)).toBeGreaterThan(0.9)
    },
  )

  test('is the same whichever way its weights were kept', () => {
    expect(convert(param, 'float32').bytes).toEqual(convert(param, 'float16').bytes)
  })

  test('carries what is to be said of it', () => {
    const { bytes, parameters } = convert(param)
    const summary = summarise(readOnnx('tiny', bytes))
    expect(summary.metadata).toEqual(
      new Map([
        ['name', 'tiny'],
        ['licence', 'CC0-1.0'],
      ]),
    )
    // Two 3×3 and one 1×1 convolutions, two biases, slopes for five channels and one for all.
    expect(parameters).toBe(135 + 5 + 5 + 25 + 1 + 2160 + 48)
    expect(Object.fromEntries(summary.operators)).toEqual({ Conv: 3, PRelu: 2, DepthToSpace: 1, Resize: 2, Add: 1 })
  })
})

describe('refused, and why:', () => {
  test.each([
    ['a file that is no ncnn network', 'hello', /no ncnn network/],
    ['a network cut off', param.split('\n').slice(0, 9).join('\n'), /should have 11 layers, but has 7/],
    ['a line that is no layer', param.replace('1 1 data_1 1 0=5', 'x'), /line 5 .* is no layer/],
    ['a parameter that is none', param.replace('0=5 1=1', '0=5 1'), /has “1”, which is no parameter/],
    [
      'another type of layer',
      param.replace('PixelShuffle     ', 'Deconvolution '),
      /“Shuffle” is of the type Deconvolution/,
    ],
    ['a stride', param.replace('0=5 1=3 4=1', '0=5 1=3 3=2 4=1'), /“Conv_0” skips pixels/],
    ['a picture that shrinks at its edge', param.replace('0=48 1=3 4=1', '0=48 1=3 4=0'), /“Conv_4” changes the size/],
    ['an activation inside of a convolution', param.replace('6=135', '6=135 9=1'), /“Conv_0” sets parameter 9 to 1/],
    ['a blob out of nowhere', param.replace('1 1 1 2 0=5', '1 1 77 2 0=5'), /reads “77”/],
    ['pictures of two sizes added', param.replace('1=4.000000e+00 2=4.000000e+00', '1=2 2=2'), /different sizes/],
    ['a fractional enlargement', param.replace('1=5.000000e-01 2=5.000000e-01', '1=3e-1 2=3e-1'), /no whole factor/],
    ['weights of another network', param.replace('0=48 1=3 4=1 5=1', '0=48 1=3 4=1 5=0'), /bytes of weights are left/],
  ])('%s', (_what, text, message) => {
    expect(() => convert(text)).toThrow(
      expect.objectContaining({ name: 'NcnnError', message: expect.stringMatching(message) }),
    )
  })

  test('weights cut off, and weights kept in a way unknown', () => {
    const network = { param, metadata: {} }
    const bytes = weights('float16')
    expect(() => ncnnToOnnx({ ...network, weights: bytes.slice(0, -2) })).toThrow(/weights end too early/)
    expect(() => ncnnToOnnx({ ...network, weights: bytes.slice(0, 2) })).toThrow(/weights end too early/)
    const odd = bytes.slice()
    odd.set([1, 2, 3, 4])
    expect(() => ncnnToOnnx({ ...network, weights: odd })).toThrow(/0x4030201\) that is not supported/)
  })
})

test('a .param tells layers, blobs and parameters apart', () => {
  expect(parseParam(param)[9]).toEqual({
    type: 'BinaryOp',
    name: 'Add',
    inputs: ['6', '7'],
    outputs: ['8'],
    params: new Map(),
  })
  expect(parseParam(param)[8]?.params).toEqual(
    new Map([
      [0, 1],
      [1, 4],
      [2, 4],
    ]),
  )
})
