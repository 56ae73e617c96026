/**
 * Whether the elements of a Matroska or WebM file (RFC 9559) follow each other without a break up to its end. Where they
 * do not, mediabunny goes on at the next cluster, or ends; ffmpeg finds what is left of the broken one.
 */
import { BlobWindow } from '../blob-window.ts'
import { ebmlHeader, longestHeader } from './ebml-header.ts'

const ebml = 0x1a45dfa3
const segment = 0x18538067
const cluster = 0x1f43b675
const everywhere = [0xec, 0xbf]
const inEbml = new Set([0x4286, 0x42f7, 0x42f2, 0x42f3, 0x4282, 0x4287, 0x4285, 0x4281, ...everywhere])
const inSegment = new Set([
  cluster,
  0x114d9b74,
  0x1549a966,
  0x1654ae6b,
  0x1c53bb6b,
  0x1941a469,
  0x1043a770,
  0x1254c367,
  ...everywhere,
])
const inCluster = new Set([0xe7, 0x5854, 0xa7, 0xab, 0xa3, 0xa0, 0xaf, ...everywhere])

type Head = (position: number) => Promise<Uint8Array>

function headsOf(file: Blob): Head {
  const window = new BlobWindow(file)
  return (position) => window.read(position, position + longestHeader)
}

interface Place {
  readonly from: number
  readonly to: number
}

/**
 * Whether only elements that `chain` names fill `place`, and what is in clusters likewise. Gives up, content, at an
 * element of unknown size: live recordings are made of such.
 */
async function isFilled(head: Head, { from, to }: Place, chain: ReadonlySet<number>): Promise<boolean> {
  for (let position = from; position < to; ) {
    const header = ebmlHeader(await head(position))
    if (!header || !chain.has(header.id)) return false
    if (header.size === null) return true
    const inner = { from: position + header.length, to: position + header.length + header.size }
    if (inner.to > to) return false
    if (header.id === cluster && !(await isFilled(head, inner, inCluster))) return false
    position = inner.to
  }
  return true
}

/**
 * @param isSuspicious look at every block, for which all of the file is read; else only at its head and at whether the end is there.
 * Asked of a file of this kind alone.
 * @returns `true` also for files of another kind.
 */
export async function isMatroskaWhole(file: Blob, isSuspicious: () => Promise<boolean>): Promise<boolean> {
  const head = headsOf(file)
  const header = ebmlHeader(await head(0))
  if (header?.id !== ebml || header.size === null) return true
  const start = header.length + header.size
  if (!(await isFilled(head, { from: header.length, to: start }, inEbml))) return false
  const whole = ebmlHeader(await head(start))
  if (whole?.id !== segment) return true
  const from = start + whole.length
  const to = whole.size === null ? file.size : from + whole.size
  if (to > file.size) return false
  return !(await isSuspicious()) || isFilled(head, { from, to }, inSegment)
}
