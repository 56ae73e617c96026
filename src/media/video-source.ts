/**
 * Videos that the browser itself can open: mediabunny reads the container, WebCodecs decodes. Frames are found by index
 * in a table of timestamps made from the packets' metadata, so that decoded frames equal packets.
 */
import {
  ALL_FORMATS,
  BlobSource,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  MPEG_TS,
  OGG,
  UnsupportedInputFormatError,
} from 'mediabunny'
import type { MediaFacts } from '../graph/node/facts.ts'
import { type SoundByFfmpeg, TrackAudio } from './audio-stream.ts'
import { clock } from './clock-text.ts'
import { containerContents } from './container/container-contents.ts'
import { type ContainerPicture, silentPicture } from './container/contents.ts'
import { isMatroskaWhole } from './container/matroska-chain.ts'
import { type Mp4Beginning, mp4Beginning } from './container/mp4-beginning.ts'
import { CountingSource } from './counting-source.ts'
import { cropOf, displayNotes } from './crop.ts'
import { brokenSentence, DamageLog, frontSentence, gapSentence, gapsIn, skipSentence } from './damage.ts'
import { supervisedBeginning, supervisedFrameTable } from './demux.ts'
import { describeVideo, h264Of } from './describe-video.ts'
import type { Recoverable } from './ffmpeg/recovery.ts'
import { beginningPackets, type FrameTable, frameTable, startsAnew, withoutFirst } from './frame-table.ts'
import { MediumCompanions } from './pack-companions.ts'
import { codecName, videoFacts } from './probe.ts'
import { isProtected } from './protection.ts'
import { createTimeline } from './timeline.ts'
import { holdsAlpha } from './transparency.ts'
import { type FrameSource, MediaError, type Timeline } from './types.ts'
import { firstDecodable, pictureSizeOf, type Recovery, WebCodecsSource } from './webcodecs-source.ts'

/** Why the browser's own codecs cannot open a file, so that ffmpeg is asked. */
export interface Foreign {
  readonly foreign: 'container' | 'codec'
  /** What is wrong with the file, where it is of a kind that the browser could open. */
  readonly damage?: unknown
  /** `openVideo` with `broken` opens it all the same, with fewer frames than ffmpeg would find. */
  readonly readable?: true
  /** Its times begin anew on the way, as where recordings were put one behind the other. */
  readonly restarts?: true
}

export interface OpenVideo {
  readonly file: Blob
  /** As people know the file. */
  readonly name: string
  readonly route: MediaFacts['route']
  /** @param place which of the sounds in the file, from 0 */
  readonly soundByFfmpeg: (place: number) => SoundByFfmpeg
  /** See `ffmpeg/recovery.ts`. */
  readonly recovery: (of: Recoverable) => Promise<Recovery | null>
  /** What is known of its picture that a copy in another container does not tell. Absent: what its own container says. */
  readonly declaredPicture?: ContainerPicture | null
  /** Sentences to add to the facts. */
  readonly notes?: readonly string[]
  /** Sentences on what is known to be missing. */
  readonly missingParts?: readonly string[]
  /**
   * Its frames are counted, those that it skips as well (see `Probed.isCounted`): how many it skips behind the last, which is shown
   * so long, seconds.
   */
  readonly skips?: { readonly atEnd: number; readonly lastDuration: number }
  /** Its container is known to be broken, and nobody else can read it. */
  readonly broken?: true
  /** Opens it once all its frames are counted. Where absent, they are counted before this opens it. */
  readonly openCounted?: () => Promise<FrameSource>
}

/** Opens `file`; gives `Foreign` where ffmpeg should try. Rejects with `MediaError` where nobody can. */
export async function openVideo(open: OpenVideo): Promise<FrameSource | Foreign> {
  const cut = open.openCounted ? await beginningOf(open.file) : null
  const file = cut?.file ?? open.file
  const table = await (open.openCounted ? supervisedBeginning : supervisedFrameTable)(file)
  if (table === 'endless') return { foreign: 'container', damage: new Error('The demuxer does not come to an end.') }
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  try {
    const outcome = await readSource(input, { ...open, file }, table)
    if ('foreign' in outcome) {
      input.dispose()
      return outcome
    }
    if (!open.openCounted) return outcome
    const behind = cut?.behind.get((await input.getPrimaryVideoTrack())?.id ?? -1)
    const count = behind === undefined ? table?.estimatedCount : outcome.timeline.count + behind
    return count === undefined ? outcome : new CountingSource(outcome, count, open.openCounted)
  } catch (error) {
    input.dispose()
    if (error instanceof MediaError) throw error
    if (error instanceof UnsupportedInputFormatError) return { foreign: 'container' }
    if (await isProtected(file)) throw encryptedError(open.name, error)
    return { foreign: 'container', damage: error }
  }
}

