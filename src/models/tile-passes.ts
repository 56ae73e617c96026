/** What the GPU does around a model: packs a tile's pixels into a tensor, sums tensors up, draws the result. */
import type { ComputePass, Gpu, GpuPicture, PictureView, Recorder } from '../gpu/types.ts'
import type { ModelForm, Size } from './inspect.ts'
import { litLevel, readSummary, type TileSummary, tileSummaryWords } from './sentinel.ts'
import { tensorLength } from './sessions.ts'
import type { TensorPair } from './tensor-run.ts'
import { tensorView } from './tensor-view.ts'
import {
  createTilePipeline,
  isPlaceable,
  packGrid,
  packTile,
  packTileDraw,
  placeTile,
  summariseTensor,
  summaryGrid,
  summaryWords,
  tileDrawBytes,
} from './tensors.ts'
import { coreOf, type Tile } from './tiles.ts'

interface Passes {
  readonly pack: ComputePass
  readonly summarise: ComputePass
  readonly draw: GPURenderPipeline
  /** Absent where a tile that stands alone is drawn like others. */
  readonly place: ComputePass | undefined
}

export class TilePasses {
  readonly #device: GPUDevice
  readonly #form: ModelForm
  readonly #passes: Passes

  private constructor(device: GPUDevice, form: ModelForm, passes: Passes) {
    this.#device = device
    this.#form = form
    this.#passes = passes
  }

  static async compile(gpu: Gpu, form: ModelForm): Promise<TilePasses> {
    const [pack, summarise, draw, place] = await Promise.all([
      gpu.compute(packTile(form)),
      gpu.compute(summariseTensor(form.elementType, litLevel)),
      createTilePipeline(gpu.device, form),
      isPlaceable(form, form.scale) ? gpu.compute(placeTile(form, form.scale)) : undefined,
    ])
    return new TilePasses(gpu.device, form, { pack, summarise, draw, place })
  }

  /** The pixels of `input` under the tile at `at`, repeated beyond the edges, into the input tensor. */
  pack(recorder: Recorder, input: GpuPicture, tile: Size, tensors: TensorPair, at: Tile): void {
    const length = tensorLength(tensors.input.dims)
    this.#passes.pack.record(recorder, {
      reads: { image: input.texture },
      buffers: { tensor: tensors.input.lease.value },
      uniforms: {
        origin: [at.x.start, at.y.start],
        size: [tile.width, tile.height],
        length,
        last: [input.desc.width - 1, input.desc.height - 1],
        corner: [input.part.x, input.part.y],
      },
      size: packGrid(this.#form.elementType, tile, length),
    })
  }

  /** Sums up the tensors, from word `slot` of `target` on: the input, then the output. */
  summarise(recorder: Recorder, tensors: TensorPair, target: GPUBuffer, slot: number): void {
    for (const [i, tensor] of [tensors.input, tensors.output].entries()) {
      const length = tensorLength(tensor.dims)
      this.#passes.summarise.record(recorder, {
        buffers: { tensor: tensor.lease.value, summary: target },
        uniforms: { length, slot: slot + i * summaryWords },
        size: summaryGrid(length),
      })
    }
  }

  /** The output tensor as a picture, where it alone makes up one; `undefined`: it must be drawn. */
  view(tile: Size, tensors: TensorPair, at: Tile): PictureView | undefined {
    const { scale } = this.#form
    if (!this.#passes.place) return undefined
    const size = { width: tile.width * scale, height: tile.height * scale }
    return tensorView(this.#form, tensors.output.lease.value, [at.x.start * scale, at.y.start * scale], size)
  }

  /** Whether tiles that share what they have in common can be put beside each other by `place`. */
  get canPlace(): boolean {
    return this.#passes.place !== undefined
  }

  /** Puts what lies in the tile's core there; a tile that stands alone is drawn where its model is not one for that. */
  place(recorder: Recorder, from: GpuPicture, to: GpuPicture, tile: Size, tensors: TensorPair, at: Tile): void {
    const { scale } = this.#form
    const { place } = this.#passes
    if (!place) {
      this.draw(recorder, from, to, tile, tensors, at, true)
      return
    }
    const { part } = to
    const [left, right] = within(coreOf(at.x), scale, part.x, part.width)
    const [top, bottom] = within(coreOf(at.y), scale, part.y, part.height)
    if (left >= right || top >= bottom) return
    place.record(recorder, {
      reads: { image: from.texture },
      writes: { result: to.texture },
      buffers: { tensor: tensors.output.lease.value },
      uniforms: {
        first: [left, top],
        start: [at.x.start, at.y.start],
        size: [tile.width * scale, tile.height * scale],
        last: [from.desc.width - 1, from.desc.height - 1],
        image_corner: [from.part.x, from.part.y],
        corner: [part.x, part.y],
      },
      size: { width: right - left, height: bottom - top },
    })
  }

  /** Adds the output tensor, by its weights, to what of `to` the tile covers. `first`: `to` is cleared before. */
  draw(
    recorder: Recorder,
    from: GpuPicture,
    to: GpuPicture,
    tile: Size,
    tensors: TensorPair,
    at: Tile,
    first: boolean,
  ): void {
    const { scale } = this.#form
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
    const bindGroup = this.#device.createBindGroup({
      label: 'sr-model/draw',
      layout: this.#passes.draw.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer, offset, size: tileDrawBytes } },
        { binding: 1, resource: from.texture.createView() },
        { binding: 2, resource: { buffer: tensors.output.lease.value } },
      ],
    })
    const timestampWrites = recorder.timestampWrites?.()
    const pass = recorder.encoder.beginRenderPass({
      label: 'sr-model/draw',
      ...(timestampWrites ? { timestampWrites } : {}),
      colorAttachments: [
        { view: to.texture.createView(), loadOp: first ? 'clear' : 'load', storeOp: 'store', clearValue: [0, 0, 0, 0] },
      ],
    })
    const [left, right] = drawnWithin(at.x.extent, scale, to.part.x, to.part.width)
    const [top, bottom] = drawnWithin(at.y.extent, scale, to.part.y, to.part.height)
    pass.setScissorRect(left, top, right - left, bottom - top)
    pass.setPipeline(this.#passes.draw)
    pass.setBindGroup(0, bindGroup)
    pass.draw(3)
    pass.end()
  }
}

