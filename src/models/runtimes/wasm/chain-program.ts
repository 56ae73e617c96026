/**
 * A chain of convolutions as a program of this processor: its code, its weights, and memory for pictures of the size that it
 * met last. One thread runs it.
 *
 * A picture lies in memory pixel by pixel, its channels filled up to whole vectors, with a border of zeros: one row above, one column to the left,
 * and to the right and below up to the end of the last tile and one more.
 */
import { weightsOfLuma } from '../../luma-in-colour.ts'
import type { ColouredResult } from '../../sessions.ts'
import type { Tap } from '../shaders/network.ts'
import { assemble, type FunctionCode } from './assembler.ts'
import type { Chain, ChainLayer } from './chain.ts'
import { blendRows as blendVectors, finishRow, isLumaChain, reachOf, samplesOf } from './colour-ending.ts'
import {
  batch,
  type Channels,
  columnsOf,
  domainBytes,
  multiplyTiles,
  places,
  restoreTiles,
  tileSide,
  transformedWeights,
  transformTiles,
  vectorBytes,
} from './winograd.ts'

interface Size {
  readonly width: number
  readonly height: number
}

const pageBytes = 2 ** 16
const vectorsOf = (channels: number): number => Math.ceil(channels / 4)

/** Weights of a layer in the other domain. */
const weightNumbers = ({ from, to }: Channels): number => places * from * 4 * to * 4

type Run = (...args: number[]) => void

interface Layer {
  readonly channels: Channels
  /** Addresses. */
  readonly weights: number
  readonly parameters: number
  readonly transform: Run
  readonly multiply: Run
  readonly restore: Run
}

/** A picture's place in memory. */
interface Place {
  readonly address: number
  readonly vectors: number
}

/** Pictures in colour of a chain from luma to luma. */
interface ColourEnding {
  /** Of each row of results of a row of the source: where the rows that it is blended of lie, and the code that does so. */
  readonly rows: readonly { readonly offsets: readonly number[]; readonly blend: Run }[]
  readonly finish: Run
  /** See `reachOf`. */
  readonly reach: number
}

/** Addresses of what such an ending reads and writes. */
interface ColourPlaces {
  readonly source: number
  readonly row: number
  readonly colours: number
  readonly luma: number
  readonly scratch: number
}

/** Chains of one shape have one program, but for their numbers. */
export const shapeOf = ({ channels, layers, factor, base }: Chain): string =>
  JSON.stringify([channels, layers.map(({ to }) => vectorsOf(to)), factor, base])

export class ChainProgram {
  #chain: Chain
  readonly #memory: WebAssembly.Memory
  readonly #layers: readonly Layer[]
  /** Addresses of a batch of tiles in the other domain, before and after the product. */
  readonly #domain: readonly [before: number, after: number]
  /** What follows the weights: pictures. */
  readonly #picturesFrom: number
  readonly #ending: ColourEnding | undefined
  #size: Size | undefined
  #pictures: readonly Place[] = []
  /** Present beside an ending, once there is a size. */
  #colours: ColourPlaces | undefined

  private constructor(
    chain: Chain,
    memory: WebAssembly.Memory,
    layers: readonly Layer[],
    domain: readonly [number, number],
    picturesFrom: number,
    ending: ColourEnding | undefined,
  ) {
    this.#chain = chain
    this.#ending = ending
    this.#memory = memory
    this.#layers = layers
    this.#domain = domain
    this.#picturesFrom = picturesFrom
  }

