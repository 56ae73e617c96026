/** What the index of an AVI (Microsoft, “AVI RIFF File Reference”; the chunk `idx1`) says of packets that hold nothing. */
import { BlobWindow } from '../blob-window.ts'

/** Bytes of an entry: name, flags, place, size. */
const entryBytes = 16
/** Bytes of a chunk's name and size, and of a list's kind behind them. */
const headBytes = 8
const kindBytes = 4
/** Indexes beyond this, of days of film, are not read. */
const longestIndex = 64 * 1024 * 1024

/** Packets of a picture that are empty: they show the frame before once more, and the file counts them as frames. */
export interface EmptyPackets {
  readonly count: number
  /** Of them, those behind the last that is not. */
  readonly atEnd: number
}

const noEmptyPackets: EmptyPackets = { count: 0, atEnd: 0 }

/** Those of picture `stream`; none where there is no index, or `file` is no AVI. */
export async function emptyPackets(file: Blob, stream: number): Promise<EmptyPackets> {
  const window = new BlobWindow(file)
  const name = `${String(stream).padStart(2, '0')}d`
  for (let position = headBytes + kindBytes; position + headBytes <= file.size; ) {
    const head = await window.read(position, position + headBytes)
    // No chunk is called so: what follows is damaged.
    if (!/^[ -~]{4}$/.test(fourCharacters(head, 0))) return noEmptyPackets
    const size = new DataView(head.buffer, head.byteOffset).getUint32(kindBytes, true)
    const from = position + headBytes
    // Chunks begin at even places.
    const next = from + size + (size & 1)
    if (fourCharacters(head, 0) === 'idx1') {
      if (size > longestIndex) return noEmptyPackets
      const found = emptyEntries(new Uint8Array(await file.slice(from, from + size).arrayBuffer()), name)
      // It is of the first gigabyte alone where more follow (OpenDML).
      return next + headBytes > file.size ? found : { ...found, atEnd: 0 }
    }
    position = next
  }
  return noEmptyPackets
}

const fourCharacters = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

function emptyEntries(index: Uint8Array, name: string): EmptyPackets {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  let [count, atEnd] = [0, 0]
  for (let at = 0; at + entryBytes <= index.byteLength; at += entryBytes) {
    if (!fourCharacters(index, at).startsWith(name)) continue
    const isEmpty = view.getUint32(at + entryBytes - 4, true) === 0
    count += isEmpty ? 1 : 0
    atEnd = isEmpty ? atEnd + 1 : 0
  }
  return { count, atEnd }
}
