/**
 * Where the page's bytes become files. The page has no disk, so it sends each piece of an output here:
 *
 * - `PUT  /output/<token>?file=<name>&position=<bytes>`: the body goes there; answered once it is on its way to disk,
 *   and that answer is the back-pressure.
 * - `POST /output/<token>?file=<name>&commit=1`: the file is whole. `…&discard=1`: it is not wanted.
 *
 * No file stands under its final name before all of them are there: see `UnpublishedFiles`.
 */
import { accessSync, constants, lstatSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname, join, sep } from 'node:path'
import { CommandFailure, exitCodes } from './command-failure.ts'
import { type AddressedRequest, answerFailure, SecretAddresses } from './secret-addresses.ts'
import { missingFolders, type PublishedFile, UnpublishedFiles } from './unpublished-files.ts'

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

/** A folder that takes files; see above for what is asked of it. */
export class OutputServer {
  readonly #addresses = new SecretAddresses<string>('/output/')
  readonly #files: UnpublishedFiles
  readonly #failure = new AbortController()

  constructor(files = new UnpublishedFiles()) {
    this.#files = files
  }

  /** Aborted by the first thing that goes wrong on disk; the reason is a `CommandFailure` that says what. */
  get failureSignal(): AbortSignal {
    return this.#failure.signal
  }

  /** Begins taking files for `folder` (made where missing); gives the path of the address to send them to. */
  async accept(folder: string): Promise<string> {
    await this.#files.prepare(folder)
    return this.#addresses.add(folder)
  }

  /** Answers the request if it is one for an output. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const asked = this.#addresses.find(request)
    if (!asked) return false
    this.#handle(request, asked).then(
      (status) => response.writeHead(status).end(),
      (error: unknown) => {
        const sentence = diskSentence(error, join(asked.place, asked.query.get('file') ?? ''))
        this.#failure.abort(new CommandFailure(exitCodes.render, sentence))
        const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC'
        answerFailure(request, response, isFull ? 507 : 500, sentence)
      },
    )
    return true
  }

  /** Gives the status of the answer. */
  async #handle(
    request: IncomingMessage,
    { address, place: folder, query }: AddressedRequest<string>,
  ): Promise<number> {
    const name = query.get('file') ?? ''
    if (!isPlainName(name)) return 400
    if (this.#files.isOver) return 410
    const place = { folder, name, address }
    if (request.method === 'PUT') {
      const position = Number(query.get('position') ?? '0')
      if (!Number.isSafeInteger(position) || position < 0) return 400
      await this.#files.write(place, position, request)
      return 204
    }
    if (request.method !== 'POST') return 405
    if (query.has('discard')) await this.#files.discard(place)
    else if (query.has('commit')) await this.#files.commit(place)
    else return 400
    return 204
  }

  /** See `UnpublishedFiles`. */
  publish(): Promise<readonly PublishedFile[]> {
    return this.#files.publish()
  }

  /** See `UnpublishedFiles`. */
  discardAll(): void {
    this.#files.discardAll()
  }
}
