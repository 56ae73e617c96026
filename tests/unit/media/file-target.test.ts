import { expect, test } from 'vitest'
import { FileTarget } from '../../../src/media/file-target.ts'

test('its size reaches to the furthest byte, and the first failure is the one that is remembered', async () => {
  const failures = [undefined, undefined, new Error('the disk is full'), new Error('and more')]
  const target = new FileTarget({
    async write() {
      const failure = failures.shift()
      if (failure) throw failure
    },
  })
  await target.write(10, new Uint8Array(5))
  await target.write(0, new Uint8Array(4))
  expect([target.bytes, target.failure]).toEqual([15, undefined])
  await expect(target.write(15, new Uint8Array(1))).rejects.toThrow('the disk is full')
  await expect(target.write(15, new Uint8Array(1))).rejects.toThrow('and more')
  expect(target.bytes).toBe(15)
  expect(target.failure).toMatchObject({ message: 'the disk is full' })
})
