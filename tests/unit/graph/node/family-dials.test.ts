/** Where the dials of a family lead: which members are mixed, by which shares, and which dials a model turns. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DialPlace } from '../../../../src/graph/node/facts.ts'
import { damageSentence, dialsOf, measuredDamage, sharesAt, turnedTo } from '../../../../src/graph/node/family-dials.ts'
import { familyFacts } from '../../models/family-facts.ts'

const at = (personality: number, source = 0): DialPlace => ({ personality, source })
const whole = familyFacts(3, 2)
/** By the names of members. */
const mixed = (family: typeof whole, place: DialPlace) =>
  Object.fromEntries(sharesAt(family, place).map(({ member, share }) => [family.members[member]!.id, share]))

describe('a place of the dials', () => {
  test('is one member at whole numbers of both', () => {
    for (const { id, place } of whole.members) expect(mixed(whole, place)).toEqual({ [id]: 1 })
  })

  test('is the bilinear mix of the four around it, which change evenly and sum to 1', () => {
    expect(mixed(whole, at(1.25, 0.5))).toEqual({
      perceptual: 0.375,
      gan: 0.125,
      'coded-perceptual': 0.375,
      'coded-gan': 0.125,
    })
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (x, y) => {
        const shares = sharesAt(whole, at(x, y))
        expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
        const place = (dial: keyof DialPlace) =>
          shares.reduce((sum, { member, share }) => sum + share * whole.members[member]!.place[dial], 0)
        // Where the members lie is linear, too: so nothing jumps, and no dial turns the other.
        expect(place('personality')).toBeCloseTo(x, 9)
        expect(place('source')).toBeCloseTo(y, 9)
      }),
    )
  })

  test('with one kind of source, or one personality, is that of the other dial alone', () => {
    expect(mixed(familyFacts(3), at(0.25))).toEqual({ l1: 0.75, perceptual: 0.25 })
    expect(mixed(familyFacts(1, 2), at(0, 0.25))).toEqual({ l1: 0.75, 'coded-l1': 0.25 })
  })

  test('that has no member is served by the one of its personality for the other kind of source', () => {
    const family = familyFacts(3, 2, at(0), [at(2, 0), at(1, 1)])
    expect(mixed(family, at(2, 0))).toEqual({ 'coded-gan': 1 })
    expect(mixed(family, at(2, 0.3))).toEqual({ 'coded-gan': 1 })
    expect(mixed(family, at(1, 0.3))).toEqual({ perceptual: 1 })
    expect(mixed(family, at(1.5, 0.5))).toEqual({ perceptual: 0.5, 'coded-gan': 0.5 })
    expect(mixed(family, at(0, 0.5))).toEqual({ l1: 0.5, 'coded-l1': 0.5 })
  })

  test.each([at(-0.001), at(2.001), at(Number.NaN), at(0, -0.1), at(0, 1.1), at(0, Number.NaN)])(
    'beyond the ends is none: %j',
    (place) => {
      expect(() => sharesAt(whole, place)).toThrow(RangeError)
    },
  )
})

describe('a model', () => {
  test('turns the dials that it begins, and stays where it is along the others', () => {
    const asked = at(1.5, 0.25)
    const member = (personality: number, source: number) => ({ family: familyFacts(3, 2, at(personality, source)) })
    expect([dialsOf(member(0, 0)), turnedTo(member(0, 0), asked)]).toEqual([{ personality: true, source: true }, asked])
    expect([dialsOf(member(0, 1)), turnedTo(member(0, 1), asked)]).toEqual([
      { personality: true, source: false },
      at(1.5, 1),
    ])
    expect([dialsOf(member(2, 0)), turnedTo(member(2, 0), asked)]).toEqual([
      { personality: false, source: true },
      at(2, 0.25),
    ])
  })

  test('of a family without a dial, or of none, turns none', () => {
    expect(dialsOf({ family: familyFacts(3) })).toEqual({ personality: true, source: false })
    expect(turnedTo({ family: familyFacts(3) }, at(1, 1))).toEqual(at(1))
    expect(dialsOf({})).toEqual({ personality: false, source: false })
    expect(turnedTo({}, at(0, 1))).toEqual(at(0))
  })
})

test('what a codec took is told in a sentence with its evidence; unknown sources count as compressed', () => {
  const told = (damage: number) => damageSentence({ compression: { damage, evidence: '0.1 bits a pixel' } })
  expect([0, 0.5, 1].map(told)).toEqual([
    'Measured: clean, 0.1 bits a pixel.',
    'Measured: slightly compressed, 0.1 bits a pixel.',
    'Measured: compressed, 0.1 bits a pixel.',
  ])
  expect([measuredDamage({ compression: { damage: 0.3, evidence: '' } }), measuredDamage({})]).toEqual([0.3, 0.75])
  expect(damageSentence({})).toMatch(/^Not measured: .* compressed\.$/)
})

test('a model that stands for one that ships no more runs at the nearest place of its own family', () => {
  const standing = { family: familyFacts(2, 2), standsFor: 'old' }
  expect(turnedTo(standing, at(2, 0.5))).toEqual(at(1, 0.5))
  expect(turnedTo({ standsFor: 'old' }, at(2, 0.5))).toEqual(at(0))
})
