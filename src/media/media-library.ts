/**
 * The media that graphs may name: files a person added, and the samples that ship with the product. Opening one
 * chooses the way: pictures by `createImageBitmap`, videos by WebCodecs, and what a browser cannot read by ffmpeg.
 */
import type { MediaFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { createAnimationSink } from './animation-sink.ts'
import type { SoundByFfmpeg } from './audio-stream.ts'
import { refusingDamage } from './damage.ts'
import { createSampleSink } from './encoders/sample-sink.ts'
import type { Recoverable } from './ffmpeg/recovery.ts'
import { isPicture, openPictures } from './image-source.ts'
import { createNumbersSink } from './numbers-sink.ts'
import { tellingOfCompanions, withCompanions } from './pack-companions.ts'
import { createPictureSink } from './png-sink.ts'
import { createSink } from './sink.ts'
import { type FrameSource, type Media, MediaError } from './types.ts'
import { openVideo } from './video-source.ts'

/** Counting begins so long after opening, milliseconds: the first picture comes first, which takes the same threads. */
const headStart = 500

export interface MediaLibrary extends Media {
  /**
   * Registers one video, one picture, or the pictures of a sequence under `id`, in place of what stood there, and
   * probes them. Rejects with `MediaError` (and registers nothing) where they cannot be read.
   */
  add(id: string, files: readonly File[]): Promise<MediaFacts>
  /** Facts of a registered or shipped medium; rejects with `MediaError` as `open` does. */
  facts(ref: AssetRef): Promise<MediaFacts>
  /** Facts found so far; `undefined` for what is not here or was not asked for yet. */
  factsOf(ref: AssetRef): MediaFacts | undefined
  /** The facts of a medium whose frames are still being counted (`MediaFacts.counting`) once they are; else `undefined`. Rejects as `facts` does. */
  counted(ref: AssetRef): Promise<MediaFacts> | undefined
}

/** @param options.baseUrl where the shipped files lie: `samples/…` is fetched from there. Ends in a slash. */
export function createMedia(options: { readonly baseUrl: string }): MediaLibrary {
  const entries = new Map<string, readonly File[]>()
  const factsById = new Map<string, MediaFacts>()
  const samples = new Map<string, Promise<File>>()
  /** Of media whose frames are being counted. */
  const counts = new Map<string, { readonly file: File | undefined; readonly facts: Promise<MediaFacts> }>()

  async function files(ref: AssetRef): Promise<readonly File[]> {
    const entry = entries.get(ref.id)
    if (entry) {
      const size = entry.reduce((sum, file) => sum + file.size, 0)
      if (ref.size !== undefined && ref.size !== size)
        throw new MediaError(
          `“${ref.id}” is not the file this graph was made with: it has ${size} bytes, not ${ref.size}.`,
          'Choose the original file, or choose this one again in the Decode node.',
        )
      return entry
    }
    if (!ref.id.startsWith('samples/'))
      throw new MediaError(
        `“${ref.id}” is not open here.`,
        'Choose the file again in the Decode node: a graph remembers names, not contents.',
      )
    const sample = samples.get(ref.id) ?? fetchSample(options.baseUrl, ref.id)
    samples.set(ref.id, sample)
    // A failed fetch is forgotten, so that asking again tries again.
    sample.catch(() => samples.delete(ref.id))
    return [await sample]
  }

  async function open(ref: AssetRef, options?: { readonly strict?: boolean }): Promise<FrameSource> {
    const list = await files(ref)
    const source = await openFiles(list, ref.id)
    // What was counted meanwhile tells more.
    if (!source.facts.counting || !factsById.has(ref.id)) note(ref.id, list, source.facts)
    return options?.strict ? refusingDamage(source) : source
  }

  function note(id: string, list: readonly File[], facts: MediaFacts): void {
    factsById.set(id, facts)
    const [file] = list
    if (!facts.counting) counts.delete(id)
    else if (!file || counts.get(id)?.file !== file) counts.set(id, { file, facts: count(id, list) })
  }

  async function count(id: string, list: readonly File[]): Promise<MediaFacts> {
    await new Promise((resolve) => setTimeout(resolve, headStart))
    try {
      const facts = await probe(list, id, true)
      if (counts.get(id)?.file === list[0]) note(id, list, facts)
      return facts
    } catch (error) {
      // Whoever asks again is told what is wrong.
      if (counts.get(id)?.file === list[0]) {
        counts.delete(id)
        factsById.delete(id)
      }
      throw error
    }
  }

  async function probe(list: readonly File[], name: string, counted = false): Promise<MediaFacts> {
    const source = await openFiles(list, name, counted)
    try {
      return source.facts
    } finally {
      await source[Symbol.asyncDispose]()
    }
  }

  return {
    open,
    async mastering(ref) {
      const [first] = await files(ref)
      if (!first) return null
      return (await import('./ffmpeg/mastering.ts')).readMastering(first)
    },
    createSink: async (request) => withCompanions(withoutHdr(request), createSink),
    createSampleSink: (request) => withCompanions(request, createSampleSink),
    createPictureSink: (request) =>
      tellingOfCompanions(createPictureSink(withoutHdr(request)), request.companions?.source),
    createAnimationSink: async (request) =>
      tellingOfCompanions(await createAnimationSink(withoutHdr(request)), request.companions?.source),
    createNumbersSink,
    async add(id, list) {
      const facts = await probe(list, id)
      entries.set(id, [...list])
      note(id, list, facts)
      return facts
    },
    async facts(ref) {
      const list = await files(ref)
      const cachedFacts = factsById.get(ref.id)
      if (cachedFacts) return cachedFacts
      const facts = await probe(list, ref.id)
      note(ref.id, list, facts)
      return facts
    },
    factsOf: (ref) => factsById.get(ref.id),
    counted: (ref) => counts.get(ref.id)?.facts,
  }
}

/** `request`, unless it asks for HDR where none can be held. */
function withoutHdr<R extends { readonly hdr?: unknown; readonly fileName: string }>(request: R): R {
  if (!request.hdr) return request
  throw new MediaError(
    `“${request.fileName}” cannot hold the HDR that Decode keeps: it would be 8 bits of BT.709.`,
    'Choose an encoder of ffmpeg with 10 bits, such as libx265 of an installed one, or let Decode bring HDR to SDR (Tone map).',
  )
}

async function fetchSample(baseUrl: string, id: string): Promise<File> {
  const url = new URL(id, baseUrl).href
  const hint = 'Check that the folder “samples” was deployed with the page, and that the network is there.'
  let response: Response
  try {
    response = await fetch(url)
  } catch (cause) {
    throw new MediaError(`The shipped clip “${id}” could not be fetched.`, hint, { cause })
  }
  if (!response.ok)
    throw new MediaError(`The shipped clip “${id}” could not be fetched: the server answered ${response.status}.`, hint)
  const blob = await response.blob()
  return new File([blob], id.split('/').pop() ?? id, { type: blob.type })
}

/** @param counted not before all frames are counted, however long the medium is */
async function openFiles(files: readonly File[], name: string, counted = false): Promise<FrameSource> {
  const [first] = files
  if (!first) throw new MediaError(`“${name}” holds no file.`, 'Choose a video, a picture or a sequence of pictures.')
  if (files.length > 1) {
    const stray = files.find((file) => !isPicture(file))
    if (stray)
      throw new MediaError(
        `“${stray.name}” is not a picture, and only pictures can form a sequence.`,
        'Choose one video alone, or pictures alone.',
      )
    return openPictures(files, name)
  }
  if (first.size === 0) throw new MediaError(`“${name}” is empty.`, 'Copy the file again, or choose another.')
  if (isPicture(first)) return openPictures(files, name)
  if (await isPlainText(first))
    throw new MediaError(
      `“${name}” is not a video: it holds text.`,
      'Choose a video, a picture or a sequence of pictures.',
    )
  // Loaded only when needed: most files never want ffmpeg.
  const viaFfmpeg = () => import('./ffmpeg-source.ts')
  const how = {
    file: first,
    name,
    route: 'webcodecs',
    soundByFfmpeg: (place: number) => ({
      decoded: async () => (await viaFfmpeg()).soundOf(first, name, place).decoded(),
      check: async (...how: Parameters<SoundByFfmpeg['check']>) =>
        (await viaFfmpeg()).soundOf(first, name, place).check(...how),
    }),
    recovery: async (of: Recoverable) => (await import('./ffmpeg/recovery.ts')).openRecovery(of),
  } as const
  const openedVideo = await openVideo(counted ? how : { ...how, openCounted: () => openFiles(files, name, true) })
  if (!('foreign' in openedVideo)) return openedVideo
  try {
    const { openForeign } = await import('./ffmpeg-source.ts')
    return await openForeign(first, name, openedVideo)
  } catch (error) {
    const fallback = openedVideo.readable ? await openVideo({ ...how, broken: true }) : openedVideo
    if ('foreign' in fallback) throw error
    return fallback
  }
}

/** Nothing but printable characters at the beginning: no reason to load 30 MB of decoders. */
async function isPlainText(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 512).arrayBuffer())
  return head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127))
}
