/**
 * What an export will take, found by doing its beginning: the first frames are rendered and encoded for real, only
 * not written. The first frame compiles and warms up, so it counts for itself and the others for the rest.
 */
import type { FlatId } from '../../graph/document/document.ts'
import type { SinkReport } from '../../media/types.ts'
import type { Engine, ExportRequest } from '../door/api.ts'
import type { Live } from '../run/live.ts'
import { framesPerKey } from './kept-frames.ts'
import { type ExportParts, runExport } from './run-export.ts'

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
  let whole = 0
  let pace = 0
  let framesMeasured = 0
  let first = 0
  const began = performance.now()
  const secondsSinceStart = () => (performance.now() - began) / 1000
  const outcome = await runExport(live, parts, { ...estimateRequest, outputs }, () => undefined, signals, {
    frames: maxFrames,
    begins(frames, frameRate) {
      whole = frames
      pace = frameRate
    },
    enough(frame) {
      framesMeasured = frame
      if (frame === 1) first = secondsSinceStart()
      return frame >= 2 && secondsSinceStart() - first > patience
    },
  })
  if (!outcome.ok) return outcome
  if (outcome.value.state !== 'done') return { ok: true, value: { state: 'superseded' } }
  // Up to the end: what is still in the encoder belongs to the frames as well.
  const each = framesMeasured > 1 ? (secondsSinceStart() - first) / (framesMeasured - 1) : secondsSinceStart()
  const framesTried = Math.min(whole, maxFrames)
  const bytes = Object.entries(outcome.value.outputs).reduce(
    (sum, [node, report]) =>
      sum + bytesOf(report, framesTried, whole, framesPerKey(request.document, parts.specs, node as FlatId, pace)),
    0,
  )
  const estimate = { frames: whole, framesMeasured, seconds: each * whole, bytes: Math.round(bytes) }
  return { ok: true, value: { state: 'measured', estimate } }
}
