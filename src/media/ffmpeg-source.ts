/**
 * What mediabunny and WebCodecs cannot open, by ffmpeg: where only the container is foreign, the packets move into
 * MKV as they are and the browser decodes; else ffmpeg decodes, a bounded piece at a time. See `ffmpeg/`.
 */
import { ALL_FORMATS, BlobSource, Input } from 'mediabunny'
import type { MediaFacts, SampleFacts } from '../graph/node/facts.ts'
import { ForeignAudio, type SoundByFfmpeg, TrackAudio, UnreadableSound, unreadableHint } from './audio-stream.ts'
import { colourFacts, colourNotes, hdrOf, sampleNotes } from './colour.ts'
import { type EmptyPackets, emptyPackets } from './container/avi-index.ts'
import { containerContents } from './container/container-contents.ts'
import { type ContainerPicture, silentPicture } from './container/contents.ts'
import { cropOf, displayNotes } from './crop.ts'
import { brokenSentence, DamageLog, fewerSentence, frontSentence, gapSentence, skipSentence } from './damage.ts'
import { FfmpegFailure, type MountedFile, mountFile } from './ffmpeg/ffmpeg.ts'
import { PieceDecoder } from './ffmpeg/piece-decoder.ts'
import { chromaName, rawFormat } from './ffmpeg/pixel-formats.ts'
import { privateFile, privateName, removePrivateFile } from './ffmpeg/private-files.ts'
import { openRecovery } from './ffmpeg/recovery.ts'
import { checkSound } from './ffmpeg/sound-check.ts'
import { type Probed, type ProbedVideo, readPackets, readProbe, startsAnew } from './ffmpeg/stream-facts.ts'
import { writeError } from './output-files.ts'
import { MediumCompanions } from './pack-companions.ts'
import { codecName, pace, spentBits, squareSize } from './probe.ts'
import { createTimeline } from './timeline.ts'
import { type FrameSource, MediaError } from './types.ts'
import { openVideo } from './video-source.ts'

/** What browsers may decode, if it comes in another container. */
const webVideo: ReadonlySet<string> = new Set(['h264', 'hevc', 'vp8', 'vp9', 'av1'])
/** Sound that mediabunny can take out of MKV packet by packet. */
const webAudio: ReadonlySet<string> = new Set(['aac', 'mp3', 'opus', 'vorbis', 'flac', 'ac3', 'eac3'])

const notAVideo = (name: string, cause?: unknown): MediaError =>
  new MediaError(
    `“${name}” is not a video that can be read: it is of an unknown kind, or damaged from the start.`,
    'Choose a video, a picture or a sequence of pictures, or copy the file again.',
    { cause },
  )

const endless = (name: string, cause: FfmpegFailure): MediaError =>
  new MediaError(
    `“${name}” could not be opened in time: ${cause.message}`,
    'Copy the file again, or convert it with another program.',
    { cause },
  )

/** What is known of a file already. */
interface Known {
  /** What hindered the browser, where that was the state of the file rather than its kind. */
  readonly damage?: unknown
  /** Its times begin anew on the way. `false`: they did, and go on now. */
  readonly restarts?: boolean
  /** What the container says of its picture, of which this is a copy in another. */
  readonly declaredPicture?: ContainerPicture
}

