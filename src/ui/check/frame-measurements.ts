/** Asks the engine for numbers and small pictures of the graph with measures hung on it, behind the preview. */
import type { Engine, MeasureProgress, Outcome, Picture8 } from '../../engine/door/api.ts'
import type { FlatDocument, FlatEndpoint } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { framesOf, type MeasuredFrame } from '../../graph/measures/findings.ts'
import { type MeasuredGraph, type Reading, readingKey } from '../../graph/measures/measured-graph.ts'
import type { RegionShare } from '../../graph/plan/region.ts'

/** Milliseconds until what gave way to something that shows is asked for again. */
const retryDelay = 300

/** Under which the engine knows these measurements. */
const name = 'check'

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
  readonly measured: readonly MeasuredFrame[]
  readonly unread: readonly Unread[]
}

/**
 * Measures what is not known yet. Rejects with `CheckFailure` where nothing can be measured, or with the signal’s reason.
 * @param tell of the frames measured so far
 */
export async function measureFrames(
  engine: Pick<Engine, 'measure' | 'stopMeasure' | 'knownSeries'>,
  { document, readings }: Pick<MeasuredGraph, 'document' | 'readings'>,
  frames: readonly number[],
  signal: AbortSignal,
  tell?: (measured: readonly MeasuredFrame[]) => void,
): Promise<Measurements> {
  const request = { document, outputs: readings.map(({ at }) => at) }
  const news = new Map<number, readonly number[]>()
  const onProgress = ({ measured }: MeasureProgress) => {
    if (signal.aborted) return
    for (const { frame, values } of measured) news.set(frame, values)
    const known = frames.filter((frame) => news.has(frame))
    tell?.(framesOf(readings, known, (reading, frame) => news.get(frame)?.[reading]))
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
    const known = series.value
    const measured = framesOf(readings, frames, (reading, frame) => {
      const { first, values } = known[reading] ?? { first: 0, values: [] }
      return values[frame - first]
    })
    const unread = readings.flatMap((reading, i) => {
      const had = measured.some(({ values }) => values.has(readingKey(reading)))
      return had ? [] : [{ reading, problem: known[i]?.problems[0] ?? null }]
    })
    return { measured, unread }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

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
