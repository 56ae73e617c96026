/**
 * Reads what a file says of itself, apart from the engine: a file that keeps the demuxer busy without end keeps only
 * this worker. Bytes read are its signs of life, as long as they are not read again and again.
 */
import { ALL_FORMATS, BlobSource, Input, MATROSKA, WEBM } from 'mediabunny'
import { readComment } from './comment.ts'
import type { DemuxAnswer, DemuxQuestion } from './demux.ts'
import { beginningTable, frameTable } from './frame-table.ts'
import { SignsOfLife } from './signs-of-life.ts'
import type { WorkerMessage } from './supervised-worker.ts'

const limits = { readings: 16, slack: 64 * 1024 * 1024 }

const send = (message: WorkerMessage<DemuxAnswer>): void => self.postMessage(message)

const signsOfLife = (): SignsOfLife => new SignsOfLife(() => send({ kind: 'alive' }), limits)

/** Does everything that the engine will ask of the demuxer before it decodes. */
async function frames(file: Blob, which: 'all' | 'beginning'): Promise<DemuxAnswer> {
  const source = new BlobSource(file)
  const signs = signsOfLife()
  let farthest = 0
  source.onread = (start, end) => {
    farthest = Math.max(farthest, end)
    signs.read(end - start, file.size)
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
  const signs = signsOfLife()
  return { table: null, comment: await readComment(file, (start, end) => signs.read(end - start, file.size)) }
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
