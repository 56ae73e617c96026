/**
 * Runs a super-resolution model over a picture of any size: packs a tile, runs the model on it, adds the result to
 * the output, and looks at what came out. Shrinks the tile where the memory is too small for it.
 */

import type { ComputePass, Gpu, GpuPicture, Recorder } from '../gpu/types.ts'
import { CodedError } from '../graph/document/coded-error.ts'
import type { ModelFacts } from '../graph/node/facts.ts'
import { isWhole, readFor } from '../graph/plan/region.ts'
import { marginOf } from '../graph/plan/tiling.ts'
import type { RunnableSession } from './dial.ts'
import { type ModelForm, type Size, tensorDims } from './inspect.ts'
import { judge, litLevel, readSummary, summariseBytes, type TileSummary, tileSummaryWords } from './sentinel.ts'
import { isMemoryError, tensorBytes, tensorLength } from './sessions.ts'
import { type CpuTensors, leaseTensors, type TensorPair } from './tensor-run.ts'
import {
  createTilePipeline,
  packTile,
  packTileDraw,
  summariseTensor,
  summaryGrid,
  summaryWords,
  tileDrawBytes,
  wordGrid,
} from './tensors.ts'
import { planTiles, planWindow, type Tile, tileSize, tilesOf, windowFor } from './tiles.ts'
import { ModelError, type RuntimeReport, type SuperResolver, type SuperResolverOptions } from './types.ts'

/** Where 'auto' begins, and where it gives up: pixels a side. */
const maxTile = 512
const minTile = 32

export interface ResolverParts {
  readonly gpu: Gpu
  readonly facts: ModelFacts
  readonly form: ModelForm
  /** Of a position of the dial. They belong to the caller, who keeps each for as long as the run that asked for it. */
  readonly sessionAt: (position: number | undefined) => Promise<RunnableSession>
  readonly options: SuperResolverOptions
}

interface Passes {
  readonly pack: ComputePass
  readonly summarise: ComputePass
  readonly draw: GPURenderPipeline
}

/** What is leased for one tile size. `proved`: the model has run once at this size without an error of the GPU. */
interface Workspace extends Disposable {
  readonly tile: Size
  readonly tensors: TensorPair
  proved: boolean
}

/** The memory gave out; carries what happened. */
class OutOfMemory extends CodedError {
  override readonly name = 'OutOfMemory'
  constructor(message: string, options?: ErrorOptions) {
    super('out-of-memory', message, '', options)
  }
}

