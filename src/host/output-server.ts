/**
 * Where the page's bytes become files. The page has no disk, so it sends each piece of an output here:
 *
 * - `PUT  /output/<token>?file=<name>&position=<bytes>`: the body goes there; answered once it is on its way to disk,
 *   and that answer is the back-pressure.
 * - `POST /output/<token>?file=<name>&commit=1`: the file is whole. `…&discard=1`: it is not wanted.
 *
 * All is written to `.framewright.<mark>.<number>.part` and renamed only in `publish`, when the whole render is done:
 * neither a crash nor half a sequence of pictures ever stands under a final name, and what a killed run left is swept
 * away by the next in the same folder. The token keeps other pages and users out.
 */
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, lstatSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname, join, sep } from 'node:path'
import { CommandFailure, exitCodes } from './command-failure.ts'
import { runMark, sweepLeftovers } from './run-mark.ts'
import { writeBody } from './write-body.ts'

interface OpenFile {
  readonly handle: Promise<FileHandle>
  readonly temporary: string
  readonly final: string
  readonly address: string
  /** Bytes from the start to the furthest byte written. */
  bytes: number
  closed: boolean
}

/** A folder that takes files, and the secret address at which it does. */
interface Accepted {
  readonly folder: string
  readonly address: string
}

export interface PublishedFile {
  readonly path: string
  readonly bytes: number
  /** The path of the address it came to, as `accept` gave it. */
  readonly address: string
}

export interface OutputServer {
  /** Begins taking files for `folder` (made where missing); gives the path of the address to send them to. */
  accept(folder: string): Promise<string>
  /** Answers the request if it is one for an output. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** Gives every committed file its final name, in the order of commit. */
  publish(): Promise<readonly PublishedFile[]>
  /**
   * Removes whatever was not published, and folders made for it, and takes no more. Synchronous, so that it can run
   * as the process ends.
   */
  discardAll(): void
  /** Aborted by the first thing that goes wrong on disk; the reason is a `CommandFailure` that says what. */
  readonly failureSignal: AbortSignal
}

const partPrefix = '.framewright.'

const isPlainName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && name === basename(name) && !/[\\\0]/.test(name)

/** Bytes; no disk allows longer names. */
const longestName = 255

const longName = (name: string): string =>
  `The name ${name} is too long for the disk; choose a shorter one with --output.`
const longPath = (path: string): string =>
  `The path of ${basename(path)}, of ${path.length} characters, is too long for the disk; choose a place in fewer folders with --output.`

