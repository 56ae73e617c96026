import { expect, test } from 'vitest'
import { type Played, PlayedPicture } from '../../../../src/engine/preview/played-picture.ts'

function setUp() {
  const ended: string[] = []
  const played = new PlayedPicture<Played>()
  const begin = (key: string) => played.begin({ key, end: async () => void ended.push(key) })
  return { played, ended, begin }
}

test('goes on as long as the same picture is asked for', async () => {
  const { played, ended, begin } = setUp()
  await played.turnTo('a')
  expect(played.current).toBeUndefined()
  begin('a')
  await played.turnTo('a')
  expect([played.current?.key, ended]).toEqual(['a', []])
})

test.each(['b', undefined])('ends when %s is asked for', async (next) => {
  const { played, ended, begin } = setUp()
  begin('a')
  await played.turnTo(next)
  expect([played.current, ended]).toEqual([undefined, ['a']])
})

test('nothing is played while what was played ends, and it ends once', async () => {
  const { played, ended, begin } = setUp()
  begin('a')
  const ending = played.end()
  expect(played.current).toBeUndefined()
  await Promise.all([ending, played.end()])
  expect(ended).toEqual(['a'])
})
