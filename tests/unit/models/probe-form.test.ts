/** What a few runs on made-up pictures find out of a model. Models here are functions, so that each fault is plain. */
import { describe, expect, test } from 'vitest'
import { channelCount, readSignature, type ValueInfo } from '../../../src/models/inspect.ts'
import { type Probe, type ProbeResult, probeForm, usualForm } from '../../../src/models/probe-form.ts'
import { ModelError } from '../../../src/models/types.ts'

const value = (shape: readonly (number | string)[], name = 'x', elementType = 'float32'): ValueInfo => ({
  name,
  elementType,
  shape,
})
const planes = value([1, 3, 'h', 'w'])
const read = (input: ValueInfo, outputs: readonly string[] = ['y']) =>
  readSignature(
    'm',
    [input],
    outputs.map((name) => value([], name)),
  )

interface Upscaler {
  readonly layout?: 'nchw' | 'nhwc'
  readonly scale?: number
  /** Sides must be multiples of it. */
  readonly step?: number
  /** Input pixels lost on each side. */
  readonly crop?: number
  readonly change?: (number: number) => number
}

/** Each pixel becomes a block of equal pixels. */
function upscaler({ layout = 'nchw', scale = 1, step = 1, crop = 0, change = (n) => n }: Upscaler) {
  const calls: (readonly number[])[] = []
  const probe: Probe = async (dims, numbers) => {
    calls.push(dims)
    const [down, across, deep] = layout === 'nchw' ? [2, 3, 1] : [1, 2, 3]
    const [height, width, depth] = [dims[down]!, dims[across]!, dims[deep]!]
    if (depth !== 3 && depth !== 1) throw new Error('no picture')
    if (width % step || height % step || width <= 2 * crop || height <= 2 * crop) throw new Error('no such size')
    const [w, h] = [(width - 2 * crop) * scale, (height - 2 * crop) * scale]
    const at = (c: number, x: number, y: number, sides: readonly [number, number]) =>
      layout === 'nchw' ? (c * sides[1] + y) * sides[0] + x : (y * sides[0] + x) * depth + c
    const given = new Float32Array(w * h * depth)
    for (let c = 0; c < depth; c++) {
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          const source = at(c, Math.floor(x / scale) + crop, Math.floor(y / scale) + crop, [width, height])
          given[at(c, x, y, [w, h])] = change(numbers[source]!)
        }
      }
    }
    const sides = layout === 'nchw' ? [1, depth, h, w] : [1, h, w, depth]
    return { dims: sides, elementType: 'float32', numbers: given }
  }
  return { calls, probe }
}

const of = (upscale: Upscaler, input = planes) => probeForm('m', read(input), upscaler(upscale).probe)