/** What went wrong on disk, in words. */
export function diskSentence(error: unknown, path: string): string {
  const code = (error as NodeJS.ErrnoException).code
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: ${path} could not be written; free some space, or write elsewhere with --output.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `There is no permission to write ${path}; choose another place with --output.`
    case 'ENOENT':
      return `${path} cannot be created there; choose another place with --output.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `A file stands where ${path} needs a folder; choose another place with --output.`
    case 'EISDIR':
      return `${path} is a folder; name a file with --output.`
    case 'ENAMETOOLONG':
      return path.split(sep).some((name) => Buffer.byteLength(name) > longestName)
        ? longName(basename(path))
        : longPath(path)
    default:
      return `${path} could not be written (${code ?? String(error)}); choose another place with --output.`
  }
}

/** The folders that must be made for `folder` to be there, outermost first. */
function missingFolders(folder: string): readonly string[] {
  const missing: string[] = []
  for (let path = folder; !existsSync(path) && path !== dirname(path); path = dirname(path)) missing.unshift(path)
  return missing
}

/**
 * Why no file can be written in `folder` (absolute), which need not be there yet: a sentence; `undefined` where one
 * can. Looks only; makes nothing.
 */
export function folderProblem(folder: string): string | undefined {
  const [outermost] = missingFolders(folder)
  const there = outermost === undefined ? folder : dirname(outermost)
  try {
    if (!statSync(there).isDirectory()) return diskSentence({ code: 'ENOTDIR' }, folder)
    accessSync(there, constants.W_OK)
    return undefined
  } catch (error) {
    return diskSentence(error, folder)
  }
}

/**
 * Why no file can be at `path` (absolute), whether its folder is there yet or not: a sentence; `undefined` where one can. The disk is
 * asked, since file systems differ in how long a name may be.
 * @param behind what will be put behind the name.
 */
export function nameProblem(path: string, behind: string): string | undefined {
  const folders = missingFolders(dirname(path))
  const there = dirname(folders[0] ?? path)
  // In a folder that is not there the disk says nothing of a name.
  const names = folders.map((folder) => ({ name: basename(folder), full: basename(folder) }))
  const all = [...names, { name: basename(path), full: `${basename(path)}${behind}` }]
  const tooLong = all.find(({ full }) => isTooLong(join(there, full)))
  if (tooLong) return longName(tooLong.name)
  return isTooLong(`${path}${behind}`) ? longPath(path) : undefined
}

function isTooLong(path: string): boolean {
  try {
    lstatSync(path)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG'
  }
}

export function createOutputServer(): OutputServer {
  const acceptedFiles = new Map<string, Accepted>()
  const files = new Map<string, OpenFile>()
  const committedFiles: OpenFile[] = []
  const folders: string[] = []
  const failure = new AbortController()
  let over = false
  let begunAt = 0

  const fileFor = ({ folder, address }: Accepted, name: string): OpenFile => {
    const final = join(folder, name)
    const openFile = files.get(final)
    if (openFile) return openFile
    begunAt += 1
    const temporary = join(folder, `${partPrefix}${runMark}.${begunAt}.part`)
    const file: OpenFile = { handle: open(temporary, 'w'), temporary, final, address, bytes: 0, closed: false }
    // Whoever awaits it is told; this keeps a failure that nobody awaits yet from ending the process.
    file.handle.catch(() => undefined)
    files.set(final, file)
    return file
  }

  const take = async (request: IncomingMessage, file: OpenFile, position: number): Promise<void> =>
    writeBody(request, await file.handle, position, (end) => {
      file.bytes = Math.max(file.bytes, end)
    })

  const close = async (file: OpenFile): Promise<void> => {
    if (file.closed) return
    file.closed = true
    await (await file.handle).close()
  }

  const handle = async (
    request: IncomingMessage,
    acceptedOutput: Accepted,
    query: URLSearchParams,
  ): Promise<number> => {
    const name = query.get('file') ?? ''
    if (!isPlainName(name)) return 400
    if (over) return 410
    if (request.method === 'PUT') {
      const position = Number(query.get('position') ?? '0')
      if (!Number.isSafeInteger(position) || position < 0) return 400
      await take(request, fileFor(acceptedOutput, name), position)
      return 204
    }
    if (request.method !== 'POST') return 405
    const file = fileFor(acceptedOutput, name)
    if (query.has('discard')) {
      files.delete(file.final)
      await close(file)
      rmSync(file.temporary, { force: true })
      return 204
    }
    if (!query.has('commit')) return 400
    await (await file.handle).sync()
    await close(file)
    committedFiles.push(file)
    return 204
  }

  return {
    failureSignal: failure.signal,
    async accept(folder) {
      for (const missing of missingFolders(folder)) {
        await mkdir(missing)
        folders.unshift(missing)
      }
      sweepLeftovers(folder, partPrefix)
      // Some folders say that they can be written to and cannot: better now than after the whole render.
      const trial = join(folder, `${partPrefix}${runMark}.part`)
      await writeFile(trial, '')
      await rm(trial)
      const address = `/output/${randomBytes(16).toString('hex')}`
      acceptedFiles.set(address, { folder, address })
      return address
    },
    answer(request, response) {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const place = acceptedFiles.get(url.pathname)
      if (place === undefined) return false
      handle(request, place, url.searchParams).then(
        (status) => response.writeHead(status).end(),
        (error: unknown) => {
          const sentence = diskSentence(error, join(place.folder, url.searchParams.get('file') ?? ''))
          failure.abort(new CommandFailure(exitCodes.render, sentence))
          const full = (error as NodeJS.ErrnoException).code === 'ENOSPC'
          // The rest of the body is of no use; without this the sender would wait for it to be read.
          request.resume()
          response.writeHead(full ? 507 : 500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(sentence)
        },
      )
      return true
    },
    async publish() {
      const publishedFiles: PublishedFile[] = []
      for (const file of committedFiles.splice(0)) {
        if (files.get(file.final) !== file) continue
        await rename(file.temporary, file.final)
        files.delete(file.final)
        publishedFiles.push({ path: file.final, bytes: file.bytes, address: file.address })
      }
      if (publishedFiles.length > 0) folders.length = 0
      return publishedFiles
    },
    discardAll() {
      over = true
      for (const file of files.values()) {
        const remove = () => rmSync(file.temporary, { force: true })
        // Once now, since the process may be ending; once more where the file was only just being opened.
        remove()
        file.handle.then((handle) => (file.closed ? undefined : handle.close())).then(remove, remove)
      }
      files.clear()
      for (const folder of folders.splice(0)) {
        try {
          rmdirSync(folder)
        } catch (error) {
          // Somebody else put something there meanwhile: then it is theirs, and so are the folders above.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') break
        }
      }
    },
  }
}
