/**
 * Files on their way to disk. All is written to `.framewright.<mark>.<number>.part` and renamed only in `publish`, when the
 * whole render is done: neither a crash nor half a sequence of pictures ever stands under a final name, and what a killed
 * run left is swept away by the next in the same folder.
 */
import { existsSync, rmdirSync, rmSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { partPrefix, runMark, sweepLeftovers } from './run-mark.ts'
import { writeBody } from './write-body.ts'

interface OpenFile {
  readonly handle: Promise<FileHandle>
  readonly temporary: string
  readonly final: string
  readonly address: string
  /** Bytes from the start to the furthest byte written. */
  bytes: number
  isClosed: boolean
}

/** Where a file goes, and the address that it came to. */
export interface FilePlace {
  readonly folder: string
  readonly name: string
  readonly address: string
}

export interface PublishedFile {
  readonly path: string
  readonly bytes: number
  /** The path of the address it came to, as `OutputServer.accept` gave it. */
  readonly address: string
}

/** The folders that must be made for `folder` to be there, outermost first. */
export function missingFolders(folder: string): readonly string[] {
  const missing: string[] = []
  for (let path = folder; !existsSync(path) && path !== dirname(path); path = dirname(path)) missing.unshift(path)
  return missing
}

async function close(file: OpenFile): Promise<void> {
  if (file.isClosed) return
  file.isClosed = true
  await (await file.handle).close()
}

export class UnpublishedFiles {
  /** By final path. */
  readonly #files = new Map<string, OpenFile>()
  readonly #committed: OpenFile[] = []
  /** Made for the files, innermost first. */
  readonly #folders: string[] = []
  #filesBegun = 0
  #isOver = false

  /** Nothing more is taken. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Makes `folder` where it is missing, and sweeps it. Rejects where it cannot be written to. */
  async prepare(folder: string): Promise<void> {
    for (const missing of missingFolders(folder)) {
      await mkdir(missing)
      this.#folders.unshift(missing)
    }
    sweepLeftovers(folder, partPrefix)
    // Some folders say that they can be written to and cannot: better now than after the whole render.
    const trial = join(folder, `${partPrefix}${runMark}.part`)
    await writeFile(trial, '')
    await rm(trial)
  }

  #fileFor({ folder, name, address }: FilePlace): OpenFile {
    const final = join(folder, name)
    const openFile = this.#files.get(final)
    if (openFile) return openFile
    this.#filesBegun += 1
    const temporary = join(folder, `${partPrefix}${runMark}.${this.#filesBegun}.part`)
    const file: OpenFile = { handle: open(temporary, 'w'), temporary, final, address, bytes: 0, isClosed: false }
    // Whoever awaits it is told; this keeps a failure that nobody awaits yet from ending the process.
    file.handle.catch(() => undefined)
    this.#files.set(final, file)
    return file
  }

  /** Writes `body` from byte `position` on. Rejects as the disk does. */
  async write(place: FilePlace, position: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.#fileFor(place)
    await writeBody(body, await file.handle, position, (end) => {
      file.bytes = Math.max(file.bytes, end)
    })
  }

  /** The file is whole: it is brought to disk, and `publish` will name it. */
  async commit(place: FilePlace): Promise<void> {
    const file = this.#fileFor(place)
    await (await file.handle).sync()
    await close(file)
    this.#committed.push(file)
  }

  async discard(place: FilePlace): Promise<void> {
    const file = this.#fileFor(place)
    this.#files.delete(file.final)
    await close(file)
    rmSync(file.temporary, { force: true })
  }

  /** Gives every committed file its final name, in the order of commit. */
  async publish(): Promise<readonly PublishedFile[]> {
    const publishedFiles: PublishedFile[] = []
    for (const file of this.#committed.splice(0)) {
      if (this.#files.get(file.final) !== file) continue
      await rename(file.temporary, file.final)
      this.#files.delete(file.final)
      publishedFiles.push({ path: file.final, bytes: file.bytes, address: file.address })
    }
    if (publishedFiles.length > 0) this.#folders.length = 0
    return publishedFiles
  }

  /**
   * Removes whatever was not published, and folders made for it, and takes no more. Synchronous, so that it can run
   * as the process ends.
   */
  discardAll(): void {
    this.#isOver = true
    for (const file of this.#files.values()) {
      const remove = () => rmSync(file.temporary, { force: true })
      // Once now, since the process may be ending; once more where the file was only just being opened.
      remove()
      file.handle.then((handle) => (file.isClosed ? undefined : handle.close())).then(remove, remove)
    }
    this.#files.clear()
    for (const folder of this.#folders.splice(0)) {
      try {
        rmdirSync(folder)
      } catch (error) {
        // Somebody else put something there meanwhile: then it is theirs, and so are the folders above.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') break
      }
    }
  }
}