  /** Rejects with the engine's own error where it does not take the code. */
  static async make(chain: Chain): Promise<ChainProgram> {
    const functions: Record<string, FunctionCode> = {}
    const channels = chain.layers.map(({ from, to }) => ({ from: vectorsOf(from), to: vectorsOf(to) }))
    for (const { from, to } of channels) {
      functions[`transform ${from}`] ??= transformTiles(from)
      functions[`multiply ${from} ${to}`] ??= multiplyTiles({ from, to })
      functions[`restore ${to}`] ??= restoreTiles(to)
    }
    const phases = isLumaChain(chain) ? samplesOf(chain) : undefined
    if (phases) {
      for (const [i, samples] of phases.entries()) functions[`blend ${i}`] = blendVectors(samples)
      functions.finish = finishRow(phases, channels.at(-1)!.to)
    }
    let end = 0
    const take = (bytes: number) => {
      const address = end
      end += Math.ceil(bytes / 64) * 64
      return address
    }
    const maxChannels = (of: 'from' | 'to') => Math.max(...channels.map((each) => each[of]))
    const domain = [take(domainBytes(maxChannels('from'))), take(domainBytes(maxChannels('to')))] as const
    const addresses = channels.map(({ from, to }) => ({
      weights: take(weightNumbers({ from, to }) * 4),
      parameters: take(2 * to * vectorBytes),
    }))
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
    const { instance } = await WebAssembly.instantiate(assemble(functions), { host: { memory } })
    const named = (name: string) => instance.exports[name] as Run
    const layers = channels.map((each, i) => ({
      channels: each,
      ...addresses[i]!,
      transform: named(`transform ${each.from}`),
      multiply: named(`multiply ${each.from} ${each.to}`),
      restore: named(`restore ${each.to}`),
    }))
    const ending = phases && {
      rows: phases.map((samples, i) => ({
        offsets: samples.map(({ offset }) => offset),
        blend: named(`blend ${i}`),
      })),
      finish: named('finish'),
      reach: reachOf(phases),
    }
    const program = new ChainProgram(chain, memory, layers, domain, end, ending)
    program.take(chain)
    return program
  }