/** Which of a tile's source pixels make something of a part of the result. */
const within = (
  [from, to]: readonly [number, number],
  scale: number,
  start: number,
  length: number,
): readonly [number, number] => [
  Math.max(from, Math.floor(start / scale)),
  Math.min(to, Math.ceil((start + length) / scale)),
]

/** What of a tile's pixels falls into a part of the result, in texels of that part. */
const drawnWithin = (
  [from, to]: readonly [number, number],
  scale: number,
  start: number,
  length: number,
): readonly [number, number] => [Math.max(0, from * scale - start), Math.min(length, to * scale - start)]

export interface SummaryBuffer extends Disposable {
  readonly target: GPUBuffer
  /** Submits what is recorded, and reads the summaries of tensors of these lengths, one a tile. */
  read(recorder: Recorder, inputLength: number, outputLength: number): Promise<readonly TileSummary[]>
}

/** Where the GPU leaves the summaries of `count` tiles, and how they are read back. */
export function leaseSummaries({ pool }: Gpu, count: number): SummaryBuffer {
  const size = count * tileSummaryWords * 4
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
  const target = pool.buffer({ size, usage: STORAGE | COPY_SRC | COPY_DST }, 'sr-model/summary')
  const landing = pool.buffer({ size, usage: MAP_READ | COPY_DST }, 'sr-model/summary-readback')
  return {
    target: target.value,
    async read(recorder, inputLength, outputLength) {
      recorder.encoder.copyBufferToBuffer(target.value, 0, landing.value, 0, size)
      recorder.submit()
      await landing.value.mapAsync(GPUMapMode.READ)
      const words = new Uint32Array(landing.value.getMappedRange(0, size).slice(0))
      landing.value.unmap()
      return Array.from({ length: count }, (_, tile) => ({
        input: readSummary(words, tile * tileSummaryWords, inputLength),
        output: readSummary(words, tile * tileSummaryWords + summaryWords, outputLength),
      }))
    },
    [Symbol.dispose]() {
      target[Symbol.dispose]()
      landing[Symbol.dispose]()
    },
  }
}
