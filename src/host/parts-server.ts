/**
 * Where the page keeps finished frames until all of them are there. The page has no disk, so segments go through here:
 *
 * - `GET  /parts/<token>`: the finished segments, as JSON: `[{ first, next }]`. With `?segment=<first>-<next>`: its bytes
 *   from `&from=<byte>` up to, not including, `&to=<byte>`.
 * - `PUT  …?begin=<first>&position=<bytes>`: bytes of the one that is being made; answered once they are taken.
 * - `POST …?begin=<first>&next=<next>`: it is whole: brought to disk, and renamed. `…&discard=1`: it is not wanted.
 * - `POST …?remove=<first>-<next>`.
 * - `PUT  …?note=<name>`: a text to keep beside the segments. `GET …?notes=1`: all of them, as JSON: `[[name, text]]`.
 *
 * A segment stands under its name only once it is whole: see `UnfinishedParts`.
 */
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Segment } from '../media/segments.ts'
import { CommandFailure, exitCodes } from './command-failure.ts'
import { diskSentence } from './output-server.ts'
import { partPrefix, sweepLeftovers } from './run-mark.ts'
import { type AddressedRequest, answerFailure, answerJson, SecretAddresses } from './secret-addresses.ts'
import { noteFile, notePattern, readNotes, segmentName, segmentsIn, UnfinishedParts } from './unfinished-parts.ts'

const readSegment = (text: string | null): Segment | undefined => {
  const [, first, next] = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '') ?? []
  return first === undefined || next === undefined ? undefined : { first: Number(first), next: Number(next) }
}

const readNumber = (text: string | null): number | undefined =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** Bytes `from` up to, not including, `to` of a file; fewer where it ends before. */
async function send(path: string, response: ServerResponse, from: number, to: number): Promise<void> {
  const { size } = await stat(path)
  const end = Math.min(size, to)
  // The browser would keep a copy of all that is joined.
  response.writeHead(206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': Math.max(0, end - from),
    'Content-Range': `bytes ${from}-${end - 1}/${size}`,
    'Cache-Control': 'no-store',
  })
  if (from >= end) {
    response.end()
    return
  }
  await pipeline(createReadStream(path, { start: from, end: end - 1 }), response)
}

export class PartsServer {
  readonly #addresses = new SecretAddresses<string>('/parts/')
  readonly #parts: UnfinishedParts
  readonly #failure = new AbortController()

  constructor(parts = new UnfinishedParts()) {
    this.#parts = parts
  }

  /** Aborted by the first thing that goes wrong on disk; the reason is a `CommandFailure` that says what. */
  get failureSignal(): AbortSignal {
    return this.#failure.signal
  }

  /** Begins keeping segments in `folder` (made where missing); gives the path of the address to send them to. */
  async accept(folder: string): Promise<string> {
    await mkdir(folder, { recursive: true })
    sweepLeftovers(folder, partPrefix)
    return this.#addresses.add(folder)
  }

  /** Answers the request if it is one for a segment. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const asked = this.#addresses.find(request)
    if (!asked) return false
    this.#handle(request, response, asked).then(
      (status) => {
        if (status !== undefined) response.writeHead(status).end()
      },
      (error: unknown) => {
        const sentence = diskSentence(error, asked.place)
        this.#failure.abort(new CommandFailure(exitCodes.render, sentence))
        answerFailure(request, response, 500, sentence)
      },
    )
    return true
  }

  /** Gives the status of the answer; `undefined` where it was given already. */
  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    { place: folder, query }: AddressedRequest<string>,
  ): Promise<number | undefined> {
    if (this.#parts.isOver) return 410
    if (request.method === 'GET') return this.#give(response, folder, query)
    const first = readNumber(query.get('begin'))
    if (request.method === 'PUT') {
      const note = query.get('note')
      if (note !== null) {
        if (!notePattern.test(noteFile(note))) return 400
        await this.#parts.keepNote(folder, note, request)
        return 204
      }
      const position = readNumber(query.get('position'))
      if (first === undefined || position === undefined) return 400
      await this.#parts.write({ folder, first }, position, request)
      return 204
    }
    if (request.method !== 'POST') return 405
    const segment = readSegment(query.get('remove'))
    const next = readNumber(query.get('next'))
    if (segment) await rm(join(folder, segmentName(segment)), { force: true })
    else if (first === undefined) return 400
    else if (query.has('discard')) await this.#parts.discard({ folder, first })
    else if (next === undefined || next <= first) return 400
    else await this.#parts.finish({ folder, first }, next)
    return 204
  }

  async #give(response: ServerResponse, folder: string, query: URLSearchParams): Promise<number | undefined> {
    if (query.has('notes')) answerJson(response, await readNotes(folder))
    else if (!query.has('segment')) answerJson(response, segmentsIn(folder))
    else {
      const segment = readSegment(query.get('segment'))
      if (!segment) return 400
      const from = readNumber(query.get('from')) ?? 0
      const to = readNumber(query.get('to')) ?? Number.MAX_SAFE_INTEGER
      await send(join(folder, segmentName(segment)), response, from, to)
    }
    return undefined
  }

  /** Removes what is not finished, and takes no more. Synchronous, so that it can run as the process ends. */
  end(): void {
    this.#parts.end()
  }
}
