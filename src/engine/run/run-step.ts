/** Runs one step of a prepared graph. It knows the six kernel kinds and nothing of any node type. */

import { noViews, viewBindings } from '../../gpu/picture-views.ts'
import type { PixelTexture } from '../../gpu/pixel.ts'
import type {
  FrameRecorder,
  FrameTime,
  Gpu,
  GpuNumber,
  GpuPicture,
  GpuScalar,
  MadePicture,
  PictureView,
} from '../../gpu/types.ts'
import { isGpuScalar } from '../../gpu/uniforms.ts'
import { CodedError } from '../../graph/document/coded-error.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { NodeFailure, onBehalfOf } from '../../graph/document/node-failure.ts'
import { type FrameSpan, offsetsOf, ownFrame } from '../../graph/node/needs.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import type { PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import { frameRead } from '../../graph/plan/frames-by-clock.ts'
import type { FrameSet, NumberSet, Run, SinkRun } from '../../nodes/kernel.ts'
import type { FrameCodeWatch } from './code-watch.ts'
import { framesRead } from './demand.ts'
import type { AnySink, ParamValues, PreparedGraph, PreparedStep } from './prepared-graph.ts'
import { partOf, sourceTime } from './value-names.ts'

/** Opened sinks, and the time that the result gives this frame. */
export interface FrameSinks {
  readonly instances: ReadonlyMap<FlatId, AnySink>
  readonly time: FrameTime
}

/** The frame that a step is run for. */
export interface StepFrame {
  readonly preparedGraph: PreparedGraph
  /** By the step's clock. */
  readonly time: FrameTime
  /** What the step reads and writes, at a frame of the value's clock. */
  picture(value: ValueId, frame: number): GpuPicture
  /** What the step writes, as whoever makes it is given it. */
  made(value: ValueId, frame: number): MadePicture
  /** Resolves once sinks can take such a view off the GPU. */
  readable(view: PictureView): Promise<void>
  /** Where the step stores a number that it makes. */
  numberTexture(value: ValueId): GpuNumber
  /** A number that the step reads, at a frame of its clock; of a sink, which goes on without it, `later`. */
  number(value: ValueId, frame: number): number
  /** Such a number, where it is on the GPU alone. */
  unread(value: ValueId, frame: number): GpuScalar | undefined
  /** What is found out of the step later: its rejection fails the frame. */
  noteFinding(finding: Promise<void>): void
  later(value: ValueId, frame: number): Promise<number>
  /** A number that the step has made. */
  give(value: ValueId, frame: number, number: number): void
  /** Runs and watches over a dispatch of people's code. */
  readonly code: FrameCodeWatch
  /** The next frame may begin the step while it is still at this one. */
  begun(): void
  readonly signal: AbortSignal
  readonly sinks?: FrameSinks | undefined
}

/** Where a node's input comes from, where it is wired to something of each frame. */
function wired({ preparedGraph, time: { index } }: StepFrame, step: PlanStep, node: FlatId, port: string) {
  const source = step.inputs[node]?.[port]
  if (source?.kind !== 'value') return undefined
  const { value } = source
  const { plan, clocks } = preparedGraph
  const span: FrameSpan = step.needs[node]?.[port]?.frames ?? ownFrame
  return {
    value,
    offsets: offsetsOf(span),
    isNumber: isNumberDesc(plan.values[value]!.desc),
    frameAt: (offset: number) => frameRead(span, index, offset, step.rate, plan.values[value]!.rate, clocks.source),
  }
}

/** A number that a node reads; whatever it would make of one that is none would be wrong. */
function readNumber(frame: StepFrame, node: FlatId, label: string, value: ValueId, index: number): number {
  return finite(frame.number(value, index), node, label, index)
}

/** The same for a shader, as it is on the GPU where it is there alone: then it is judged once it has been read back. */
function uniformNumber(
  frame: StepFrame,
  node: FlatId,
  label: string,
  value: ValueId,
  index: number,
): number | GpuScalar {
  const scalar = frame.unread(value, index)
  if (!scalar) return readNumber(frame, node, label, value, index)
  frame.noteFinding(frame.later(value, index).then((number) => void finite(number, node, label, index)))
  return scalar
}

function finite(number: number, node: FlatId, label: string, index: number): number {
  if (Number.isFinite(number)) return number
  const message = `The number wired to “${label}” is ${number} at frame ${index}, which is not a value that it can take.`
  throw new NodeFailure(
    node,
    new CodedError(
      'node-failed',
      message,
      'See the node that it comes from, which has no number for this frame, or go to another frame.',
    ),
  )
}

/**
 * The params of a node at this frame, with the numbers that stand for some of them, held within their ranges. Of a pixel node one
 * may be a `GpuScalar`, which its shader holds there.
 */
function paramsAt(frame: StepFrame, step: PlanStep, node: FlatId): ParamValues {
  const { preparedGraph } = frame
  const ownParams = preparedGraph.params.get(node)!
  const drivenParams = preparedGraph.drivenParams.get(node)
  if (!drivenParams) return ownParams
  const values: Record<string, unknown> = { ...ownParams }
  for (const { name, label, min, max } of drivenParams) {
    const input = wired(frame, step, node, name)
    if (!input) continue
    const number = uniformNumber(frame, node, label, input.value, input.frameAt(0))
    values[name] = isGpuScalar(number) ? number : Math.min(max, Math.max(min, number))
  }
  return values
}

