/** A range rendered alone from the command line: what an independent reader finds in the files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { probe } from './media-probe.ts'
import { bicubic, test } from './render-command.ts'

const small = ['--set', 'bicubic.factor=0.2']

describe.concurrent('a range of frames', () => {
  for (const container of ['mp4', 'mkv', 'webm'])
    test(`${container}: carries its times in the whole where asked to, and else begins at 0`, async ({
      folder,
      render,
    }) => {
      const starts = async (name: string, ...args: string[]) => {
        const { code, stderr } = await render(bicubic, ...small, '--output', `${name}.${container}`, ...args)
        expect(code, stderr).toBe(0)
        return (await probe(join(folder, `${name}.${container}`))).starts
      }
      const whole = await starts('whole', '--frames', '40')
      const kept = await starts('kept', '--range', '30-35', '--keep-timestamps')
      const alone = await starts('alone', '--range', '30-35')
      const inWhole = whole.slice(30, 36)
      expect(inWhole[0]).toBeCloseTo(30 / 24, 2)
      expect(kept).toEqual(inWhole.map((time) => expect.closeTo(time, 2)))
      expect(alone).toEqual(inWhole.map((time) => expect.closeTo(time - inWhole[0]!, 2)))
    })

  test('as pictures: numbered from 1, or as in the whole', async ({ render, left }) => {
    const pictures = async (name: string, ...args: string[]) => {
      const { code, stderr } = await render(bicubic, ...small, '--output', `${name}.png`, '--range', '30-31', ...args)
      expect(code, stderr).toBe(0)
    }
    await pictures('alone')
    await pictures('kept', '--keep-timestamps')
    expect(left().filter((name) => name.endsWith('.png'))).toEqual([
      'alone-0001.png',
      'alone-0002.png',
      'kept-0031.png',
      'kept-0032.png',
    ])
  })
})

test('behind the end is refused, and nothing is written', async ({ folder, render, left }) => {
  const { code, stderr } = await render(bicubic, ...small, '--output', 'none.mp4', '--range', '500-510')
  expect(code).not.toBe(0)
  expect(stderr).toContain('The chosen range holds no frame.')
  expect(left()).not.toContain('none.mp4')
  expect(() => readFileSync(join(folder, 'none.mp4'))).toThrow()
})
