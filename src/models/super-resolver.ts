/**
 * Runs a super-resolution model over a picture of any size, tile by tile, and looks at what comes out: a black or
 * non-finite tile is an error, never a silent black frame.
 */
import type { ComputePass, Gpu, GpuPicture, Lease, Recorder } from '../gpu/types.ts'
import type { ModelFacts } from '../graph/facts.ts'
import { type ModelForm, type Size, tensorDims } from './inspect.ts'
import { isMemoryError, type ModelSession, tensorBytes, tensorLength } from './sessions.ts'
import { leaseTensors, type TensorPair } from './tensor-run.ts'
import {
  createTilePipeline,
  packTile,
  packTileDraw,
  summariseTensor,
  summaryGrid,
  summaryWords,
  wordGrid,
} from './tensors.ts'
import { planTiles, type Tile, tileSize } from './tiles.ts'
import { ModelError, type RuntimeReport, type SuperResolver, type SuperResolverOptions } from './types.ts'

/** Where 'auto' begins, and where it gives up: pixels a side. */
const largestTile = 512
const smallestTile = 32

/** A result this dark is black. */
const blackLevel = 1 / 255
const litLevel = 8 / 255

export interface ResolverParts {
  readonly gpu: Gpu
  readonly facts: ModelFacts
  readonly form: ModelForm
  /** Owned by the caller, who releases it after the resolver. */
  readonly session: ModelSession
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
class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory'
}

