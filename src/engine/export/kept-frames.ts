/** What is kept of an export already, and what of it must still be made. */
import type { FlatId, GraphDocument } from '../../graph/document/document.ts'
import { nodeAt } from '../../graph/document/levels.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { httpSegments } from '../../media/http-segments.ts'
import { missingFrames, pieceOf, type Segment } from '../../media/segments.ts'
import type { SegmentStore } from '../../media/types.ts'
import type { ExportOutput, ExportRequest } from '../door/api.ts'

/** Key frames may come closer than so many seconds; a file for each would be many. */
const shortestSegment = 1
/** Seconds between key frames where a sink does not say, and frames a second where a medium does not. */
const usual = { keyFrameSeconds: 2, frameRate: 24 }

/** What a sink asks for; pictures have key frames alone, and ask for nothing. */
function keyFrameSeconds(document: GraphDocument, specs: Specs, node: FlatId): number {
  const record = nodeAt(document, node)
  const spec = specOf(specs, record)
  const seconds = record && spec ? paramValues(spec, record).keyFrameSeconds : undefined
  return typeof seconds === 'number' ? seconds : usual.keyFrameSeconds
}

/** Frames from key frame to key frame of an output, at most. */
export const framesPerKey = (document: GraphDocument, specs: Specs, node: FlatId, frameRate: number): number =>
  Math.max(1, Math.round(keyFrameSeconds(document, specs, node) * (frameRate || usual.frameRate)))

export interface KeptFrames {
  readonly stores: ReadonlyMap<FlatId, SegmentStore>
  /** Frames of a segment, the same for all outputs: from key frame to key frame of the one that has them furthest apart. */
  readonly perSegment: number
  /** The frames that are asked for, by their numbers in the whole result. */
  readonly range: Segment
  /** Those of them that must be made. */
  readonly runs: readonly Segment[]
  /** How many of them need not be. */
  readonly doneCount: number
}

/**
 * Opens what is kept of the outputs.
 * @param frames of the whole result that are asked for, in pieces or at once
 * @param open the store of an output under the request's `job`
 */
export async function openKeptFrames(
  request: ExportRequest,
  specs: Specs,
  frames: Segment,
  frameRates: ReadonlyMap<FlatId, number>,
  open: (job: string, output: FlatId) => Promise<SegmentStore>,
): Promise<KeptFrames> {
  const perSegment = Math.max(
    ...[...frameRates].map(([node, rate]) =>
      Math.max(
        framesPerKey(request.document, specs, node, rate),
        Math.round(shortestSegment * (rate || usual.frameRate)),
      ),
    ),
  )
  const range = request.piece ? pieceOf(frames, perSegment, request.piece) : frames
  const stores = new Map<FlatId, SegmentStore>()
  for (const [node, { segments }] of Object.entries(request.outputs) as [FlatId, ExportOutput][]) {
    if (request.job !== undefined) stores.set(node, await open(request.job, node))
    else if (segments !== undefined) stores.set(node, httpSegments(segments))
  }
  if (stores.size === 0) return { stores, perSegment, range, runs: [range], doneCount: 0 }
  const lists: (readonly Segment[])[] = []
  for (const store of stores.values()) lists.push(await store.list())
  const { runs, useless, keptCount } = missingFrames(lists, range)
  for (const [output, store] of [...stores.values()].entries()) await store.remove(useless[output] ?? [])
  return { stores, perSegment, range, runs, doneCount: keptCount }
}

const countText = ({ first, next }: Segment): string =>
  next - first === 1 ? `frame ${first}` : `frames ${first} to ${next - 1}`

/** `frames 48 to 95, frame 120 and 3 more places`. */
export function runsText(runs: readonly Segment[]): string {
  const firstRuns = runs.slice(0, 8).map(countText)
  return runs.length > firstRuns.length
    ? `${firstRuns.join(', ')} and ${runs.length - firstRuns.length} more`
    : firstRuns.join(', ')
}
