/**
 * What an export will take, found by doing its beginning: the first frames are rendered and encoded for real, only
 * not written. The first frame compiles and warms up, so it counts for itself and the others for the rest.
 */
import type { FlatId } from '../../graph/document/document.ts'
import type { SinkReport } from '../../media/types.ts'
import type { Engine, ExportRequest } from '../door/api.ts'
import type { Live } from '../run/live.ts'
import { framesPerKey } from './kept-frames.ts'
import { type ExportParts, runExport, type Trial } from './run-export.ts'

/** Frames tried at most. */
const maxFrames = 24
/** Seconds after which the frames so far must do. */
const patience = 6

/** Bytes of `frames` frames of an output of which the first `tried` were asked for and came out as told. */
function bytesOf(report: SinkReport, framesTried: number, frames: number, perKey: number): number {
  if (report.kind === 'numbers') return (report.bytes * frames) / framesTried
  const { packets, audioBytes } = report
  const { keys, keyBytes, deltas, deltaBytes } = packets
  const key = keyBytes / Math.max(1, keys)
  const delta = deltas > 0 ? deltaBytes / deltas : key
  const keyFrames = deltas === 0 ? frames : Math.ceil(frames / perKey)
  return keyFrames * key + (frames - keyFrames) * delta + (audioBytes * frames) / framesTried
}

/** The beginning of an export while it is tried: when it is enough, and how long the whole would take at that pace. */
export class BeginningTrial implements Trial {
  readonly frames = maxFrames
  /** Milliseconds. */
  readonly #now: () => number
  readonly #began: number
  #wholeFrames = 0
  #frameRate = 0
  #framesMeasured = 0
  /** Seconds from the beginning until the first frame was there. */
  #firstFrameSeconds = 0

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#began = now()
  }

  get #elapsedSeconds(): number {
    return (this.#now() - this.#began) / 1000
  }

  /** Of the range that would be exported. */
  get wholeFrames(): number {
    return this.#wholeFrames
  }

  get frameRate(): number {
    return this.#frameRate
  }

  get framesMeasured(): number {
    return this.#framesMeasured
  }

  begins(wholeFrames: number, frameRate: number): void {
    this.#wholeFrames = wholeFrames
    this.#frameRate = frameRate
  }

  enough(frame: number): boolean {
    this.#framesMeasured = frame
    if (frame === 1) this.#firstFrameSeconds = this.#elapsedSeconds
    return frame >= 2 && this.#elapsedSeconds - this.#firstFrameSeconds > patience
  }

  /** That the whole range takes. Asked at the very end: what is still in the encoder then belongs to the frames as well. */
  wholeSeconds(): number {
    const each =
      this.#framesMeasured > 1
        ? (this.#elapsedSeconds - this.#firstFrameSeconds) / (this.#framesMeasured - 1)
        : this.#elapsedSeconds
    return each * this.#wholeFrames
  }
}

export async function estimateExport(
  live: Live,
  parts: ExportParts,
  request: ExportRequest,
  supersedeSignal: AbortSignal,
): ReturnType<Engine['estimateExport']> {
  const { job: _, ...estimateRequest } = request
  const outputs = Object.fromEntries(
    Object.entries(request.outputs).map(([node, { fileName }]) => [
      node,
      { fileName, target: { kind: 'none' } as const },
    ]),
  ) as ExportRequest['outputs']
  const signals = { cancel: supersedeSignal, pause: new AbortController().signal }
  const trial = new BeginningTrial()
  const outcome = await runExport(live, parts, { ...estimateRequest, outputs }, () => undefined, signals, trial)
  if (!outcome.ok) return outcome
  if (outcome.value.state !== 'done') return { ok: true, value: { state: 'superseded' } }
  const seconds = trial.wholeSeconds()
  const { wholeFrames, framesMeasured, frameRate } = trial
  const framesTried = Math.min(wholeFrames, maxFrames)
  const perKey = (node: string) => framesPerKey(request.document, parts.specs, node as FlatId, frameRate)
  const bytes = Object.entries(outcome.value.outputs).reduce(
    (sum, [node, report]) => sum + bytesOf(report, framesTried, wholeFrames, perKey(node)),
    0,
  )
  return {
    ok: true,
    value: { state: 'measured', estimate: { frames: wholeFrames, framesMeasured, seconds, bytes: Math.round(bytes) } },
  }
}
