/**
 * Runs a super-resolution model over a picture of any size: packs a tile, runs the model on it, adds the result to
 * the output, and looks at what came out. Shrinks the tile where the memory is too small for it.
 */
import type { Gpu, GpuPicture, MadePicture, PictureView, Recorder } from '../gpu/types.ts'
import type { DialPlace, ModelFacts } from '../graph/node/facts.ts'
import { samePlace } from '../graph/node/family-dials.ts'
import type { RunnableSession } from './dial.ts'
import { GpuWatch, OutOfMemory } from './gpu-watch.ts'
import { type ModelForm, type Size, tensorDims } from './inspect.ts'
import { judge, summariseBytes, type TileSummary, tileSummaryWords } from './sentinel.ts'
import { isMemoryError, tensorBytes, tensorLength } from './sessions.ts'
import { type CpuTensors, leaseTensors, type TensorPair } from './tensor-run.ts'
import { TileChoice } from './tile-choice.ts'
import { leaseSummaries, type SummaryBuffer, TilePasses } from './tile-passes.ts'
import type { Tile } from './tiles.ts'
import { ModelError, type RuntimeReport, type SuperResolver, type SuperResolverOptions } from './types.ts'

export interface ResolverParts {
  readonly gpu: Gpu
  readonly facts: ModelFacts
  /** Of the tensors that the sessions are run on. */
  readonly form: ModelForm
  readonly inColours: boolean
  /** Of a place of the dials. They belong to the caller, who keeps each for as long as the run that asked for it. */
  readonly sessionAt: (place: DialPlace | undefined) => Promise<RunnableSession>
  readonly options: SuperResolverOptions
}

/** What is leased for one tile size, for one run at a time. */
interface Workspace {
  readonly tile: Size
  readonly runtime: RunnableSession['runtime']
  readonly tensors: TensorPair
}

const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height

export async function createSuperResolver(parts: ResolverParts): Promise<SuperResolver> {
  const passes = await TilePasses.compile(parts.gpu, parts.form)
  const { place } = parts.options
  return new TiledResolver(parts, passes, place, await parts.sessionAt(place))
}

class TiledResolver implements SuperResolver {
  readonly facts: ModelFacts
  readonly #parts: ResolverParts
  readonly #passes: TilePasses
  readonly #choice: TileChoice
  #place: DialPlace | undefined
  /** Of the model at `#place`. */
  #session: RunnableSession
  /** Of one tile size, and of the session's runtime. */
  readonly #idle: Workspace[] = []
  /** A tile size at which this very model has run without an error of the GPU. */
  #provenSize: Size | undefined
  #isDisposed = false
  /** Runs under way, all on `#session`. */
  readonly #running = new Set<Promise<void>>()
  /** Runs begin one after another: one of another model when those of this one have ended. */
  #lastBegun: Promise<unknown> = Promise.resolve()

  constructor(parts: ResolverParts, passes: TilePasses, place: DialPlace | undefined, session: RunnableSession) {
    this.facts = parts.facts
    this.#parts = parts
    this.#passes = passes
    this.#choice = new TileChoice(parts.facts, parts.form, parts.options)
    this.#place = place
    this.#session = session
  }

  get report(): RuntimeReport {
    const note = [this.#session.note, this.#choice.note].filter((each) => each !== undefined).join(' ')
    return { runtime: this.#session.runtime, ...(note ? { note } : {}) }
  }

  async run(
    recorder: Recorder,
    input: GpuPicture,
    output: MadePicture,
    signal: AbortSignal,
    place?: DialPlace | undefined,
  ): Promise<void> {
    const { scale } = this.#parts.form
    const { width, height } = input.desc
    if (output.desc.width !== width * scale || output.desc.height !== height * scale) {
      throw new Error(`sr-model: the output is not ${scale} times the input`)
    }
    const runStart = this.#lastBegun.then(async () => {
      if (!samePlace(place, this.#place)) {
        await Promise.allSettled(this.#running)
        // The dial may have moved on already: then its model need not be made.
        signal.throwIfAborted()
        await this.#turnTo(place)
      }
      const work = this.#runUntilItFits(recorder, input, output, signal)
      this.#running.add(work)
      const ended = () => void this.#running.delete(work)
      work.then(ended, ended)
      // In a record: begun is not done.
      return { work }
    })
    this.#lastBegun = runStart.catch(() => undefined)
    await (await runStart).work
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    this.#dropWorkspaces()
  }

  async #runUntilItFits(
    recorder: Recorder,
    input: GpuPicture,
    output: MadePicture,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      try {
        await this.#runPicture(recorder, input, output, signal)
        return
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error
        this.#choice.shrink(this.#tilesFor(input, output).tile, error)
      }
    }
  }

  #tilesFor = (input: GpuPicture, output: MadePicture) => this.#choice.tilesFor(input.desc, output.desc, output.part)

  #dropWorkspaces(): void {
    for (const { tensors } of this.#idle.splice(0)) tensors[Symbol.dispose]()
  }

