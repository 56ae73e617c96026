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
 * A segment stands under its name only once it is whole, so that neither a crash nor a failing machine leaves half a
 * one, and several runs can fill one folder at the same time.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, readdirSync, rmSync } from 'node:fs'
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Segment } from '../media/segments.ts'
import { CommandFailure, exitCodes } from './command-failure.ts'
import { diskSentence } from './output-server.ts'
import { runMark, sweepLeftovers } from './run-mark.ts'
import { writeBody } from './write-body.ts'

const partPrefix = '.framewright.'
const pattern = /^(\d+)-(\d+)\.seg$/
const digits = 9

export const segmentName = ({ first, next }: Segment): string =>
  `${String(first).padStart(digits, '0')}-${String(next).padStart(digits, '0')}.seg`

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

/** The finished segments in a folder; none where there is no such folder. */
export function segmentsIn(folder: string): readonly Segment[] {
  return filesIn(folder).flatMap((name) => {
    const [, first, next] = pattern.exec(name) ?? []
    return first === undefined || next === undefined ? [] : [{ first: Number(first), next: Number(next) }]
  })
}

const notePattern = /^([a-z]+(?:-\d{1,15})?)\.note$/

export const noteFile = (name: string): string => `${name}.note`

/** The names of the notes in a folder; none where there is no such folder. */
export function notesIn(folder: string): readonly string[] {
  return filesIn(folder).flatMap((file) => notePattern.exec(file)?.[1] ?? [])
}

export interface PartsServer {
  /** Begins keeping segments in `folder` (made where missing); gives the path of the address to send them to. */
  accept(folder: string): Promise<string>
  /** Answers the request if it is one for a segment. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** Removes what is not finished, and takes no more. Synchronous, so that it can run as the process ends. */
  end(): void
  /** Aborted by the first thing that goes wrong on disk; the reason is a `CommandFailure` that says what. */
  readonly failureSignal: AbortSignal
}

interface Begun {
  readonly path: string
  readonly handle: Promise<FileHandle>
}

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

export function createPartsServer(): PartsServer {
  const folders = new Map<string, string>()
  const openParts = new Map<string, Begun>()
  const failure = new AbortController()
  let over = false
  let notesBegun = 0

  function begin(folder: string, first: number): Begun {
    const path = join(folder, `${partPrefix}${runMark}.${first}.part`)
    const existing = openParts.get(path)
    if (existing) return existing
    const file: Begun = { path, handle: open(path, 'w') }
    // Whoever awaits it is told; this keeps a failure that nobody awaits yet from ending the process.
    file.handle.catch(() => undefined)
    openParts.set(path, file)
    return file
  }

  async function finish(folder: string, first: number, next: number): Promise<void> {
    const { path, handle } = begin(folder, first)
    const file = await handle
    await file.sync()
    await file.close()
    openParts.delete(path)
    await rename(path, join(folder, segmentName({ first, next })))
  }

  async function keepNote(folder: string, name: string, request: IncomingMessage): Promise<void> {
    notesBegun += 1
    const path = join(folder, `${partPrefix}${runMark}.note-${notesBegun}.part`)
    const handle = await open(path, 'w')
    try {
      await writeBody(request, handle, 0)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(path, join(folder, noteFile(name)))
  }

  async function sendNotes(folder: string, response: ServerResponse): Promise<void> {
    const notes = notesIn(folder).map(async (name) => [name, await readFile(join(folder, noteFile(name)), 'utf8')])
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(await Promise.all(notes)))
  }

  async function discard({ path, handle }: Begun): Promise<void> {
    openParts.delete(path)
    await (await handle).close()
    await rm(path, { force: true })
  }

  /** Gives the status of the answer; `undefined` where it was given already. */
  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    folder: string,
    query: URLSearchParams,
  ): Promise<number | undefined> {
    if (over) return 410
    const first = readNumber(query.get('begin'))
    if (request.method === 'GET') {
      if (query.has('notes')) {
        await sendNotes(folder, response)
        return undefined
      }
      if (!query.has('segment')) {
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(segmentsIn(folder)))
        return undefined
      }
      const segment = readSegment(query.get('segment'))
      if (!segment) return 400
      const from = readNumber(query.get('from')) ?? 0
      const to = readNumber(query.get('to')) ?? Number.MAX_SAFE_INTEGER
      await send(join(folder, segmentName(segment)), response, from, to)
      return undefined
    }
    if (request.method === 'PUT') {
      const note = query.get('note')
      if (note !== null) {
        if (!notePattern.test(noteFile(note))) return 400
        await keepNote(folder, note, request)
        return 204
      }
      const position = readNumber(query.get('position'))
      if (first === undefined || position === undefined) return 400
      await writeBody(request, await begin(folder, first).handle, position)
      return 204
    }
    if (request.method !== 'POST') return 405
    const segment = readSegment(query.get('remove'))
    const next = readNumber(query.get('next'))
    if (segment) await rm(join(folder, segmentName(segment)), { force: true })
    else if (first === undefined) return 400
    else if (query.has('discard')) await discard(begin(folder, first))
    else if (next === undefined || next <= first) return 400
    else await finish(folder, first, next)
    return 204
  }

  return {
    failureSignal: failure.signal,
    async accept(folder) {
      await mkdir(folder, { recursive: true })
      sweepLeftovers(folder, partPrefix)
      const address = `/parts/${randomBytes(16).toString('hex')}`
      folders.set(address, folder)
      return address
    },
    answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      const folder = folders.get(pathname)
      if (folder === undefined) return false
      handle(request, response, folder, searchParams).then(
        (status) => {
          if (status !== undefined) response.writeHead(status).end()
        },
        (error: unknown) => {
          const sentence = diskSentence(error, folder)
          failure.abort(new CommandFailure(exitCodes.render, sentence))
          // The rest of the body is of no use; without this the sender would wait for it to be read.
          request.resume()
          if (response.headersSent) response.destroy()
          else response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(sentence)
        },
      )
      return true
    },
    end() {
      over = true
      for (const { path, handle } of openParts.values()) {
        const remove = () => rmSync(path, { force: true })
        // Once now, since the process may be ending; once more where the file was only just being opened.
        remove()
        handle.then((file) => file.close()).then(remove, remove)
      }
      openParts.clear()
    },
  }
}
