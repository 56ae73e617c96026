/**
 * Whether an MP4 or MOV is encrypted (ISO/IEC 23001-7, Common Encryption, and others of its kind): its sample entries
 * are then `encv` or `enca`. Found in the index itself, since a reader may fail on protected files in any way.
 */

/** An index larger than this is not searched, bytes. */
const largestIndex = 64 * 1024 * 1024

export async function isProtected(file: Blob): Promise<boolean> {
  let position = 0
  while (position + 8 <= file.size) {
    const head = new DataView(await file.slice(position, position + 16).arrayBuffer())
    const type = head.getUint32(4)
    let size = head.getUint32(0)
    if (size === 1 && head.byteLength >= 16) size = Number(head.getBigUint64(8))
    if (size === 0) size = file.size - position
    // Not a box: this is some other kind of file.
    if (size < 8 || !isPrintable(type)) return false
    if (type === fourCharacters('moov')) {
      const index = new Uint8Array(await file.slice(position, position + Math.min(size, largestIndex)).arrayBuffer())
      return holds(index, 'encv')
    }
    position += size
  }
  return false
}

const fourCharacters = (text: string): number =>
  [...text].reduce((value, character) => value * 256 + character.charCodeAt(0), 0)

const isPrintable = (type: number): boolean =>
  [24, 16, 8, 0].every((shift) => {
    const byte = (type >>> shift) & 0xff
    return byte >= 0x20 && byte < 0x7f
  })

function holds(bytes: Uint8Array, text: string): boolean {
  const [a, b, c, d] = [...text].map((character) => character.charCodeAt(0))
  for (let i = bytes.indexOf(a ?? 0); i >= 0; i = bytes.indexOf(a ?? 0, i + 1))
    if (bytes[i + 1] === b && bytes[i + 2] === c && bytes[i + 3] === d) return true
  return false
}