  /** Takes the model at `place`: of the same form as the one before, so all that was leased for that one still fits. */
  async #turnTo(place: DialPlace | undefined): Promise<void> {
    const next = await this.#parts.sessionAt(place)
    this.#place = place
    if (next === this.#session) return
    if (next.runtime !== this.#session.runtime) this.#dropWorkspaces()
    this.#provenSize = undefined
    this.#session = next
  }

  #takeWorkspace(tile: Size): Workspace {
    if (this.#idle[0] && !sameSize(this.#idle[0].tile, tile)) this.#dropWorkspaces()
    const idle = this.#idle.pop()
    if (idle) return idle
    const { gpu, form, inColours } = this.#parts
    const { elementType, layout, channels, scale } = form
    const enlargedSize = { width: tile.width * scale, height: tile.height * scale }
    const input = { name: form.input, elementType, dims: tensorDims(layout, channels, tile) }
    const output = { name: form.output, elementType, dims: tensorDims(layout, channels, enlargedSize) }
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits
    const maxBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize)
    if (tensorBytes(output) > maxBytes) {
      throw new OutOfMemory(`a result of ${tensorBytes(output)} bytes exceeds the GPU’s limit of ${maxBytes} bytes`)
    }
    return {
      tile,
      runtime: this.#session.runtime,
      tensors: leaseTensors(gpu, 'sr-model', { input, output, runtime: this.#session.runtime, inColours }),
    }
  }

  /** Commands that use it must have been submitted. */
  #putBack(workspace: Workspace): void {
    const { tile, runtime, tensors } = workspace
    const isOfAnother = this.#idle[0] && !sameSize(this.#idle[0].tile, tile)
    if (this.#isDisposed || isOfAnother || runtime !== this.#session.runtime) tensors[Symbol.dispose]()
    else this.#idle.push(workspace)
  }

  /** Hands the result over where it lies. */
  #show(recorder: Recorder, output: MadePicture, view: PictureView, workspace: Workspace): void {
    output.showAs?.({
      ...view,
      [Symbol.dispose]: () => {
        // What reads it must be under way before the tensor is written again.
        recorder.submit()
        this.#putBack(workspace)
      },
    })
  }

  /** Runs the model on what was packed; resolves with the numbers where they passed through the CPU. */
  async #runTile(recorder: Recorder, picture: Size, { tile, tensors }: Workspace): Promise<CpuTensors | undefined> {
    try {
      return await tensors.run(recorder, this.#session)
    } catch (cause) {
      if (isMemoryError(cause)) throw new OutOfMemory(String(cause), { cause })
      throw new ModelError(
        `The model “${this.facts.name}” failed on a picture of ${picture.width} × ${picture.height} pixels, in a tile of ${tile.width} × ${tile.height}.`,
        this.#session.runtime !== 'wasm'
          ? 'Try the runtime “wasm”, a smaller tile, or another model.'
          : 'Try another tile size or another model.',
        { cause },
      )
    }
  }

  async #runPicture(recorder: Recorder, input: GpuPicture, output: MadePicture, signal: AbortSignal): Promise<void> {
    const { gpu, form } = this.#parts
    const { tile, tiles, isSeamless } = this.#tilesFor(input, output)
    // What was recorded before is not ours to be blamed for.
    recorder.submit()
    const proved = this.#provenSize && sameSize(this.#provenSize, tile)
    const watch = proved ? undefined : await GpuWatch.begin(gpu.device)
    let sums = this.#session.runtime !== 'wasm' ? leaseSummaries(gpu, tiles.length) : undefined
    let workspace: Workspace | undefined
    let view: PictureView | undefined
    try {
      workspace = this.#takeWorkspace(tile)
      const { tensors } = workspace
      const inputLength = tensorLength(tensors.input.dims)
      const outputLength = tensorLength(tensors.output.dims)
      const summaries: TileSummary[] = []
      if (sums) recorder.encoder.clearBuffer(sums.target)
      for (const [i, at] of tiles.entries()) {
        if (i > 0) await gpu.giveWay()
        signal.throwIfAborted()
        this.#passes.pack(recorder, input, tile, tensors, at)
        const numbers = await this.#runTile(recorder, input.desc, workspace)
        if (numbers) {
          const { elementType } = form
          summaries.push({
            input: summariseBytes(elementType, numbers.input),
            output: summariseBytes(elementType, numbers.output),
          })
        } else if (sums) this.#passes.summarise(recorder, tensors, sums.target, i * tileSummaryWords)
        if (tiles.length === 1) {
          view = input.opaque && output.showAs ? this.#passes.view(tile, tensors, at) : undefined
          if (!view) this.#passes.place(recorder, input, output, tile, tensors, at)
        } else if (isSeamless && this.#passes.canPlace) this.#passes.place(recorder, input, output, tile, tensors, at)
        else this.#passes.draw(recorder, input, output, tile, tensors, at, i === 0)
      }
      if (sums && !watch && recorder.foundLater) {
        recorder.foundLater(judgeLater(this.facts.name, tiles, sums, sums.read(recorder, inputLength, outputLength)))
        sums = undefined
      } else {
        if (sums) summaries.push(...(await sums.read(recorder, inputLength, outputLength)))
        else recorder.submit()
        await watch?.settle()
        judge(this.facts.name, tiles, summaries)
        this.#provenSize = tile
      }
      if (view) {
        this.#show(recorder, output, view, workspace)
        workspace = undefined
      }
    } catch (error) {
      recorder.submit()
      // The GPU's own words say more than what came of them.
      await watch?.settle()
      throw error
    } finally {
      if (workspace) this.#putBack(workspace)
      sums?.[Symbol.dispose]()
    }
  }
}

/** As `judge`, once the GPU has summed up what its frame is made of; the sums go then. */
async function judgeLater(
  model: string,
  tiles: readonly Tile[],
  sums: SummaryBuffer,
  reading: Promise<readonly TileSummary[]>,
): Promise<void> {
  try {
    judge(model, tiles, await reading)
  } finally {
    sums[Symbol.dispose]()
  }
}
