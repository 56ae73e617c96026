/** One export of the queue, and what its report and files are called. */
import type { ExportProgress, ExportReport, ExportRequest } from '../../engine/door/api.ts'
import type { FlatId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { list } from '../text/format.ts'

export type JobState =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'running'
      readonly progress: ExportProgress | null
      /** What was asked of it and is about to happen. */
      readonly ending: 'pause' | 'cancel' | null
    }
  | { readonly kind: 'paused' }
  | { readonly kind: 'done'; readonly report: ExportReport; readonly files: readonly FinishedFile[] }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed'
      readonly problems: readonly Problem[]
      /** Names of the media that must be chosen again. */
      readonly missingFiles: readonly string[]
    }

export interface ExportJob {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly graph: string
  /** Name of the medium. */
  readonly clip: string
  readonly request: ExportRequest
  readonly state: JobState
  /** Frames that are finished and kept. */
  readonly framesDone: number
  /** Frames of the whole, once that is known. */
  readonly frames: number | null
  /** Was begun by an earlier page. */
  readonly fromEarlier: boolean
}

export interface FinishedFile {
  readonly name: string
  readonly size: number
  /** Where the files lie in the browser's own store (a sequence has several); empty where they went to disk by themselves. */
  readonly downloads: readonly { readonly name: string; readonly url: string }[]
}

export const jobName = ({ request }: Pick<ExportJob, 'request'>): string =>
  list(Object.values(request.outputs).map(({ fileName }) => fileName))

/** The files that a sink wrote: pictures are numbered from the first one's name on. */
export function writtenNames(first: string, report: ExportReport['outputs'][FlatId] | undefined): readonly string[] {
  const number = first.match(/-(\d+)(\.png)$/i)
  if (report?.kind !== 'pictures' || report.videoCodec !== 'png' || report.frames < 2 || !number) return [first]
  const [tail, digits = '', extension = ''] = number
  const stem = first.slice(0, -tail.length)
  return Array.from(
    { length: report.frames },
    (_, index) => `${stem}-${String(Number(digits) + index).padStart(digits.length, '0')}${extension}`,
  )
}

/** `name` if it is free, else `name (2)` and so on, before the extension. */
export function freeName(name: string, names: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.')
  for (let number = 1; ; number += 1) {
    const next = number === 1 ? name : `${name.slice(0, dot)} (${number})${name.slice(dot)}`
    if (!names.has(next.toLowerCase())) return next
  }
}
