/**
 * A folder of finished segments and of notes beside them, and those that are being made. A segment stands under its name
 * only once it is whole, so that neither a crash nor a failing machine leaves half a one, and several runs can fill one
 * folder at the same time.
 */
import { readdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Segment } from '../media/segments.ts'
import { partPrefix, runMark } from './run-mark.ts'
import { writeBody } from './write-body.ts'

const segmentPattern = /^(\d+)-(\d+)\.seg$/
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
    const [, first, next] = segmentPattern.exec(name) ?? []
    return first === undefined || next === undefined ? [] : [{ first: Number(first), next: Number(next) }]
  })
}

export const notePattern = /^([a-z]+(?:-\d{1,15})?)\.note$/

export const noteFile = (name: string): string => `${name}.note`

/** The names of the notes in a folder; none where there is no such folder. */
export function notesIn(folder: string): readonly string[] {
  return filesIn(folder).flatMap((file) => notePattern.exec(file)?.[1] ?? [])
}

/** All notes of a folder: name and text. */
export function readNotes(folder: string): Promise<readonly (readonly [name: string, text: string])[]> {
  const read = async (name: string) => [name, await readFile(join(folder, noteFile(name)), 'utf8')] as const
  return Promise.all(notesIn(folder).map(read))
}

/** A segment that is being made, by its first frame. */
export interface PartPlace {
  readonly folder: string
  readonly first: number
}

interface OpenPart {
  readonly path: string
  readonly handle: Promise<FileHandle>
}

export class UnfinishedParts {
  /** By path. */
  readonly #parts = new Map<string, OpenPart>()
  #notesBegun = 0
  #isOver = false

  /** Nothing more is taken. */
  get isOver(): boolean {
    return this.#isOver
  }

  #partFor({ folder, first }: PartPlace): OpenPart {
    const path = join(folder, `${partPrefix}${runMark}.${first}.part`)
    const existing = this.#parts.get(path)
    if (existing) return existing
    const part: OpenPart = { path, handle: open(path, 'w') }
    // Whoever awaits it is told; this keeps a failure that nobody awaits yet from ending the process.
    part.handle.catch(() => undefined)
    this.#parts.set(path, part)
    return part
  }

  /** Writes `body` from byte `position` on. Rejects as the disk does. */
  async write(place: PartPlace, position: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    await writeBody(body, await this.#partFor(place).handle, position)
  }

  /** The segment is whole, up to, not including, frame `next`: it is brought to disk and named. */
  async finish(place: PartPlace, next: number): Promise<void> {
    const { path, handle } = this.#partFor(place)
    const file = await handle
    await file.sync()
    await file.close()
    this.#parts.delete(path)
    await rename(path, join(place.folder, segmentName({ first: place.first, next })))
  }

  async discard(place: PartPlace): Promise<void> {
    const { path, handle } = this.#partFor(place)
    this.#parts.delete(path)
    await (await handle).close()
    await rm(path, { force: true })
  }

  /** Puts a text beside the segments, in place of an earlier one of that name. */
  async keepNote(folder: string, name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    this.#notesBegun += 1
    const path = join(folder, `${partPrefix}${runMark}.note-${this.#notesBegun}.part`)
    const handle = await open(path, 'w')
    try {
      await writeBody(body, handle, 0)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(path, join(folder, noteFile(name)))
  }

  /** Removes what is not finished, and takes no more. Synchronous, so that it can run as the process ends. */
  end(): void {
    this.#isOver = true
    for (const { path, handle } of this.#parts.values()) {
      const remove = () => rmSync(path, { force: true })
      // Once now, since the process may be ending; once more where the file was only just being opened.
      remove()
      handle.then((file) => file.close()).then(remove, remove)
    }
    this.#parts.clear()
  }
}
