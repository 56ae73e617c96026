/**
 * Where the page's frames reach an ffmpeg of this machine: through its standard input, without a file between.
 *
 * - `GET  /encoder/<token>`: what encodes there, as JSON: `{ version, encoder }`.
 * - `POST …?begin=1` with what to encode, as JSON: begins a piece, and answers with its number.
 * - `PUT  …?piece=<number>`: raw frames. Answered once ffmpeg has taken them: that is the back-pressure. (As a `Blob`:
 *   the bytes of any other body are shown to whoever observes the browser, which costs ten times as much as sending them.)
 * - `POST …?piece=<number>&end=1`: all frames were there; answered once the piece is whole. `…&discard=1`: it is not wanted.
 * - `GET  …?piece=<number>`: the piece, a Matroska file, until it is discarded.
 *
 * A page says how fine, how large and how fast. Which program runs, and every one of its arguments, is decided here.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { createReadStream, rmSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { messageOf } from '../graph/document/coded-error.ts'
import { z } from '../graph/file/zod.ts'
import { encoderArguments, type InstalledEncoder, installedPlan } from '../media/encoders/encoding.ts'
import { reasonIn } from '../media/encoders/reason.ts'
import type { InstalledFfmpeg } from './installed-ffmpeg.ts'
import { partPrefix, runMark, sweepLeftovers } from './run-mark.ts'
import { type AddressedRequest, answerFailure, answerJson, answerText, SecretAddresses } from './secret-addresses.ts'

const within = (min: number, max: number) => [z.minimum(min), z.maximum(max)] as const
const side = z.int().check(...within(2, 32_768))

const coordinate = z.number().check(...within(0, 1))
const point = z.tuple([coordinate, coordinate])
const luminance = z.number().check(...within(0, 100_000))
const light = z.number().check(...within(0, 65_535))
const hdrShape = z.strictObject({
  transfer: z.enum(['pq', 'hlg']),
  mastering: z.nullable(
    z.strictObject({
      display: z.nullable(
        z.strictObject({ red: point, green: point, blue: point, white: point, min: luminance, max: luminance }),
      ),
      light: z.nullable(z.strictObject({ max: light, average: light })),
    }),
  ),
})

const orderShape = z.strictObject({
  width: side,
  height: side,
  frameRate: z.number().check(...within(0, 10_000)),
  perKey: z.int().check(...within(1, 1_000_000)),
  bits: z.union([z.literal(8), z.literal(10)]),
  alpha: z.boolean(),
  hdr: z.nullable(hdrShape),
  effort: z.enum(['fast', 'medium', 'slow']),
  rate: z.union([
    z.strictObject({ mode: z.literal('quality'), crf: z.number().check(...within(0, 51)) }),
    z.strictObject({ mode: z.literal('bitrate'), bitsPerSecond: z.number().check(...within(1, 1e10)) }),
  ]),
})
/** Bytes of an order at most. */
const longestOrder = 4096
/** Of what ffmpeg says, so many characters from the beginning may tell why it failed. */
const keptText = 8192

/** An encoder that may be asked for pieces. */
interface OfferedEncoder {
  readonly ffmpeg: InstalledFfmpeg
  readonly encoder: InstalledEncoder
  /** Where pieces lie meanwhile. */
  readonly folder: string
}

/** Frames on their way through one ffmpeg, and the file that it makes of them. */
class Piece {
  readonly path: string
  readonly #child: ChildProcess
  #messages = ''
  /** Why it failed; `null` where it did not. */
  readonly over: Promise<string | null>

