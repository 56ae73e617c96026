/**
 * VP8 and VP9 may carry frames that are never shown (alternate references). Mostly they travel inside the packet of a
 * shown frame, but some muxers gave them packets of their own, which then must not be counted as frames.
 */
import type { EncodedPacket, EncodedPacketSink } from 'mediabunny'

/** Packets nearer to the next than this part of the mean distance are looked into; reading all would mean the whole file. */
const suspicious = 0.3

export const mayHideFrames = (codec: string | null): codec is 'vp8' | 'vp9' => codec === 'vp8' || codec === 'vp9'

/**
 * @param packets all of the track, in the order they are decoded, which in these codecs is the order they are shown.
 * @returns those that show nothing.
 */
export async function hiddenPackets(
  sink: EncodedPacketSink,
  codec: 'vp8' | 'vp9',
  packets: readonly EncodedPacket[],
): Promise<ReadonlySet<EncodedPacket>> {
  const packetsNotShown = new Set<EncodedPacket>()
  const first = packets[0]
  const last = packets[packets.length - 1]
  if (!first || !last || packets.length < 2) return packetsNotShown
  const mean = (last.timestamp - first.timestamp) / (packets.length - 1)
  for (const [index, packet] of packets.entries()) {
    const next = packets[index + 1]
    if (!next || next.timestamp - packet.timestamp >= mean * suspicious) continue
    const before = packets[index - 1]
    const whole = await (before ? sink.getNextPacket(before) : sink.getFirstPacket())
    if (whole && !(codec === 'vp8' ? showsVp8(whole.data) : showsVp9(whole.data))) packetsNotShown.add(packet)
  }
  return packetsNotShown
}

/** RFC 6386, 9.1: bit 4 of the frame tag is `show_frame`. */
const showsVp8 = (data: Uint8Array): boolean => ((data[0] ?? 0) & 0x10) !== 0

/** VP9 bitstream specification, 6.2 and Annex B: a superframe always shows one; else the uncompressed header tells. */
function showsVp9(data: Uint8Array): boolean {
  const last = data[data.length - 1] ?? 0
  if ((last & 0xe0) === 0xc0) return true
  const bit = (index: number): number => ((data[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
  // frame_marker (2), profile low and high bit, a reserved bit in profile 3, show_existing_frame, frame_type, show_frame.
  const profile = bit(2) | (bit(3) << 1)
  const at = profile === 3 ? 5 : 4
  return bit(at) === 1 || bit(at + 2) === 1
}
