/** What a medium holds beside its picture and the sound that is passed on, as people call it. */
import type { Companion } from '../graph/node/companions.ts'
import type { ContainerContents, ContainerTrack } from './container/contents.ts'

/** The bibliographic codes of ISO 639-2 that differ from the terminological ones, which `Intl` knows. */
const terminological: Readonly<Record<string, string>> = {
  alb: 'sq',
  arm: 'hy',
  baq: 'eu',
  bur: 'my',
  chi: 'zh',
  cze: 'cs',
  dut: 'nl',
  fre: 'fr',
  geo: 'ka',
  ger: 'de',
  gre: 'el',
  ice: 'is',
  mac: 'mk',
  mao: 'mi',
  may: 'ms',
  per: 'fa',
  rum: 'ro',
  slo: 'sk',
  tib: 'bo',
  wel: 'cy',
}

/** “German” for `ger`, `deu` or `de`; the code itself where nobody knows it. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(terminological[code] ?? code) ?? code
  } catch {
    // Not the shape of a language tag: damaged, or made up.
    return code
  }
}

function described({ codec, language, name }: ContainerTrack): string {
  return [...(name ? [`“${name}”`] : []), ...(language ? [languageName(language)] : []), codec].join(', ')
}

/** @param usedTracks ids of the tracks that are passed on: the picture and one sound. */
export function companionsOf(contents: ContainerContents, usedTracks: ReadonlySet<number>): readonly Companion[] {
  const places = new Map<ContainerTrack['kind'], number>()
  const companions: Companion[] = []
  for (const track of contents.tracks) {
    const { kind, codec } = track
    const place = places.get(kind) ?? 0
    places.set(kind, place + 1)
    if (usedTracks.has(track.id)) continue
    const description = described(track)
    const subject = {
      sound: `sound track ${place + 1} (${description})`,
      subtitles: `subtitles (${description})`,
      picture: `further picture track (${description})`,
      data: `data track (${description})`,
    }[kind]
    companions.push({ kind, subject, plural: kind === 'subtitles', place, codec })
  }
  const plain = { plural: false, place: 0, codec: '' }
  const { chapters, attachments, title } = contents
  if (chapters > 0)
    companions.push({
      ...plain,
      kind: 'chapters',
      subject: chapters === 1 ? 'chapter' : `${chapters} chapters`,
      plural: chapters > 1,
    })
  for (const [place, file] of attachments.entries())
    companions.push(
      file === 'cover picture'
        ? { ...plain, kind: 'cover', subject: file }
        : { ...plain, kind: 'attachment', subject: `attachment “${file}”`, place },
    )
  if (title) companions.push({ ...plain, kind: 'title', subject: `title, “${title}”,` })
  return companions
}