  constructor(program: string, args: readonly string[], path: string) {
    this.path = path
    this.#child = spawn(program, ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args, path], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#messages = (this.#messages + text).slice(0, keptText)
    })
    // What it no longer takes is told by how it ends.
    this.#child.stdin?.on('error', () => undefined)
    this.over = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message))
      this.#child.once('close', (code, signal) =>
        resolve(
          code === 0 ? null : signal ? `it was terminated by ${signal}` : reasonIn(this.#messages.split(/[\r\n]+/)),
        ),
      )
    })
  }

  /** Resolves once ffmpeg has taken all; gives why it takes no more, else `null`. */
  async take(body: AsyncIterable<Uint8Array>): Promise<string | null> {
    const input = this.#child.stdin
    for await (const chunk of body) {
      if (!input || input.destroyed) return (await this.over) ?? 'it stopped taking frames'
      if (input.write(chunk)) continue
      const draining = new Promise<'drained'>((resolve) => input.once('drain', () => resolve('drained')))
      const outcome = await Promise.race([draining, this.over])
      if (outcome !== 'drained') return outcome ?? 'it ended before it had all frames'
    }
    return null
  }

  async end(): Promise<string | null> {
    this.#child.stdin?.end()
    return this.over
  }

  discard(): void {
    this.#child.kill('SIGKILL')
    rmSync(this.path, { force: true })
  }
}

async function readOrder(request: IncomingMessage) {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8')
    if (text.length > longestOrder) return undefined
  }
  try {
    return orderShape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export class EncoderServer {
  readonly #addresses = new SecretAddresses<OfferedEncoder>('/encoder/')
  readonly #pieces = new Map<number, Piece>()
  #piecesBegun = 0
  #isOver = false

  /** Begins taking frames for `encoder`; pieces lie in `folder` (made where missing) meanwhile. Gives the path of the address. */
  async accept(ffmpeg: InstalledFfmpeg, encoder: InstalledEncoder, folder: string): Promise<string> {
    await mkdir(folder, { recursive: true })
    sweepLeftovers(folder, partPrefix)
    return this.#addresses.add({ ffmpeg, encoder, folder })
  }

  /** Answers the request if it is one for an encoder. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const asked = this.#addresses.find(request)
    if (!asked) return false
    this.#handle(request, response, asked).catch((error: unknown) =>
      answerFailure(request, response, 500, messageOf(error)),
    )
    return true
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    { place, query }: AddressedRequest<OfferedEncoder>,
  ): Promise<void> {
    const { method } = request
    if (this.#isOver) return answerText(response, 410)
    if (method === 'POST' && query.has('begin')) return this.#begin(request, response, place)
    if (method === 'GET' && !query.has('piece'))
      return answerJson(response, { version: place.ffmpeg.version, encoder: place.encoder })
    const number = Number(query.get('piece') ?? Number.NaN)
    const piece = this.#pieces.get(number)
    if (!piece) return answerText(response, 404)
    if (method === 'GET') return give(response, piece)
    if (method === 'POST' && query.has('discard')) {
      this.#pieces.delete(number)
      piece.discard()
      return answerText(response, 204)
    }
    if (method !== 'PUT' && !(method === 'POST' && query.has('end'))) return answerText(response, 405)
    const failure = method === 'PUT' ? await piece.take(request) : await piece.end()
    if (failure === null) answerText(response, 204)
    else answerFailure(request, response, 500, failure)
  }

  async #begin(request: IncomingMessage, response: ServerResponse, { ffmpeg, encoder, folder }: OfferedEncoder) {
    const order = await readOrder(request)
    if (!order) return answerText(response, 400)
    const { width, height, frameRate, perKey, ...how } = order
    const plan = installedPlan(encoder, { kind: 'installed', name: encoder.name, ...how }, perKey)
    const args = encoderArguments(plan, { width, height }, frameRate, 'pipe:0', how.hdr?.transfer)
    this.#piecesBegun += 1
    const number = this.#piecesBegun
    const path = join(folder, `${partPrefix}${runMark}.encoder-${number}.part`)
    this.#pieces.set(number, new Piece(ffmpeg.path, args, path))
    answerText(response, 200, String(number))
  }

  /** Ends every encoder and removes what they wrote. Synchronous, so that it can run as the process ends. */
  end(): void {
    this.#isOver = true
    for (const piece of this.#pieces.values()) piece.discard()
    this.#pieces.clear()
  }
}

async function give(response: ServerResponse, { path }: Piece): Promise<void> {
  const { size } = await stat(path)
  response.writeHead(200, { 'Content-Type': 'video/x-matroska', 'Content-Length': size })
  await pipeline(createReadStream(path), response)
}
