/** Damage of every kind, held against what ffmpeg decodes of the same file; the larger matrix is `npm run bench:damage`. */
import { describe, expect, test } from 'vitest'
import { judged, type Whole } from '../../bench/damage-judgement.ts'
import { damaged, damageKinds } from '../../bench/damage-kinds.ts'
import { readFrames } from '../../bench/damage-reading.ts'
import expected from '../fixtures/media/damage.json'
import { fixture } from './media-support.ts'

/** Each file of a program stream costs a run of ffmpeg. */
const fewer = [
  'cut off at half',
  'sector zeroed',
  'bits flipped',
  'piece missing',
  'begun in the middle',
  'first bytes zeroed',
]
const kindsOf = (container: string): readonly string[] => (container === 'mpg' ? fewer : Object.keys(damageKinds))

describe.each(Object.entries(expected))('%s', async (container, ffmpeg) => {
  const clip = new Uint8Array(await (await fixture(`damage.${container}`)).arrayBuffer())
  const counts = new Map(Object.entries(ffmpeg))
  let whole: Whole

  test('whole: every frame, and no note of damage', async () => {
    const reading = await readFrames(`whole.${container}`, clip, 'product')
    expect(reading).toMatchObject({ frames: counts.get('whole'), held: 0, refusal: null })
    whole = { frames: reading.frames, sums: new Set(reading.sums) }
    expect(judged(reading, reading.frames, { ...whole, frames: reading.frames + 1 })).toMatch(/no note/)
  })

  test.each(kindsOf(container))('%s', async (kind) => {
    const reading = await readFrames(`damaged.${container}`, new Uint8Array(damaged(clip, kind)), 'product')
    expect(judged(reading, counts.get(kind) ?? Number.NaN, whole)).toBeNull()
  })
})

test('decoded by ffmpeg, frames behind one that is held are told of', async () => {
  const clip = new Uint8Array(await (await fixture('damage.mp4')).arrayBuffer())
  const storage = Object.getOwnPropertyDescriptor(Navigator.prototype, 'storage')!
  // Without a private store ffmpeg decodes what it would else hand to the browser.
  Reflect.deleteProperty(Navigator.prototype, 'storage')
  try {
    const reading = await readFrames('damaged.mp4', new Uint8Array(damaged(clip, 'sector zeroed')), 'ffmpeg')
    expect(reading.facts?.route).toBe('ffmpeg-decode')
    expect(reading.held).toBeGreaterThan(0)
    expect(reading.notes.join(' ')).toContain('Frames after such a place, up to the next key frame')
    // The browser could, had it a copy in another container.
    expect(reading.notes).toContain('It is decoded by ffmpeg, which is slower.')
  } finally {
    Object.defineProperty(Navigator.prototype, 'storage', storage)
  }
})

test('frames of another size than the first are stretched to its size, and told of', async () => {
  const clip = new Uint8Array(await (await fixture('sizes.mkv')).arrayBuffer())
  const reading = await readFrames('sizes.mkv', clip, 'product')
  expect(reading).toMatchObject({ frames: 6, held: 0, refusal: null })
  expect(reading.notes).toContain(
    '“sizes.mkv” changes its size: 3 frames are of 32 × 24, and were stretched to the size of the first, at 0.125 s to 0.208 s (frames 4 to 6).',
  )
})
