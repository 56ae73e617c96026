import { beforeEach, describe, expect, test } from 'vitest'
import { RequestPacer } from '../../../../src/ui/store/request-pacer.ts'

/** Requests that were sent, oldest first; each is answered by hand. */
let answers: (() => void)[]
let taken: number[]
let busy: boolean[]
let wanted: boolean
let pacer: RequestPacer

beforeEach(() => {
  answers = []
  taken = []
  busy = []
  wanted = true
  pacer = new RequestPacer({
    next() {
      if (!wanted) return null
      return () =>
        new Promise((resolve) => {
          const own = answers.length
          answers.push(() => resolve(() => void taken.push(own)))
        })
    },
    setBusy: (is) => void busy.push(is),
  })
})

const answer = async (request: number) => {
  answers[request]?.()
  await new Promise((resolve) => setTimeout(resolve))
}

describe('a pacer of requests', () => {
  test('sends at once, is busy until the answer, and takes it', async () => {
    pacer.ask(false)
    expect([answers.length, busy]).toEqual([1, [true]])
    await answer(0)
    expect([taken, busy]).toEqual([[0], [true, false]])
  })

  test('of the many changes of a drag the last waits for the one that runs', async () => {
    pacer.ask(true)
    pacer.ask(true)
    pacer.ask(true)
    expect(answers).toHaveLength(1)
    await answer(0)
    expect(answers).toHaveLength(2)
    await answer(1)
    expect([answers.length, taken]).toEqual([2, [0, 1]])
  })

  test('a final change overtakes the one that runs, whose answer is for nobody', async () => {
    pacer.ask(true)
    pacer.ask(false)
    expect(answers).toHaveLength(2)
    await answer(0)
    expect([taken, busy.at(-1)]).toEqual([[], true])
    await answer(1)
    expect([taken, busy.at(-1)]).toEqual([[1], false])
  })

  test('never are there three', async () => {
    for (let n = 0; n < 5; n += 1) pacer.ask(false)
    expect(answers).toHaveLength(2)
    await answer(0)
    expect(answers).toHaveLength(3)
    await answer(1)
    await answer(2)
    expect([answers.length, taken]).toEqual([3, [2]])
  })

  test('what was overtaken is answered for nobody', async () => {
    pacer.ask(false)
    pacer.overtake()
    await answer(0)
    expect([taken, busy.at(-1)]).toEqual([[], false])
  })

  test('is idle once nothing runs and nothing waits', async () => {
    let idle = false
    pacer.ask(true)
    pacer.ask(true)
    void pacer.idle().then(() => {
      idle = true
    })
    await answer(0)
    expect(idle).toBe(false)
    await answer(1)
    expect(idle).toBe(true)
  })

  test('sends nothing where nothing is to be seen', () => {
    wanted = false
    pacer.ask(false)
    expect([answers.length, busy]).toEqual([0, []])
  })
})
