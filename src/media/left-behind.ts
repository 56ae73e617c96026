/** What a medium holds beside its picture and the sound that is passed on: one sentence each, so that nothing is lost in silence. */
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

/**
 * @param used the tracks that are passed on: the picture and one sound.
 * @returns a sentence for each thing that stays behind, with its reason.
 */
export function leftBehind(contents: ContainerContents, used: ReadonlySet<number>): string[] {
  const sounds = contents.tracks.filter(({ kind }) => kind === 'sound')
  const notes: string[] = []
  for (const track of contents.tracks) {
    if (used.has(track.id)) continue
    if (track.kind === 'sound')
      notes.push(
        `Its sound track ${sounds.indexOf(track) + 1} (${described(track)}) stays behind, since one sound alone is passed on.`,
      )
    else if (track.kind === 'picture')
      notes.push(`Its further picture track (${described(track)}) stays behind, since one picture alone is passed on.`)
    else if (track.kind === 'subtitles')
      notes.push(`Its subtitles (${described(track)}) stay behind, since no subtitles are written.`)
    else notes.push(`Its data track (${described(track)}) stays behind, since only picture and sound are written.`)
  }
  if (contents.chapters > 0)
    notes.push(
      `Its ${contents.chapters === 1 ? 'chapter stays' : `${contents.chapters} chapters stay`} behind, since no chapters are written.`,
    )
  for (const file of contents.attachments)
    notes.push(
      `Its ${file === 'cover picture' ? file : `attachment “${file}”`} stays behind, since no attachments are written.`,
    )
  if (contents.title) notes.push(`Its title, “${contents.title}”, stays behind, since no title is written.`)
  return notes
}
