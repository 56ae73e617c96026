/**
 * Takes along what a medium holds beside its picture and sound: further sounds, languages, subtitles, chapters, files,
 * title. The finished file is packed once more by ffmpeg, which knows them all, packet by packet and without encoding
 * anything but the text of subtitles. On the way both lie in the browser's private store, so that memory stays flat.
 */
import { messageOf } from '../graph/document/coded-error.ts'
import { type Companion, containerOf, leftBehind, whyLeft } from '../graph/node/companions.ts'
import { soundLead } from './audio-feed.ts'
import type { ContainerContents } from './container/contents.ts'
import { FfmpegFailure, type MountedFile, mountFile } from './ffmpeg/ffmpeg.ts'
import { folderName, privateFile, privateName, removePrivateFile } from './ffmpeg/private-files.ts'
import { checkSound } from './ffmpeg/sound-check.ts'
import { companionsOf } from './left-behind.ts'
import { folderOutput } from './output-files.ts'
import { SoundDamage } from './sound-damage.ts'
import type { CompanionRange, CompanionSource, FileRequest, FrameSink, OutputFile, OutputFiles } from './types.ts'

interface SoundLabel {
  readonly language: string | null
  readonly name: string | null
}

/** What the media layer knows of a medium's companions; opaque outside. */
export class MediumCompanions implements CompanionSource {
  readonly facts: readonly Companion[]
  readonly file: Blob
  readonly title: string | null
  /** Of the sound that is passed on. */
  readonly sound: SoundLabel | null

  /** @param usedTracks ids of the picture and the sound that are passed on. */
  constructor(file: Blob, contents: ContainerContents, usedTracks: ReadonlySet<number>) {
    this.file = file
    this.facts = companionsOf(contents, usedTracks)
    this.title = contents.title
    const sound = contents.tracks.find(({ kind, id }) => kind === 'sound' && usedTracks.has(id))
    this.sound = sound ? { language: sound.language, name: sound.name } : null
  }
}

/** Bytes copied at once. */
const chunkBytes = 4 * 1024 * 1024

const muxers: Readonly<Record<string, string>> = { mp4: 'mp4', mov: 'mov', webm: 'webm', mkv: 'matroska' }

/** Seconds that the packed file may be longer than the range: the sound ends a part of a packet later. */
const slack = 0.5

interface Packing {
  readonly companions: MediumCompanions
  readonly takenAlong: readonly Companion[]
  readonly range: CompanionRange
  readonly extension: string
  readonly hasSound: boolean
  /** Seconds by which the sound begins before the picture. */
  readonly lead: number
  /** Seconds of the medium from which times are told to people. */
  readonly origin: number
}

/** What to tell ffmpeg, with the finished file as its first input and the medium as its second. */
export function packingArguments(from: string, medium: string, packing: Packing): readonly string[] {
  const { companions, takenAlong, range, extension, hasSound, lead } = packing
  const start = Math.max(0, range.start - lead)
  const places = (kind: Companion['kind']) => takenAlong.filter((each) => each.kind === kind)
  const subtitles = places('subtitles')
  const codecOf = ({ codec }: Companion): string => {
    if (extension === 'mp4' || extension === 'mov') return 'mov_text'
    if (extension === 'webm') return 'webvtt'
    return /tx3g|mov_?text|timed/i.test(codec) ? 'srt' : 'copy'
  }
  const label = hasSound ? companions.sound : null
  // Three letters are what all containers have.
  const language = label?.language && /^[a-z]{3}$/.test(label.language) ? label.language : null
  return [
    ...['-i', from, '-seek_timestamp', '1', '-ss', start.toFixed(6), '-i', medium],
    ...['-map', '0:v', '-map', '0:a?'],
    ...places('sound').flatMap(({ place }) => ['-map', `1:a:${place}`]),
    ...subtitles.flatMap(({ place }) => ['-map', `1:s:${place}`]),
    ...(places('attachment').length > 0 ? ['-map', '1:t'] : []),
    // What lies before the range would push all the rest back.
    ...['-c', 'copy', '-copypriorss', '0', ...subtitles.flatMap((each, i) => [`-c:s:${i}`, codecOf(each)])],
    ...['-map_chapters', places('chapters').length > 0 ? '1' : '-1'],
    ...(companions.title ? ['-metadata', `title=${companions.title}`] : []),
    ...(language ? ['-metadata:s:a:0', `language=${language}`] : []),
    ...(label?.name ? ['-metadata:s:a:0', `title=${label.name}`] : []),
    ...(range.at ? ['-output_ts_offset', range.at.toFixed(6)] : []),
    ...['-t', (range.end - start + slack).toFixed(6)],
    // The same file whenever it is made.
    ...['-fflags', '+bitexact', '-flags', '+bitexact', '-strict', '-2'],
    ...['-f', muxers[extension] ?? extension],
  ]
}

/** Files that grow in the private store and are packed with their companions on the way to `output`. */
class PackingOutput implements OutputFiles {
  readonly notes: string[] = []
  /** Of the packed file; `null` before. */
  bytes: number | null = null
  readonly #output: OutputFiles
  readonly #packing: Packing

  constructor(output: OutputFiles, packing: Packing) {
    this.#output = output
    this.#packing = packing
  }