/** Opens what the browser cannot. Rejects with `MediaError` where ffmpeg cannot either. */
export async function openForeign(file: Blob, name: string, knownFacts: Known): Promise<FrameSource> {
  let mountedFile: MountedFile
  try {
    mountedFile = await mountFile(file)
  } catch (cause) {
    throw new MediaError(
      `“${name}” needs the additional decoder (ffmpeg), which could not be loaded.`,
      'Check the network and reload the page, or choose an MP4, WebM or MKV file.',
      { cause },
    )
  }
  let isKept = false
  try {
    const complaints = new Set<string>()
    const probeResult = await probe(mountedFile, (line) => complaints.add(line))
    const isDamaged = knownFacts.damage !== undefined || [...complaints].some((line) => brokenContainer.test(line))
    if (!probeResult.video) {
      if (probeResult.audio)
        throw new MediaError(
          `“${name}” holds sound but no picture.`,
          'Choose a video, a picture or a sequence of pictures.',
        )
      throw notAVideo(name)
    }
    const { container, video } = probeResult
    const picture = knownFacts.declaredPicture ?? (await declaredPicture(file, probeResult, video)) ?? silentPicture
    const continuedSource = knownFacts.restarts ? await openContinued(mountedFile, name, container, picture) : null
    if (continuedSource) return continuedSource
    let isUndecodable = !webVideo.has(video.codec)
    const empty = probeResult.isCounted ? await emptyPackets(file, video.stream) : null
    if (!isUndecodable) {
      const opening = { mountedFile, file, name, probeResult, video, picture, isDamaged, empty }
      const remuxedSource = await remux(opening)
      if (remuxedSource !== null && remuxedSource !== 'undecodable') return remuxedSource
      isUndecodable = remuxedSource === 'undecodable'
    }
    const packets = await readPacketList(mountedFile)
    const isAnew = knownFacts.restarts === undefined && startsAnew(packets)
    const decodedOn = isAnew ? await openContinued(mountedFile, name, container, picture) : null
    if (decodedOn) return decodedOn
    const opening = { mountedFile, file, name, probeResult, video, picture, isDamaged, empty }
    const source = await openDecoded({ ...opening, isUndecodable, packets })
    isKept = true
    return source
  } catch (cause) {
    if (cause instanceof FfmpegFailure) throw cause.isSilent ? endless(name, cause) : notAVideo(name, cause)
    throw cause
  } finally {
    if (!isKept) await mountedFile[Symbol.asyncDispose]()
  }
}

/** Of the picture's packets; see `readPackets`. */
function readPacketList(mountedFile: MountedFile): Promise<string> {
  const entries = 'packet=pts_time,dts_time,size,flags'
  return mountedFile.probe([
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    entries,
    '-of',
    'csv=p=0',
    mountedFile.path,
  ])
}

/** The frames of `source`, which reads the private file `copy`, with what is known of the file itself; the copy goes with it. */
const overCopy = (
  source: FrameSource,
  copy: string,
  ownParts: Pick<FrameSource, 'facts' | 'audio' | 'companions'>,
): FrameSource => ({
  ...ownParts,
  timeline: source.timeline,
  ...(source.damage ? { damage: source.damage } : {}),
  frame: (index, signal) => source.frame(index, signal),
  async [Symbol.asyncDispose]() {
    await source[Symbol.asyncDispose]()
    await removePrivateFile(copy)
  },
})

/**
 * Opens a copy in which the times go on where those of the file begin anew, as ffmpeg lets them where it is not told to
 * keep them. `null` where it makes no such copy.
 */
async function openContinued(
  mountedFile: MountedFile,
  name: string,
  container: string,
  picture: ContainerPicture,
): Promise<FrameSource | null> {
  const copy = (...streams: readonly string[]) => {
    const maps = ['0:v:0', '0:a?', ...streams].flatMap((stream) => ['-map', stream])
    return convert(mountedFile, name, ['-i', mountedFile.path, ...maps, '-c', 'copy', '-copyinkf', '-f', 'matroska'])
  }
  const complete = await copy('0:s?')
  const output = complete ?? (await copy())
  if (output === null) return null
  try {
    const source = await openForeign(await privateFile(output), name, { restarts: false, declaredPicture: picture })
    const notes = [
      'Its times start over partway, as where recordings were joined end to end: they were continued.',
      ...(complete === null ? ['Subtitles that it may hold stay behind, since they do not go into a copy of it.'] : []),
      ...source.facts.notes,
    ]
    const { audio, companions } = source
    return overCopy(source, output, { facts: { ...source.facts, container, notes }, audio, companions })
  } catch (error) {
    await removePrivateFile(output)
    throw error
  }
}

/** What ffmpeg's demuxers say of a file that is broken, not only unusual. */
const brokenContainer =
  /ended prematurely|invalid as first byte|exceeds (containing|max)|[Pp]acket corrupt|partial file|[Tt]runcat/

