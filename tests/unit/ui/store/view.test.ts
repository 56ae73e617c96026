import { expect, test } from 'vitest'
import { timeOf } from '../../../../src/ui/store/view.ts'

test('a message goes by itself, one with a button later; an error stays', () => {
  const action = { label: 'Do it', run: () => undefined }
  const plain = timeOf({ tone: 'info', message: 'Done.' }) ?? 0
  const offering = timeOf({ tone: 'info', message: 'Done.', action }) ?? 0
  expect(plain).toBeGreaterThan(0)
  expect(offering).toBeGreaterThan(plain)
  expect(timeOf({ tone: 'error', message: 'It failed.', action })).toBeNull()
})
