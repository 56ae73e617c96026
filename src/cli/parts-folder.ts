/**
 * The folder in which a render keeps what is finished, so that the same command goes on after whatever ended it, and
 * several machines can fill one together: `job.json` says what the pieces are of, and below it lies a folder an output.
 * Pieces of different graphs, media or versions are never mixed: whoever comes with another is refused.
 */
import { createHash } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import type { FlatId } from '../graph/document/document.ts'
import { z } from '../graph/file/full-zod.ts'
import { CommandFailure, usage } from '../host/command-failure.ts'
import { diskSentence } from '../host/output-server.ts'
import { runMark } from '../host/run-mark.ts'
import { noteFile, notesIn, segmentName, segmentsIn } from '../host/unfinished-parts.ts'
import type { InputFiles } from './input-files.ts'

const recordFile = 'job.json'

const sameShape = z.strictObject({
  /** A hash of everything that the app is built from. */
  version: z.string(),
  browser: z.string(),
  /** The Encodes that write, and the extension of each. */
  outputs: z.string(),
  /** The graph file, with every name of an output replaced by a plain one of the same extension. */
  graph: z.string(),
  /** By name: bytes and hash. */
  files: z.record(z.string(), z.string()),
  range: z.string(),
  runtime: z.string(),
  /** Of an installed ffmpeg, by output; absent where none is asked for. */
  encoder: z.optional(z.string()),
})

const recordShape = z.strictObject({
  format: z.literal('framewright-parts'),
  same: sameShape,
  /** Where the media were found, by name; for `join`. */
  media: z.record(z.string(), z.strictObject({ name: z.string(), paths: z.array(z.string()) })),
})

/** What pieces of one render have in common. */
export type SameRender = z.infer<typeof sameShape>
export type PartsRecord = z.infer<typeof recordShape>
/** What of it is known before a browser runs, and without reading the media. */
export type KnownAhead = Omit<SameRender, 'browser' | 'files'>

const fieldNames: Readonly<Record<keyof SameRender, string>> = {
  version: 'this version of Framewright',
  browser: 'the browser',
  outputs: 'the kind of file that is written (its extension)',
  graph: 'the graph',
  files: 'a clip or another file that it uses',
  range: 'the range (--start, --duration, --frames, --range, --keep-timestamps)',
  runtime: 'the runtime (--runtime)',
  encoder: 'the installed ffmpeg',
}

/** Files up to so many bytes in all are read from end to end to know them again; of larger ones, blocks. */
const readWhole = 256 * 1024 * 1024
const block = 64 * 1024
const blocks = 1024

async function hashFile(path: string, whole: boolean): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const step = whole ? block : Math.max(block, Math.floor(size / blocks / block) * block)
    const buffer = Buffer.alloc(block)
    for (let at = 0; at < size; at += step) {
      const { bytesRead } = await file.read(buffer, 0, block, at)
      hash.update(buffer.subarray(0, bytesRead))
    }
    const { bytesRead } = await file.read(buffer, 0, block, Math.max(0, size - block))
    return `${size} bytes, ${hash.update(buffer.subarray(0, bytesRead)).digest('hex')}`
  } finally {
    await file.close()
  }
}

/**
 * By which a medium is known again: its bytes and a hash. Of more than 256 MB, 1024 blocks spread evenly over each file
 * are read instead of all of it: whatever encodes or cuts a file anew changes those as well.
 */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  let bytes = 0
  for (const path of paths) bytes += (await stat(path)).size
  const hashes: string[] = []
  for (const path of paths) hashes.push(`${basename(path)}: ${await hashFile(path, bytes <= readWhole)}`)
  return hashes.length === 1
    ? hashes[0]!
    : `${hashes.length} files, ${createHash('sha256').update(hashes.join()).digest('hex')}`
}

const folderOf = (folder: string, node: FlatId): string => join(folder, node.replaceAll('/', '~'))

