/** The pieces that PNG files are made of (W3C PNG, third edition, 5.3), in which pictures carry their graphs, too. */

export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** A chunk of PNG with its length and its check. @param type four letters */
export function pngChunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(12 + data.byteLength)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.byteLength)
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i)
  out.set(data, 8)
  view.setUint32(8 + data.byteLength, crc32(out.subarray(4, 8 + data.byteLength)))
  return out
}

export interface PngChunk {
  readonly type: string
  readonly data: Uint8Array<ArrayBuffer>
}

/** The chunks of a PNG file; of one that was cut off, those that are whole. */
export function pngChunks(file: Uint8Array<ArrayBuffer>): readonly PngChunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const chunks: PngChunk[] = []
  for (let at = pngSignature.length; at + 12 <= file.byteLength; ) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8))
    const data = file.subarray(at + 8, at + 8 + length)
    if (data.byteLength < length) break
    chunks.push({ type, data })
    at += 12 + length
  }
  return chunks
}
