import { describe, expect, test } from 'vitest'
import { SoundDamage } from '../../../src/media/sound-damage.ts'

describe('what is told of damaged sound', () => {
  test('nothing, where there is none', () => {
    expect(new SoundDamage('The sound of “a.mp4”', 0, false).notes(false)).toEqual([])
  })

  test('how much, and when, from the beginning of the medium; places side by side are one', () => {
    const damage = new SoundDamage('The sound of “a.ts”', 1.4, false)
    damage.miss(2.4, 2.42)
    damage.miss(2.42, 2.44)
    // Met twice: once as a packet, once as the gap that it left.
    damage.miss(2.4, 2.44)
    damage.miss(5.4, 5.5)
    const told = 'The sound of “a.ts” is damaged: 0.14 s of it are missing or cannot be decoded,'
    expect(damage.notes(false)).toEqual([`${told} and are silent in the result, at 1 s to 1.04 s, 4 s to 4.1 s.`])
    expect(damage.notes(true)).toEqual([
      `${told} and were copied as they are, for players to skip, at 1 s to 1.04 s, 4 s to 4.1 s.`,
    ])
  })

  test('no more than six places by their times', () => {
    const damage = new SoundDamage('The sound of “a.mp4”', 0, false)
    for (let second = 0; second < 8; second++) damage.miss(second, second + 0.02)
    expect(damage.notes(false)[0]).toMatch(/5 s to 5\.02 s and 2 more places\.$/)
  })

  test('from where on it cannot be read', () => {
    const damage = new SoundDamage('The sound of “a.mp4”', 0, false)
    damage.end(3.2)
    damage.end(4)
    expect(damage.notes(false)).toEqual([
      'The sound of “a.mp4” is damaged: it cannot be read after 3.2 s, and the result is silent from there on.',
    ])
  })

  test('strict, it is refused where it is met', () => {
    const damage = new SoundDamage('The sound of “a.mp4”', 0, true)
    expect(() => damage.miss(61, 62)).toThrow('The sound of “a.mp4” is damaged at 01:01.')
    expect(() => damage.end(2)).toThrow('The sound of “a.mp4” is damaged at 2 s.')
  })
})