/** The same each time a file is opened. */
const beginnings = new WeakMap<Blob, Promise<Mp4Beginning | null>>()

/** What is wrong with its index the demuxer tells better. */
function beginningOf(file: Blob): Promise<Mp4Beginning | null> {
  const beginning = beginnings.get(file) ?? mp4Beginning(file, beginningPackets).catch(() => null)
  beginnings.set(file, beginning)
  return beginning
}

const encryptedError = (name: string, cause?: unknown): MediaError =>
  new MediaError(`“${name}” is encrypted.`, 'Choose a copy without copy protection.', { cause })

async function readSource(input: Input, open: OpenVideo, table: FrameTable | null): Promise<FrameSource | Foreign> {
  const { name } = open
  const format = await input.getFormat()
  const track = await input.getPrimaryVideoTrack()
  const audioTrack = await mainSound(input)
  if (!track) {
    // They may hold a picture whose codec mediabunny passes over (MPEG-2, Theora).
    if (!audioTrack || format === MPEG_TS || format === OGG) return { foreign: 'codec' }
    throw new MediaError(
      `“${name}” holds sound but no picture.`,
      'Choose a video, a picture or a sequence of pictures.',
    )
  }
  if (await isProtected(open.file)) throw encryptedError(name)
  const whole = table ?? (await frameTable(track, open.file))
  if (whole.timestamps.length === 0) {
    // ffmpeg finds frames in damaged files where mediabunny finds none.
    return { foreign: 'container', damage: new Error('No packets were found.') }
  }
  if (format === MPEG_TS && startsAnew(whole)) return { foreign: 'container', restarts: true }
  if (
    open.route === 'webcodecs' &&
    !open.broken &&
    !(await isMatroskaWhole(open.file, async () => whole.estimatedCount === undefined && isSuspicious(track, whole)))
  )
    return { foreign: 'container', damage: new Error('Its elements do not fill it.'), readable: true }
  const codec = await track.getCodec()
  if (codec === null || !(await track.canDecode())) return { foreign: 'codec' }
  // Chromium cuts as much off the right and lower edges instead.
  if ((await h264Of(track))?.cutsBeginning && !open.broken) return { foreign: 'codec' }
  const hasAlpha = await holdsAlpha(track)
  const first = await firstDecodable(track, hasAlpha, whole, name)
  if (!first) return { foreign: 'codec' }
  // What the browser cannot decode at the beginning ffmpeg may decode in part.
  if (first.index > (whole.keys[0] ?? 0) && !open.broken) {
    first.picture.close()
    return { foreign: 'codec', damage: new Error('Its first key frame cannot be decoded.'), readable: true }
  }
  try {
    return await decodable({ input, track, codec, hasAlpha, audioTrack, open, whole, first, container: format.name })
  } catch (error) {
    first.picture.close()
    throw error
  }
}

/** Frames are missing between others, or at the end. */
async function isSuspicious(track: InputVideoTrack, { timestamps, lastDuration }: FrameTable): Promise<boolean> {
  const declaredDuration = (await track.getDurationFromMetadata()) ?? 0
  return gapsIn(timestamps).length > 0 || declaredDuration > (timestamps.at(-1) ?? 0) + 2 * lastDuration
}

interface Decodable {
  readonly input: Input
  readonly track: InputVideoTrack
  readonly codec: string
  readonly hasAlpha: boolean
  readonly audioTrack: InputAudioTrack | null
  readonly open: OpenVideo
  readonly whole: FrameTable
  readonly first: { readonly index: number; readonly picture: VideoFrame }
  readonly container: string
}