export async function createSuperResolver(parts: ResolverParts): Promise<SuperResolver> {
  const { gpu, facts, form, session, options } = parts
  const { device, pool } = gpu
  const { scale } = form
  const [pack, summarise, draw] = await Promise.all([
    gpu.compute(packTile(form)),
    gpu.compute(summariseTensor(form.elementType)),
    createTilePipeline(device, form),
  ])
  const passes: Passes = { pack, summarise, draw }
  let limit: number | 'off' = options.tile === 'auto' ? largestTile : options.tile
  let tileNote: string | undefined
  let space: Workspace | undefined

  function workspace(tile: Size): Workspace {
    if (space && space.tile.width === tile.width && space.tile.height === tile.height) return space
    space?.[Symbol.dispose]()
    space = undefined
    const { elementType } = form
    const large = { width: tile.width * scale, height: tile.height * scale }
    const input = { name: form.input, elementType, dims: tensorDims(form.layout, form.channels, tile) }
    const output = { name: form.output, elementType, dims: tensorDims(form.layout, form.channels, large) }
    const most = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize)
    if (tensorBytes(output) > most) {
      throw new OutOfMemory(`a result of ${tensorBytes(output)} bytes exceeds the GPU’s limit of ${most} bytes`)
    }
    const tensors = leaseTensors(gpu, 'sr-model', input, output, session.runtime)
    space = { tile, tensors, proved: false, [Symbol.dispose]: () => tensors[Symbol.dispose]() }
    return space
  }

  function drawTile(
    recorder: Recorder,
    from: GpuPicture,
    to: GPUTexture,
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
      }),
    )
    const bindGroup = device.createBindGroup({
      label: 'sr-model/draw',
      layout: passes.draw.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer, offset, size: 64 } },
        { binding: 1, resource: from.texture.createView() },
        { binding: 2, resource: { buffer: tensors.output.lease.value } },
      ],
    })
    const pass = recorder.encoder.beginRenderPass({
      label: 'sr-model/draw',
      colorAttachments: [
        { view: to.createView(), loadOp: first ? 'clear' : 'load', storeOp: 'store', clearValue: [0, 0, 0, 0] },
      ],
    })
    const [left, right] = at.x.drawn
    const [top, bottom] = at.y.drawn
    pass.setScissorRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale)
    pass.setPipeline(passes.draw)
    pass.setBindGroup(0, bindGroup)
    pass.draw(3)
    pass.end()
  }

  /** What the tensors hold, at word `slot` of `summary`: the input's summary, then the output's. */
  function recordSummary(recorder: Recorder, tensors: TensorPair, summary: GPUBuffer, slot: number) {
    for (const [i, tensor] of [tensors.input, tensors.output].entries()) {
      const length = tensorLength(tensor.dims)
      passes.summarise.record(recorder, {
        buffers: { tensor: tensor.lease.value, summary },
        uniforms: { length, slot: slot + i * summaryWords },
        size: summaryGrid(length),
      })
    }
  }

  async function runTile(recorder: Recorder, input: GpuPicture, work: Workspace, at: Tile) {
    const { tile, tensors } = work
    const length = tensorLength(tensors.input.dims)
    passes.pack.record(recorder, {
      reads: { image: input.texture },
      buffers: { tensor: tensors.input.lease.value },
      uniforms: { origin: [at.x.start, at.y.start], size: [tile.width, tile.height], length },
      size: wordGrid(form.elementType, length),
    })
    try {
      await tensors.run(recorder, session)
    } catch (cause) {
      if (isMemoryError(cause)) throw new OutOfMemory(String(cause), { cause })
      throw new ModelError(
        `The model “${facts.name}” failed on a tile of ${tile.width} × ${tile.height} pixels.`,
        session.runtime === 'webgpu'
          ? 'Try the runtime “wasm”, a smaller tile, or another model.'
          : 'Try another tile size or another model.',
        { cause },
      )
    }
  }

  async function runPicture(recorder: Recorder, input: GpuPicture, output: GpuPicture, signal: AbortSignal) {
    const { width, height } = input.desc
    const { fixedSize, sizeStep } = form
    const tile = tileSize({ picture: { width, height }, limit, overlap: options.overlap, fixedSize, sizeStep })
    const tiles = planTiles({ width, height }, tile, options.overlap)
    const summaryBytes = tiles.length * 2 * summaryWords * 4
    // What was recorded before is not ours to be blamed for.
    recorder.submit()
    const proved = space?.proved && space.tile.width === tile.width && space.tile.height === tile.height
    const guard = proved ? undefined : watchErrors(device)
    const leases: Lease<GPUBuffer>[] = []
    const lease = (usage: GPUBufferUsageFlags, label: string) => {
      const made = pool.buffer({ size: summaryBytes, usage }, label)
      leases.push(made)
      return made.value
    }
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
    try {
      const work = workspace(tile)
      const summary = lease(STORAGE | COPY_SRC | COPY_DST, 'sr-model/summary')
      const landing = lease(MAP_READ | COPY_DST, 'sr-model/summary-readback')
      recorder.encoder.clearBuffer(summary)
      for (const [i, at] of tiles.entries()) {
        signal.throwIfAborted()
        await runTile(recorder, input, work, at)
        recordSummary(recorder, work.tensors, summary, i * 2 * summaryWords)
        drawTile(recorder, input, output.texture, work, at, i === 0)
      }
      recorder.encoder.copyBufferToBuffer(summary, 0, landing, 0, summaryBytes)
      recorder.submit()
      await landing.mapAsync(GPUMapMode.READ)
      const words = new Uint32Array(landing.getMappedRange(0, summaryBytes).slice(0))
      landing.unmap()
      await guard?.settle()
      judge(facts, tiles, words, tensorLength(work.tensors.input.dims))
      work.proved = true
    } catch (error) {
      // The GPU's own words say more than what came of them.
      await guard?.settle()
      throw error
    } finally {
      for (const each of leases) each[Symbol.dispose]()
    }
  }

  return {
    facts,
    get report(): RuntimeReport {
      const note = [session.note, tileNote].filter((each) => each !== undefined).join(' ')
      return { runtime: session.runtime, ...(note ? { note } : {}) }
    },
    async run(recorder, input, output, signal) {
      const { width, height } = input.desc
      if (output.desc.width !== width * scale || output.desc.height !== height * scale) {
        throw new Error(`sr-model: the output is not ${scale} times the input`)
      }
      for (;;) {
        try {
          await runPicture(recorder, input, output, signal)
          return
        } catch (error) {
          if (!(error instanceof OutOfMemory)) throw error
          const side = Math.max(...sides(tileSizeNow(width, height)))
          const smaller = side <= largestTile ? 2 ** (Math.ceil(Math.log2(side)) - 1) : largestTile
          if (options.tile !== 'auto' || form.fixedSize || smaller < Math.max(smallestTile, form.sizeStep)) {
            throw new ModelError(
              `The memory is too small to run the model “${facts.name}” on a tile of ${sides(tileSizeNow(width, height)).join(' × ')} pixels.`,
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

  function tileSizeNow(width: number, height: number): Size {
    const { fixedSize, sizeStep } = form
    return tileSize({ picture: { width, height }, limit, overlap: options.overlap, fixedSize, sizeStep })
  }
}

const sides = ({ width, height }: Size): readonly [number, number] => [width, height]

/** Collects the errors that the device reports until the first `settle`, which rejects with one of them, if any. */
function watchErrors(device: GPUDevice): { settle(): Promise<void> } {
  const filters = ['validation', 'out-of-memory', 'internal'] as const
  for (const filter of filters) device.pushErrorScope(filter)
  let settled = false
  return {
    async settle() {
      if (settled) return
      settled = true
      const errors = await Promise.all(filters.map(() => device.popErrorScope()))
      const error = errors.find((each) => each instanceof GPUOutOfMemoryError) ?? errors.find((each) => each !== null)
      if (error instanceof GPUOutOfMemoryError) throw new OutOfMemory(error.message)
      if (error) throw new Error(`sr-model: ${error.message}`)
    },
  }
}

/** Throws `ModelError` where the summaries of the tiles show a non-finite or black result. */
function judge(facts: ModelFacts, tiles: readonly Tile[], summary: Uint32Array<ArrayBuffer>, inputLength: number) {
  const largest = new Float32Array(summary.buffer)
  let brightestIn = 0
  let brightestOut = 0
  for (const [i, tile] of tiles.entries()) {
    const input = i * 2 * summaryWords
    const output = input + summaryWords
    const place = `the tile at ${tile.x.start}, ${tile.y.start}`
    const broken = summary[output + 2]!
    if (broken > 0) {
      throw new ModelError(
        `The model “${facts.name}” gave ${broken} numbers that are not finite (NaN or infinity) in ${place}.`,
        'Choose another runtime, or a float32 version of the model.',
      )
    }
    brightestIn = Math.max(brightestIn, largest[input]!)
    brightestOut = Math.max(brightestOut, largest[output]!)
    const brightShare = summary[input + 1]! / inputLength
    if (largest[output]! < blackLevel && brightShare > 0.25) throw black(facts, place)
  }
  if (brightestOut < blackLevel && brightestIn > litLevel) throw black(facts, 'the whole picture')
}

const black = (facts: ModelFacts, place: string): ModelError =>
  new ModelError(
    `The model “${facts.name}” gave black where the picture is not, in ${place}.`,
    'Choose another runtime or another model; this one does not work on this machine.',
  )
