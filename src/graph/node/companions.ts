/**
 * What a medium holds beside its picture and the sound that is passed on, and what of it a file can take along. Asked
 * before an export, to tell what will stay behind, and by whoever writes the file.
 */

export interface Companion {
  readonly kind: 'sound' | 'subtitles' | 'picture' | 'data' | 'chapters' | 'attachment' | 'cover' | 'title'
  /** For people, after “Its”: `sound track 2 (German, AAC)`. */
  readonly subject: string
  /** More than one thing: `2 chapters`, `subtitles`. */
  readonly plural: boolean
  /** Of a track: which of its kind, from 0. */
  readonly place: number
  /** Of a track, as its container calls it. */
  readonly codec: string
}

const plain = (codec: string): string => codec.toLowerCase().replace(/[^a-z0-9]/g, '')

/** How subtitles are kept: as text, as text with styles, or as pictures. */
export function subtitleForm(codec: string): 'text' | 'styled' | 'pictures' {
  const name = plain(codec)
  if (name === 'ass' || name === 'ssa') return 'styled'
  return /^(subrip|srt|webvtt|wvtt|movtext|timedtext|tx3g|text|textutf8)$/.test(name) ? 'text' : 'pictures'
}

interface Container {
  readonly title: string
  /** Sounds that it takes; everything where absent. */
  readonly sounds?: ReadonlySet<string>
  /** Subtitles that are pictures, and attached files. */
  readonly pictures: boolean
  readonly files: boolean
  /** Keeps the styles of subtitles. */
  readonly styles: boolean
}

const inMp4 = ['aac', 'ac3', 'eac3', 'mp3', 'opus', 'flac', 'alac']
const containers: Readonly<Record<string, Container>> = {
  mp4: { title: 'MP4', sounds: new Set(inMp4), pictures: false, files: false, styles: false },
  mov: { title: 'MOV', sounds: new Set(['aac', 'ac3', 'mp3', 'alac']), pictures: false, files: false, styles: false },
  webm: { title: 'WebM', sounds: new Set(['opus', 'vorbis']), pictures: false, files: false, styles: false },
  mkv: { title: 'MKV', pictures: true, files: true, styles: true },
}

/** Files of pictures alone, by extension, as people call them. */
const pictureFiles: Readonly<Record<string, string>> = { apng: 'APNG', gif: 'GIF', png: 'PNG', webp: 'WebP' }

/** @returns why a file of this extension does not take along the sound that is given to it, or nothing where it does. */
export const soundLeft = (extension: string): string | undefined => {
  const title = pictureFiles[extension]
  return title && `The sound stays behind: ${title} holds none.`
}

export const containerOf = (fileName: string): string => fileName.split('.').at(-1)?.toLowerCase() ?? ''

/** Why a file of this extension does not take it along, as a clause; `undefined` where it does. */
export function whyLeft({ kind, codec }: Companion, extension: string): string | undefined {
  const container = containers[extension]
  if (!container) return 'since pictures are all that is written'
  const { title } = container
  switch (kind) {
    case 'sound':
      return container.sounds && !container.sounds.has(plain(codec))
        ? `since ${title} does not take ${codec}`
        : undefined
    case 'subtitles':
      return subtitleForm(codec) === 'pictures' && !container.pictures
        ? `since ${title} takes no subtitles that are pictures`
        : undefined
    case 'attachment':
      return container.files ? undefined : `since ${title} holds no attachments`
    case 'picture':
      return 'since only one picture is passed on'
    case 'data':
      return 'since only picture, sound and subtitles are written'
    case 'cover':
      return 'since no cover pictures are written'
    case 'chapters':
    case 'title':
      return undefined
  }
}

/** @returns what stays behind in a file of this extension, one sentence each with its reason. */
export const leftBehind = (companions: readonly Companion[], extension: string): readonly string[] =>
  companions.flatMap((companion) => {
    const why = whyLeft(companion, extension)
    const { subject, plural, kind, codec } = companion
    if (why !== undefined) return [`Its ${subject} ${plural ? 'stay' : 'stays'} behind, ${why}.`]
    return kind === 'subtitles' && subtitleForm(codec) === 'styled' && !containers[extension]?.styles
      ? [`Its ${subject} go along as plain text, since ${containers[extension]?.title} keeps no styles.`]
      : []
  })
