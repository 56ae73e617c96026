/** The engine's way to what a file says of itself: asked of a worker, so that no file can keep the engine from working. */
import { readComment } from './comment.ts'
import type { FrameTable } from './frame-table.ts'
import { NoWorker, Silence, SupervisedWorker } from './supervised-worker.ts'
import { MediaError } from './types.ts'

export type DemuxQuestion =
  | { readonly about: 'all' | 'beginning'; readonly file: Blob }
  | { readonly about: 'comment'; readonly file: File }

export interface DemuxAnswer {
  readonly table: FrameTable | null
  readonly comment: string | null
}

/** Seconds. */
const supervision = { patience: 6, linger: 20 }

const startDemuxer = () =>
  new SupervisedWorker<DemuxQuestion, DemuxAnswer>(
    () => new Worker(new URL('./demux.worker.ts', import.meta.url), { type: 'module', name: 'framewright-demux' }),
    supervision,
  )

const demuxer = startDemuxer()
/** Counts the frames of long files, which takes as long as it takes: what else is asked does not wait for it. */
const counter = startDemuxer()

/** Tables are the same each time a file is opened. */
const tables = new WeakMap<Blob, FrameTable>()
const beginnings = new WeakMap<Blob, FrameTable>()

type Answered = FrameTable | 'endless' | null

async function tableFrom(worker: typeof demuxer, about: 'all' | 'beginning', file: Blob): Promise<Answered> {
  const knownTable = tables.get(file) ?? (about === 'beginning' ? beginnings.get(file) : undefined)
  if (knownTable) return knownTable
  try {
    const { table } = await worker.ask({ about, file })
    if (table) (table.estimatedCount === undefined ? tables : beginnings).set(file, table)
    return table
  } catch (error) {
    return error instanceof Silence ? 'endless' : null
  }
}

/**
 * The frames of the picture in `file`; `'endless'` where the demuxer does not come to an end; `null` where it fails, in
 * the same way in which it will fail here, or where there is no such worker: then it is asked here.
 */
export const supervisedFrameTable = (file: Blob): Promise<Answered> => tableFrom(counter, 'all', file)

/** The same of its beginning, where reading all of it takes long (see `beginningTable`) and has not been done yet. */
export const supervisedBeginning = (file: Blob): Promise<Answered> => tableFrom(demuxer, 'beginning', file)

/** As `readComment`; rejects with `MediaError` too where the file keeps the demuxer busy without end. */
export async function supervisedComment(file: File): Promise<string | null> {
  try {
    return (await demuxer.ask({ about: 'comment', file })).comment
  } catch (error) {
    if (error instanceof NoWorker) return readComment(file)
    // What went wrong has a sentence already, made where the file is known.
    if (!(error instanceof Silence)) throw new MediaError((error as Error).message, commentHint, { cause: error })
    throw new MediaError(
      `“${file.name}” has metadata that could not be read within ${supervision.patience} seconds.`,
      commentHint,
      { cause: error },
    )
  }
}

const commentHint = 'Check that the file is whole, or open the graph’s own file.'
