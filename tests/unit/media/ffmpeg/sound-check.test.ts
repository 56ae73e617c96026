/** What ffmpeg's log of a sound says of its damage. */
import { expect, test } from 'vitest'
import { SoundLog } from '../../../../src/media/ffmpeg/sound-check.ts'
import { SoundDamage } from '../../../../src/media/sound-damage.ts'

/** As ffmpeg announces a piece of 1,536 samples at `time`, seconds. */
const piece = (time: number): string =>
  `[Parsed_ashowinfo_0 @ 0x1a2b] n:1 pts:${Math.round(time * 48000)} pts_time:${time} pos:4275 fmt:fltp channels:2 chlayout:stereo rate:48000 nb_samples:1536 checksum:6FAC3671`

function notesOf(...lines: readonly string[]): readonly string[] {
  const damage = new SoundDamage('Its sound', 0, false)
  const log = new SoundLog(damage)
  for (const line of lines) log.hear(line)
  log.end(4)
  return damage.notes(true)
}

test('titles and side data are no complaints', () => {
  const title = '      title           : Missing in error: invalid'
  const side = '[Parsed_ashowinfo_0 @ 0x1a2b]   side data - downmix: preferred downmix type - unknown Mix levels'
  expect(notesOf(title, piece(0), side, piece(0.032))).toEqual([])
})

test('what a decoder says is about the piece that comes next', () => {
  const complaints = ['[ac3 @ 0x1a2b] error decoding the audio block', '/in1/file: corrupt decoded frame in stream 1']
  expect(notesOf(piece(0), ...complaints, piece(0.032), piece(0.064))).toEqual([
    expect.stringMatching(/^Its sound is damaged: 0\.03 s of it .* at 0\.03 s to 0\.06 s\.$/),
  ])
})

test('what does not come is missing, at the end, too', () => {
  expect(notesOf(piece(0), piece(0.5))[0]).toMatch(/0\.47 s of it .* at 0\.03 s to 0\.5 s/)
  expect(notesOf(piece(0), 'Error while decoding stream #0:1: Invalid data')[0]).toMatch(/3\.97 s of it/)
})
