import { describe, expect, test } from 'vitest'
import { readSignature, type ValueInfo } from '../../../src/models/inspect.ts'
import { ModelError } from '../../../src/models/types.ts'

const value = (shape: readonly (number | string)[], elementType: string | null = 'float32'): ValueInfo => ({
  name: 'x',
  elementType,
  shape,
})
const read = (...inputs: ValueInfo[]) => readSignature('m', inputs, [value([])])

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
    ['no tensor', [value([], null)], /not a tensor/],
    ['a vector', [value([1, 10])], /1 × 10, which is not a picture/],
    ['seven channels', [value([1, 7, 'h', 'w'])], /1 × 7 × h × w, which is not a picture/],
    ['a batch of four', [value([4, 3, 'h', 'w'])], /takes 4 pictures at once/],
    ['one fixed side', [value([1, 3, 64, 'w'])], /which is not a picture/],
  ])('%s is refused', (_what, inputs, message) => {
    expect(() => read(...inputs)).toThrow(ModelError)
    expect(() => read(...inputs)).toThrow(message)
  })
})