/** What the step's node is told for this frame; exact types are erased (see `AnyPass`). */
function runOf(frame: StepFrame, step: PlanStep, node: FlatId, time: FrameTime, recorder: FrameRecorder): Run {
  const { preparedGraph, signal } = frame
  const inputs: Record<string, FrameSet | NumberSet | Promise<number>> = {}
  for (const port of Object.keys(step.inputs[node] ?? {})) {
    const input = wired(frame, step, node, port)
    if (!input) continue
    const { value, offsets, frameAt } = input
    if (input.isNumber) {
      const label = preparedGraph.numberLabels.get(node)?.[port] ?? port
      // What works out numbers from numbers hands on what is none: whoever uses it tells.
      const numberAt = (offset: number) =>
        step.kind === 'number'
          ? frame.number(value, frameAt(offset))
          : readNumber(frame, node, label, value, frameAt(offset))
      inputs[port] =
        step.kind === 'sink' ? frame.later(value, frameAt(0)) : { value: numberAt(0), offsets, at: numberAt }
      continue
    }
    const at = (offset: number) => {
      const index = frameAt(offset)
      return { ...frame.picture(value, index), content: preparedGraph.names.at(value, index) }
    }
    inputs[port] = { ...at(0), offsets, at }
  }
  const outputs: Record<string, MadePicture | GpuNumber> = {}
  for (const value of step.kind === 'number' ? [] : step.writes) {
    const { producer, desc } = preparedGraph.plan.values[value]!
    outputs[producer.port] = isNumberDesc(desc) ? frame.numberTexture(value) : frame.made(value, frame.time.index)
  }
  const params = (step.kind === 'sink' ? preparedGraph.params.get(node) : paramsAt(frame, step, node)) as Run['params']
  return { time, recorder, inputs: inputs as Run['inputs'], outputs: outputs as Run['outputs'], params, signal }
}

export async function runStep(
  gpu: Pick<Gpu, 'software' | 'giveWay'>,
  recorder: FrameRecorder,
  current: PreparedStep,
  frame: StepFrame,
): Promise<void> {
  const { preparedGraph, time, sinks } = frame
  const { step } = current
  if (current.kind === 'number') {
    const { inputs, params } = runOf(frame, step, current.node, time, recorder)
    const numbers = current.numbers({ time: current.readsFrame ? time : undefined, inputs, params })
    for (const value of step.writes) {
      const { port } = preparedGraph.plan.values[value]!.producer
      const number = numbers[port]
      if (number === undefined)
        throw new CodedError('node-failed', `It gave no number at its output “${port}”.`, 'Remove the node.')
      frame.give(value, time.index, number)
    }
    return
  }
  // Without a GPU every step is long; with one, a model's alone.
  if (gpu.software || current.kind === 'async') await gpu.giveWay(recorder)
  if (current.kind === 'pixel') {
    const { fields, plain } = current
    const { plan, clocks } = preparedGraph
    const read = ({ value, frames, offset }: PixelTexture) =>
      frame.picture(value, frameRead(frames, time.index, offset, step.rate, plan.values[value]!.rate, clocks.source))
    // Once for every frame: little is allocated.
    const reads: Record<string, GPUTexture> = {}
    let views = noViews
    for (const texture of plain.unit.textures) {
      const picture = read(texture)
      if (picture.view) views = new Map([...views, [texture.name, picture.view]])
      else reads[texture.name] = picture.texture
    }
    const { unit, pass } = views.size > 0 ? await current.reading(views) : plain
    const viewBuffers = viewBindings(views)
    for (const [id, { instance }] of fields) {
      const textures = onBehalfOf(id, () => instance.textures(recorder, paramsAt(frame, step, id)))
      for (const { name, node, field } of unit.fields) if (node === id) reads[name] = textures[field]!
    }
    const writes: Record<string, GPUTexture> = {}
    for (const value of step.writes) writes[unit.writeName(value)] = frame.picture(value, time.index).texture
    const written = (value: ValueId) => frame.picture(value, time.index)
    const number = (node: FlatId, port: string) => {
      const input = wired(frame, step, node, port)!
      return uniformNumber(
        frame,
        node,
        preparedGraph.numberLabels.get(node)?.[port] ?? port,
        input.value,
        input.frameAt(0),
      )
    }
    const size = partOf(preparedGraph, step.writes[0]!)
    const paramsOf = (id: FlatId) => paramsAt(frame, step, id)
    const ownUniforms = unit.uniforms(time.index, paramsOf, number, { read, written }, onBehalfOf)
    const bindings = {
      size,
      reads,
      writes,
      buffers: viewBuffers.buffers,
      uniforms: views.size > 0 ? Object.assign(ownUniforms, viewBuffers.uniforms) : ownUniforms,
    }
    if (unit.codeNodes.length === 0) pass.record(recorder, bindings)
    else
      await frame.code.run({
        nodes: unit.codeNodes,
        pass,
        pace: unit.pace(bindings.uniforms),
        size,
        signal: frame.signal,
        record: (alarms, piece) =>
          pass.record(recorder, { ...bindings, buffers: { ...viewBuffers.buffers, ...alarms }, piece }),
      })
    return
  }
  const { node } = current
  const runAt = (moment: FrameTime) => runOf(frame, step, node, moment, recorder)
  switch (current.kind) {
    case 'pass':
      current.slot.instance.record(runAt(time))
      return
    case 'async': {
      const { instance } = current.slot
      const running = instance.run(runAt(time))
      if (instance.overlaps) frame.begun()
      await running
      return
    }
    case 'source':
      await current.slot.instance.run(runAt(sourceTime(preparedGraph, node, time)))
      return
    case 'sink':
      for (const { value, frame: of } of framesRead(
        step,
        preparedGraph.plan.values,
        time.index,
        preparedGraph.clocks.source,
      )) {
        const { view } = isNumberDesc(preparedGraph.plan.values[value]!.desc) ? {} : frame.picture(value, of)
        if (view) await frame.readable(view)
      }
      await sinks?.instances.get(node)?.write(runAt(sinks.time) as unknown as SinkRun)
  }
}
