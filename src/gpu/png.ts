/** Writes PNG (W3C PNG, third edition). A canvas would premultiply alpha and manage colours on the way; this keeps every value. */
import { pngChunk, pngSignature } from '../graph/file/png-chunks.ts'

/** International text under the registered keyword “Comment”: language unsaid, not compressed, UTF-8. */
function commentChunk(comment: string): Uint8Array {
  return pngChunk('iTXt', new TextEncoder().encode(`Comment\0\0\0\0\0${comment}`))
}

/**
 * @param pixels RGBA, 8 or 16 bits, `width · height · 4` values, straight alpha.
 * @param comment a text that travels in the file.
 * @param channels `rgba`: whatever the pixels are, as frames of one animation must be alike.
 * @returns a PNG file of as many bits: RGB where every pixel is opaque, else RGBA; tagged sRGB.
 */
export async function encodePng(
  pixels: Uint8ClampedArray | Uint16Array,
  width: number,
  height: number,
  comment?: string,
  channels?: 'rgba',
): Promise<Uint8Array<ArrayBuffer>> {
  const deep = pixels instanceof Uint16Array
  const full = deep ? 65535 : 255
  let opaque = channels !== 'rgba'
  for (let i = 3; i < pixels.length && opaque; i += 4) opaque = pixels[i] === full
  const components = opaque ? 3 : 4
  const pixelBytes = components * (deep ? 2 : 1)
  const rowBytes = width * pixelBytes
  const filteredRows = new Uint8Array((rowBytes + 1) * height)
  const row = new Uint8Array(rowBytes)
  const above = new Uint8Array(rowBytes)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      for (let c = 0; c < components; c++) {
        const value = pixels[(y * width + x) * 4 + c] ?? 0
        const at = x * components + c
        if (deep) {
          row[at * 2] = value >> 8
          row[at * 2 + 1] = value & 255
        } else row[at] = value
      }
    const at = y * (rowBytes + 1)
    filteredRows[at] = 4
    for (let i = 0; i < rowBytes; i++) {
      const left = i >= pixelBytes ? (row[i - pixelBytes] ?? 0) : 0
      const up = above[i] ?? 0
      const corner = i >= pixelBytes ? (above[i - pixelBytes] ?? 0) : 0
      filteredRows[at + 1 + i] = (row[i] ?? 0) - paeth(left, up, corner)
    }
    above.set(row)
  }
  const deflateStream = new Blob([filteredRows]).stream().pipeThrough(new CompressionStream('deflate'))
  const data = new Uint8Array(await new Response(deflateStream).arrayBuffer())
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([deep ? 16 : 8, opaque ? 2 : 6, 0, 0, 0], 8)
  const parts = [
    pngSignature,
    pngChunk('IHDR', header),
    pngChunk('sRGB', Uint8Array.of(0)),
    ...(comment === undefined ? [] : [commentChunk(comment)]),
    pngChunk('IDAT', data),
    pngChunk('IEND', new Uint8Array(0)),
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
