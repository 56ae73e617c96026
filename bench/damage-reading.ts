/** Every frame of a damaged file as the product gives it, and whether that is right. */
import { createMedia } from '../src/media/media-library.ts'
import type { Frame } from '../src/media/types.ts'

export interface Reading {
  /** Frames that were given, those held among them. */
  readonly frames: number
  readonly held: number
  /** Of each frame that was not held, a checksum of its samples. */
  readonly sums: readonly number[]
  /** Everything that was told. */
  readonly notes: readonly string[]
  readonly route: string
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

/** Opens `bytes` as the file `name`, and asks for every frame. */
export async function readFrames(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Reading> {
  const media = createMedia({ baseUrl: location.href })
  const { signal } = new AbortController()
  let frames = 0
  let route = ''
  const notes: string[] = []
  const sums: number[] = []
  try {
    const facts = await media.add(name, [new File([bytes], name)])
    route = facts.route
    notes.push(...facts.notes)
    await using source = await media.open({ id: name })
    for (; frames < source.timeline.count; frames++) {
      using frame = await source.frame(frames, signal)
      if (!source.damage?.held.has(frames)) sums.push(checksum(await samplesOf(frame)))
    }
    notes.push(...(source.damage?.notes() ?? []))
    return { frames, held: source.damage?.held.size ?? 0, sums, notes, route, refusal: null }
  } catch (error) {
    return { frames, held: 0, sums, notes, route, refusal: sentence(error) }
  }
}
