/** Mixing weights of a family: the files themselves where one is all, between them every number by its share, and a refusal of what does not fit. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openFamily, weigh } from '../../../src/models/family.ts'
import { readOnnx, tensorsOf, writeOnnx } from '../../../src/models/onnx/onnx-file.ts'
import { readFloats } from '../../../src/models/onnx/tensor-data.ts'
import { fixture } from './fixture-models.ts'

const member = (name: string) => ({ name, bytes: fixture(name) })
const open = (...names: string[]) => openFamily(names.map(member))
const numbers = (bytes: Uint8Array<ArrayBuffer>) =>
  new Map([...tensorsOf(readOnnx('model', bytes))].map((tensor) => [tensor.name, readFloats(tensor)]))

const dial = open('dial-0', 'dial-1', 'dial-2')
const own = ['dial-0', 'dial-1', 'dial-2'].map((name) => numbers(fixture(name)))
/** Member `low` and the one after it. */
const between = (low: number, share: number) => [
  { member: low, share: 1 - share },
  { member: low + 1, share },
]

describe('a family', () => {
  test('is its files where a member is all, byte by byte', () => {
    for (const member of [0, 1, 2]) expect(dial.mix([{ member, share: 1 }])).toEqual(fixture(`dial-${member}`))
  })

  test('mixes every number of up to four members by their shares, within what they hold', () => {
    const four = openFamily([
      ...['dial-0', 'dial-1', 'dial-2'].map(member),
      { name: 'again', bytes: fixture('dial-0') },
    ])
    const each = [...own, own[0]!]
    const place = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(place, place, (across, along) => {
        const shares = [(1 - across) * (1 - along), across * (1 - along), (1 - across) * along, across * along]
        let [error, outside] = [0, 0]
        for (const [name, values] of numbers(four.mix(shares.map((share, member) => ({ member, share }))))) {
          const ofMembers = each.map((one) => one.get(name)!)
          for (const [i, value] of values.entries()) {
            const there = ofMembers.map((one) => one[i]!)
            const want = there.reduce((sum, one, k) => sum + one * shares[k]!, 0)
            error = Math.max(error, Math.abs(value - want))
            if (!(value >= Math.min(...there) - 1e-7 && value <= Math.max(...there) + 1e-7)) outside += 1
          }
        }
        expect(error).toBeLessThan(1e-6)
        expect(outside).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  test('changes nothing but numbers: the graph is the first neighbour’s', () => {
    const mixed = readOnnx('mixed', dial.mix(between(0, 0.5)))
    const low = readOnnx('low', fixture('dial-0'))
    for (const [i, tensor] of mixed.graph.initializer.entries()) tensor.rawData = low.graph.initializer[i]!.rawData
    expect(writeOnnx(mixed)).toEqual(fixture('dial-0'))
  })

  test('moves all the way from one member to the next, evenly', () => {
    const [a, b] = [own[0]!.get('conv0.weight')!, own[1]!.get('conv0.weight')!]
    const at = (position: number) => numbers(dial.mix(between(0, position))).get('conv0.weight')!
    const farthest = [...a.keys()].reduce((best, i) =>
      Math.abs(b[i]! - a[i]!) > Math.abs(b[best]! - a[best]!) ? i : best,
    )
    expect(Math.abs(b[farthest]! - a[farthest]!)).toBeGreaterThan(0.05)
    const path = [0, 0.25, 0.5, 0.75, 1].map((position) => at(position)[farthest]! - a[farthest]!)
    for (const [i, moved] of path.entries()) expect(moved).toBeCloseTo(((b[farthest]! - a[farthest]!) * i) / 4, 6)
  })

  test('in float16, with weights in constants, mixes to halves', () => {
    const half = open('half-0', 'half-1')
    const [a, b, mixed] = [fixture('half-0'), fixture('half-1'), half.mix(between(0, 0.5))].map(numbers)
    let moved = 0
    for (const [name, values] of mixed!) {
      for (const [i, value] of values.entries()) {
        const want = (a!.get(name)![i]! + b!.get(name)![i]!) / 2
        expect(Math.abs(value - want)).toBeLessThanOrEqual(Math.abs(want) * 2 ** -11 + 2 ** -25)
        moved = Math.max(moved, Math.abs(value - a!.get(name)![i]!))
      }
    }
    expect(moved).toBeGreaterThan(0.05)
    expect(mixed!.size).toBe(a!.size)
  })

  test('has no member that was not given, and no mix of none', () => {
    expect(() => dial.mix([{ member: 3, share: 1 }])).toThrow(RangeError)
    expect(() => dial.mix([])).toThrow(RangeError)
  })
})

describe('models that differ in more than their weights are refused, both named and the tensor where it begins', () => {
  test.each([
    ['dial-wide', /“dial-0” and “dial-wide” .* “conv0.weight” is 8 × 3 × 3 × 3 in the first and 12 × 3 × 3 × 3/],
    ['dial-leaky', /“dial-0” and “dial-leaky” .* “slope1” is in the first alone/],
    ['half-0', /“dial-0” and “half-0” cannot be mixed: the tensor “conv0.weight” holds numbers of another type/],
    ['compact', /“dial-0” and “compact” cannot be mixed: the tensor “conv0.weight” is 8 .* and 6 /],
  ])('dial-0 and %s', (name, message) => {
    expect(() => open('dial-0', name)).toThrow(
      expect.objectContaining({ name: 'ModelError', message: expect.stringMatching(message) }),
    )
  })

  test('the third as well as the second', () => {
    expect(() => open('dial-0', 'dial-1', 'dial-wide')).toThrow(/“dial-1” and “dial-wide”/)
  })

  test('of the same tensors, wired otherwise', () => {
    const model = readOnnx('dial-1', fixture('dial-1'))
    const shuffle = model.graph.node.find(({ opType }) => opType === 'DepthToSpace')!
    shuffle.attribute.find(({ name }) => name === 'mode')!.s = new TextEncoder().encode('DCR')
    const other = { name: 'other', bytes: writeOnnx(model) }
    expect(() => openFamily([member('dial-0'), other])).toThrow(
      /“dial-0” and “other” .*compute the tensor “depthtospace\d+” in different ways/,
    )
  })

  test('but names, descriptions and what is written about a model may differ', () => {
    const model = readOnnx('dial-1', fixture('dial-1'))
    model.docString = 'another'
    model.graph.name = 'another'
    for (const [i, node] of model.graph.node.entries()) node.name = `n${i}`
    expect(() => openFamily([member('dial-0'), { name: 'other', bytes: writeOnnx(model) }])).not.toThrow()
  })

  test('a member that is no model is named', () => {
    expect(() => open('dial-0', 'truncated')).toThrow(/“truncated” is not an ONNX model/)
  })
})

test('mixing equal numbers changes none of them', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), share, share, (values, one, other) => {
      const shares = [1 - one, one * other, one * (1 - other)]
      expect(weigh(shares.map((each) => ({ values, share: each }))).every((value, i) => value === values[i])).toBe(true)
    }),
  )
})
