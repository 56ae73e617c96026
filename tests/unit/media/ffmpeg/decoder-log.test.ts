import { expect, test } from 'vitest'
import { DecoderLog } from '../../../../src/media/ffmpeg/decoder-log.ts'

const goesBy = (place: 'decoded' | 'chosen', time: number, size = '320x180') =>
  `[showinfo@${place} @ 0x1] n:   3 pts:    120 pts_time:${time}  duration: 1 fmt:yuv420p cl:left sar:1/1 s:${size} i:P`

function heard(...lines: readonly string[]) {
  const log = new DecoderLog([320, 180])
  for (const line of lines) log.hear(line)
  return [log.timestamps, [...log.patchedFrames], [...log.stretchedSizes]]
}

test('a frame counts where it was chosen', () => {
  const lines = [goesBy('decoded', 0), goesBy('decoded', 0.04), goesBy('chosen', 0.04), goesBy('decoded', 0.08)]
  expect(heard(...lines)).toEqual([[0.04], [], []])
})

test('damage belongs to the next decoded frame alone, and counts where that is chosen', () => {
  const damage = '[h264 @ 0x2] concealing 12 DC, 12 AC, 12 MV errors in P frame'
  const lines = [goesBy('decoded', 0), goesBy('chosen', 0), damage, goesBy('decoded', 0.04), goesBy('chosen', 0.04)]
  expect(heard(...lines, goesBy('decoded', 0.08), goesBy('chosen', 0.08))).toEqual([[0, 0.04, 0.08], [1], []])
  // Of a frame that nobody chose.
  expect(heard(damage, goesBy('decoded', 0), goesBy('decoded', 0.04), goesBy('chosen', 0.04))).toEqual([[0.04], [], []])
})

test('frames of another size are told with it', () => {
  const lines = [goesBy('chosen', 0), goesBy('chosen', 1, '640x360'), '[info] whatever else it says']
  expect(heard(...lines)).toEqual([[0, 1], [], [[1, [640, 360]]]])
})