  /** From now on computes this chain, of the same shape. */
  take(chain: Chain): void {
    this.#chain = chain
    for (const [i, layer] of chain.layers.entries()) {
      const { weights, parameters, channels } = this.#layers[i]!
      writeWeights(new Float32Array(this.#memory.buffer, weights, weightNumbers(channels)), layer, channels)
      writeParameters(new Float32Array(this.#memory.buffer, parameters, 8 * channels.to), layer)
    }
  }

  /** The picture that comes of `input`: float32 planes, row by row, as the result's are. Throws `RangeError` where the memory is too small. */
  run(input: Float32Array<ArrayBuffer>, size: Size): Float32Array<ArrayBuffer> {
    this.#makeRoom(size)
    this.#writeInput(input, size)
    for (const [i, layer] of this.#layers.entries()) this.#runLayer(layer, this.#pictures[i]!, this.#pictures[i + 1]!)
    return this.#readResult(input, size)
  }

  /**
   * Of a chain from luma to luma, on pixels of red, green and blue: pixels of the enlarged picture, whose chroma is enlarged plainly, and the
   * luma that the chain was given and gave. Throws `RangeError` where the memory is too small.
   */
  runOnColours(colours: Float32Array<ArrayBuffer>, size: Size): Omit<ColouredResult, 'milliseconds'> {
    if (!this.#ending) throw new Error('the chain is not from luma to luma')
    this.#makeRoom(size)
    const input = this.#writeColours(colours, size)
    this.#writeInput(input, size)
    for (const [i, layer] of this.#layers.entries()) this.#runLayer(layer, this.#pictures[i]!, this.#pictures[i + 1]!)
    return this.#readColours(this.#ending, this.#colours!, input, size)
  }

  /** Fills the vectors of the source; gives its luma. */
  #writeColours(colours: Float32Array<ArrayBuffer>, { width, height }: Size): Float32Array<ArrayBuffer> {
    const [kr, kg, kb] = weightsOfLuma
    const luma = new Float32Array(width * height)
    const to = new Float32Array(this.#memory.buffer, this.#colours!.source, 4 * luma.length)
    for (let i = 0, from = 0, at = 0; i < luma.length; i++, from += 3, at += 4) {
      const [r, g, b] = [colours[from]!, colours[from + 1]!, colours[from + 2]!]
      const y = kr * r + kg * g + kb * b
      luma[i] = y
      to[at] = r - y
      to[at + 1] = g - y
      to[at + 2] = b - y
      to[at + 3] = y
    }
    return luma
  }

  #readColours(
    { rows, finish, reach }: ColourEnding,
    { source, row, colours, luma, scratch }: ColourPlaces,
    input: Float32Array<ArrayBuffer>,
    { width, height }: Size,
  ): Omit<ColouredResult, 'milliseconds'> {
    const { factor } = this.#chain
    const { address, vectors } = this.#pictures.at(-1)!
    const vectorsOfRow = new Float32Array(this.#memory.buffer, row, (width + 2 * reach) * 4)
    for (let y = 0, rowsMade = 0; y < height; y++)
      for (const [phase, { offsets, blend }] of rows.entries()) {
        const addresses = offsets.map(
          (offset) => source + Math.min(height - 1, Math.max(0, y + offset)) * width * vectorBytes,
        )
        blend(...addresses, row + reach * vectorBytes, width)
        for (let i = 0; i < reach; i++) {
          vectorsOfRow.copyWithin(i * 4, reach * 4, reach * 4 + 4)
          vectorsOfRow.copyWithin((reach + width + i) * 4, (reach + width - 1) * 4, (reach + width) * 4)
        }
        const results = address + (y + 1) * this.#rowBytes(vectors) + vectors * vectorBytes + phase * factor * 4
        finish(row, results, colours + rowsMade * 12, luma + rowsMade * 4, scratch, width)
        rowsMade += width * factor
      }
    const taken = (from: number, numbers: number) =>
      new Float32Array(this.#memory.buffer.slice(from, from + numbers * 4))
    const area = input.length * factor * factor
    return { result: taken(colours, 3 * area), luma: { input, output: taken(luma, area) } }
  }

  #tiles(): Size {
    const { width, height } = this.#size!
    return { width: Math.ceil(width / tileSide), height: Math.ceil(height / tileSide) }
  }

  #rowBytes(vectors: number): number {
    return (this.#tiles().width * tileSide + 2) * vectors * vectorBytes
  }

  #makeRoom(size: Size): void {
    if (this.#size?.width === size.width && this.#size.height === size.height) return
    this.#size = size
    const rows = this.#tiles().height * tileSide + 2
    let end = this.#picturesFrom
    // Two of a width of channels take turns, so that what lies between them and around them stays zero.
    const placesByKey = new Map<string, Place>()
    const place = (vectors: number, i: number) => {
      const key = `${vectors} ${i % 2}`
      const cachedPlace = placesByKey.get(key)
      if (cachedPlace) return cachedPlace
      const place = { address: end, vectors }
      end += rows * this.#rowBytes(vectors)
      placesByKey.set(key, place)
      return place
    }
    this.#pictures = [
      place(this.#layers[0]!.channels.from, 0),
      ...this.#layers.map(({ channels }, i) => place(channels.to, i + 1)),
    ]
    if (this.#ending) {
      const take = (bytes: number) => {
        const address = end
        end += Math.ceil(bytes / vectorBytes) * vectorBytes
        return address
      }
      const area = size.width * size.height
      const { factor } = this.#chain
      this.#colours = {
        source: take(area * vectorBytes),
        row: take((size.width + 2 * this.#ending.reach) * vectorBytes),
        luma: take(area * factor * factor * 4),
        colours: take(area * factor * factor * 12 + vectorBytes),
        scratch: take(vectorBytes),
      }
    }
    const missing = end - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes))
    new Uint8Array(this.#memory.buffer, this.#picturesFrom, end - this.#picturesFrom).fill(0)
  }

  #writeInput(input: Float32Array<ArrayBuffer>, { width, height }: Size): void {
    const { address, vectors } = this.#pictures[0]!
    const to = new Float32Array(this.#memory.buffer)
    const step = vectors * 4
    for (let channel = 0; channel < this.#chain.channels; channel++)
      for (let y = 0; y < height; y++) {
        let at = (address + (y + 1) * this.#rowBytes(vectors)) / 4 + step + channel
        const from = (channel * height + y) * width
        for (let x = 0; x < width; x++, at += step) to[at] = input[from + x]!
      }
  }

  #runLayer(layer: Layer, from: Place, to: Place): void {
    const tiles = this.#tiles()
    const [before, after] = this.#domain
    const [fromRow, toRow] = [this.#rowBytes(from.vectors), this.#rowBytes(to.vectors)]
    const [fromTile, toTile] = [from, to].map(({ vectors }) => tileSide * vectors * vectorBytes) as [number, number]
    for (let y = 0; y < tiles.height; y++)
      for (let x = 0; x < tiles.width; x += batch) {
        const count = Math.min(batch, tiles.width - x)
        layer.transform(from.address + y * tileSide * fromRow + x * fromTile, fromRow, before, count)
        layer.multiply(layer.weights, before, after, count)
        const target = to.address + (y * tileSide + 1) * toRow + to.vectors * vectorBytes + x * toTile
        layer.restore(after, target, toRow, layer.parameters, count)
      }
    this.#clearBeyond(to)
  }

  /** What the last tiles made beyond the picture is no picture to the next layer. */
  #clearBeyond({ address, vectors }: Place): void {
    const { width, height } = this.#size!
    const tiles = this.#tiles()
    const rowBytes = this.#rowBytes(vectors)
    const bytes = new Uint8Array(this.#memory.buffer)
    const beyond = (tiles.width * tileSide - width) * vectors * vectorBytes
    if (beyond > 0)
      for (let y = 0; y < height; y++) {
        const start = address + (y + 1) * rowBytes + (width + 1) * vectors * vectorBytes
        bytes.fill(0, start, start + beyond)
      }
    bytes.fill(0, address + (height + 1) * rowBytes, address + (tiles.height * tileSide + 1) * rowBytes)
  }

  /** Spreads the last layer's channels over pixels, and adds the input to them. */
  #readResult(input: Float32Array<ArrayBuffer>, { width, height }: Size): Float32Array<ArrayBuffer> {
    const { factor, results, base } = this.#chain
    const { address, vectors } = this.#pictures.at(-1)!
    const from = new Float32Array(this.#memory.buffer)
    const result = new Float32Array(results * width * factor * height * factor)
    const taps = base ?? Array.from({ length: factor }, () => [])
    const reach = Math.max(0, ...taps.flat().map(({ offset }) => Math.abs(offset)))
    const row = new Float32Array(width + 2 * reach)
    const step = vectors * 4
    let start = 0
    for (let plane = 0; plane < results; plane++)
      for (let y = 0; y < height; y++)
        for (const [dy, down] of taps.entries()) {
          blendRows(row, reach, down, input, { plane, y, width, height })
          const pixel = (address + (y + 1) * this.#rowBytes(vectors)) / 4 + step
          for (const [dx, across] of taps.entries()) {
            const channel = (plane * factor + dy) * factor + dx
            spread(result, start + dx, factor, from, pixel + channel, step, row, reach, across)
          }
          start += width * factor
        }
    return result
  }
}

/** Fills `row` with rows of a plane of the input, by their weights, and repeats its ends over `reach` pixels. */
function blendRows(
  row: Float32Array<ArrayBuffer>,
  reach: number,
  taps: readonly Tap[],
  input: Float32Array<ArrayBuffer>,
  { plane, y, width, height }: Size & { readonly plane: number; readonly y: number },
): void {
  const startOf = ({ offset }: Tap) => (plane * height + Math.min(height - 1, Math.max(0, y + offset))) * width
  for (const [i, tap] of taps.entries()) {
    const { weight } = tap
    const start = startOf(tap)
    if (i === 0) for (let x = 0; x < width; x++) row[reach + x] = weight * input[start + x]!
    else for (let x = 0; x < width; x++) row[reach + x]! += weight * input[start + x]!
  }
  row.fill(row[reach]!, 0, reach)
  row.fill(row[reach + width - 1]!, reach + width)
}

const noTap: Tap = { offset: 0, weight: 0 }

/** Writes a channel and what the taps take of `row` to every `factor`-th pixel of a row of the result, from `to` on. */
function spread(
  result: Float32Array<ArrayBuffer>,
  to: number,
  factor: number,
  from: Float32Array<ArrayBuffer>,
  first: number,
  step: number,
  row: Float32Array<ArrayBuffer>,
  reach: number,
  [one = noTap, two = noTap, ...more]: readonly Tap[],
): void {
  const width = row.length - 2 * reach
  const [a, b] = [one.weight, two.weight]
  const [atA, atB] = [reach + one.offset, reach + two.offset]
  for (let x = 0; x < width; x++)
    result[to + x * factor] = from[first + x * step]! + (a * row[atA + x]! + b * row[atB + x]!)
  for (const { offset, weight } of more)
    for (let x = 0; x < width; x++) result[to + x * factor]! += weight * row[reach + offset + x]!
}

/** Weights in the order in which `multiplyTiles` reads them. */
function writeWeights(to: Float32Array<ArrayBuffer>, layer: ChainLayer, channels: Channels): void {
  const [from, wide] = [channels.from * 4, channels.to * 4]
  // Channels that fill up a vector may be another chain's.
  to.fill(0)
  let start = 0
  for (const width of columnsOf(channels.to)) {
    const column = width * 4
    for (let output = start; output < Math.min(layer.to, start + column); output++)
      for (let source = 0; source < layer.from; source++) {
        const first = (output * layer.from + source) * 9
        const numbers = transformedWeights(layer.weights.subarray(first, first + 9))
        const at = start * from + source * column + (output - start)
        for (let place = 0; place < places; place++) to[place * from * wide + at] = numbers[place]!
      }
    start += column
  }
}

function writeParameters(to: Float32Array<ArrayBuffer>, { to: outputs, bias, slope }: ChainLayer): void {
  to.fill(0)
  for (let output = 0; output < outputs; output++) {
    const at = Math.floor(output / 4) * 8 + (output % 4)
    to[at] = bias[output]!
    to[at + 4] = slope[output]!
  }
}
