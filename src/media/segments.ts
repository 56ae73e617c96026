/** Which frames of an output are kept in segments, and which must (still, or again) be made. */

/** Frames `first` up to, not including, `next`. */
export interface Segment {
  readonly first: number
  readonly next: number
}

export interface Missing {
  /** The frames of the range that some output lacks, as runs, ascending. */
  readonly runs: readonly Segment[]
  /** For each output the segments that go: they hold frames that are made again, or frames that another holds as well. */
  readonly useless: readonly (readonly Segment[])[]
  /** Frames of the range that every output holds. */
  readonly keptCount: number
}

/** In order, each beginning at or behind the end of the one before; of two that overlap the later one goes. */
function apart(segments: readonly Segment[]): { readonly useful: Segment[]; readonly over: Segment[] } {
  const useful: Segment[] = []
  const over: Segment[] = []
  for (const segment of [...segments].sort((a, b) => a.first - b.first || b.next - a.next))
    (segment.first >= (useful.at(-1)?.next ?? 0) ? useful : over).push(segment)
  return { useful, over }
}

/**
 * What several outputs of the same frames must still make together. A frame that one of them lacks is made for all, so
 * that a segment with such a frame in it is of no use to the others.
 */
export function missingFrames(outputs: readonly (readonly Segment[])[], { first, next }: Segment): Missing {
  const segmentsByOutput = outputs.map(apart)
  const useless = segmentsByOutput.map(({ over }) => [...over])
  let useful = segmentsByOutput.map(({ useful }) =>
    useful.filter((segment) => segment.first < next && segment.next > first),
  )
  const isMissing = new Uint8Array(next - first)
  for (let settled = false; !settled; ) {
    settled = true
    isMissing.fill(0)
    for (const segments of useful) {
      const here = new Uint8Array(next - first)
      for (const segment of segments) here.fill(1, Math.max(0, segment.first - first), segment.next - first)
      for (const [at, isThere] of here.entries()) if (!isThere) isMissing[at] = 1
    }
    useful = useful.map((segments, output) =>
      segments.filter((segment) => {
        const whole = !isMissing.subarray(Math.max(0, segment.first - first), segment.next - first).includes(1)
        if (!whole) {
          useless[output]!.push(segment)
          settled = false
        }
        return whole
      }),
    )
  }
  const runs: { first: number; next: number }[] = []
  for (const [at, lacks] of isMissing.entries()) {
    if (!lacks) continue
    const last = runs.at(-1)
    if (last?.next === first + at) last.next += 1
    else runs.push({ first: first + at, next: first + at + 1 })
  }
  const framesToMake = runs.reduce((sum, run) => sum + run.next - run.first, 0)
  return { runs, useless, keptCount: outputs.length === 0 ? 0 : next - first - framesToMake }
}

/**
 * Piece `index` (from 0) of `of` like pieces of `frames`, cut where segments of `perSegment` frames end. Where there are
 * fewer segments than pieces, some are empty.
 */
export function pieceOf(frames: Segment, perSegment: number, { index, of }: { index: number; of: number }): Segment {
  const before = Math.floor(frames.first / perSegment)
  const segments = Math.ceil(frames.next / perSegment) - before
  const at = (piece: number) => {
    const cutFrame = (before + Math.floor((piece * segments) / of)) * perSegment
    return Math.min(frames.next, Math.max(frames.first, cutFrame))
  }
  return { first: at(index), next: at(index + 1) }
}
