/** Kept segments to a file: their packets as they are, and the sound beside them. */
import { EncodedVideoPacketSource, Output } from 'mediabunny'
import { addAudio } from './audio-feed.ts'
import { FileTarget } from './file-target.ts'
import { writeError } from './output-files.ts'
import { carriedAs, outputFormat } from './output-format.ts'
import { configOf, readHeader, readPackets, type SegmentHeader, sameHeader } from './packet-log.ts'
import { type FileRequest, MediaError, type PacketSizes, type PicturesReport, type SegmentStore } from './types.ts'
import { coloursOf } from './video-encoding.ts'

/** Seconds by which sound is joined ahead of the picture. */
const audioAhead = 0.5

/** How kept segments were encoded; `null` where there is none. */
export async function keptHeader(store: SegmentStore): Promise<SegmentHeader | null> {
  const [segment] = await store.list()
  return segment ? (await readHeader(await store.read(segment))).header : null
}

/**
 * Writes the file: packets of all segments as they are, and the sound.
 * @param store holds one segment at least
 * @param encoder what they come from, for the report
 */
export async function joinSegments(
  request: FileRequest,
  store: SegmentStore,
  encoder: string,
): Promise<PicturesReport> {
  const { fileName } = request
  const segments = [...(await store.list())].sort((a, b) => a.first - b.first)
  const carriage = carriedAs((await keptHeader(store))?.codec ?? '')
  if (!carriage) throw new Error('the kept segments are of a codec that no file is made of')
  const format = outputFormat(request.container, carriage.codecName, request.hdr?.mastering)
  const file = await request.output.open(fileName)
  const target = new FileTarget(file)
  const output = new Output({ format, target: target.target })
  if (request.comment !== undefined) output.setMetadataTags({ comment: request.comment })
  const video = new EncodedVideoPacketSource(carriage.family)
  output.addVideoTrack(video)
  const sizes = { keys: 0, keyBytes: 0, deltas: 0, deltaBytes: 0 }
  let first: SegmentHeader | undefined
  try {
    const audio = request.audio ? await addAudio(output, format, request.audio) : null
    const shift = (audio?.lead ?? 0) - (request.begin ?? 0)
    try {
      await output.start()
      for (const which of segments) {
        const segment = await store.read(which)
        const { header, end } = await readHeader(segment)
        if (first && !sameHeader(first, header)) throw unlike(fileName)
        for await (const original of readPackets(segment, end)) {
          const packet = shift !== 0 ? original.clone({ timestamp: Math.max(0, original.timestamp + shift) }) : original
          await audio?.upTo(packet.timestamp + audioAhead)
          const config = {
            ...configOf(header),
            codec: carriage.codec,
            colorSpace: { ...coloursOf(request, header.codec) },
          }
          const meta = first ? undefined : { decoderConfig: config }
          first ??= header
          await video.add(packet, meta)
          count(sizes, packet.type, packet.byteLength)
        }
      }
      await audio?.upTo(Number.POSITIVE_INFINITY)
    } finally {
      await audio?.close()
    }
    video.close()
    await output.finalize()
    await file.close()
    await file.commit()
    return {
      kind: 'pictures',
      fileName,
      bytes: target.bytes,
      frames: sizes.keys + sizes.deltas,
      encoder,
      width: request.width,
      height: request.height,
      videoCodec: first?.codec ?? carriage.codecName,
      audioCodec: audio?.codec ?? null,
      audioCopied: audio?.copied ?? false,
      notes: [...(audio?.notes ?? []), ...(request.audio && !audio ? ['No sound lies in the chosen range.'] : [])],
      packets: sizes,
      audioBytes: audio?.bytes ?? 0,
    }
  } catch (error) {
    if (output.state !== 'finalized' && output.state !== 'canceled') await output.cancel()
    await file.discard()
    if (error instanceof MediaError) throw error
    throw writeError(fileName, target.failure ?? error)
  }
}

/** Of a file whose segments no one decoder could read one after the other. */
export const unlike = (fileName: string): MediaError =>
  new MediaError(
    `“${fileName}” cannot be put together: some of its frames were encoded differently, by another browser or another machine.`,
    'Remove what is kept of this export and start it again.',
  )

function count(sizes: { -readonly [K in keyof PacketSizes]: PacketSizes[K] }, type: 'key' | 'delta', bytes: number) {
  if (type === 'key') {
    sizes.keys += 1
    sizes.keyBytes += bytes
  } else {
    sizes.deltas += 1
    sizes.deltaBytes += bytes
  }
}
