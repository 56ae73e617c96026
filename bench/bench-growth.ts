/** How costs grow: with pixels, with nodes, with the length of a clip. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HeadlessSession } from '../src/host/headless-session.ts'
import type { ClipFigures } from './bench-clips.ts'
import { measurePixels, type PixelsResult } from './bench-pixels.ts'
import { measure } from './measure-in-page.ts'

const run = promisify(execFile)

export interface ClipResult {
  readonly container: string
  readonly bytes: number
  readonly short: ClipFigures
  readonly long: ClipFigures
}

/** Ten seconds, and two hours of them. */
const shortSeconds = 10
const repeats = 720
const rate = 24
const keyDistance = 48

const ffmpeg = (...args: readonly string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args])

interface Container {
  readonly name: string
  readonly file: string
  readonly codec: 'h264' | 'vp8'
  readonly flags: readonly string[]
}

const containers: readonly Container[] = [
  { name: 'MP4', file: 'mp4', codec: 'h264', flags: [] },
  {
    name: 'MP4 in fragments',
    file: 'frag.mp4',
    codec: 'h264',
    flags: ['-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  },
  { name: 'Matroska', file: 'mkv', codec: 'h264', flags: [] },
  { name: 'MPEG-TS', file: 'ts', codec: 'h264', flags: [] },
  { name: 'WebM', file: 'webm', codec: 'vp8', flags: [] },
  { name: 'WebM without cues', file: 'live.webm', codec: 'vp8', flags: ['-f', 'webm', '-live', '1'] },
]

async function makeClips(folder: string, { file, codec, flags }: Container): Promise<readonly [string, string]> {
  const source = join(folder, codec === 'h264' ? 'source.mp4' : 'source.webm')
  const [short, long] = [join(folder, `short.${file}`), join(folder, `long.${file}`)]
  await ffmpeg('-i', source, '-c', 'copy', ...flags, short)
  await ffmpeg('-stream_loop', String(repeats - 1), '-i', source, '-c', 'copy', ...flags, long)
  return [short, long]
}

async function measureClip(session: HeadlessSession, path: string, seconds: number): Promise<ClipFigures> {
  await session.page.setInputFiles('#files', [path])
  const keys = Math.floor((seconds * rate) / keyDistance)
  return (await measure(session, 'clip', ['the engine', keys, keyDistance])) as ClipFigures
}

/** Clips of 2 hours against those of 10 seconds of the same pictures and sound, in every container. */
export async function measureClips(session: HeadlessSession): Promise<readonly ClipResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'framewright-growth-'))
  try {
    const picture = ['-f', 'lavfi', '-i', `testsrc2=size=160x90:rate=${rate}:duration=${shortSeconds}`]
    const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${shortSeconds}`]
    const keys = ['-g', String(keyDistance), '-pix_fmt', 'yuv420p']
    // As cameras and sites write them: frames out of order, and sound between them.
    const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-sc_threshold', '0', ...keys, '-c:a', 'aac']
    const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', ...keys, '-c:a', 'libopus']
    await ffmpeg(...picture, ...sound, ...h264, join(folder, 'source.mp4'))
    await ffmpeg(...picture, ...sound, ...vp8, join(folder, 'source.webm'))
    const results: ClipResult[] = []
    for (const container of containers) {
      const [short, long] = await makeClips(folder, container)
      results.push({
        container: container.name,
        bytes: (await stat(long)).size,
        short: await measureClip(session, short, shortSeconds),
        long: await measureClip(session, long, shortSeconds * repeats),
      })
      await Promise.all([short, long].map((path) => rm(path)))
    }
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const milliseconds = (value: number) => `${value.toFixed(0)} ms`

export const clipRows = (results: readonly ClipResult[]): readonly (readonly string[])[] => [
  ['10 seconds → 2 hours', 'to open', 'to a key frame', 'a small picture', 'size'],
  ...results.map(({ container, bytes, short, long }) => [
    container,
    ...(['openMilliseconds', 'seekMilliseconds', 'thumbnailMilliseconds'] as const).map(
      (figure) => `${milliseconds(short[figure])} → ${milliseconds(long[figure])}`,
    ),
    `${(bytes / 1e6).toFixed(0)} MB`,
  ]),
]

export interface GrowthResult {
  readonly pixels: readonly PixelsResult[]
  readonly clips: readonly ClipResult[]
}

export async function measureGrowth(
  session: HeadlessSession,
  recipes: Parameters<typeof measurePixels>[1],
  sink: Parameters<typeof measurePixels>[2],
  say: (line: string) => void,
): Promise<GrowthResult> {
  const pixels = await measurePixels(session, recipes, sink, say)
  say('Long clips…')
  return { pixels, clips: await measureClips(session) }
}