export async function createSuperResolver(parts: ResolverParts): Promise<SuperResolver> {
  const { gpu, facts, form, sessionAt, options } = parts
  const { device } = gpu
  const { scale } = form
  const [pack, summarise, draw] = await Promise.all([
    gpu.compute(packTile(form)),
    gpu.compute(summariseTensor(form.elementType, litLevel)),
    createTilePipeline(device, form),
  ])
  const passes: Passes = { pack, summarise, draw }
  let limit: number | 'off' = options.tile === 'auto' ? maxTile : options.tile
  let tileNote: string | undefined
  let space: Workspace | undefined
  let standing = options.position
  let session = await sessionAt(standing)

  /** Takes the model at `position`: of the same form as the one before, so all that was leased for that one still fits. */
  async function turnTo(position: number | undefined) {
    const next = await sessionAt(position)
    standing = position
    if (next === session) return
    if (next.runtime !== session.runtime) {
      space?.[Symbol.dispose]()
      space = undefined
    }
    if (space) space.proved = false
    session = next
  }

  function workspace(tile: Size): Workspace {
    if (space && space.tile.width === tile.width && space.tile.height === tile.height) return space
    space?.[Symbol.dispose]()
    space = undefined
    const { elementType } = form
    const large = { width: tile.width * scale, height: tile.height * scale }
    const input = { name: form.input, elementType, dims: tensorDims(form.layout, form.channels, tile) }
    const output = { name: form.output, elementType, dims: tensorDims(form.layout, form.channels, large) }
    const limitBytes = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize)
    if (tensorBytes(output) > limitBytes) {
      throw new OutOfMemory(`a result of ${tensorBytes(output)} bytes exceeds the GPU’s limit of ${limitBytes} bytes`)
    }
    const tensors = leaseTensors(gpu, 'sr-model', input, output, session.runtime)
    space = { tile, tensors, proved: false, [Symbol.dispose]: () => tensors[Symbol.dispose]() }
    return space
  }

  function drawTile(
    recorder: Recorder,
    from: GpuPicture,
    to: GpuPicture,
    { tile, tensors }: Workspace,
    at: Tile,
    first: boolean,
  ) {
    const { buffer, offset } = recorder.uniform(
      packTileDraw({
        start: [at.x.start, at.y.start],
        size: [tile.width * scale, tile.height * scale],
        rise: [at.x.rise[0], at.y.rise[0], at.x.rise[1], at.y.rise[1]],
        fall: [at.x.fall[0], at.y.fall[0], at.x.fall[1], at.y.fall[1]],
        scale,
        corner: [to.part.x, to.part.y],
        imageCorner: [from.part.x, from.part.y],
        imageLast: [from.desc.width - 1, from.desc.height - 1],
      }),
    )
    const bindGroup = device.createBindGroup({
      label: 'sr-model/draw',
      layout: passes.draw.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer, offset, size: tileDrawBytes } },
        { binding: 1, resource: from.texture.createView() },
        { binding: 2, resource: { buffer: tensors.output.lease.value } },
      ],
    })
    const pass = recorder.encoder.beginRenderPass({
      label: 'sr-model/draw',
      colorAttachments: [
        { view: to.texture.createView(), loadOp: first ? 'clear' : 'load', storeOp: 'store', clearValue: [0, 0, 0, 0] },
      ],
    })
    const [left, right] = drawnWithin(at.x.drawn, scale, to.part.x, to.part.width)
    const [top, bottom] = drawnWithin(at.y.drawn, scale, to.part.y, to.part.height)
    pass.setScissorRect(left, top, right - left, bottom - top)
    pass.setPipeline(passes.draw)
    pass.setBindGroup(0, bindGroup)
    pass.draw(3)
    pass.end()
  }

  /** Sums up the tensors on the GPU, from word `slot` of `target` on: the input, then the output. */
  function recordSummary(recorder: Recorder, tensors: TensorPair, target: GPUBuffer, slot: number) {
    for (const [i, tensor] of [tensors.input, tensors.output].entries()) {
      const length = tensorLength(tensor.dims)
      passes.summarise.record(recorder, {
        buffers: { tensor: tensor.lease.value, summary: target },
        uniforms: { length, slot: slot + i * summaryWords },
        size: summaryGrid(length),
      })
    }
  }

  async function runTile(
    recorder: Recorder,
    input: GpuPicture,
    work: Workspace,
    at: Tile,
  ): Promise<CpuTensors | undefined> {
    const { tile, tensors } = work
    const length = tensorLength(tensors.input.dims)
    passes.pack.record(recorder, {
      reads: { image: input.texture },
      buffers: { tensor: tensors.input.lease.value },
      uniforms: {
        origin: [at.x.start, at.y.start],
        size: [tile.width, tile.height],
        length,
        last: [input.desc.width - 1, input.desc.height - 1],
        corner: [input.part.x, input.part.y],
      },
      size: wordGrid(form.elementType, length),
    })
    try {
      return await tensors.run(recorder, session)
    } catch (cause) {
      if (isMemoryError(cause)) throw new OutOfMemory(String(cause), { cause })
      throw new ModelError(
        `The model “${facts.name}” failed on a tile of ${tile.width} × ${tile.height} pixels.`,
        session.runtime !== 'wasm'
          ? 'Try the runtime “wasm”, a smaller tile, or another model.'
          : 'Try another tile size or another model.',
        { cause },
      )
    }
  }

  async function runPicture(recorder: Recorder, input: GpuPicture, output: GpuPicture, signal: AbortSignal) {
    const { tile, tiles } = tilesFor(input, output)
    // What was recorded before is not ours to be blamed for.
    recorder.submit()
    const proved = space?.proved && space.tile.width === tile.width && space.tile.height === tile.height
    const guard = proved ? undefined : await watchErrors(device)
    const sums = session.runtime !== 'wasm' ? leaseSums(gpu, tiles.length) : undefined
    try {
      const work = workspace(tile)
      const lengths = [work.tensors.input, work.tensors.output].map(({ dims }) => tensorLength(dims))
      const [inputLength, outputLength] = [lengths[0]!, lengths[1]!]
      const summaries: TileSummary[] = []
      if (sums) recorder.encoder.clearBuffer(sums.target.value)
      for (const [i, at] of tiles.entries()) {
        if (i > 0) await gpu.giveWay()
        signal.throwIfAborted()
        const numbers = await runTile(recorder, input, work, at)
        if (numbers) {
          const { elementType } = form
          summaries.push({
            input: summariseBytes(elementType, numbers.input, 0, inputLength),
            output: summariseBytes(elementType, numbers.output.buffer, numbers.output.byteOffset, outputLength),
          })
        } else if (sums) recordSummary(recorder, work.tensors, sums.target.value, i * tileSummaryWords)
        drawTile(recorder, input, output, work, at, i === 0)
      }
      if (sums) {
        const words = await sums.read(recorder)
        for (let slot = 0; slot < words.length; slot += tileSummaryWords) {
          summaries.push({
            input: readSummary(words, slot, inputLength),
            output: readSummary(words, slot + summaryWords, outputLength),
          })
        }
      } else recorder.submit()
      await guard?.settle()
      judge(facts.name, tiles, summaries)
      work.proved = true
    } catch (error) {
      // The GPU's own words say more than what came of them.
      await guard?.settle()
      throw error
    } finally {
      sums?.[Symbol.dispose]()
    }
  }

  return {
    facts,
    get report(): RuntimeReport {
      const note = [session.note, tileNote].filter((each) => each !== undefined).join(' ')
      return { runtime: session.runtime, ...(note ? { note } : {}) }
    },
    async run(recorder, input, output, signal, position) {
      const { width, height } = input.desc
      if (output.desc.width !== width * scale || output.desc.height !== height * scale) {
        throw new Error(`sr-model: the output is not ${scale} times the input`)
      }
      if (position !== standing) {
        // The dial may have moved on already: then its model need not be made.
        signal.throwIfAborted()
        await turnTo(position)
      }
      for (;;) {
        try {
          await runPicture(recorder, input, output, signal)
          return
        } catch (error) {
          if (!(error instanceof OutOfMemory)) throw error
          const { tile } = tilesFor(input, output)
          const side = Math.max(...sides(tile))
          const smaller = side <= maxTile ? 2 ** (Math.ceil(Math.log2(side)) - 1) : maxTile
          if (options.tile !== 'auto' || form.fixedSize || smaller < Math.max(minTile, form.sizeStep)) {
            throw new ModelError(
              `The memory is too small to run the model “${facts.name}” on a tile of ${sides(tile).join(' × ')} pixels.`,
              options.tile === 'auto' || form.fixedSize
                ? 'Close other tabs, or choose a smaller model.'
                : 'Set the tile to “auto” or to a smaller size.',
              { cause: error },
            )
          }
          limit = smaller
          tileNote = `Tile shrunk to ${smaller}: the memory was too small for a larger one.`
        }
      }
    },
    async [Symbol.asyncDispose]() {
      space?.[Symbol.dispose]()
      space = undefined
    },
  }

  /** The tiles that `output` is made of: those of the whole picture, or of a window where that comes to the same. */
  function tilesFor(
    { desc }: GpuPicture,
    output: GpuPicture,
  ): { readonly tile: Size; readonly tiles: readonly Tile[] } {
    const { fixedSize, sizeStep } = form
    const { overlap } = options
    const sizeOf = (picture: Size) => tileSize({ picture, limit, overlap, fixedSize, sizeStep })
    const picture = { width: desc.width, height: desc.height }
    const part = readFor(output.part, output.desc, picture, 0)
    const margin = marginOf(facts, options.tile === 'off' ? null : overlap)
    if (margin !== null && !isWhole(part, picture)) {
      const window = windowFor(part, picture, margin)
      const tile = sizeOf(window)
      return { tile, tiles: tilesOf(planWindow(window, tile, overlap), part) }
    }
    const tile = sizeOf(picture)
    return { tile, tiles: tilesOf(planTiles(picture, tile, overlap), part) }
  }
}

