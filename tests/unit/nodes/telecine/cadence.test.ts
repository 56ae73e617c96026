/** What is decided of film in video by numbers: which field belongs to which, which frame is a repeat, and what is told of it. */
import { describe, expect, test } from 'vitest'
import {
  CadenceLog,
  cadencesOf,
  expectedOf,
  type FrameReading,
  matchOf,
  orderOf,
  readingOf,
  verdictOf,
} from '../../../../src/nodes/telecine/cadence.ts'

const reading = (gains: Partial<FrameReading['gains']>): FrameReading => {
  const none = readingOf([])
  return { ...none, gains: { ...none.gains, ...gains } }
}

describe('the lower lines are taken', () => {
  test.each([
    ['own', {}, 'top first'],
    ['own', { ownBefore: 0.04 }, 'top first'],
    ['own', { beforeOwn: 20, afterOwn: 18 }, 'bottom first'],
    ['before', { ownBefore: 12, beforeOwn: 0.5, afterOwn: 9 }, 'top first'],
    ['after', { ownAfter: 12, afterOwn: 0.5, beforeOwn: 9 }, 'bottom first'],
    ['own', { ownAfter: 12 }, 'top first'],
    ['own', { ownBefore: 12 }, 'bottom first'],
    // At an edit neither is right: each is better somewhere.
    ['own', { ownBefore: 12, beforeOwn: 11 }, 'top first'],
  ] as const)('from the frame %s of %o, %s', (match, gains, order) => {
    expect(matchOf(reading(gains), order)).toBe(match)
  })
})

test('slow vertical movement is not taken for another field where the cadence says otherwise, nor the other way round', () => {
  const verdict = verdictOf([9, 8, 0.3, 10, 9])
  const slow = reading({ ownBefore: 1.5, beforeOwn: 1, ownAfter: 1.5, afterOwn: 1 })
  const matches = (order: 'top first' | 'bottom first') =>
    [0, 1, 2, 3, 4].map((place) => matchOf(slow, order, expectedOf(place, verdict, order)))
  expect(matches('top first')).toEqual(['own', 'own', 'before', 'before', 'own'])
  expect(matches('bottom first')).toEqual(['after', 'after', 'own', 'own', 'own'])
  expect(expectedOf(1, verdictOf([9, 8, 7, 10, 9]), 'top first')).toBe('unknown')
})

test('which field comes first is told of the group: what looks better by chance in one frame does not decide', () => {
  const whole = reading({ beforeOwn: 10, afterOwn: 10 })
  const byChance = reading({ ownAfter: 0.8, afterOwn: 0.2, beforeOwn: 3 })
  expect(orderOf([whole, byChance, reading({ ownBefore: 9, afterOwn: 2 })])).toBe('top first')
  expect(orderOf([whole, reading({ ownAfter: 9, beforeOwn: 2 }), whole])).toBe('bottom first')
})

describe('of five frames goes', () => {
  test.each([
    ['the repeat', [9, 8, 0.3, 10, 9], { drop: 2, change: 0.3, fault: undefined }],
    ['the repeat in noise', [9, 8, 3, 10, 9], { drop: 2, change: 3, fault: undefined }],
    [
      'one of a still scene, and nothing is said',
      [0.4, 0.3, 0.5, 0.4, 0.6],
      { drop: 1, change: 0.3, fault: undefined },
    ],
    ['one that is shown once where none is repeated', [9, 8, 7, 10, 9], { drop: 2, change: 7, fault: 'lost' }],
    ['one of two repeats', [9, 0.3, 9, 0.4, 9], { drop: 1, change: 0.3, fault: 'doubled' }],
    [
      'the first of the clip where what it repeats was cut off',
      [Number.POSITIVE_INFINITY, 9, 8, 9, 8],
      { drop: 0, change: 0, fault: undefined },
    ],
    ['the repeat beside slow movement and a cut', [5.2, 0.56, 0, 32, 0.54], { drop: 2, change: 0, fault: undefined }],
    ['not the first of the clip', [Number.POSITIVE_INFINITY, 9, 0.2, 9, 8], { drop: 2, change: 0.2, fault: undefined }],
    ['what the clip has not', [9, 8, 9, undefined, undefined], { drop: 3, change: 0, fault: undefined }],
    ['the repeat at its end', [9, 0.2, 9, undefined, undefined], { drop: 1, change: 0.2, fault: undefined }],
    [
      'what lies before a trim',
      [undefined, undefined, Number.POSITIVE_INFINITY, 0.2, 9],
      { drop: 0, change: 0, fault: undefined },
    ],
    [
      'nothing of a clip of two',
      [Number.POSITIVE_INFINITY, 9, undefined, undefined, undefined],
      { drop: 2, change: 0, fault: undefined },
    ],
    [
      'nothing where there is nothing',
      [undefined, undefined, undefined, undefined, undefined],
      { drop: 4, change: 0, fault: undefined },
    ],
  ] as const)('%s', (_, changes, verdict) => {
    expect(verdictOf(changes)).toMatchObject(verdict)
  })
})

