/**
 * Whether an MP4 or MOV is encrypted (ISO/IEC 23001-7, Common Encryption, and others of its kind): one of its tracks is then
 * described as `encv`. Read from the index itself, since a reader may fail on protected files in any way, and of that only from the
 * descriptions: the tables beside them are megabytes for a film.
 */
import { Mp4Boxes } from './container/mp4-boxes.ts'

/** `false` too where that is not told: of another kind of file, and of an index that leads on for ever. */
export async function isProtected(file: Blob): Promise<boolean> {
  const boxes = new Mp4Boxes(file)
  const head = await boxes.read(0, 8)
  if (head.byteLength < 8 || !head.subarray(4).every(isPrintable)) return false
  // What is wrong with its index the demuxer tells better.
  return hasEncrypted(boxes).catch(() => false)
}

async function hasEncrypted(boxes: Mp4Boxes): Promise<boolean> {
  for (const part of await boxes.in(await boxes.index())) {
    if (part.type !== 'trak') continue
    const description = await boxes.inside(part, 'mdia', 'minf', 'stbl', 'stsd')
    const entries = description ? await boxes.boxes(description.from + 8, description.to) : []
    if (entries.some(({ type }) => type === 'encv')) return true
  }
  return false
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f