async function probe(mountedFile: MountedFile, heed: (line: string) => void): Promise<Probed> {
  const args = ['-v', 'error', '-show_streams', '-show_chapters', '-show_format', '-of', 'json', mountedFile.path]
  return readProbe(await mountedFile.probe(args, heed))
}

/** Runs ffmpeg into a private file; gives its name, or `null` where that failed (the file is gone then). */
async function convert(
  mountedFile: MountedFile,
  name: string,
  args: readonly string[],
  heed?: (line: string) => void,
): Promise<string | null> {
  const file = privateName('mkv')
  try {
    const code = await mountedFile.convert(args, file, { heed })
    if (code === 0) return file
    await removePrivateFile(file)
    return null
  } catch (error) {
    await removePrivateFile(file)
    const cause = error instanceof Error ? error.cause : undefined
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw writeError(name, cause)
    throw error
  }
}

/**
 * `'undecodable'` where the browser cannot decode the codec after all, `null` where there is no private store, or no such copy can be
 * made (AVI tells no times of H.264 with B-frames): ffmpeg decodes then.
 */
async function remux(opening: Opening): Promise<FrameSource | 'undecodable' | null> {
  const { mountedFile, file, name, probeResult, picture, isDamaged, empty } = opening
  if (!('storage' in navigator) || !('getDirectory' in navigator.storage)) return null
  const place = probeResult.audio?.place ?? 0
  const sound = probeResult.audio && webAudio.has(probeResult.audio.codec) ? ['-map', `0:a:${place}`] : []
  const output = await convert(mountedFile, name, [
    '-copyts',
    '-i',
    mountedFile.path,
    '-map',
    '0:v:0',
    ...sound,
    '-c',
    'copy',
    // Those in front of the first key frame go along, so that they are counted.
    '-copyinkf',
    '-f',
    'matroska',
  ])
  if (output === null) return null
  try {
    const source = await openVideo({
      file: await privateFile(output),
      name,
      route: 'ffmpeg-remux',
      // The private copy holds one sound at most; ffmpeg takes it from where it came.
      soundByFfmpeg: () => soundOf(file, name, place),
      recovery: openRecovery,
      declaredPicture: picture,
      missingParts: isDamaged ? [brokenSentence(name)] : [],
      ...(empty ? { skips: { atEnd: empty.atEnd, lastDuration: lastCounted(opening, empty) } } : {}),
    })
    if ('foreign' in source) {
      await removePrivateFile(output)
      return 'undecodable'
    }
    const foreign = sound.length === 0 ? foreignAudio(file, name, probeResult) : null
    const companions = new MediumCompanions(file, probeResult.contents, probeResult.usedStreams)
    const facts = {
      ...source.facts,
      container: probeResult.container,
      audio: foreign?.desc ?? source.facts.audio,
      companions: companions.facts,
    }
    return overCopy(source, output, { facts, audio: foreign ?? source.audio, companions })
  } catch (error) {
    await removePrivateFile(output)
    throw error
  }
}

/** Seconds for which the last frame of a file of counted frames is shown: empty packets behind it show it once more. */
const lastCounted = ({ video }: Opening, { atEnd }: EmptyPackets): number => (1 + atEnd) / (video.frameRate || 24)

interface Opening {
  readonly mountedFile: MountedFile
  readonly file: Blob
  readonly name: string
  readonly probeResult: Probed
  readonly video: ProbedVideo
  /** What the container says of it. */
  readonly picture: ContainerPicture
  readonly isDamaged: boolean
  /** Where its frames are counted; see `Probed.isCounted`. */
  readonly empty: EmptyPackets | null
}

interface Decoding extends Opening {
  /** The browser knows no such codec, or not in this form. */
  readonly isUndecodable: boolean
  /** What `readPacketList` gave. */
  readonly packets: string
}