/** What of a tile's pixels falls into a part of the result, in texels of that part. */
const drawnWithin = (
  [from, to]: readonly [number, number],
  scale: number,
  start: number,
  length: number,
): readonly [number, number] => [Math.max(0, from * scale - start), Math.min(length, to * scale - start)]

const sides = ({ width, height }: Size): readonly [number, number] => [width, height]

/** The watch that each device is under: its error scopes are one stack, so two watches would end each other's. */
const watches = new WeakMap<GPUDevice, Promise<void>>()

/** Collects the errors that the device reports until the first `settle`, which rejects with one of them, if any. */
async function watchErrors(device: GPUDevice): Promise<{ settle(): Promise<void> }> {
  const before = watches.get(device)
  let end = (): void => undefined
  watches.set(
    device,
    new Promise((resolve) => {
      end = resolve
    }),
  )
  await before
  const filters = ['validation', 'out-of-memory', 'internal'] as const
  for (const filter of filters) device.pushErrorScope(filter)
  let settled = false
  return {
    async settle() {
      if (settled) return
      settled = true
      const errors = await Promise.all(filters.map(() => device.popErrorScope())).finally(() => end())
      const error = errors.find((each) => each instanceof GPUOutOfMemoryError) ?? errors.find((each) => each !== null)
      if (error instanceof GPUOutOfMemoryError) throw new OutOfMemory(error.message)
      if (error) throw new Error(`sr-model: ${error.message}`)
    },
  }
}

/** Where the GPU leaves the summaries of `count` tiles, and how they are read back. */
function leaseSums({ pool }: Gpu, count: number) {
  const size = count * tileSummaryWords * 4
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
  const target = pool.buffer({ size, usage: STORAGE | COPY_SRC | COPY_DST }, 'sr-model/summary')
  const landing = pool.buffer({ size, usage: MAP_READ | COPY_DST }, 'sr-model/summary-readback')
  return {
    target,
    /** Submits what is recorded. */
    async read(recorder: Recorder): Promise<Uint32Array<ArrayBuffer>> {
      recorder.encoder.copyBufferToBuffer(target.value, 0, landing.value, 0, size)
      recorder.submit()
      await landing.value.mapAsync(GPUMapMode.READ)
      const words = new Uint32Array(landing.value.getMappedRange(0, size).slice(0))
      landing.value.unmap()
      return words
    },
    [Symbol.dispose]() {
      target[Symbol.dispose]()
      landing[Symbol.dispose]()
    },
  }
}
