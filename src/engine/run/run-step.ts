/** Runs one step of a prepared graph. It knows the five kernel kinds and nothing of any node type. */
import type { FrameRecorder } from '../../gpu/recorder.ts'
import type { FrameTime, Gpu, GpuPicture } from '../../gpu/types.ts'
import type { NodeId } from '../../graph/document/document.ts'
import type { PlanStep, ValueId } from '../../graph/plan/plan.ts'
import type { Run } from '../../nodes/kernel.ts'
import type { AnySink, PreparedGraph, PreparedStep } from './prepare.ts'
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
  /** What the step reads and writes. */
  picture(value: ValueId): GpuPicture
  readonly signal: AbortSignal
  readonly sinks?: FrameSinks | undefined
}

/** What the step's node is told for this frame; exact types are erased (see `AnyPass`). */
function runOf(
  { prepared, picture, signal }: StepFrame,
  step: PlanStep,
  node: NodeId,
  time: FrameTime,
  recorder: FrameRecorder,
): Run {
  const inputs: Record<string, GpuPicture> = {}
  for (const [port, source] of Object.entries(step.inputs[node] ?? {})) {
    if (source.kind === 'value') inputs[port] = picture(source.value)
  }
  const outputs: Record<string, GpuPicture> = {}
  for (const value of step.writes) outputs[prepared.plan.values[value]!.producer.port] = picture(value)
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
  const picture = (value: ValueId) => frame.picture(value)
  const { step } = current
  // Without a GPU every step is long; with one, a model's alone.
  if (gpu.software || current.kind === 'async') await gpu.giveWay(recorder)
  if (current.kind === 'pixel') {
    const { unit, pass } = current
    pass.record(recorder, {
      reads: Object.fromEntries(step.reads.map((value) => [unit.readName(value), picture(value).texture])),
      writes: Object.fromEntries(step.writes.map((value) => [unit.writeName(value), picture(value).texture])),
      uniforms: unit.uniforms(time.index, (id) => prepared.params.get(id)!, picture),
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
      current.slot.lastIndex = time.index
      return
    case 'source':
      await current.slot.instance.run(runAt(sourceTime(prepared, node, time)))
      return
    case 'sink':
      await sinks?.instances.get(node)?.write(runAt(sinks.time))
  }
}
