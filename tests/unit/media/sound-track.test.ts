import { describe, expect, test } from 'vitest'
import { SoundTrack } from '../../../src/media/sound-track.ts'

interface Piece {
  readonly timestamp: number
}

/** A track beginning at second 10, of pieces a second long; what was done, in order. */
function trackOf(count: number) {
  const log: string[] = []
  const pieces = Array.from({ length: count }, (_, index): Piece => ({ timestamp: 10 + index }))
  const track = new SoundTrack<Piece>({ close: () => void log.push('close') }, 10, pieces[0] ?? null, {
    add: async ({ timestamp }) => void log.push(`add ${timestamp}`),
    next: async (piece) => pieces[pieces.indexOf(piece) + 1] ?? null,
    free: ({ timestamp }) => void log.push(`free ${timestamp}`),
  })
  return { log, track }
}

describe('a sound track', () => {
  test('takes no more than it is asked for, and is closed behind the last piece', async () => {
    const { log, track } = trackOf(3)
    await track.upTo(2)
    expect(log).toEqual(['add 10', 'add 11'])
    await track.upTo(2)
    expect(log).toHaveLength(2)
    await track.upTo(5)
    expect(log).toEqual(['add 10', 'add 11', 'add 12', 'close'])
    track.close()
    expect(log.filter((entry) => entry === 'close')).toHaveLength(1)
  })

  test('that is closed early frees the piece that waits, once, and adds nothing after', async () => {
    const { log, track } = trackOf(3)
    await track.upTo(1)
    track.close()
    track.close()
    await track.upTo(5)
    expect(log).toEqual(['add 10', 'free 11', 'close'])
  })

  test('frees the piece that arrives while it is being closed', async () => {
    const { log, track } = trackOf(3)
    const adding = track.upTo(5)
    track.close()
    await adding
    expect(log).toEqual(['add 10', 'close', 'free 11'])
  })

  test('of nothing is closed at once', async () => {
    const { log, track } = trackOf(0)
    await track.upTo(0)
    expect(log).toEqual(['close'])
  })
})
