import { expect, test } from 'vitest'
import { NamedTurns } from '../../../../src/engine/measure/named-turns.ts'

/** Work that ends when it is told to, or when its signal aborts; `began` says which began, in order. */
function setUp() {
  const began: string[] = []
  const turns = new NamedTurns()
  const begin = (name: string, label: string) => {
    let finish = (): void => undefined
    const isFinished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const outcome = turns.run(name, async (stopSignal) => {
      began.push(label)
      if (!stopSignal.aborted)
        await Promise.race([isFinished, new Promise((resolve) => stopSignal.addEventListener('abort', resolve))])
      return stopSignal.aborted ? `${label}: ${(stopSignal.reason as Error).message}` : label
    })
    return { outcome, finish }
  }
  return { turns, began, begin }
}

test('one runs at a time, in the order in which they were asked for', async () => {
  const { began, begin } = setUp()
  const [curve, findings] = [begin('curve', 'curve'), begin('findings', 'findings')]
  await Promise.resolve()
  await Promise.resolve()
  expect(began).toEqual(['curve'])
  findings.finish()
  curve.finish()
  expect([await curve.outcome, await findings.outcome, began]).toEqual(['curve', 'findings', ['curve', 'findings']])
})

test('of one name the newest counts, also where the one before it waits for its turn', async () => {
  const { begin } = setUp()
  const [other, first] = [begin('other', 'other'), begin('curve', 'first')]
  const second = begin('curve', 'second')
  other.finish()
  second.finish()
  expect(await first.outcome).toBe('first: another measurement was asked for')
  expect([await other.outcome, await second.outcome]).toEqual(['other', 'second'])
})

test('stops one by its name alone, and nothing of a name that is done', async () => {
  const { turns, begin } = setUp()
  const [curve, findings] = [begin('curve', 'curve'), begin('findings', 'findings')]
  turns.stop('curve')
  turns.stop('nothing')
  findings.finish()
  expect([await curve.outcome, await findings.outcome]).toEqual([
    'curve: another measurement was asked for',
    'findings',
  ])
})

test('goes on after one that failed, and at its end stops all', async () => {
  const { turns, begin } = setUp()
  await expect(turns.run('broken', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  const [curve, findings] = [begin('curve', 'curve'), begin('findings', 'findings')]
  await turns.end()
  expect([await curve.outcome, await findings.outcome]).toEqual([
    'curve: the engine ended',
    'findings: the engine ended',
  ])
})
