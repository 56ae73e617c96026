/** What a container holds beside picture and sound is found as ffprobe finds it, and told of. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { leftBehind } from '../../../src/graph/node/companions.ts'
import type { ContainerContents } from '../../../src/media/container/contents.ts'
import { matroskaContents } from '../../../src/media/container/matroska-contents.ts'
import { mp4Contents } from '../../../src/media/container/mp4-contents.ts'
import { companionsOf, languageName } from '../../../src/media/left-behind.ts'

const path = (name: string) => fileURLToPath(new URL(`../../fixtures/media/${name}`, import.meta.url))
const fixture = (name: string) => new Blob([readFileSync(path(name))])
const kinds: Readonly<Record<string, string>> = { video: 'picture', audio: 'sound', subtitle: 'subtitles' }

/** What ffprobe says, in our words. */
function probed(name: string) {
  const said = JSON.parse(
    execFileSync(
      'ffprobe',
      ['-v', 'error', '-show_streams', '-show_chapters', '-show_format', '-of', 'json', path(name)],
      { encoding: 'utf8' },
    ),
  ) as {
    streams: { codec_type: string; tags?: { language?: string; filename?: string } }[]
    chapters: unknown[]
    format: { tags?: { title?: string } }
  }
  const isTrack = ({ codec_type: type }: { codec_type: string }) => type in kinds
  return {
    kinds: said.streams.filter(isTrack).map(({ codec_type: type }) => kinds[type]),
    languages: said.streams.filter(isTrack).map(({ tags }) => tags?.language ?? null),
    chapters: said.chapters.length,
    attachments: said.streams.flatMap(({ codec_type: type, tags }) => (type === 'attachment' ? [tags?.filename] : [])),
    title: said.format.tags?.title ?? null,
  }
}

const summary = ({ tracks, chapters, attachments, title }: ContainerContents) => ({
  kinds: tracks.map(({ kind }) => kind),
  languages: tracks.map(({ language }) => language),
  chapters,
  attachments,
  title,
})

test('Matroska holds what ffprobe finds in it', async () => {
  const contents = await matroskaContents(fixture('tracks.mkv'))
  expect(contents && summary(contents)).toEqual(probed('tracks.mkv'))
})

test('MP4 holds what ffprobe finds in it', async () => {
  const contents = await mp4Contents(fixture('tracks.mp4'))
  const { languages, ...rest } = probed('tracks.mp4')
  expect(contents && summary(contents)).toEqual({
    ...rest,
    languages: languages.map((each) => (each === 'und' ? null : each)),
  })
})

describe('what a file cannot take along is told in a sentence of its own', async () => {
  const contents = await matroskaContents(fixture('tracks.mkv'))
  const companions = contents ? companionsOf(contents, new Set([1, 2])) : []
  test.each([
    ['mkv', []],
    ['mp4', ['Its attachment “Font.tmp.ttf” stays behind, since MP4 holds no attachments.']],
    [
      'webm',
      [
        'Its sound track 2 (German, AAC) stays behind, since WebM does not take AAC.',
        'Its attachment “Font.tmp.ttf” stays behind, since WebM holds no attachments.',
      ],
    ],
    [
      'png',
      [
        'Its sound track 2 (German, AAC) stays behind, since pictures are all that is written.',
        'Its subtitles (French, SubRip) stay behind, since pictures are all that is written.',
        'Its 2 chapters stay behind, since pictures are all that is written.',
        'Its attachment “Font.tmp.ttf” stays behind, since pictures are all that is written.',
        'Its title, “My film”, stays behind, since pictures are all that is written.',
      ],
    ],
  ])('.%s', (extension, sentences) => expect(leftBehind(companions, extension)).toEqual(sentences))
})

test('subtitles lose their styles, or stay behind where they are pictures', () => {
  const subtitles = (codec: string) => [
    { kind: 'subtitles' as const, subject: `subtitles (${codec})`, plural: true, place: 0, codec },
  ]
  expect(leftBehind(subtitles('ASS'), 'mkv')).toEqual([])
  expect(leftBehind(subtitles('ASS'), 'mp4')).toEqual([
    'Its subtitles (ASS) go along as plain text, since MP4 keeps no styles.',
  ])
  expect(leftBehind(subtitles('PGS'), 'mkv')).toEqual([])
  expect(leftBehind(subtitles('hdmv_pgs_subtitle'), 'webm')).toEqual([
    'Its subtitles (hdmv_pgs_subtitle) stay behind, since WebM takes no subtitles that are pictures.',
  ])
})

describe('a file', () => {
  test('of another kind is left to others', async () => {
    for (const name of ['sample.avi', 'not-a-video.mp4', 'one.png']) {
      expect(await matroskaContents(fixture(name))).toBeNull()
      expect(await mp4Contents(fixture(name))).toBeNull()
    }
  })

  test('that was damaged anywhere ends within bounds', async () => {
    for (const name of ['tracks.mkv', 'tracks.mp4']) {
      const whole = readFileSync(path(name))
      const read = name.endsWith('mkv') ? matroskaContents : mp4Contents
      for (let at = 0; at < Math.min(whole.length, 1200); at += 3) {
        const bytes = new Uint8Array(whole)
        bytes[at] = 255 - (bytes[at] ?? 0)
        const contents = await read(new Blob([bytes]))
        if (contents) expect(contents.tracks.length).toBeLessThan(10)
      }
    }
  })
})

test('languages are called by name whichever code is written', () => {
  expect(['ger', 'deu', 'de', 'pt-BR', 'qqx', '??'].map(languageName)).toEqual([
    'German',
    'German',
    'German',
    'Brazilian Portuguese',
    'qqx',
    '??',
  ])
})

test.each([
  ['webm', ['Its subtitles (ASS) go along as plain text, since WebM keeps no styles.']],
  ['mp4', ['Its subtitles (ASS) go along as plain text, since MP4 keeps no styles.']],
  ['mkv', []],
  ['png', ['Its subtitles (ASS) stay behind, since pictures are all that is written.']],
] as const)('styled subtitles into %s', (extension, notes) => {
  const subtitles = { kind: 'subtitles', subject: 'subtitles (ASS)', plural: true, place: 0, codec: 'ASS' } as const
  expect(leftBehind([subtitles], extension)).toEqual(notes)
})
