/**
 * The comment in a file's metadata, by which a graph travels in what it made. Read without decoding anything, and
 * also after other tools copied the file: ffmpeg calls Matroska's tag `MOVIE/COMMENT` from then on.
 */

import { ALL_FORMATS, BlobSource, Input, UnsupportedInputFormatError } from 'mediabunny'
import { messageOf } from '../graph/document/coded-error.ts'
import { pngChunks, pngSignature } from '../graph/file/png-chunks.ts'
import { MediaError } from './types.ts'

/** Bytes; pictures beyond it are not searched. */
const largestPicture = 256 * 1024 * 1024

/**
 * @param onread told which bytes were read.
 * @returns the comment, `null` where the file has none. Rejects with `MediaError` where the file is damaged.
 */
export async function readComment(file: File, onread?: (start: number, end: number) => void): Promise<string | null> {
  try {
    const head = new Uint8Array(await file.slice(0, pngSignature.length).arrayBuffer())
    if (pngSignature.every((byte, index) => head[index] === byte))
      return file.size > largestPicture ? null : pngComment(new Uint8Array(await file.arrayBuffer()))
    return await containerComment(file, onread)
  } catch (cause) {
    if (cause instanceof UnsupportedInputFormatError) return null
    const why = messageOf(cause)
    throw new MediaError(
      `The metadata of “${file.name}” could not be read (${why}).`,
      'Check that the file is whole, or open the graph’s own file.',
      { cause },
    )
  }
}

async function containerComment(file: File, onread?: (start: number, end: number) => void): Promise<string | null> {
  const source = new BlobSource(file)
  source.onread = onread ?? null
  using input = new Input({ source, formats: ALL_FORMATS })
  const { comment, raw = {} } = await input.getMetadataTags()
  if (comment !== undefined) return comment
  const entry = Object.entries(raw).find(([key, value]) => /(^|\/)comment$/i.test(key) && typeof value === 'string')
  return typeof entry?.[1] === 'string' ? entry[1] : null
}

/** The uncompressed international text “Comment” of a PNG file (W3C PNG, third edition, 11.3.3.4). */
export function pngComment(file: Uint8Array<ArrayBuffer>): string | null {
  const latin = new TextDecoder('latin1')
  for (const { type, data } of pngChunks(file)) {
    if (type !== 'iTXt') continue
    const keyword = data.indexOf(0)
    if (latin.decode(data.subarray(0, keyword)) !== 'Comment' || data[keyword + 1] !== 0) continue
    const language = data.indexOf(0, keyword + 3)
    const keywordEnd = language < 0 ? -1 : data.indexOf(0, language + 1)
    if (keywordEnd >= 0) return new TextDecoder().decode(data.subarray(keywordEnd + 1))
  }
  return null
}
