/** What an OpenEXR file says at its beginning. */

export interface ExrHead {
  readonly size: { readonly width: number; readonly height: number } | null
  readonly alpha: boolean
  /** Y alone. */
  readonly grey: boolean
  /** Where the head ends, bytes; `null`: not in what was given. */
  readonly end: number | null
}

/** The first part's `displayWindow` and `channels` (OpenEXR file layout, “Header”). @param bytes of the beginning at least */
export function exrHead(bytes: Uint8Array): ExrHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const latin = new TextDecoder('latin1')
  let at = 8
  const text = (): string => {
    const end = bytes.indexOf(0, at)
    if (end < 0) return ''
    const string = latin.decode(bytes.subarray(at, end))
    at = end + 1
    return string
  }
  let size: ExrHead['size'] = null
  const channels: string[] = []
  let end: number | null = null
  for (let name = text(); ; name = text()) {
    if (name === '') {
      if (at < bytes.byteLength) end = at
      break
    }
    text()
    if (at + 4 > bytes.byteLength) break
    const length = view.getInt32(at, true)
    at += 4
    const next = at + length
    if (length < 0 || next > bytes.byteLength) break
    if (name === 'displayWindow' && length === 16) {
      const [left = 0, top = 0, right = 0, bottom = 0] = [0, 4, 8, 12].map((offset) => view.getInt32(at + offset, true))
      if (right >= left && bottom >= top) size = { width: right - left + 1, height: bottom - top + 1 }
    } else if (name === 'channels')
      // A name, and 16 bytes on how its samples lie.
      for (let channel = text(); channel !== '' && at < next; channel = text()) {
        channels.push(channel)
        at += 16
      }
    at = next
  }
  return { size, alpha: channels.includes('A'), grey: !channels.includes('R') && channels.includes('Y'), end }
}

/** Bits of the version field: the picture lies in tiles; its blocks are of several parts, or of samples at several depths. */
const flags = { tiles: 0x200, deep: 0x800, parts: 0x1000 } as const

/**
 * Whether all blocks of pixels lie within the file, as the table behind its head says: ffmpeg leaves those black that do
 * not, without a word. @param bytes of the whole file; one of several parts is not looked through
 */
export function hasAllBlocks(bytes: Uint8Array): boolean {
  const { end } = exrHead(bytes)
  if (end === null) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(4, true)
  if (version & (flags.deep | flags.parts)) return true
  const headBytes = version & flags.tiles ? 20 : 8
  let first = Number.POSITIVE_INFINITY
  for (let at = end; at < first; at += 8) {
    if (at + 8 > bytes.byteLength) return false
    const block = Number(view.getBigUint64(at, true))
    if (block <= end || block + headBytes > bytes.byteLength) return false
    const size = view.getInt32(block + headBytes - 4, true)
    if (size < 0 || block + headBytes + size > bytes.byteLength) return false
    first = Math.min(first, block)
  }
  return true
}
