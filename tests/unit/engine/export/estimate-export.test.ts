/** When the beginning of an export is enough to tell the rest, and what it tells; the clock is played. */
import { expect, test } from 'vitest'
import { BeginningTrial } from '../../../../src/engine/export/estimate-export.ts'

let now = 0

test('the first frame, which compiles, counts for itself, and the encoder’s end for the frames', () => {
  now = 1000
  const trial = new BeginningTrial(() => now)
  trial.begins(100, 25)
  now = 5000
  expect(trial.enough(1)).toBe(false)
  now = 8000
  expect(trial.enough(4)).toBe(false)
  now = 9000
  expect(trial.wholeSeconds()).toBeCloseTo((4 / 3) * 100)
  expect([trial.frameRate, trial.framesMeasured, trial.wholeFrames]).toEqual([25, 4, 100])
})

test('where one frame is all there is, it counts', () => {
  now = 0
  const trial = new BeginningTrial(() => now)
  trial.begins(10, 25)
  now = 2000
  trial.enough(1)
  expect(trial.wholeSeconds()).toBe(20)
})

test('six seconds behind the first frame are enough, but never the first frame alone', () => {
  now = 0
  const trial = new BeginningTrial(() => now)
  now = 60_000
  expect(trial.enough(1)).toBe(false)
  now = 66_000
  expect(trial.enough(2)).toBe(false)
  now = 66_001
  expect(trial.enough(3)).toBe(true)
})