/** `undefined` where there is none. Throws `CommandFailure` where it is no such record. */
export function readRecord(folder: string): PartsRecord | undefined {
  let text: string
  try {
    text = readFileSync(join(folder, recordFile), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw usage(`${join(folder, recordFile)} cannot be read (${code}).`, 'Check its permissions.')
  }
  try {
    return recordShape.parse(JSON.parse(text))
  } catch {
    throw usage(
      `${join(folder, recordFile)} does not say which render the pieces beside it belong to.`,
      'Remove the folder, or name another with --parts.',
    )
  }
}

export class PartsFolder {
  readonly path: string
  readonly #nodes: readonly FlatId[]

  constructor(path: string, nodes: readonly FlatId[]) {
    this.path = resolve(path)
    this.#nodes = nodes
  }

  /** As a person would write it from here. */
  get name(): string {
    return relative(process.cwd(), this.path) || '.'
  }

  folderOf(node: FlatId): string {
    return folderOf(this.path, node)
  }

  /** Frames that are kept of every output. */
  get frames(): number {
    const counts = this.#nodes.map((node) =>
      segmentsIn(this.folderOf(node)).reduce((sum, { first, next }) => sum + next - first, 0),
    )
    return Math.min(...counts)
  }

  /**
   * Makes the folder one of `record`, or finds that it is one. Throws `CommandFailure` where it holds pieces of another
   * render, or cannot be written.
   */
  claim(record: PartsRecord): void {
    try {
      mkdirSync(this.path, { recursive: true })
      const there = readRecord(this.path)
      if (!there && this.#nodes.some((node) => segmentsIn(this.folderOf(node)).length > 0))
        throw usage(
          `${this.name} holds pieces, but does not say which render they belong to.`,
          'Remove the folder, or pass --fresh.',
        )
      this.#compare(there ?? this.#write(record), record.same)
    } catch (error) {
      if (error instanceof CommandFailure) throw error
      throw usage(diskSentence(error, this.path))
    }
  }

  /** Throws `CommandFailure` where the folder holds pieces of another render, as far as that can be told ahead. */
  refuseOther(render: KnownAhead): void {
    const there = readRecord(this.path)
    if (there) this.#compare(there, { ...there.same, encoder: undefined, ...render })
  }

  #compare({ same: earlier }: PartsRecord, render: SameRender): void {
    const differs = (key: keyof SameRender) => JSON.stringify(earlier[key]) !== JSON.stringify(render[key])
    // Names of outputs stand in the graph as well.
    const other = (Object.keys(fieldNames) as (keyof SameRender)[]).filter(
      (key) => differs(key) && !(key === 'graph' && differs('outputs')),
    )
    if (other.length > 0)
      throw usage(
        `${this.name} keeps pieces of another render: ${other.map((key) => fieldNames[key]).join(' and ')} ${other.length > 1 ? 'differ' : 'differs'}, and they cannot be mixed.`,
        'Pass --fresh to start over, or name another folder with --parts.',
      )
  }

  /** Of several that come at once one writes, and all find the same. */
  #write(record: PartsRecord): PartsRecord {
    const final = join(this.path, recordFile)
    const temporary = join(this.path, `.framewright.${runMark}.job.part`)
    writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`)
    try {
      linkSync(temporary, final)
    } catch (error) {
      // Not every file system has links; a copy is as good, only not there all at once.
      if (!existsSync(final)) copyFileSync(temporary, final, constants.COPYFILE_EXCL)
      else if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(temporary, { force: true })
    }
    return readRecord(this.path) ?? record
  }

  /** Removes what a render keeps here, and nothing else. Synchronous, so that it can run as the process ends. */
  clear(): void {
    for (const node of this.#nodes) {
      const folder = this.folderOf(node)
      for (const segment of segmentsIn(folder)) rmSync(join(folder, segmentName(segment)), { force: true })
      for (const note of notesIn(folder)) rmSync(join(folder, noteFile(note)), { force: true })
      this.#removeEmpty(folder)
    }
    const record = join(this.path, recordFile)
    if (existsSync(record)) rmSync(record)
    this.#removeEmpty(this.path)
  }

  /** Removes the folder where it keeps no frame of any output. */
  clearIfEmpty(): void {
    if (this.#nodes.every((node) => segmentsIn(this.folderOf(node)).length === 0)) this.clear()
  }

  #removeEmpty(folder: string): void {
    // What another run left half-written, or a person put there, is theirs.
    if (existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).length === 0) rmdirSync(folder)
  }
}

export const mediaOf = (files: ReadonlyMap<string, InputFiles>): PartsRecord['media'] =>
  Object.fromEntries(
    [...files].map(([id, { name, paths }]) => [id, { name, paths: paths.map((path) => resolve(path)) }]),
  )
