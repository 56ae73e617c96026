import { describe, expect, test } from 'vitest'
import { RenderedFrames, runsOf } from '../../../../src/engine/preview/rendered-frames.ts'
import { RequestOrder } from '../../../../src/engine/preview/request-order.ts'

describe('the order of requests', () => {
  function setUp() {
    const order = new RequestOrder()
    const log: string[] = []
    const ends = new Map<string, () => void>()
    const run = (name: string, background = false) =>
      order.run(background, async (superseded) => {
        log.push(`${name} ${superseded.aborted ? 'too late' : 'begins'}`)
        if (superseded.aborted) return name
        await new Promise<void>((resolve) => {
          ends.set(name, resolve)
          superseded.addEventListener('abort', () => {
            log.push(`${name}: ${(superseded.reason as DOMException).message}`)
            resolve()
          })
        })
        return name
      })
    /** Lets everything that can go on do so. */
    const settle = () => new Promise((resolve) => setTimeout(resolve))
    return { order, log, run, ends, settle }
  }

  test('the newest stops those before it; those that had not begun find out when they do', async () => {
    const { log, run, ends, settle } = setUp()
    const first = run('a')
    await settle()
    const others = [run('b'), run('c')]
    await settle()
    expect(log).toEqual(['a begins', 'a: a newer preview was asked for', 'b too late', 'c begins'])
    ends.get('c')?.()
    expect(await Promise.all([first, ...others])).toEqual(['a', 'b', 'c'])
  })

  test('the background gives way to what shows, and stops when it comes', async () => {
    const { log, run, ends, settle } = setUp()
    const behind = run('thumbnail', true)
    await settle()
    const shown = run('view')
    expect(run('another thumbnail', true)).toBeUndefined()
    await settle()
    expect(log).toEqual(['thumbnail begins', 'thumbnail: something else came first', 'view begins'])
    ends.get('view')?.()
    await Promise.all([behind, shown])
    await settle()
    const after = run('late thumbnail', true)
    await settle()
    ends.get('late thumbnail')?.()
    expect(await after).toBe('late thumbnail')
  })

  test('background requests wait for each other', async () => {
    const { log, run, ends, settle } = setUp()
    const both = [run('a', true), run('b', true)]
    await settle()
    expect(log).toEqual(['a begins'])
    ends.get('a')?.()
    await settle()
    expect(log).toEqual(['a begins', 'b begins'])
    ends.get('b')?.()
    await Promise.all(both)
  })

  test('one that fails keeps nobody waiting, and no background away', async () => {
    const { order, run, ends, settle } = setUp()
    await expect(order.run(false, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await settle()
    const next = run('next', true)
    await settle()
    ends.get('next')?.()
    expect(await next).toBe('next')
  })

  test('the end stops what runs and waits for it', async () => {
    const { order, log, run, settle } = setUp()
    const shown = run('view')
    await settle()
    await order.end()
    expect(log).toEqual(['view begins', 'view: the preview ended'])
    expect(await shown).toBe('view')
  })
})

describe('frames that are kept', () => {
  test('numbers in a row are a run', () => {
    expect(runsOf([])).toEqual([])
    expect(runsOf([1, 2, 3, 7, 9, 10])).toEqual([
      [1, 3],
      [7, 7],
      [9, 10],
    ])
  })

  test('are those of this graph whose every target is kept under one of its names', () => {
    const gone = new Set<string>()
    const frames = new RenderedFrames((name) => !gone.has(name))
    const targets = (frame: number) => [[`a${frame} part`, `a${frame}`], [`b${frame}`]]
    for (const frame of [5, 3, 4]) frames.note('graph', frame, targets(frame))
    expect(frames.note('another', 9, [])).toEqual([[9, 9]])
    gone.add('a3 part')
    expect(frames.note('graph', 6, targets(6))).toEqual([[3, 6]])
    gone.add('b4')
    expect(frames.note('graph', 6, targets(6))).toEqual([
      [3, 3],
      [5, 6],
    ])
  })

  test('are forgotten of the graph that was longest not looked at', () => {
    const frames = new RenderedFrames(() => true)
    for (let graph = 0; graph < 32; graph++) frames.note(`${graph}`, 1, [])
    frames.note('0', 2, [])
    frames.note('one more', 1, [])
    expect(frames.note('0', 3, [])).toEqual([[1, 3]])
    expect(frames.note('1', 3, [])).toEqual([[3, 3]])
  })
})