async function openDecoded(decoding: Decoding): Promise<FrameSource> {
  const { mountedFile, file, name, probeResult, video, picture, isDamaged, empty, isUndecodable, packets } = decoding
  const first = packets.trim() === '' ? undefined : await PieceDecoder.firstTimestamp(mountedFile, video)
  if (first === undefined || video.codedWidth === 0 || video.codedHeight === 0)
    throw new MediaError(`“${name}” holds no frames.`, 'Choose a video with at least one frame.')
  if (first === null) throw notAVideo(name)
  const table = readPackets(packets, video.frameRate, first, video.isReordered)
  const all = table.timestamps
  const step = all.length > 1 ? (all.at(-1) ?? 0) - (all.at(-2) ?? 0) : 0
  const usualDuration = step > 0 ? step : 1 / (video.frameRate || 24)
  const lastDuration = empty ? lastCounted(decoding, empty) : usualDuration
  // In front of the first key frame nothing can be decoded.
  const headless = Math.max(
    0,
    all.findIndex((time) => time > first - usualDuration / 2),
  )
  const timestamps = all.subarray(headless)
  const count = timestamps.length
  const timeline = createTimeline(timestamps, lastDuration)
  const packetCount = packets.trim().split('\n').length
  // Empty packets are counted as well, of which ffprobe tells nothing: those between others by their times, else by the index.
  const places = Math.round(((all.at(-1) ?? 0) - (all[0] ?? 0)) * video.frameRate) + 1
  const isFewer =
    video.frameCount > Math.max(packetCount, places) && video.frameCount > packetCount + (empty?.count ?? 0)
  const missingParts = [
    ...(isDamaged ? [brokenSentence(name)] : []),
    ...(headless > 0 ? [frontSentence(name, headless)] : []),
    ...(empty ? [] : gapSentence(name, timestamps)),
    ...(isFewer ? [fewerSentence(name, video.frameCount, packetCount)] : []),
  ]
  const colour = colourFacts(video.colour, video.codedHeight, video.codec)
  const raw = rawFormat(video.pixelFormat)
  const samples: SampleFacts = {
    bits: raw.format.bits,
    chroma: chromaName(raw.format),
    chromaSite: video.chromaSite,
    alpha: raw.format.alpha,
    fieldOrder: video.fieldOrder,
    mirrored: video.mirrored,
  }
  const codedSize = { width: video.codedWidth, height: video.codedHeight }
  const crop = cropOf(picture.edges, codedSize)
  const { width, height } = squareSize(crop ?? codedSize, picture.pixelAspect ?? video.pixelAspect)
  const turned = video.rotation % 180 !== 0
  const audio = foreignAudio(file, name, probeResult)
  const companions = new MediumCompanions(file, probeResult.contents, probeResult.usedStreams)
  const facts: MediaFacts = {
    companions: companions.facts,
    kind: 'video',
    width: turned ? height : width,
    height: turned ? width : height,
    frameCount: count,
    ...pace(timeline),
    audio: audio?.desc ?? null,
    colour,
    samples,
    hdr: hdrOf(colour),
    container: probeResult.container,
    codec: codecName(video.codec),
    ...spentBits(table.bytes, video.codedWidth * video.codedHeight, all.length),
    route: 'ffmpeg-decode',
    notes: [
      ...missingParts,
      ...(empty ? skipSentence(name, timestamps, empty.atEnd) : []),
      isUndecodable && !isDamaged
        ? 'The browser cannot decode it; ffmpeg does, which is slower.'
        : 'It is decoded by ffmpeg, which is slower.',
      ...colourNotes(colour, samples),
      ...sampleNotes(samples),
      ...displayNotes(picture, codedSize),
      ...(video.alphaBeside ? ['It has transparency, which ffmpeg does not decode here: the picture is opaque.'] : []),
      ...(raw.lossy
        ? [`Its pixel format (${video.pixelFormat}) is brought to ${raw.pixelFormat} for decoding, which is not exact.`]
        : []),
    ],
  }
  return new PieceDecoder({
    mountedFile,
    video,
    crop,
    facts,
    timeline,
    decoderTimeline: createTimeline(table.decoderTimes.subarray(headless), lastDuration),
    keys: table.keys.flatMap((key) => (key >= headless ? [key - headless] : [])),
    startTime: probeResult.startTime,
    audio,
    companions,
    name,
    damage: new DamageLog(name, timeline, missingParts),
  })
}