describe('probeForm', () => {
  test.each([1, 2, 3, 4, 8])('finds a scale of %d', async (scale) => {
    const form = await of({ scale })
    expect(form).toMatchObject({ sizeStep: 1, layout: 'nchw', channels: 'rgb', numbers: { in: 'unit', out: 'unit' } })
    expect(form.outputs).toEqual([{ name: 'y', scale, crop: 0, elementType: 'float32' }])
  })

  test.each([2, 4, 8, 16, 32, 64])('finds that sides must be multiples of %d', async (step) => {
    expect((await of({ scale: 2, step })).sizeStep).toBe(step)
  })

  test.each([
    [1, 7],
    [2, 3],
    [2, 20],
    [4, 2],
  ])('finds a scale of %d with %d pixels lost on each side', async (scale, crop) => {
    const form = await of({ scale, crop })
    expect(form.outputs[0]).toMatchObject({ scale, crop })
    expect(usualForm('m', form, {}).form).toMatchObject({ scale, input: 'framewright/in', output: 'y' })
  })

  test('finds the layout of a model that declares none', async () => {
    expect(await of({ layout: 'nhwc', scale: 2 }, value([]))).toMatchObject({ layout: 'nhwc', channels: 'rgb' })
  })

  test('probes a fixed size once, at that size, and takes from it what is lost at the edge', async () => {
    const fixed = value([1, 3, 64, 48])
    const { calls, probe } = upscaler({ scale: 2 })
    await probeForm('m', read(fixed), probe)
    expect(calls).toEqual([[1, 3, 64, 48]])
    const form = await of({ scale: 2, crop: 4 }, fixed)
    expect(usualForm('m', form, {}).form.fixedSize).toEqual({ width: 40, height: 56 })
  })

  const steps = (levels: number, top: number) => (n: number) =>
    (Math.round((Math.min(top, Math.max(0, n)) / top) * levels) / levels) * top
  test.each([
    ['numbers as they come', (n: number) => n, 'unit', 'unit'],
    ['whole numbers to 255', steps(255, 255), 'byte', 'byte'],
    ['255 in, 1 out', (n: number) => n / 255, 'byte', 'unit'],
    ['1 in, 255 out', (n: number) => Math.min(1, n) * 255, 'unit', 'byte'],
    ['−1 to 1, with a knee at 0', (n: number) => (n < 0 ? n : n * 1.02), 'unit', 'unit'],
    ['−1 in, 0 out', (n: number) => (n + 1) / 2, 'signed', 'unit'],
    ['0 in, −1 out', (n: number) => n * 2 - 1, 'unit', 'signed'],
    ['a mean of 114 taken off and lost beneath', (n: number) => Math.max(n - 114, -110) + 114, 'byte', 'byte'],
    ['a negative', (n: number) => 1 - n, 'unit', 'unit'],
    ['one grey', () => 0.5, 'unit', 'unit'],
    ['NaN', () => Number.NaN, 'unit', 'unit'],
  ])('finds the numbers of a model of %s', async (_what, change, taken, given) => {
    expect((await of({ scale: 2, change })).numbers).toEqual({ in: taken, out: given })
  })

  test('of several outputs takes the largest picture, and knows the others', async () => {
    const small = upscaler({ scale: 1 })
    const large = upscaler({ scale: 4 })
    const probe: Probe = async (dims, numbers, output): Promise<ProbeResult> =>
      output === 'score'
        ? { dims: [1, 10], elementType: 'float32', numbers: new Float32Array(10) }
        : (output === 'large' ? large : small).probe(dims, numbers, output)
    const form = await probeForm('m', read(planes, ['score', 'same', 'large']), probe)
    expect(form.outputs.map(({ name, scale }) => [name, scale])).toEqual([
      ['large', 4],
      ['same', 1],
    ])
    expect(usualForm('m', form, { output: 'same' })).toMatchObject({
      form: { output: 'same', scale: 1 },
      adaptation: { several: true },
    })
    expect(() => usualForm('m', form, { output: 'score' })).toThrow(ModelError)
  })

  const gives = (dims: (given: readonly number[]) => readonly number[]): Probe => {
    return async (given) => ({ dims: dims(given), elementType: 'float32', numbers: new Float32Array() })
  }
  test.each([
    ['a classifier', gives(() => [1, 1000]), /gives numbers in 2 dimensions, not a picture\.$/],
    ['one and a half', gives((d) => [1, 3, d[2]! * 1.5, d[3]! * 1.5]), /a picture of about ×1\.5, .* whole factor/],
    ['unequal factors', gives((d) => [1, 3, d[2]! * 2, d[3]! * 4]), /×4 the width and ×2 the height/],
    ['fewer channels', gives((d) => [1, 1, d[2]! * 2, d[3]! * 2]), /a picture of 1 channel for one of 3/],
    ['two pictures', gives((d) => [2, 3, d[2]! * 2, d[3]! * 2]), /gives 2 pictures for one/],
    ['an error', async () => Promise.reject(new Error('no')), /could not be run on a small test picture/],
  ] as const)('%s is refused, in words that name no size of ours', async (_what, probe, message) => {
    await expect(probeForm('m', read(planes), probe)).rejects.toThrow(message)
  })
})

test('luma alone is probed as such', async () => {
  const form = await of({ scale: 2 }, value([1, 1, 'h', 'w']))
  expect(channelCount(form.channels)).toBe(1)
})
