import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SparseReport } from '../../../src/cli/sparse-report.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('says nothing of what is soon over, then now and then, and nothing twice', () => {
  const said: string[] = []
  const report = new SparseReport((done, all) => said.push(`${done} of ${all}`))
  report.note(1, 9)
  vi.advanceTimersByTime(5000)
  report.note(2, 9)
  report.note(3, 9)
  vi.advanceTimersByTime(5000)
  report.note(2, 9)
  expect(said).toEqual(['2 of 9'])
  report.note(4, 9)
  expect(said).toEqual(['2 of 9', '4 of 9'])
})