/** What the container says of its picture, where it is one that is known here, and has as many of them as ffmpeg finds. */
async function declaredPicture(file: Blob, { contents }: Probed, video: ProbedVideo): Promise<ContainerPicture | null> {
  const found = contents.tracks.filter(({ kind }) => kind === 'picture')
  const own = await containerContents(file)
  const pictures = own && own !== 'unreadable' ? own.tracks.filter(({ kind }) => kind === 'picture') : []
  return pictures.length === found.length
    ? (pictures[found.findIndex(({ id }) => id === video.stream)]?.picture ?? null)
    : null
}

function foreignAudio(file: Blob, name: string, probeResult: Probed): ForeignAudio | null {
  if (!probeResult.audio) return null
  const { place, codec, sampleRate, channels } = probeResult.audio
  const isWebCodec = webAudio.has(codec)
  return new ForeignAudio(
    { type: 'audio', sampleRate, channels, codec },
    name,
    isWebCodec ? () => soundTrack(file, name, place, ['-c:a', 'copy']) : null,
    soundOf(file, name, place),
  )
}

/**
 * The sound of `file` at `place`, by ffmpeg. Decoded it is FLAC, for WebCodecs to encode as it is wanted (ffmpeg's own Opus
 * encoder breaks down in WASM). Timestamps stay. FLAC's packets are of one length, across what cannot be decoded: damaged sound
 * stays as samples, whose packets keep their places.
 */
export const soundOf = (file: Blob, name: string, place: number): SoundByFfmpeg => ({
  decoded: () => soundTrack(file, name, place, ['-c:a', 'flac', '-sample_fmt', 's16'], ['-c:a', 'pcm_s16le']),
  async check(start, end, damage) {
    try {
      await using mountedFile = await mountFile(file)
      await checkSound(mountedFile, place, start, end, damage)
    } catch (error) {
      if (!(error instanceof FfmpegFailure)) throw error
      damage.unchecked()
    }
  },
})

/** What ffmpeg says of sound that it cannot decode, or of whose packets some are missing. */
const damagedSound = /[Ee]rror (while|during|submitting)|[Ii]nvalid data|corrupt|non monotonically/

/** @param ifDamaged used instead where some of it cannot be decoded */
async function soundTrack(
  file: Blob,
  name: string,
  place: number,
  how: readonly string[],
  ifDamaged?: readonly string[],
): Promise<TrackAudio & AsyncDisposable> {
  const unreadable = (cause?: unknown): MediaError =>
    new UnreadableSound(`The sound of “${name}” cannot be read.`, unreadableHint, { cause })
  let soundFile: string | null
  try {
    await using mountedFile = await mountFile(file)
    const extract = (as: readonly string[], heed?: (line: string) => void): Promise<string | null> => {
      const args = ['-copyts', '-i', mountedFile.path, '-map', `0:a:${place}`, '-vn', ...as, '-f', 'matroska']
      return convert(mountedFile, name, args, heed)
    }
    let isDamaged = false
    soundFile = await extract(how, (line) => {
      isDamaged ||= damagedSound.test(line)
    })
    if (isDamaged && ifDamaged) {
      if (soundFile !== null) await removePrivateFile(soundFile)
      soundFile = await extract(ifDamaged)
    }
  } catch (cause) {
    if (cause instanceof MediaError) throw cause
    throw unreadable(cause)
  }
  if (soundFile === null) throw unreadable()
  const privateCopy = soundFile
  const input = new Input({ source: new BlobSource(await privateFile(privateCopy)), formats: ALL_FORMATS })
  const dispose = async (): Promise<void> => {
    input.dispose()
    await removePrivateFile(privateCopy)
  }
  try {
    const track = await input.getPrimaryAudioTrack()
    if (!track) throw unreadable()
    const audio = new TrackAudio(
      {
        type: 'audio',
        sampleRate: await track.getSampleRate(),
        channels: await track.getNumberOfChannels(),
        codec: (await track.getCodec()) ?? 'unknown',
      },
      track,
      name,
      soundOf(file, name, place),
    )
    return Object.assign(audio, { [Symbol.asyncDispose]: dispose })
  } catch (error) {
    await dispose()
    throw error
  }
}
