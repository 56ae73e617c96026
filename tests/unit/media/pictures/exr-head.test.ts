import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exrHead, hasAllBlocks } from '../../../../src/media/pictures/exr-head.ts'

const file = readFileSync(new URL('../../../fixtures/media/pictures/light.exr', import.meta.url))

test('the size and the channels that ffprobe tells', () => {
  expect(exrHead(file)).toMatchObject({ size: { width: 16, height: 8 }, alpha: true, grey: false })
})

test('cut off anywhere, it says what there is and comes to an end', () => {
  for (let length = 0; length < file.length; length++) {
    const { size } = exrHead(file.subarray(0, length))
    expect(size === null || (size.width === 16 && size.height === 8)).toBe(true)
    expect(hasAllBlocks(file.subarray(0, length))).toBe(false)
  }
  expect(exrHead(file.subarray(0, 8))).toEqual({ size: null, alpha: false, grey: false, end: null })
})

test('whole, all of its blocks are there', () => {
  expect(hasAllBlocks(file)).toBe(true)
})
