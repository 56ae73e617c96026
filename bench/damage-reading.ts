/** Every frame of a damaged file as the product gives it, and whether that is right. */
import type { MediaFacts } from '../src/graph/node/facts.ts'
import { openForeign } from '../src/media/ffmpeg-source.ts'
import { createMedia } from '../src/media/media-library.ts'
import type { Frame, FrameSource } from '../src/media/types.ts'

export interface Reading {
  /** Frames that were given, those held among them. */
  readonly frames: number
  readonly held: number
  /** Of each frame that was not held, a checksum of its samples. */
  readonly sums: readonly number[]
  /** Everything that was told. */
  readonly notes: readonly string[]
  /** `null` where it was refused. */
  readonly facts: MediaFacts | null
  /** Why it was refused, or broke off. */
  readonly refusal: string | null
}

const sentence = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${'hint' in error ? String(error.hint) : `(${error.name})`}`
    : String(error)

async function samplesOf({ picture }: Frame): Promise<Uint8Array> {
  if ('bytes' in picture) return picture.bytes
  if (!(picture instanceof VideoFrame)) throw new Error('A frame of a video is no picture of one.')
  const bytes = new Uint8Array(picture.allocationSize())
  await picture.copyTo(bytes)
  return bytes
}

/** FNV-1a. */
const checksum = (bytes: Uint8Array): number =>
  bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619), 2_166_136_261 | 0)

/** `product`: as the product opens it; `ffmpeg`: as it opens what the browser cannot. */
export type AskedRoute = 'product' | 'ffmpeg'

async function opened(name: string, bytes: Uint8Array<ArrayBuffer>, route: AskedRoute): Promise<FrameSource> {
  const file = new File([bytes], name)
  if (route === 'ffmpeg') return openForeign(file, name, {})
  const media = createMedia({ baseUrl: location.href })
  await media.add(name, [file])
  return media.open({ id: name })
}

/** Opens `bytes` as the file `name`, and asks for every frame. */
export async function readFrames(name: string, bytes: Uint8Array<ArrayBuffer>, route: AskedRoute): Promise<Reading> {
  const { signal } = new AbortController()
  let frames = 0
  let facts: MediaFacts | null = null
  const notes: string[] = []
  const sums: number[] = []
  try {
    await using source = await opened(name, bytes, route)
    facts = source.facts
    notes.push(...facts.notes)
    for (; frames < source.timeline.count; frames++) {
      using frame = await source.frame(frames, signal)
      if (!source.damage?.standIns.has(frames)) sums.push(checksum(await samplesOf(frame)))
    }
    notes.push(...(source.damage?.notes() ?? []))
    return { frames, held: source.damage?.standIns.size ?? 0, sums, notes, facts, refusal: null }
  } catch (error) {
    return { frames, held: 0, sums, notes, facts, refusal: sentence(error) }
  }
}
