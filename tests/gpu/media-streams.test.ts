/** What is told of a medium's streams, on every route; the right values are those that ffprobe gives. */
import { describe, expect, test } from 'vitest'
import { libraryWith } from './media-support.ts'

const notesOf = async (name: string): Promise<readonly string[]> =>
  ((await libraryWith(name)).known({ id: name })?.notes ?? []).filter((note) => note.includes('behind'))

describe('what stays behind is told of', () => {
  test.each(['tracks.mkv', 'tracks.mp4'])('%s', async (name) => {
    const notes = await notesOf(name)
    expect(notes[0]).toBe('Its sound track 2 (German, AAC) stays behind, since one sound alone is passed on.')
    expect(notes[1]).toMatch(/^Its subtitles \(French, (SubRip|timed text)\) stay behind/)
    expect(notes[2]).toBe('Its 2 chapters stay behind, since no chapters are written.')
    expect(notes.at(-1)).toBe('Its title, “My film”, stays behind, since no title is written.')
  })

  test.each(['bt709-limited.mp4', 'sample.avi', 'sample.flv'])('nothing of %s, which holds no more', async (name) => {
    expect(await notesOf(name)).toEqual([])
  })
})
