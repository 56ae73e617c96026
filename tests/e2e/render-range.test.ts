/** A range rendered alone from the command line: what an independent reader finds in the files. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { probe } from './media-probe.ts'
import { bicubic, test } from './render-command.ts'

const small = ['--set', 'bicubic.factor=0.2']

test('a range carries the times and numbers that it has in the whole where asked to, and else begins anew; behind the end it is refused', async ({
  folder,
  render,
  left,
}) => {
  const rendered = async (name: string, ...args: string[]) => {
    const { code, stderr } = await render(bicubic, ...small, '--output', name, ...args)
    expect(code, stderr).toBe(0)
  }
  const starts = async (name: string, ...args: string[]) => {
    await rendered(name, '--range', '30-35', ...args)
    return (await probe(join(folder, name))).starts
  }
  // The clip has 24 frames a second.
  const times = (first: number) => Array.from({ length: 6 }, (_, n) => expect.closeTo((first + n) / 24, 2))
  for (const container of ['mp4', 'mkv', 'webm']) {
    const [kept, alone] = await Promise.all([
      starts(`kept.${container}`, '--keep-timestamps'),
      starts(`alone.${container}`),
    ])
    expect(kept, container).toEqual(times(30))
    expect(alone, container).toEqual(times(0))
  }

  await Promise.all([
    rendered('alone.png', '--range', '30-31'),
    rendered('kept.png', '--range', '30-31', '--keep-timestamps'),
  ])
  expect(left().filter((name) => name.endsWith('.png'))).toEqual([
    'alone-0001.png',
    'alone-0002.png',
    'kept-0031.png',
    'kept-0032.png',
  ])

  const { code, stderr } = await render(bicubic, ...small, '--output', 'none.mp4', '--range', '500-510')
  expect(code).not.toBe(0)
  expect(stderr).toContain('The chosen range holds no frame.')
  expect(left()).not.toContain('none.mp4')
})
