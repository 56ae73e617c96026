/**
 * Names a result by what it is made of: node type, params, upstream results and, where it matters, the frame.
 * The same name means the same picture, so a result can be found again after any edit and its undoing.
 */

/** cyrb53 (public domain, github.com/bryc/code): 53 bits of a string, well mixed. */
function cyrb53(text: string, seed: number): number {
  let h1 = 0xdeadbeef ^ seed
  let h2 = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    h1 = Math.imul(h1 ^ code, 2654435761)
    h2 = Math.imul(h2 ^ code, 1597334677)
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909)
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909)
  return 4294967296 * (2097151 & h2) + (h1 >>> 0)
}

/** 106 bits: two results of one name would take some 10¹⁵ results. */
export const contentKey = (parts: readonly unknown[]): string => {
  const text = JSON.stringify(parts)
  return `${cyrb53(text, 0).toString(36)}-${cyrb53(text, 1).toString(36)}`
}
