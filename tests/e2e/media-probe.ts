/**
 * Opens a finished file with a reader that shares nothing with what wrote it: ffprobe where there is one, else
 * mediabunny's demuxer, which at least shares no code with our sinks.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny'
import { z } from 'zod'

export interface Probed {
  readonly reader: 'ffprobe' | 'mediabunny'
  /** ffmpeg's names: `h264`, `vp9`, `png`… */
  readonly videoCodec: string
  readonly width: number
  readonly height: number
  readonly frames: number
  /** Seconds from the first frame to the end of the last. */
  readonly duration: number
  readonly audioCodec: string | null
  /** Seconds at which each frame begins, ascending. */
  readonly starts: readonly number[]
  /** Numbers of the frames that can be jumped to. */
  readonly keys: readonly number[]
}

const report = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      nb_read_frames: z.string().optional(),
    }),
  ),
  packets: z
    .array(
      z.object({
        codec_type: z.string(),
        pts_time: z.string().optional(),
        duration_time: z.string().optional(),
        flags: z.string().default(''),
      }),
    )
    .default([]),
})

const hasFfprobe = spawnSync('ffprobe', ['-version']).status === 0

function byFfprobe(path: string): Probed {
  const flags = ['-v', 'error', '-count_frames', '-show_streams', '-show_packets', '-of', 'json']
  const text = execFileSync('ffprobe', [...flags, path], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const { streams, packets } = report.parse(JSON.parse(text))
  const video = streams.find((stream) => stream.codec_type === 'video')
  if (!video) throw new Error(`${path} has no video`)
  const shown = packets.filter((packet) => packet.codec_type === 'video')
  const starts = shown.map((packet) => Number(packet.pts_time ?? 0))
  const ends = shown.map((packet, index) => starts[index]! + Number(packet.duration_time ?? 0))
  return {
    reader: 'ffprobe',
    videoCodec: video.codec_name,
    width: video.width ?? 0,
    height: video.height ?? 0,
    frames: Number(video.nb_read_frames),
    duration: Math.max(...ends) - Math.min(...starts),
    audioCodec: streams.find((stream) => stream.codec_type === 'audio')?.codec_name ?? null,
    starts: [...starts].sort((a, b) => a - b),
    keys: shown.flatMap(({ flags }, index) => (flags.includes('K') ? [index] : [])),
  }
}

async function byMediabunny(path: string): Promise<Probed> {
  using input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS })
  const track = await input.getPrimaryVideoTrack()
  if (!track) throw new Error(`${path} has no video`)
  let frames = 0
  let first = Number.POSITIVE_INFINITY
  let end = 0
  const starts: number[] = []
  const keys: number[] = []
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (packet.type === 'key') keys.push(frames)
    starts.push(packet.timestamp)
    frames += 1
    first = Math.min(first, packet.timestamp)
    end = Math.max(end, packet.timestamp + packet.duration)
  }
  const audio = await input.getPrimaryAudioTrack()
  return {
    reader: 'mediabunny',
    videoCodec: track.codec === 'avc' ? 'h264' : (track.codec ?? ''),
    width: track.displayWidth,
    height: track.displayHeight,
    frames,
    duration: end - first,
    audioCodec: audio?.codec ?? null,
    starts: starts.sort((a, b) => a - b),
    keys,
  }
}

export async function probe(path: string): Promise<Probed> {
  return hasFfprobe ? byFfprobe(path) : byMediabunny(path)
}
