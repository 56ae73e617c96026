/** Which frames must still be made, of what several outputs keep; and how pieces are cut. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { missingFrames, pieceOf, type Segment } from '../../../src/media/segments.ts'

const segment = (first: number, next: number): Segment => ({ first, next })
const range = segment(0, 100)

test('what is kept is not made again, wherever it lies', () => {
  const kept = [segment(48, 96), segment(0, 24)]
  expect(missingFrames([kept], range)).toEqual({
    runs: [segment(24, 48), segment(96, 100)],
    useless: [[]],
    keptCount: 72,
  })
  expect(missingFrames([[]], range).runs).toEqual([range])
  expect(missingFrames([[segment(0, 100)]], range)).toMatchObject({ runs: [], keptCount: 100 })
})

test('a frame that one output lacks is made for all, and their segments with it go', () => {
  const video = [segment(0, 48), segment(48, 96)]
  const pictures = Array.from({ length: 70 }, (_, index) => segment(index, index + 1))
  const { runs, useless, keptCount: kept } = missingFrames([video, pictures], range)
  expect(runs).toEqual([segment(48, 100)])
  expect(useless[0]).toEqual([segment(48, 96)])
  expect(useless[1]).toEqual(pictures.slice(48))
  expect(kept).toBe(48)
})

test('of segments that overlap one is enough, and those outside the range are left alone', () => {
  const kept = [segment(0, 10), segment(0, 24), segment(20, 30), segment(100, 148)]
  const { runs, useless } = missingFrames([kept], segment(0, 24))
  expect(runs).toEqual([])
  expect(useless).toEqual([[segment(0, 10), segment(20, 30)]])
  expect(missingFrames([[segment(0, 48)]], segment(48, 96))).toEqual({
    runs: [segment(48, 96)],
    useless: [[]],
    keptCount: 0,
  })
})

test('nothing is lost and nothing made twice, whatever is kept', () => {
  const kept = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })), { maxLength: 12 })
  fc.assert(
    fc.property(fc.array(kept, { minLength: 1, maxLength: 3 }), (outputs) => {
      const lists = outputs.map((list) => list.map(([first, length]) => segment(first, first + length)))
      const { runs, useless, keptCount: held } = missingFrames(lists, segment(0, 80))
      for (const [output, list] of lists.entries()) {
        const times = new Array<number>(80).fill(0)
        const count = ({ first, next }: Segment) => {
          for (let at = first; at < Math.min(next, 80); at++) times[at]! += 1
        }
        const gone = new Map<Segment, boolean>(useless[output]!.map((one) => [one, true]))
        for (const one of list) if (!gone.has(one)) count(one)
        runs.forEach(count)
        expect(times).toEqual(new Array<number>(80).fill(1))
      }
      expect(held + runs.reduce((sum, { first, next }) => sum + next - first, 0)).toBe(80)
    }),
    { seed: 5 },
  )
})

test('pieces cover what is asked for, and are cut where segments of the whole end', () => {
  fc.assert(
    fc.property(
      fc.nat(300),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 40 }),
      (begin, count, perSegment, of) => {
        const frames = { first: begin, next: begin + count }
        let at = begin
        for (let index = 0; index < of; index++) {
          const { first, next } = pieceOf(frames, perSegment, { index, of })
          expect(first).toBe(at)
          expect(next).toBeGreaterThanOrEqual(first)
          if (next > begin && next < frames.next) expect(next % perSegment).toBe(0)
          at = next
        }
        expect(at).toBe(frames.next)
      },
    ),
    { seed: 5 },
  )
})
