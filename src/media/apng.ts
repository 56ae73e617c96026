/** PNG files as the frames of one animated PNG (W3C PNG, third edition, 4.9 and 11.3.6). */
import { pngChunk, pngChunks, pngSignature } from '../graph/file/png-chunks.ts'

export interface AnimationFrame {
  /** A PNG file; size, depth and channels as those of all others. */
  readonly png: Uint8Array<ArrayBuffer>
  /** Milliseconds for which it is shown, at most 65,535. */
  readonly milliseconds: number
}

/** What of the first file goes along: how the pixels are to be read, and what is said of them. */
const copiedChunks = new Set(['IHDR', 'sRGB', 'iTXt'])

function numbers(...fields: readonly (readonly [value: number, bytes: 1 | 2 | 4])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [, length]) => sum + length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [value, length] of fields) {
    if (length === 1) view.setUint8(at, value)
    else if (length === 2) view.setUint16(at, value)
    else view.setUint32(at, value)
    at += length
  }
  return bytes
}

/**
 * The file, in parts as they follow; plays for ever.
 * @param count of the frames that `frames` gives
 */
export async function* apngParts(
  frames: AsyncIterable<AnimationFrame>,
  count: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let sequence = 0
  let isFirst = true
  for await (const { png, milliseconds } of frames) {
    const chunks = pngChunks(png)
    const size = chunks[0]!.data
    if (isFirst) {
      yield pngSignature
      for (const { type, data } of chunks) if (copiedChunks.has(type)) yield pngChunk(type, data)
      yield pngChunk('acTL', numbers([count, 4], [0, 4]))
    }
    const view = new DataView(size.buffer, size.byteOffset)
    const control = numbers(
      ...([sequence++, view.getUint32(0), view.getUint32(4), 0, 0].map((value) => [value, 4]) as [number, 4][]),
      [milliseconds, 2],
      [1000, 2],
      // Each in place of the one before.
      [0, 1],
      [0, 1],
    )
    yield pngChunk('fcTL', control)
    for (const { type, data } of chunks) {
      if (type !== 'IDAT') continue
      if (isFirst) yield pngChunk('IDAT', data)
      else {
        const numberedData = new Uint8Array(4 + data.byteLength)
        numberedData.set(numbers([sequence++, 4]))
        numberedData.set(data, 4)
        yield pngChunk('fdAT', numberedData)
      }
    }
    isFirst = false
  }
  yield pngChunk('IEND', new Uint8Array())
}
