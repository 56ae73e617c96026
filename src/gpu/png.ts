/** Writes PNG (W3C PNG, third edition). A canvas would premultiply alpha and manage colours on the way; this keeps every value. */

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

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(12 + data.byteLength)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.byteLength)
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i)
  out.set(data, 8)
  view.setUint32(8 + data.byteLength, crc32(out.subarray(4, 8 + data.byteLength)))
  return out
}

/** International text under the registered keyword “Comment”: language unsaid, not compressed, UTF-8. */
function commentChunk(comment: string): Uint8Array {
  return chunk('iTXt', new TextEncoder().encode(`Comment\0\0\0\0\0${comment}`))
}

/**
 * @param pixels RGBA, 8 or 16 bits, `width · height · 4` values, straight alpha.
 * @param comment a text that travels in the file.
 * @returns a PNG file of as many bits: RGB where every pixel is opaque, else RGBA; tagged sRGB.
 */
export async function encodePng(
  pixels: Uint8ClampedArray | Uint16Array,
  width: number,
  height: number,
  comment?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const deep = pixels instanceof Uint16Array
  const full = deep ? 65535 : 255
  let opaque = true
  for (let i = 3; i < pixels.length && opaque; i += 4) opaque = pixels[i] === full
  const channels = opaque ? 3 : 4
  const pixelBytes = channels * (deep ? 2 : 1)
  const rowBytes = width * pixelBytes
  const filtered = new Uint8Array((rowBytes + 1) * height)
  const row = new Uint8Array(rowBytes)
  const above = new Uint8Array(rowBytes)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const value = pixels[(y * width + x) * 4 + c] ?? 0
        const at = x * channels + c
        if (deep) {
          row[at * 2] = value >> 8
          row[at * 2 + 1] = value & 255
        } else row[at] = value
      }
    const at = y * (rowBytes + 1)
    filtered[at] = 4
    for (let i = 0; i < rowBytes; i++) {
      const left = i >= pixelBytes ? (row[i - pixelBytes] ?? 0) : 0
      const up = above[i] ?? 0
      const corner = i >= pixelBytes ? (above[i - pixelBytes] ?? 0) : 0
      filtered[at + 1 + i] = (row[i] ?? 0) - paeth(left, up, corner)
    }
    above.set(row)
  }
  const deflated = new Blob([filtered]).stream().pipeThrough(new CompressionStream('deflate'))
  const data = new Uint8Array(await new Response(deflated).arrayBuffer())
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([deep ? 16 : 8, opaque ? 2 : 6, 0, 0, 0], 8)
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('sRGB', Uint8Array.of(0)),
    ...(comment === undefined ? [] : [commentChunk(comment)]),
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ]
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let position = 0
  for (const part of parts) {
    file.set(part, position)
    position += part.byteLength
  }
  return file
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner
  const a = Math.abs(estimate - left)
  const b = Math.abs(estimate - up)
  const c = Math.abs(estimate - corner)
  return a <= b && a <= c ? left : b <= c ? up : corner
}
