/**
 * Watches over a person's code while it runs. Each dispatch that holds such code has a small buffer in which the shader leaves a
 * mark where it does what it must not; the marks of a frame are read once it has ended. And what takes longer than `limitMs` is
 * ended: between two of its pieces, or, where one piece does not come to an end, with the device.
 */
import { alarmsBuffer, type CodeAlarm, codeAlarms } from '../../gpu/pixel.ts'
import type { ComputePass, FrameRecorder } from '../../gpu/types.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { NodeFailure } from '../../graph/document/node-failure.ts'
import { maxTurns } from '../../graph/node/code-guard.ts'
import { maxUnitNodes } from '../../graph/plan/fuse.ts'
import type { Region } from '../../graph/plan/region.ts'
import { CodeFailure, CodeOverrun } from './code-failure.ts'
import { CodePace } from './code-pieces.ts'

const bytes = maxUnitNodes * codeAlarms.length * Uint32Array.BYTES_PER_ELEMENT

const failures: Readonly<Record<CodeAlarm, () => CodeFailure>> = {
  'too many turns': () =>
    new CodeFailure(
      'code',
      `its loops take more than ${maxTurns} iterations for one pixel, and were stopped`,
      'Let its loops end sooner, or split the work between several nodes.',
    ),
  'not finite': () =>
    new CodeFailure(
      'code',
      'its result is not a finite number at some pixels',
      'Look for a division by 0, or the root or the logarithm of a number below 0.',
    ),
}

interface Marks {
  /** The shader writes it. */
  readonly onGpu: GPUBuffer
  readonly readBack: GPUBuffer
}

/** A dispatch that runs people's code. */
export interface CodedDispatch {
  readonly nodes: readonly FlatId[]
  readonly pass: ComputePass
  /** See `PixelUnit.pace`. */
  readonly pace: string
  readonly size: { readonly width: number; readonly height: number }
  readonly signal: AbortSignal
  record(buffers: Readonly<Record<string, GPUBuffer>>, piece: Region): void
}

/** The pace of code, and buffers of marks, used again and again. */
export class CodeWatch implements Disposable {
  readonly device: GPUDevice
  readonly limitMs: number
  readonly pace = new CodePace()
  readonly #idle: Marks[] = []
  #isDisposed = false

  /** @param limitMs how long code may take for one frame */
  constructor(device: GPUDevice, limitMs: number) {
    this.device = device
    this.limitMs = limitMs
  }

  frame(recorder: FrameRecorder): FrameCodeWatch {
    return new FrameCodeWatch(this, recorder)
  }

  /** Resolves with whether `work` of the GPU ended within `ms`. */
  async endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms)
    })
    try {
      return await Promise.race([work.then(() => true as const), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** What does not end takes the device with it, as soon as whoever waits has been told of it. */
  giveUp(nodes: readonly FlatId[]): CodeOverrun {
    setTimeout(() => this.device.destroy(), 0)
    return new CodeOverrun(nodes, true)
  }

  take(): Marks {
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
    return (
      this.#idle.pop() ?? {
        onGpu: this.device.createBuffer({ label: 'code/marks', size: bytes, usage: STORAGE | COPY_SRC | COPY_DST }),
        readBack: this.device.createBuffer({ label: 'code/readback', size: bytes, usage: MAP_READ | COPY_DST }),
      }
    )
  }

  giveBack(marks: Marks): void {
    if (!this.#isDisposed) this.#idle.push(marks)
    else for (const buffer of Object.values(marks)) buffer.destroy()
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    for (const marks of this.#idle.splice(0)) this.giveBack(marks)
  }
}

/** What was short before is not looked at again before the frame ends, with other work behind and before it. */
const patience = 3

/** The marks of one frame. */
export class FrameCodeWatch {
  readonly #watch: CodeWatch
  readonly #recorder: FrameRecorder
  #dispatches: { readonly marks: Marks; readonly nodes: readonly FlatId[] }[] = []

  constructor(watch: CodeWatch, recorder: FrameRecorder) {
    this.#watch = watch
    this.#recorder = recorder
  }

  /**
   * Records what is done soon, and has the GPU do anything else before it resolves. Rejects with the `NodeFailure` of code that
   * takes too long, or with the signal's reason.
   */
  async run(dispatch: CodedDispatch): Promise<void> {
    const { nodes, pass, pace, size } = dispatch
    const marks = this.#watch.take()
    this.#dispatches.push({ marks, nodes })
    this.#recorder.encoder.clearBuffer(marks.onGpu)
    const { width, height } = size
    // `size` may be a part of a picture: a piece begins where the part does.
    if (this.#watch.pace.isShort(pass, pace, size))
      dispatch.record({ [alarmsBuffer]: marks.onGpu }, { x: 0, y: 0, width, height })
    else await this.#runInPieces(dispatch, marks.onGpu)
    this.#recorder.encoder.copyBufferToBuffer(marks.onGpu, 0, marks.readBack, 0, bytes)
  }

  async #runInPieces({ nodes, pass, pace, size, signal, record }: CodedDispatch, marks: GPUBuffer): Promise<void> {
    const { device, limitMs } = this.#watch
    const done = () => {
      this.#recorder.submit()
      return device.queue.onSubmittedWorkDone()
    }
    // What others have given the GPU to do is not this code's time.
    await done()
    let whole = 0
    const overrun = await this.#watch.pace.inPieces<CodeOverrun>(pass, pace, size, async (piece, isLast) => {
      signal.throwIfAborted()
      const began = performance.now()
      record({ [alarmsBuffer]: marks }, piece)
      if (!(await this.#watch.endsWithin(done(), limitMs))) return { stop: this.#watch.giveUp(nodes) }
      const took = performance.now() - began
      whole += took
      return whole > limitMs && !isLast ? { stop: new CodeOverrun(nodes, false) } : took
    })
    if (overrun) throw new NodeFailure(nodes[0]!, overrun)
  }

  /** Call once all is submitted. Rejects with the `NodeFailure` of the first code that did wrong. */
  async read(): Promise<void> {
    const dispatches = this.#dispatches
    this.#dispatches = []
    const failuresByDispatch = await Promise.all(
      dispatches.map(async ({ marks, nodes }) => {
        const mapping = marks.readBack.mapAsync(GPUMapMode.READ)
        if (!(await this.#watch.endsWithin(mapping, this.#watch.limitMs * patience))) {
          mapping.catch(() => undefined)
          return [new NodeFailure(nodes[0]!, this.#watch.giveUp(nodes))]
        }
        const set = new Uint32Array(marks.readBack.getMappedRange().slice(0))
        marks.readBack.unmap()
        this.#watch.giveBack(marks)
        return nodes.flatMap((node, i) =>
          codeAlarms.flatMap((alarm, j) =>
            set[i * codeAlarms.length + j] ? [new NodeFailure(node, failures[alarm]())] : [],
          ),
        )
      }),
    )
    const [first] = failuresByDispatch.flat()
    if (first) throw first
  }

  /** After a failure: nothing is told. */
  discard(): void {
    for (const { marks } of this.#dispatches) this.#watch.giveBack(marks)
    this.#dispatches = []
  }
}
