import { expect, test } from 'vitest'
import { PacketTally, rateNotes } from '../../../src/media/video-encoding.ts'

test('packets are told by kind with their bytes; empty ones are no frames', () => {
  const tally = new PacketTally()
  expect([tally.frames, tally.sizes]).toEqual([0, { keys: 0, keyBytes: 0, deltas: 0, deltaBytes: 0 }])
  tally.add({ type: 'key', byteLength: 1000 })
  tally.add({ type: 'delta', byteLength: 100 })
  const before = tally.sizes
  tally.add({ type: 'delta', byteLength: 0 })
  tally.add({ type: 'delta', byteLength: 50 })
  expect([tally.frames, tally.sizes]).toEqual([3, { keys: 1, keyBytes: 1000, deltas: 3, deltaBytes: 150 }])
  expect(before).toEqual({ keys: 1, keyBytes: 1000, deltas: 1, deltaBytes: 100 })
})

test('a quality that the browser takes as a bitrate is told of, and nothing else', () => {
  const quality = { mode: 'quality', crf: 23 } as never
  const bitrate = { mode: 'bitrate', bitsPerSecond: 1e6 } as never
  const config = { bitrate: 2_500_000, bitrateMode: 'variable' } as const
  expect(rateNotes({ codec: 'avc', rate: quality }, config)).toEqual([
    'This browser cannot encode H.264 at constant quality; 2.50 Mbit/s was the target.',
  ])
  expect(rateNotes({ codec: 'avc', rate: quality }, { ...config, bitrateMode: 'quantizer' })).toEqual([])
  expect(rateNotes({ codec: 'avc', rate: bitrate }, config)).toEqual([])
})
