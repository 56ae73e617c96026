/**
 * Several pictures of one clip held against the first by their measures: over all of it, and shot by shot. Read by the editor and
 * by the command line.
 */
import type { EdgeId, FlatDocument, FlatEndpoint, FlatId } from '../document/document.ts'
import { type MeasuredFrame, readIn } from './findings.ts'
import { type Symptom, symptoms } from './symptoms.ts'

/** Frames of the clip, both inclusive. */
export interface Shot {
  readonly first: number
  readonly last: number
}

/** Below this share of the level, and of the larger of two scores, a difference is none. */
const slight = 0.1

export type Change = 'better' | 'worse' | 'same'

/** Where score `b` lies against `a`; less is better. */
export function change(a: number, b: number, { from }: Pick<Symptom, 'from'>): Change {
  if (Math.abs(b - a) < slight * Math.max(from, a, b)) return 'same'
  return b < a ? 'better' : 'worse'
}

/** The score in a frame; `undefined`: it was not measured there, or says nothing there (see `Symptom.counts`). */
export function scoreIn(symptom: Symptom, frame: MeasuredFrame): number | undefined {
  const { counts, score } = symptom
  if (counts && (readIn(symptom, counts.output, frame) ?? 0) < counts.from) return undefined
  return readIn(symptom, score, frame)
}

/** Mean score over the frames of a shot; `null`: none could be measured. */
function meanIn({ first, last }: Shot, frames: readonly MeasuredFrame[], symptom: Symptom): number | null {
  const scores = frames
    .filter(({ frame }) => frame >= first && frame <= last)
    .flatMap((frame) => scoreIn(symptom, frame) ?? [])
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length
}

export interface ComparedRow {
  readonly symptom: Symptom
  /** Means over the shot, one a picture; `null`: it could not be measured. */
  readonly scores: readonly (number | null)[]
  /** Of each picture against the first; `null` for the first, and where either could not be measured. */
  readonly changes: readonly (Change | null)[]
}

/** What could be measured of at least one of the pictures. @param pictures the frames measured of each */
export function comparedRows(
  shot: Shot,
  pictures: readonly { readonly frames: readonly MeasuredFrame[] }[],
): readonly ComparedRow[] {
  return symptoms.flatMap((symptom) => {
    const scores = pictures.map(({ frames }) => meanIn(shot, frames, symptom))
    if (scores.every((score) => score === null)) return []
    const [first] = scores
    const changes = scores.map((score, k) =>
      k > 0 && typeof first === 'number' && score !== null ? change(first, score, symptom) : null,
    )
    return [{ symptom, scores, changes }]
  })
}

/** Shots in which frames were measured. */
export const shotsSeen = (shots: readonly Shot[], frames: readonly number[]): readonly Shot[] =>
  shots.filter(({ first, last }) => frames.some((frame) => frame >= first && frame <= last))

/** The document with a Scene Cut on the source, and its number: 1 in the first frame of a shot. */
export function cutsGraph(
  document: FlatDocument,
  source: FlatEndpoint,
): { readonly document: FlatDocument; readonly cut: FlatEndpoint } {
  const id = '~measure-cut' as FlatId
  const wire = `${id}.image` as EdgeId
  return {
    document: {
      ...document,
      nodes: { ...document.nodes, [id]: { id, type: 'scene-cut', params: {}, position: { x: 0, y: 0 } } },
      edges: { ...document.edges, [wire]: { id: wire, from: source, to: { node: id, port: 'image' } } },
    },
    cut: { node: id, port: 'cut' },
  }
}

/** Shots by the numbers of `cutsGraph`, from frame `first` on. */
export function shotsOf({ first, values }: { readonly first: number; readonly values: ArrayLike<number | null> }) {
  const last = first + values.length - 1
  const firsts = Array.from(values).flatMap((value, i) => (i === 0 || (value ?? 0) >= 0.5 ? [first + i] : []))
  return firsts.map((from, i): Shot => ({ first: from, last: (firsts[i + 1] ?? last + 1) - 1 }))
}