  async open(fileName: string): Promise<OutputFile> {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(folderName, { create: true })
    const name = privateName(this.#packing.extension)
    const folderFile = await folderOutput(folder).open(name)
    let final: OutputFile | null = null
    return {
      write: (position, bytes) => folderFile.write(position, bytes),
      close: async () => {
        await folderFile.commit()
        try {
          final = await this.#output.open(fileName)
          await this.#pack(name, final)
          await final.close()
        } finally {
          await removePrivateFile(name)
        }
      },
      commit: async () => final?.commit(),
      discard: async () => (final ? final.discard() : folderFile.discard()),
    }
  }

  async #pack(name: string, final: OutputFile): Promise<void> {
    const plain = await privateFile(name)
    const packedName = privateName(this.#packing.extension)
    const failure = await this.#convert(plain, packedName)
    if (failure === null) {
      try {
        await this.#copy(await privateFile(packedName), final)
      } finally {
        await removePrivateFile(packedName)
      }
      return
    }
    const what = this.#packing.takenAlong.map(({ subject }) => subject).join(', ')
    this.notes.push(`What else was to go along stays behind, since it could not be packed (${failure}): ${what}.`)
    await this.#copy(plain, final)
  }

  /** Why it failed; `null` where it did not. */
  async #convert(plain: Blob, packedName: string): Promise<string | null> {
    const { companions } = this.#packing
    const mountedFiles: MountedFile[] = []
    try {
      const from = await mountFile(plain)
      mountedFiles.push(from)
      const medium = await mountFile(companions.file)
      mountedFiles.push(medium)
      const code = await from.convert(packingArguments(from.path, medium.path, this.#packing), packedName)
      if (code === 0) await this.#checkSounds(medium)
      return code === 0 ? null : `ffmpeg ended with ${code}`
    } catch (error) {
      return messageOf(error).replace(/\.$/, '')
    } finally {
      for (const each of mountedFiles) await each[Symbol.asyncDispose]()
    }
  }

  /** Tells what is damaged of the sounds that go along as they are. */
  async #checkSounds(medium: MountedFile): Promise<void> {
    const { takenAlong, range, lead, origin } = this.#packing
    for (const { kind, place, subject } of takenAlong) {
      if (kind !== 'sound') continue
      const damage = new SoundDamage(`Its ${subject}`, origin, false)
      try {
        await checkSound(medium, place, Math.max(0, range.start - lead), range.end, damage)
      } catch (error) {
        if (!(error instanceof FfmpegFailure)) throw error
        damage.unchecked()
      }
      this.notes.push(...damage.notes(true))
    }
  }

  async #copy(from: Blob, to: OutputFile): Promise<void> {
    for (let at = 0; at < from.size; at += chunkBytes) {
      await to.write(at, new Uint8Array(await from.slice(at, at + chunkBytes).arrayBuffer()))
    }
    this.bytes = from.size
  }
}

/**
 * Opens a sink by `open`, so that what it writes takes the companions along that `request` names. Its report tells of
 * each that stays behind.
 */
export async function withCompanions<R extends FileRequest, S extends Pick<FrameSink, 'finish'>>(
  request: R,
  open: (request: R) => Promise<S>,
): Promise<S> {
  const { companions: range } = request
  const companions = range?.source
  if (!range || !(companions instanceof MediumCompanions)) return open(request)
  const extension = containerOf(request.fileName)
  // Who wants no sound wants no further sounds.
  const candidates = companions.facts.filter(({ kind }) => kind !== 'sound' || request.audio)
  const takenAlong = candidates.filter((each) => whyLeft(each, extension) === undefined)
  const hasSound = request.audio !== null
  const soundLabel = hasSound && (companions.sound?.language || companions.sound?.name)
  const leftOut = leftBehind(candidates, extension)
  if (takenAlong.length === 0 && !soundLabel)
    return withNotes(await open(request), () => ({ notes: leftOut, bytes: null }))
  const lead = request.audio ? await soundLead(request.audio) : 0
  const packing = new PackingOutput(request.output, {
    companions,
    takenAlong: takenAlong,
    range,
    extension,
    hasSound,
    lead,
    origin: request.audio?.origin ?? 0,
  })
  const sink = await open({ ...request, output: packing })
  return withNotes(sink, () => ({ notes: [...leftOut, ...packing.notes], bytes: packing.bytes }))
}

/** For pictures, which take nothing along. */
export const tellingOfCompanions = <S extends Pick<FrameSink, 'finish'>>(
  sink: S,
  source: CompanionSource | undefined,
): S =>
  source instanceof MediumCompanions
    ? withNotes(sink, () => ({ notes: leftBehind(source.facts, 'png'), bytes: null }))
    : sink

function withNotes<S extends Pick<FrameSink, 'finish'>>(
  sink: S,
  more: () => { readonly notes: readonly string[]; readonly bytes: number | null },
): S {
  const finish = sink.finish.bind(sink)
  return Object.assign(sink, {
    async finish() {
      const report = await finish()
      const { notes, bytes } = more()
      return { ...report, notes: [...report.notes, ...notes], ...(bytes === null ? {} : { bytes }) }
    },
  })
}
