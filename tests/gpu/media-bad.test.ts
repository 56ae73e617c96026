import { describe, expect, test } from 'vitest'
import { readComment } from '../../src/media/comment.ts'
import type { MediaError } from '../../src/media/types.ts'
import expected from '../fixtures/media/expected.json'
import { fixture, libraryWith, mediaErrorOf, never, openLibrary } from './media-support.ts'

/** One sentence that names the file, one that says what to do. */
function expectClear(error: MediaError, name: string): void {
  expect(error.message).toContain(name)
  for (const sentence of [error.message, error.hint]) expect(sentence).toMatch(/^\S.*\.$/s)
  expect(error.message).not.toMatch(/undefined|NaN|Error:|assert/i)
}

const refused = async (file: File): Promise<MediaError> => {
  const media = openLibrary()
  const error = await mediaErrorOf(media.add(file.name, [file]))
  // Nothing is registered that cannot be opened.
  expectClear(await mediaErrorOf(media.open({ id: file.name })), file.name)
  return error
}

describe('files that hold no video are refused in one sentence', () => {
  test.each([
    ['not-a-video.mp4', /is not a video/],
    ['audio-only.m4a', /sound but no picture/],
    ['zero-frames.mp4', /no frames/],
    ['encrypted.mp4', /is encrypted/],
  ])('%s', async (name, what) => {
    const error = await refused(await fixture(name))
    expectClear(error, name)
    expect(error.message).toMatch(what)
  })

  test('an empty file', async () => {
    expectClear(await refused(new File([], 'empty.mp4')), 'empty.mp4')
  })

  test('noise, which only ffmpeg could know', async () => {
    const noise = new Uint8Array(4096).map((_, i) => (Math.imul(i + 1, 2654435761) >>> 24) | (i === 0 ? 0x80 : 0))
    const error = await refused(new File([noise], 'noise.mov'))
    expectClear(error, 'noise.mov')
    expect(error.message).toMatch(/is not a video that can be read/)
  })

  test('a picture that is not one', async () => {
    const error = await refused(new File(['no picture'], 'broken.png', { type: 'image/png' }))
    expectClear(error, 'broken.png')
  })

  test('a video among the pictures of a sequence', async () => {
    const media = openLibrary()
    const files = [await fixture('seq/frame_0001.png', 'image/png'), await fixture('vfr.mp4', 'video/mp4')]
    expectClear(await mediaErrorOf(media.add('mixed', files)), 'vfr.mp4')
  })
})

describe('files that are not here', () => {
  test('an unknown name', async () => {
    expectClear(await mediaErrorOf(openLibrary().open({ id: 'holiday.mp4' })), 'holiday.mp4')
  })
  test('a shipped clip that was not deployed', async () => {
    expectClear(await mediaErrorOf(openLibrary().open({ id: 'samples/nowhere/none.mp4' })), 'samples/nowhere/none.mp4')
  })
  test('another file of the same name', async () => {
    const media = await libraryWith('vfr.mp4')
    expectClear(await mediaErrorOf(media.open({ id: 'vfr.mp4', size: 12 })), 'vfr.mp4')
  })
})

describe('files that break off or are damaged inside', () => {
  test('truncated.mp4: what is there is shown, and it is said when opened', async () => {
    const name = 'truncated.mp4'
    const media = await libraryWith(name)
    const { framesPromised, framesWhole } = expected[name]
    await using source = await media.open({ id: name })
    expect(source.facts.frameCount).toBe(framesWhole)
    expect(source.facts.notes.join(' ')).toContain(
      `is cut off: of its ${framesPromised} frames the last ${framesPromised - framesWhole} are missing, and it ends at 1.042 s.`,
    )
    for (let index = 0; index < framesWhole; index++) {
      using frame = await source.frame(index, never)
      expect(frame.index).toBe(index)
    }
    expect(source.damage?.notes()).toEqual([])
    const error = await mediaErrorOf(media.open({ id: name }, { strict: true }))
    expectClear(error, name)
    expect(error.message).toMatch(/cut off/)
  })

  test('an index that is cut off', async () => {
    const whole = await fixture('vfr.mp4')
    expectClear(await refused(new File([whole.slice(0, 300)], 'head.mp4')), 'head.mp4')
  })

  test('rubbish in the middle of the stream: held and told', async () => {
    const whole = new Uint8Array(await (await fixture('truncated.mp4')).arrayBuffer())
    whole.fill(0x5a, 6000, 9000)
    const media = openLibrary()
    const name = 'rubbish.mp4'
    await media.add(name, [new File([whole], name)])
    await using source = await media.open({ id: name })
    for (let index = 0; index < source.timeline.count; index++) {
      using frame = await source.frame(index, never)
      expect(frame.timestamp).toBe(source.timeline.timestamp(index))
    }
    expect(source.damage?.standIns.size).toBeGreaterThan(0)
    expect(source.damage?.notes()[0]).toMatch(
      /^“rubbish\.mp4” is damaged: .* could not be decoded, and the last good one/,
    )
  })
})

describe('Matroska files whose end is zeroed: the demuxer looks for a next element, and finds none', () => {
  const zeroed = async (name: string, from: number): Promise<File> => {
    const bytes = new Uint8Array(await (await fixture(name)).arrayBuffer())
    return new File([bytes.fill(0, Math.floor(bytes.length * from))], name)
  }

  test('in the last tenth: it opens, and its first frame is there', async () => {
    const file = await zeroed('odd.webm', 0.9)
    const media = openLibrary()
    await media.add(file.name, [file])
    await using source = await media.open({ id: file.name })
    using frame = await source.frame(0, never)
    expect(frame.index).toBe(0)
  })

  test('right after the beginning: refused, and its comment too is looked for to an end', async () => {
    const file = await zeroed('odd.webm', 0.1)
    expectClear(await refused(file), file.name)
    expect(await readComment(file)).toBeNull()
  })
})
