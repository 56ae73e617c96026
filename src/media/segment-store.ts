/**
 * Kept segments in the browser's private store (OPFS): `unfinished/<job>/<output>/<first>-<next>.seg`. The browser
 * itself swaps a file in when it is closed, so a crash in the middle of a segment leaves nothing of it.
 */
import { writeError } from './output-files.ts'
import type { SegmentFile, SegmentStore } from './types.ts'

/** Bytes that gather before they are written. */
const chunkBytes = 1024 * 1024
const digits = 9
const segmentName = /^(\d+)-(\d+)\.seg$/

/** Not yet in TypeScript's library. */
interface Movable extends FileSystemFileHandle {
  move?(name: string): Promise<void>
}

interface Segment {
  readonly name: string
  readonly first: number
  readonly next: number
}

const root = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle('unfinished', { create: true })

const name = (first: number, next: number): string =>
  `${String(first).padStart(digits, '0')}-${String(next).padStart(digits, '0')}.seg`

/** Finished segments without a gap, in order, and the names of whatever else lies there. */
async function listed(folder: FileSystemDirectoryHandle) {
  const found: Segment[] = []
  const others: string[] = []
  for await (const file of folder.keys()) {
    const [, first, next] = file.match(segmentName) ?? []
    if (first !== undefined && next !== undefined) found.push({ name: file, first: Number(first), next: Number(next) })
    else others.push(file)
  }
  found.sort((a, b) => a.first - b.first || a.next - b.next)
  const segments: Segment[] = []
  for (const segment of found) {
    if (segment.first === (segments.at(-1)?.next ?? 0)) segments.push(segment)
    else others.push(segment.name)
  }
  return { segments, others }
}

const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
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
  let waiting: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const blob = new Blob(waiting)
    waiting = []
    bytes = 0
    await stream.write(blob)
  }
  return {
    append: (data) =>
      guarded(async () => {
        waiting.push(data)
        bytes += data.byteLength
        if (bytes >= chunkBytes) await flush()
      }),
    finish: (next) =>
      guarded(async () => {
        await flush()
        await stream.close()
        if (part.move) return part.move(name(first, next))
        const final = await folder.getFileHandle(name(first, next), { create: true })
        await (await part.getFile()).stream().pipeTo(await final.createWritable())
        await folder.removeEntry(partName)
      }),
    discard: () =>
      guarded(async () => {
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
    ends: async () => (await listed(folder)).segments.map(({ next }) => next),
    async cutBack(count) {
      const { segments, others } = await listed(folder)
      const late = segments.filter(({ next }) => next > count).map((segment) => segment.name)
      for (const file of [...others, ...late]) await folder.removeEntry(file)
    },
    begin: (first) => guarded(() => beginSegment(folder, first)),
    async *read() {
      const { segments } = await listed(folder)
      for (const segment of segments) yield await (await folder.getFileHandle(segment.name)).getFile()
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
  const stores: SegmentStore[] = []
  for await (const output of folder.keys()) stores.push(await openSegments(job, output))
  return commonEnd(stores)
}

/** The last frame count at which a segment ends in all of `stores`: from there they can go on together. */
export async function commonEnd(stores: readonly SegmentStore[]): Promise<number> {
  const ends = await Promise.all(stores.map((store) => store.ends()))
  const [first, ...others] = ends
  return first?.findLast((end) => others.every((other) => other.includes(end))) ?? 0
}

/** Removes all that is kept of `job`. */
export async function dropJob(job: string): Promise<void> {
  try {
    await (await root()).removeEntry(job, { recursive: true })
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
  }
}
