import { describe, expect, test } from 'vitest'
import { probeForm, readSignature, type ValueInfo } from '../../../src/models/inspect.ts'
import { ModelError } from '../../../src/models/types.ts'

const value = (shape: readonly (number | string)[], elementType: string | null = 'float32'): ValueInfo => ({
  name: 'x',
  elementType,
  shape,
})
const read = (...inputs: ValueInfo[]) => readSignature('m', inputs, [value([])])

/** A model that enlarges by `scale`, refusing sides that are no multiples of `step`. */
const upscaler = (layout: 'nchw' | 'nhwc', scale: number, step = 1) => {
  const calls: (readonly number[])[] = []
  const probe = async (dims: readonly number[]): Promise<readonly number[]> => {
    calls.push(dims)
    const sides = layout === 'nchw' ? [2, 3] : [1, 2]
    if (sides.some((i) => dims[i]! % step)) throw new Error('not a multiple')
    return dims.map((side, i) => (sides.includes(i) ? side * scale : side))
  }
  return { calls, probe }
}

describe('readSignature', () => {
  test.each([
    [[1, 3, 'h', 'w'], [{ layout: 'nchw', channels: 'rgb', fixedSize: null }]],
    [['n', 1, 'h', 'w'], [{ layout: 'nchw', channels: 'y', fixedSize: null }]],
    [[1, 'h', 'w', 3], [{ layout: 'nhwc', channels: 'rgb', fixedSize: null }]],
    [[1, 3, 64, 48], [{ layout: 'nchw', channels: 'rgb', fixedSize: { width: 48, height: 64 } }]],
  ] as const)('%j is read as it stands', (shape, candidates) => {
    expect(read(value(shape)).candidates).toEqual(candidates)
  })

  test('an undeclared shape is left to the probe', () => {
    const layouts = read(value([])).candidates.map(({ layout, channels }) => `${layout} ${channels}`)
    expect(layouts).toEqual(['nchw rgb', 'nchw y', 'nhwc rgb', 'nhwc y'])
  })

  test.each([
    ['two inputs', [value([1, 3, 'h', 'w']), value([1, 3, 'h', 'w'])], /wants 2 inputs/],
    ['no input', [], /no input/],
    ['whole numbers', [value([1, 3, 'h', 'w'], 'uint8')], /takes uint8/],
    ['no tensor', [value([], null)], /no tensor/],
    ['a vector', [value([1, 10])], /1 × 10, which is no picture/],
    ['seven channels', [value([1, 7, 'h', 'w'])], /1 × 7 × h × w, which is no picture/],
    ['a batch of four', [value([4, 3, 'h', 'w'])], /takes 4 pictures at once/],
    ['one fixed side', [value([1, 3, 64, 'w'])], /which is no picture/],
  ])('%s is refused', (_what, inputs, message) => {
    expect(() => read(...inputs)).toThrow(ModelError)
    expect(() => read(...inputs)).toThrow(message)
  })
})

describe('probeForm', () => {
  test.each([1, 2, 3, 4, 8])('finds a scale of %d', async (scale) => {
    const form = await probeForm('m', read(value([1, 3, 'h', 'w'])), upscaler('nchw', scale).probe)
    expect(form).toMatchObject({ scale, sizeStep: 1, layout: 'nchw', channels: 'rgb' })
  })

  test.each([2, 4, 8, 16, 32, 64])('finds that sides must be multiples of %d', async (step) => {
    const form = await probeForm('m', read(value([1, 3, 'h', 'w'])), upscaler('nchw', 2, step).probe)
    expect(form.sizeStep).toBe(step)
  })

  test('finds the layout of a model that declares none', async () => {
    const nhwc = async (dims: readonly number[]) => {
      if (dims[3] !== 3) throw new Error('three channels last')
      return [1, dims[1]! * 2, dims[2]! * 2, 3]
    }
    expect(await probeForm('m', read(value([])), nhwc)).toMatchObject({ layout: 'nhwc', channels: 'rgb', scale: 2 })
  })

  test('probes a fixed size once, at that size', async () => {
    const { calls, probe } = upscaler('nchw', 2)
    await probeForm('m', read(value([1, 3, 64, 48])), probe)
    expect(calls).toEqual([[1, 3, 64, 48]])
  })

  test.each([
    ['a classifier', async () => [1, 1000], /shape 1 × 1000/],
    ['one and a half', async (d: readonly number[]) => [1, 3, d[2]! * 1.5, d[3]! * 1.5], /whole factor/],
    ['unequal factors', async (d: readonly number[]) => [1, 3, d[2]! * 2, d[3]! * 4], /whole factor/],
    ['fewer channels', async (d: readonly number[]) => [1, 1, d[2]! * 2, d[3]! * 2], /whole factor/],
    ['an error', async () => Promise.reject(new Error('no')), /could not be run on a small test picture/],
  ])('%s is refused', async (_what, probe, message) => {
    await expect(probeForm('m', read(value([1, 3, 'h', 'w'])), probe)).rejects.toThrow(message)
  })
})
