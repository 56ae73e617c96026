/** Runs one step of a prepared graph. It knows the five kernel kinds and nothing of any node type. */
import type { PixelTexture } from '../../gpu/pixel.ts'
import type { FrameRecorder } from '../../gpu/recorder.ts'
import type { FrameTime, Gpu, GpuPicture } from '../../gpu/types.ts'
import type { NodeId } from '../../graph/document/document.ts'
import { frameIn, offsetsOf, ownFrame } from '../../graph/node/needs.ts'
import type { PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import type { FrameSet, Run } from '../../nodes/kernel.ts'
import type { AnySink, PreparedGraph, PreparedStep } from './prepared.ts'
import { partOf, sourceTime } from './value-names.ts'

/** Opened sinks, and the time that the result gives this frame. */
export interface FrameSinks {
  readonly instances: ReadonlyMap<NodeId, AnySink>
  readonly time: FrameTime
}

/** The frame that a step is run for. */
export interface StepFrame {
  readonly prepared: PreparedGraph
  readonly time: FrameTime
  /** What the step reads and writes, at a frame of the clock. */
  picture(value: ValueId, frame: number): GpuPicture
  readonly signal: AbortSignal
  readonly sinks?: FrameSinks | undefined
}

/** What the step's node is told for this frame; exact types are erased (see `AnyPass`). */
function runOf(
  { prepared, picture, signal, time: { index } }: StepFrame,
  step: PlanStep,
  node: NodeId,
  time: FrameTime,
  recorder: FrameRecorder,
): Run {
  const { clock, names } = prepared
  const inputs: Record<string, FrameSet> = {}
  for (const [port, source] of Object.entries(step.inputs[node] ?? {})) {
    if (source.kind !== 'value') continue
    const span = step.needs[node]?.[port]?.frames ?? ownFrame
    const { value } = source
    const at = (offset: number) => {
      const frame = frameIn(span, index, offset, clock)
      return { ...picture(value, frame), content: names.at(value, frame) }
    }
    inputs[port] = { ...at(0), offsets: offsetsOf(span), at }
  }
  const outputs: Record<string, GpuPicture> = {}
  for (const value of step.writes) outputs[prepared.plan.values[value]!.producer.port] = picture(value, index)
  const params = prepared.params.get(node) as Run['params']
  return { time, recorder, inputs: inputs as Run['inputs'], outputs, params, signal }
}

export async function runStep(
  gpu: Pick<Gpu, 'software' | 'giveWay'>,
  recorder: FrameRecorder,
  current: PreparedStep,
  frame: StepFrame,
): Promise<void> {
  const { prepared, time, sinks } = frame
  const { step } = current
  // Without a GPU every step is long; with one, a model's alone.
  if (gpu.software || current.kind === 'async') await gpu.giveWay(recorder)
  if (current.kind === 'pixel') {
    const { unit, pass, fields } = current
    const own = new Map(
      [...fields].map(([id, { instance }]) => [id, instance.textures(recorder, prepared.params.get(id)!)] as const),
    )
    const read = ({ value, frames, offset }: PixelTexture) =>
      frame.picture(value, frameIn(frames, time.index, offset, prepared.clock))
    const written = (value: ValueId) => frame.picture(value, time.index)
    pass.record(recorder, {
      reads: Object.fromEntries([
        ...unit.textures.map((texture) => [texture.name, read(texture).texture] as const),
        ...unit.fields.map(({ name, node, field }) => [name, own.get(node)![field]!] as const),
      ]),
      writes: Object.fromEntries(step.writes.map((value) => [unit.writeName(value), written(value).texture])),
      uniforms: unit.uniforms(time.index, (id) => prepared.params.get(id)!, { read, written }),
      size: partOf(prepared, step.writes[0]!),
    })
    return
  }
  const { node } = current
  const runAt = (moment: FrameTime) => runOf(frame, step, node, moment, recorder)
  switch (current.kind) {
    case 'pass':
      current.slot.instance.record(runAt(time))
      return
    case 'async':
      await current.slot.instance.run(runAt(time))
      return
    case 'source':
      await current.slot.instance.run(runAt(sourceTime(prepared, node, time)))
      return
    case 'sink':
      await sinks?.instances.get(node)?.write(runAt(sinks.time))
  }
}
