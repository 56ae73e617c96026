import { EncodedPacket, type PacketType } from 'mediabunny'
import { expect, test } from 'vitest'
import { PacketPairs } from '../../../src/media/packet-pairs.ts'

const packet = (byte: number, type: PacketType = 'key') => new EncodedPacket(new Uint8Array([byte]), type, byte, 1)

function setUp() {
  const taken: (readonly [colours: number, alpha: number | undefined, codec: string | undefined])[] = []
  const pairs = new PacketPairs(({ data, sideData }, config) =>
    taken.push([data[0]!, sideData.alpha?.[0], config?.codec]),
  )
  return { pairs, taken }
}

test('packets are handed on two by two, whichever encoder is ahead', () => {
  const { pairs, taken } = setUp()
  pairs.addColours(packet(1), { codec: 'vp8' })
  pairs.addColours(packet(2, 'delta'), undefined)
  expect(taken).toEqual([])
  pairs.addAlpha(packet(11))
  expect(taken).toEqual([[1, 11, 'vp8']])
  pairs.addAlpha(packet(12, 'delta'))
  pairs.addAlpha(packet(13))
  pairs.addColours(packet(3), undefined)
  expect(taken).toEqual([
    [1, 11, 'vp8'],
    [2, 12, undefined],
    [3, 13, undefined],
  ])
  expect(() => pairs.throwIfUnlike()).not.toThrow()
})

test('key frames that are not at the same places are told', () => {
  const { pairs } = setUp()
  pairs.addColours(packet(1), undefined)
  pairs.addAlpha(packet(11, 'delta'))
  pairs.addColours(packet(2), undefined)
  pairs.addAlpha(packet(12))
  expect(() => pairs.throwIfUnlike()).toThrow('key frames')
})
