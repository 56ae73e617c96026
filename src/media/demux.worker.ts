/**
 * Reads what a file says of itself, apart from the engine: a file that keeps the demuxer busy without end keeps only
 * this worker. Bytes read are its signs of life, as long as they are not read again and again.
 */
import { ALL_FORMATS, BlobSource, Input, MATROSKA, WEBM } from 'mediabunny'
import { readComment } from './comment.ts'
import type { DemuxAnswer, DemuxQuestion } from './demux.ts'
import { beginningTable, frameTable } from './frame-table.ts'
import type { WorkerMessage } from './supervised-worker.ts'

/** A file is not read more often than this: beyond, it leads in circles. */
const readings = 16
/** Bytes by which a small file may exceed that. */
const slack = 64 * 1024 * 1024
/** Milliseconds between two signs of life. */
const interval = 500

const send = (message: WorkerMessage<DemuxAnswer>): void => self.postMessage(message)

/** What to call when bytes `start` to `end` of `file` were read. */
function signsOfLife(file: Blob): (start: number, end: number) => void {
  let bytesRead = 0
  let lastSign = 0
  return (start, end) => {
    bytesRead += end - start
    const now = performance.now()
    if (bytesRead > readings * file.size + slack || now - lastSign < interval) return
    lastSign = now
    send({ kind: 'alive' })
  }
}

/** Does everything that the engine will ask of the demuxer before it decodes. */
async function frames(file: Blob, which: 'all' | 'beginning'): Promise<DemuxAnswer> {
  const source = new BlobSource(file)
  const alive = signsOfLife(file)
  let farthest = 0
  source.onread = (start, end) => {
    farthest = Math.max(farthest, end)
    alive(start, end)
  }
  using input = new Input({ source, formats: ALL_FORMATS })
  const format = await input.getFormat()
  for (const track of await input.getTracks()) {
    await track.getCodec()
    await track.getDisposition()
    if (track.isVideoTrack() || track.isAudioTrack()) await track.getDecoderConfig()
    // Of sound it is found by its whole index, of which an hour has a hundred thousand entries; its beginning asks for none of them.
    if (which === 'all' || track.isVideoTrack()) await track.getDurationFromMetadata()
  }
  const video = await input.getPrimaryVideoTrack()
  if (!video) return { table: null, comment: null }
  if (which === 'all') return { table: await frameTable(video, file), comment: null }
  // A recording in Matroska may be without any index, so that all of it is read on the way to its end.
  const readSoFar = { share: () => farthest / file.size, hasQuickEnd: format !== MATROSKA && format !== WEBM }
  return { table: await beginningTable(video, file, readSoFar), comment: null }
}

async function comment(file: File): Promise<DemuxAnswer> {
  return { table: null, comment: await readComment(file, signsOfLife(file)) }
}

self.addEventListener('message', ({ data }: MessageEvent<DemuxQuestion>) => {
  const work = data.about === 'comment' ? comment(data.file) : frames(data.file, data.about)
  work.then(
    (answer) => send({ kind: 'answer', answer }),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      send({ kind: 'failed', name, message })
    },
  )
})
