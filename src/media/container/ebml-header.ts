/** The head of an EBML element (RFC 8794, 4 to 6), of which Matroska and WebM are made. */

export interface EbmlHeader {
  readonly id: number
  /** Bytes of the head itself. */
  readonly length: number
  /** Bytes of what follows; `null` where the file does not say. */
  readonly size: number | null
}

/** Bytes that a head has at most in Matroska. */
export const longestHeader = 12

/** @param head the bytes of a file from the element on. @returns `null` where no element begins so, or it breaks off. */
export function ebmlHeader(head: Uint8Array): EbmlHeader | null {
  const idLength = Math.clz32(head[0] ?? 0) - 23
  if (idLength < 1 || idLength > 4 || head.byteLength < idLength + 1) return null
  let id = 0
  for (let i = 0; i < idLength; i++) id = id * 256 + (head[i] ?? 0)
  const first = head[idLength] ?? 0
  const sizeLength = Math.clz32(first) - 23
  if (sizeLength < 1 || sizeLength > 8 || head.byteLength < idLength + sizeLength) return null
  let size = first & (0xff >> sizeLength)
  let unknown = size === 0xff >> sizeLength
  for (let i = 1; i < sizeLength; i++) {
    const byte = head[idLength + i] ?? 0
    unknown &&= byte === 0xff
    size = size * 256 + byte
  }
  return { id, length: idLength + sizeLength, size: unknown ? null : size }
}