async function decodable(decodable: Decodable): Promise<FrameSource> {
  const { input, track, codec, hasAlpha, audioTrack, open, whole, first, container } = decodable
  const { name } = open
  const table = withoutFirst(whole, first.index)
  const timeline = createTimeline(table.timestamps, open.skips?.lastDuration ?? table.lastDuration)
  const isMeant = table.hasDurations || open.skips !== undefined
  const missingParts = [
    ...(open.missingParts ?? []),
    ...(open.broken ? [brokenSentence(name)] : []),
    ...missingSentences(name, table, first.index, timeline),
    ...(isMeant ? [] : gapSentence(name, table.timestamps)),
  ]
  const audio = audioTrack
    ? new TrackAudio(
        {
          type: 'audio',
          sampleRate: await audioTrack.getSampleRate(),
          channels: await audioTrack.getNumberOfChannels(),
          codec: (await audioTrack.getCodec()) ?? String((await audioTrack.getInternalCodecId()) ?? 'unknown'),
        },
        audioTrack,
        name,
        open.soundByFfmpeg((await input.getAudioTracks()).findIndex(({ id }) => id === audioTrack.id)),
      )
    : null
  const contents = await containerContents(open.file)
  const declaredTrack = contents !== 'unreadable' && contents?.tracks.find(({ id }) => id === track.id)
  const ownPicture = declaredTrack ? declaredTrack.picture : null
  const description = await describeVideo(track, ownPicture, first.picture.format)
  const declared = open.declaredPicture ?? ownPicture ?? silentPicture
  const pictureSize = pictureSizeOf(first.picture)
  const crop = cropOf(declared.edges, pictureSize)
  // What ffmpeg has packed anew holds no more than it was told to.
  const isOwn = open.route === 'webcodecs'
  const companions = isOwn ? await companionsOf(input, open.file, contents, [track, audioTrack]) : undefined
  const facts = await videoFacts(track, {
    ...description,
    bytes: whole.bytes,
    visible: pictureSize,
    crop,
    pixelAspect: declared.pixelAspect,
    timeline,
    audio: audio?.desc ?? null,
    container,
    route: open.route,
    notes: [
      ...(open.notes ?? []),
      ...(contents === 'unreadable' && isOwn
        ? ['What it holds beside picture and sound could not be read, and stays behind.']
        : []),
      ...missingParts,
      ...(isMeant ? skipSentence(name, table.timestamps, open.skips?.atEnd) : []),
      ...description.notes,
      ...displayNotes(declared, pictureSize),
    ],
  })
  const all = companions && companions.facts.length > 0 ? { ...facts, companions: companions.facts } : facts
  return new WebCodecsSource({
    input,
    track,
    rotation: await track.getRotation(),
    facts: all,
    timeline,
    table,
    audio,
    companions,
    codec,
    hasAlpha,
    name,
    damage: new DamageLog(name, timeline, missingParts),
    // What ffmpeg makes of such frames is opaque: better the last good one, which is told.
    recover: async () =>
      hasAlpha ? null : open.recovery({ file: open.file, name, facts: all, timeline, keys: table.keys }),
    first: first.picture,
    pictureSize,
    crop,
  })
}

/** The sound that players choose: the first that is marked as the usual one, else the first. */
async function mainSound(input: Input): Promise<InputAudioTrack | null> {
  const tracks = await input.getAudioTracks()
  for (const track of tracks) if ((await track.getDisposition()).default) return track
  return tracks[0] ?? null
}

/** What else is in the file. Containers that are not known here are asked for their tracks of picture and sound alone. */
async function companionsOf(
  input: Input,
  file: Blob,
  contents: Awaited<ReturnType<typeof containerContents>>,
  passedTracks: readonly (InputTrack | null)[],
): Promise<MediumCompanions | undefined> {
  const usedTracks = new Set(passedTracks.flatMap((track) => (track ? [track.id] : [])))
  if (contents === 'unreadable') return undefined
  if (contents) return new MediumCompanions(file, contents, usedTracks)
  const tracks = await Promise.all(
    (await input.getTracks()).map(async (track) => {
      const language = await track.getLanguageCode()
      return {
        id: track.id,
        kind: track.isVideoTrack() ? ('picture' as const) : ('sound' as const),
        codec: codecName((await track.getCodec()) ?? 'unknown'),
        language: language === 'und' ? null : language,
        name: await track.getName(),
        picture: null,
      }
    }),
  )
  return new MediumCompanions(file, { tracks, chapters: 0, attachments: [], title: null }, usedTracks)
}

/** What is told of a file from which frames are missing at its beginning or its end. */
function missingSentences(name: string, table: FrameTable, undecodable: number, timeline: Timeline): string[] {
  const sentences: string[] = []
  const front = table.headless + undecodable
  if (front > 0) sentences.push(frontSentence(name, front))
  const { count } = timeline
  if (table.cutOff > 0) {
    const end = clock(timeline.timestamp(count - 1) + timeline.duration(count - 1) - timeline.timestamp(0))
    sentences.push(
      `“${name}” is cut off: of its ${count + front + table.cutOff} frames the last ${table.cutOff} are missing, and it ends at ${end}.`,
    )
  }
  return sentences
}
