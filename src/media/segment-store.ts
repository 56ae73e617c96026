/**
 * Kept segments in the browser's private store (OPFS): `unfinished/<job>/<output>/<first>-<next>.seg`. The browser
 * itself swaps a file in when it is closed, so a crash in the middle of a segment leaves nothing of it.
 */
import { BlobWindow } from './blob-window.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { writeError } from './output-files.ts'
import { missingFrames } from './segments.ts'
import type { Segment, SegmentFile, SegmentStore } from './types.ts'

const digits = 9
const segmentName = /^(\d+)-(\d+)\.seg$/
const noteName = /^(.+)\.note$/

/** Not yet in TypeScript's library. */
interface Movable extends FileSystemFileHandle {
  move?(name: string): Promise<void>
}

const root = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle('unfinished', { create: true })

const nameOf = ({ first, next }: Segment): string =>
  `${String(first).padStart(digits, '0')}-${String(next).padStart(digits, '0')}.seg`

/** Finished segments, names of notes, and the names of whatever else lies there. */
async function listFiles(folder: FileSystemDirectoryHandle) {
  const segments: Segment[] = []
  const notes: string[] = []
  const others: string[] = []
  for await (const file of folder.keys()) {
    const [, first, next] = file.match(segmentName) ?? []
    const note = file.match(noteName)?.[1]
    if (first !== undefined && next !== undefined) segments.push({ first: Number(first), next: Number(next) })
    else if (note !== undefined) notes.push(note)
    else others.push(file)
  }
  return { segments, notes, others }
}

const guardStore = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    throw writeError('The part that is kept until the export is whole', cause)
  }
}

async function beginSegment(folder: FileSystemDirectoryHandle, first: number): Promise<SegmentFile> {
  const partName = `${first}.part`
  const part: Movable = await folder.getFileHandle(partName, { create: true })
  const stream = await part.createWritable()
  const gathered = new GatheredBytes((bytes) => stream.write(bytes))
  return {
    append: (bytes) => guardStore(() => gathered.add(bytes)),
    finish: (next) =>
      guardStore(async () => {
        await gathered.flush()
        await stream.close()
        const name = nameOf({ first, next })
        if (part.move) return part.move(name)
        const final = await folder.getFileHandle(name, { create: true })
        await (await part.getFile()).stream().pipeTo(await final.createWritable())
        await folder.removeEntry(partName)
      }),
    discard: () =>
      guardStore(async () => {
        await stream.abort()
        await folder.removeEntry(partName)
      }),
  }
}

/**
 * The segments of one output (`output`: a node's id, with slashes where it lies in subgraphs) of the export `job`. Both
 * become names of folders.
 */
export async function openSegments(job: string, output: string): Promise<SegmentStore> {
  const jobFolder = await (await root()).getDirectoryHandle(job, { create: true })
  const folder = await jobFolder.getDirectoryHandle(output.replaceAll('/', '~'), {
    create: true,
  })
  return {
    list: async () => (await listFiles(folder)).segments,
    async remove(segments) {
      const { others } = await listFiles(folder)
      for (const file of [...others, ...segments.map(nameOf)]) await folder.removeEntry(file)
    },
    begin: (first) => guardStore(() => beginSegment(folder, first)),
    read: async (segment) => new BlobWindow(await (await folder.getFileHandle(nameOf(segment))).getFile()),
    annotate: (name, text) =>
      guardStore(async () => {
        const stream = await (await folder.getFileHandle(`${name}.note`, { create: true })).createWritable()
        await stream.write(text)
        await stream.close()
      }),
    async annotations() {
      const texts = new Map<string, string>()
      for (const name of (await listFiles(folder)).notes)
        texts.set(name, await (await (await folder.getFileHandle(`${name}.note`)).getFile()).text())
      return texts
    },
  }
}

/** The exports of which something is kept, by name. */
export async function keptJobs(): Promise<readonly string[]> {
  const names: string[] = []
  for await (const job of (await root()).keys()) names.push(job)
  return names
}

/** Frames that every output of `job` has finished; 0 where there is none. */
export async function keptFrames(job: string): Promise<number> {
  const folder = await (await root()).getDirectoryHandle(job, { create: true })
  const outputs: (readonly Segment[])[] = []
  for await (const output of folder.keys()) outputs.push(await (await openSegments(job, output)).list())
  const next = Math.max(0, ...outputs.flat().map((segment) => segment.next))
  return missingFrames(outputs, { first: 0, next }).keptCount
}

/** Removes all that is kept of `job`. */
export async function dropJob(job: string): Promise<void> {
  try {
    await (await root()).removeEntry(job, { recursive: true })
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
  }
}
