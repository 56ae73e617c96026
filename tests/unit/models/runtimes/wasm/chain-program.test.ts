/** Chains of convolutions give what onnxruntime gives, at sizes that fill no tile and at those that do. */
import { readFileSync } from 'node:fs'
import * as ort from 'onnxruntime-web'
import { expect, test } from 'vitest'
import { lumaOf, withChroma } from '../../../../../src/models/luma-in-colour.ts'
import { readOnnx } from '../../../../../src/models/onnx/onnx-file.ts'
import { readNetwork } from '../../../../../src/models/runtimes/shaders/read-network.ts'
import { type Chain, chainOf } from '../../../../../src/models/runtimes/wasm/chain.ts'
import { ChainProgram } from '../../../../../src/models/runtimes/wasm/chain-program.ts'
import { fixture } from '../../fixture-models.ts'

ort.env.wasm.numThreads = 1

const shipped = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../../../../public/models/${name}.onnx`, import.meta.url)))

function chainIn(bytes: Uint8Array<ArrayBuffer>, channels: number): Chain {
  const network = readNetwork(readOnnx('model', bytes), channels)
  if ('refusal' in network) throw new Error(network.refusal.operator)
  const chain = chainOf(network)
  if (!chain) throw new Error('no chain')
  return chain
}

const picture = (length: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => 0.5 + 0.3 * Math.sin(i * 0.7) + 0.2 * Math.cos((i * i) % 17))

const apart = (a: Float32Array, b: Float32Array): number => {
  expect(a.length).toBe(b.length)
  // Written so that NaN counts as a difference.
  return a.reduce((most, value, i) => {
    const difference = Math.abs(value - b[i]!)
    return difference <= most ? most : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  }, 0)
}

const sizes = [
  [37, 18],
  [1, 1],
  [3, 9],
  [8, 4],
  // More than a batch of tiles in a row.
  [101, 5],
  // Whose result is as wide as the widest texture.
  [4096, 1],
  [37, 18],
] as const

test.each([
  ['framewright-s-clean-gan-x2', 1, () => shipped('framewright-s-clean-gan-x2')],
  ['chain-16-rgb-x2', 3, () => fixture('chain-16-rgb-x2')],
  ['chain-32-rgb-x2', 3, () => fixture('chain-32-rgb-x2')],
  ['compact', 3, () => fixture('compact')],
  ['compact-luma', 1, () => fixture('compact-luma')],
  ['dial-leaky', 3, () => fixture('dial-leaky')],
] as const)('%s: the same as onnxruntime', async (_name, channels, load) => {
  const bytes = load()
  const program = await ChainProgram.make(chainIn(bytes, channels))
  const session = await ort.InferenceSession.create(bytes)
  try {
    // One after the other, as a picture of another size finds what the one before has left in memory.
    for (const [width, height] of sizes) {
      const input = picture(channels * width * height)
      const results = await session.run({
        [session.inputNames[0]!]: new ort.Tensor('float32', input, [1, channels, height, width]),
      })
      const wanted = results[session.outputNames[0]!]!.data as Float32Array
      expect(apart(program.run(input, { width, height }), wanted)).toBeLessThan(2e-5)
    }
  } finally {
    await session.release()
  }
})

test.each([
  ['framewright-s-clean-gan-x2', () => shipped('framewright-s-clean-gan-x2')],
  ['framewright-clean-s-x1', () => shipped('framewright-clean-s-x1')],
  ['compact-luma', () => fixture('compact-luma')],
] as const)('%s: a picture in colour is its luma with the plainly enlarged chroma', async (_name, load) => {
  const chain = chainIn(load(), 1)
  const program = await ChainProgram.make(chain)
  for (const [width, height] of sizes) {
    const colours = picture(3 * width * height)
    const input = lumaOf(colours)
    const output = program.run(input, { width, height })
    const coloured = program.runOnColours(colours, { width, height })
    expect(apart(coloured.luma.input, input)).toBe(0)
    expect(apart(coloured.luma.output, output)).toBeLessThan(1e-6)
    const wanted = withChroma(output, input, colours, { width, height }, chain.factor)
    expect(apart(coloured.result, wanted)).toBeLessThan(2e-6)
  }
})

test('a picture is the same to the last bit whatever was computed before it', async () => {
  const program = await ChainProgram.make(chainIn(fixture('compact'), 3))
  const size = { width: 30, height: 22 }
  const input = picture(3 * 30 * 22)
  const first = program.run(input, size)
  program.run(picture(3 * 90 * 50), { width: 90, height: 50 })
  expect(program.run(input, size)).toEqual(first)
})

test('a program takes another chain of its shape', async () => {
  const [first, second] = ['dial-0', 'dial-1'].map((name) => chainIn(fixture(name), 3)) as [Chain, Chain]
  const size = { width: 30, height: 22 }
  const input = picture(3 * 30 * 22)
  const program = await ChainProgram.make(first)
  const before = program.run(input, size)
  program.take(second)
  const after = program.run(input, size)
  expect(after).toEqual((await ChainProgram.make(second)).run(input, size))
  expect(after).not.toEqual(before)
})

test.each(['span', 'nearest-x2', 'operators/attention-x2', 'operators/strided-x2', 'nan-x2'])(
  '%s is no chain',
  (name) => {
    const network = readNetwork(readOnnx(name, fixture(name)), 3)
    expect('refusal' in network ? undefined : chainOf(network)).toBeUndefined()
  },
)
