/**
 * Tells whether a person's code did what it must not while it ran. Each dispatch that holds such code has a small buffer in which
 * the shader leaves a mark; the marks of a frame are read once it has ended.
 */
import { alarmsBuffer, type CodeAlarm, codeAlarms } from '../../gpu/pixel.ts'
import type { Recorder } from '../../gpu/types.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { maxTurns } from '../../graph/node/code-guard.ts'
import { maxUnitNodes } from '../../graph/plan/fuse.ts'
import { CodeFailure } from './code-failure.ts'
import { NodeFailure } from './errors.ts'

const bytes = maxUnitNodes * codeAlarms.length * Uint32Array.BYTES_PER_ELEMENT

const failures: Readonly<Record<CodeAlarm, () => CodeFailure>> = {
  'too many turns': () =>
    new CodeFailure(
      'code',
      `its loops take more than ${maxTurns} turns for one pixel, and were ended`,
      'Let its loops end sooner, or split the work between several nodes.',
    ),
  'not finite': () =>
    new CodeFailure(
      'code',
      'its result is no finite number at some pixels',
      'Look for a division by 0, or the root or the logarithm of a number below 0.',
    ),
}

interface Marks {
  /** The shader writes it. */
  readonly written: GPUBuffer
  readonly read: GPUBuffer
}

/** Buffers of marks, used again and again. */
export class CodeWatch implements Disposable {
  readonly #device: GPUDevice
  readonly #idle: Marks[] = []
  #isDisposed = false

  constructor(device: GPUDevice) {
    this.#device = device
  }

  frame(recorder: Recorder): FrameCodeWatch {
    return new FrameCodeWatch(this, recorder)
  }

  take(): Marks {
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
    return (
      this.#idle.pop() ?? {
        written: this.#device.createBuffer({ label: 'code/marks', size: bytes, usage: STORAGE | COPY_SRC | COPY_DST }),
        read: this.#device.createBuffer({ label: 'code/readback', size: bytes, usage: MAP_READ | COPY_DST }),
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

/** The marks of one frame. */
export class FrameCodeWatch {
  readonly #watch: CodeWatch
  readonly #recorder: Recorder
  #watched: { readonly marks: Marks; readonly nodes: readonly FlatId[] }[] = []

  constructor(watch: CodeWatch, recorder: Recorder) {
    this.#watch = watch
    this.#recorder = recorder
  }

  /** Records `dispatch`, which runs the code of `nodes`, with the buffers it needs for that. */
  watch(nodes: readonly FlatId[], dispatch: (buffers: Readonly<Record<string, GPUBuffer>>) => void): void {
    if (nodes.length === 0) {
      dispatch({})
      return
    }
    const marks = this.#watch.take()
    this.#watched.push({ marks, nodes })
    this.#recorder.encoder.clearBuffer(marks.written)
    dispatch({ [alarmsBuffer]: marks.written })
    this.#recorder.encoder.copyBufferToBuffer(marks.written, 0, marks.read, 0, bytes)
  }

  /** Call once all is submitted. Rejects with the `NodeFailure` of the first code that did wrong. */
  async read(): Promise<void> {
    const watched = this.#watched
    this.#watched = []
    const failed = await Promise.all(
      watched.map(async ({ marks, nodes }) => {
        await marks.read.mapAsync(GPUMapMode.READ)
        const set = new Uint32Array(marks.read.getMappedRange().slice(0))
        marks.read.unmap()
        this.#watch.giveBack(marks)
        return nodes.flatMap((node, i) =>
          codeAlarms.flatMap((alarm, j) =>
            set[i * codeAlarms.length + j] ? [new NodeFailure(node, failures[alarm]())] : [],
          ),
        )
      }),
    )
    const [first] = failed.flat()
    if (first) throw first
  }

  /** After a failure: nothing is told. */
  discard(): void {
    for (const { marks } of this.#watched) this.#watch.giveBack(marks)
    this.#watched = []
  }
}
