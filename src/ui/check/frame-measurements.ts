/** Asks the engine for numbers and small pictures of the graph with measures hung on it, behind the preview. */
import type { Engine, MeasureProgress, Outcome, Picture8, Series } from '../../engine/door/api.ts'
import type { FlatDocument, FlatEndpoint } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { framesOf, type MeasuredFrame } from '../../graph/measures/findings.ts'
import { type MeasuredGraph, type Reading, readingKey } from '../../graph/measures/measured-graph.ts'
import type { RegionShare } from '../../graph/plan/region.ts'

/** Milliseconds until what gave way to something that shows is asked for again. */
const retryDelay = 300

/** Why nothing could be measured: the sentence of the first problem. */
export class CheckFailure extends Error {
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ message, hint }) => `${message} ${hint}`)[0] ?? '')
  }
}

/** A reading that could not be had in any frame, and why. */
export interface Unread {
  readonly reading: Reading
  /** `null`: the picture has values that are no numbers. */
  readonly problem: Problem | null
}

export interface Measurements {
  readonly measuredFrames: readonly MeasuredFrame[]
  readonly unreadValues: readonly Unread[]
}

/** What was asked for, by its place among the outputs and the frame; `undefined` where it is not known. */
type ValueAt = (output: number, frame: number) => number | undefined

interface MeasuredSoFar extends Pick<MeasureProgress, 'startedShare'> {
  readonly frames: readonly number[]
  readonly of: number
  readonly valueAt: ValueAt
}

interface MeasureRequest {
  readonly document: FlatDocument
  readonly outputs: readonly FlatEndpoint[]
  readonly frames: readonly number[] | 'every'
  /** Under which the engine knows these measurements; earlier ones of the name end. */
  readonly name: string
}

/**
 * Numbers of a graph, of which what is not known yet is measured. Rejects with `CheckFailure` where nothing can be measured, or with
 * the signal’s reason.
 * @param tell of the frames measured so far, of how many in all, and what share of the work has begun
 */
export async function measureNumbers(
  engine: Pick<Engine, 'measure' | 'stopMeasure' | 'knownSeries'>,
  { frames, name, ...request }: MeasureRequest,
  signal: AbortSignal,
  tell?: (news: MeasuredSoFar) => void,
): Promise<readonly Series[]> {
  const news = new Map<number, readonly number[]>()
  const onProgress = ({ frameValues, frames: of, startedShare }: MeasureProgress) => {
    if (signal.aborted) return
    for (const { frame, values } of frameValues) news.set(frame, values)
    tell?.({ frames: [...news.keys()], of, startedShare, valueAt: (output, frame) => news.get(frame)?.[output] })
  }
  const stop = () => {
    engine
      .stopMeasure(name)
      .catch((error: unknown) => console.warn('The measurements could not be ended at once:', error))
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const outcome = await engine.measure({ ...request, frames, name }, onProgress)
    signal.throwIfAborted()
    if (!outcome.ok) throw new CheckFailure(outcome.problems)
    const series = await engine.knownSeries(request)
    signal.throwIfAborted()
    if (!series.ok) throw new CheckFailure(series.problems)
    return series.value
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** @param tell of the frames measured so far, and what share of the work has begun */
export async function measureFrames(
  engine: Pick<Engine, 'measure' | 'stopMeasure' | 'knownSeries'>,
  { document, readings }: Pick<MeasuredGraph, 'document' | 'readings'>,
  frames: readonly number[],
  signal: AbortSignal,
  tell?: (measuredFrames: readonly MeasuredFrame[], startedShare: number) => void,
): Promise<Measurements> {
  const request = { document, outputs: readings.map(({ at }) => at), frames, name: 'check' }
  const series = await measureNumbers(engine, request, signal, (news) => {
    const had = frames.filter((frame) => news.frames.includes(frame))
    tell?.(framesOf(readings, had, news.valueAt), news.startedShare)
  })
  const measuredFrames = framesOf(readings, frames, valuesOf(series))
  return { measuredFrames, unreadValues: unreadOf(readings, measuredFrames, series) }
}

export const valuesOf =
  (series: readonly Series[]): ValueAt =>
  (output, frame) => {
    const { first, values } = series[output] ?? { first: 0, values: [] }
    return values[frame - first]
  }

/** Readings that no frame has. */
export const unreadOf = (
  readings: readonly Reading[],
  measuredFrames: readonly MeasuredFrame[],
  series: readonly Pick<Series, 'problems'>[],
): readonly Unread[] =>
  readings.flatMap((reading, i) => {
    const had = measuredFrames.some(({ values }) => values.has(readingKey(reading)))
    return had ? [] : [{ reading, problem: series[i]?.problems[0] ?? null }]
  })

/** What `ask` gives once nothing comes before it. Rejects with `CheckFailure`, or with the signal’s reason. */
async function patiently<T>(ask: () => Promise<Outcome<T | null>>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    const outcome = await ask()
    signal.throwIfAborted()
    if (!outcome.ok) throw new CheckFailure(outcome.problems)
    if (outcome.value !== null) return outcome.value
    await new Promise((resolve) => setTimeout(resolve, retryDelay))
  }
}

/** @param side of the longer side, pixels @param region of the picture; absent: all of it */
export const takePicture = (
  engine: Pick<Engine, 'thumbnail'>,
  at: { readonly document: FlatDocument; readonly view: FlatEndpoint; readonly frame: number },
  side: number,
  signal: AbortSignal,
  region?: RegionShare,
): Promise<Picture8> =>
  patiently(() => engine.thumbnail({ ...at, thrifty: true, ...(region && { region }) }, side), signal)
