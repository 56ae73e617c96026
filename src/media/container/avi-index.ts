/** What the index of an AVI (Microsoft, “AVI RIFF File Reference”; the chunk `idx1`) says of packets that hold nothing. */
import { BlobWindow } from '../blob-window.ts'

/** Bytes of an entry: name, flags, place, size. */
const entryBytes = 16
/** Bytes of a chunk's name and size, and of a list's kind behind them. */
const headBytes = 8
const kindBytes = 4
/** Indexes beyond this, of days of film, are not read. */
const longestIndex = 64 * 1024 * 1024

/**
 * How many packets of picture `stream` are empty, which shows the frame before once more: the file counts them as frames. 0 where there is no
 * index, or `file` is no AVI.
 */
export async function emptyPackets(file: Blob, stream: number): Promise<number> {
  const window = new BlobWindow(file)
  const name = `${String(stream).padStart(2, '0')}d`
  for (let position = headBytes + kindBytes; position + headBytes <= file.size; ) {
    const head = await window.read(position, position + headBytes)
    // No chunk is called so: what follows is damaged.
    if (!/^[ -~]{4}$/.test(fourCharacters(head, 0))) return 0
    const size = new DataView(head.buffer, head.byteOffset).getUint32(kindBytes, true)
    const from = position + headBytes
    if (fourCharacters(head, 0) === 'idx1')
      return size > longestIndex
        ? 0
        : emptyEntries(new Uint8Array(await file.slice(from, from + size).arrayBuffer()), name)
    // Chunks begin at even places.
    position = from + size + (size & 1)
  }
  return 0
}

const fourCharacters = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

function emptyEntries(index: Uint8Array, name: string): number {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  let count = 0
  for (let at = 0; at + entryBytes <= index.byteLength; at += entryBytes)
    if (view.getUint32(at + entryBytes - 4, true) === 0 && fourCharacters(index, at).startsWith(name)) count += 1
  return count
}