test('of film whose drawings are held over two frames goes the repeat, and no drawing', () => {
  const seen = (mixed: number, gain: 'ownBefore' | 'ownAfter') =>
    [0, 1, 2, 3, 4].map((place) => reading(place === mixed ? { [gain]: 12 } : {}))
  // A A B B, behind others: the second of the A is the repeat, whose lower lines are the B’s; noise makes the second B look more alike.
  expect(verdictOf([9, 0.4, 0.5, 8, 0.2], cadencesOf(seen(2, 'ownBefore'), 'top first'))).toMatchObject({
    ...{ drop: 1, isRepeat: true, fault: undefined },
  })
  // A B B C behind an A: that is the only frame of it which is left.
  const held = [0.2, 9, 0.4, 0.5, 8] as const
  expect(verdictOf(held, cadencesOf(seen(3, 'ownBefore'), 'top first'))).toMatchObject({ drop: 2, fault: undefined })
  expect(verdictOf(held, cadencesOf(seen(1, 'ownAfter'), 'bottom first'))).toMatchObject({ drop: 2, fault: undefined })
  // Nothing is seen, or what is seen fits none of those that are alike.
  for (const place of [-1, 4]) expect(verdictOf(held, cadencesOf(seen(place, 'ownAfter'), 'bottom first')).drop).toBe(0)
})

describe('it is told', () => {
  const log = (faults: readonly ('lost' | 'doubled' | undefined)[]) => {
    const kept = new CadenceLog()
    for (const [i, fault] of faults.entries()) {
      kept.group(i, i / 6, { drop: 0, change: 0, isRepeat: true, fault })
      kept.group(i, i / 6 + 0.1, { drop: 0, change: 0, isRepeat: true, fault })
    }
    return kept
  }

  test('of an unbroken cadence, nothing', () => {
    expect(log([undefined, undefined]).notes(true)).toEqual([])
  })

  test('how often and where the cadence is broken', () => {
    expect(log([undefined, 'lost', undefined, 'doubled', undefined, undefined]).notes(true)).toEqual([
      'In 1 of 6 groups of five no frame is repeated, and one that is shown once was left out (at 0.17 s): the cadence is broken there, or that part is no film.',
      'In 1 of 6 groups of five more than one frame is repeated, and one is shown twice (at 0.50 s): the cadence is broken there.',
    ])
  })

  test('that a clip is no film', () => {
    expect(log(['lost', 'lost', 'lost', 'lost', undefined]).notes(true)).toEqual([
      'No frame is repeated in 4 of 5 groups of five: this is not telecined film, and a fifth of its frames is gone. Take the node out.',
    ])
  })

  test('which frames comb for good', () => {
    const kept = log([undefined])
    for (const frame of [3, 4, 5, 6]) kept.combed(frame, frame / 24)
    expect(kept.notes(true)).toEqual([
      '4 frames have lines that go with those of no neighbour (at 0.13 s, 0.17 s, 0.21 s …); they were made anew from the lines between.',
    ])
    expect(kept.notes(false)[0]).toContain('they stay combed')
  })
})
