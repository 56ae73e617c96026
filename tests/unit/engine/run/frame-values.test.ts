import { describe, expect, test } from 'vitest'
import { demandOf } from '../../../../src/engine/run/demand.ts'
import { FrameValues } from '../../../../src/engine/run/frame-values.ts'
import type { PreparedGraph } from '../../../../src/engine/run/prepared-graph.ts'
import { ResultCache } from '../../../../src/engine/run/result-cache.ts'
import type { Lease, Recorder, TextureDesc } from '../../../../src/gpu/types.ts'
import { ownFrame } from '../../../../src/graph/node/needs.ts'
import { oneForOne } from '../../../../src/graph/node/rate.ts'
import type { ValueId } from '../../../../src/graph/plan/execution-plan.ts'
import type { Region } from '../../../../src/graph/plan/region.ts'
import { withTimes } from '../../../../src/graph/plan/windows.ts'

const value = (id: number) => id as ValueId
/** A plan of these steps, each with what it reads and writes. */
function planOf(rows: readonly (readonly [kind: string, reads: readonly number[], writes: readonly number[]])[]) {
  const untimed = rows.map(([kind, reads, writes]) => ({
    kind,
    rate: oneForOne,
    moves: kind === 'source',
    reads: reads.map((from) => ({ value: value(from), frames: ownFrame })),
    writes: writes.map(value),
  }))
  const values = untimed
    .flatMap(({ writes }) => writes)
    .map((id) => ({ id, rate: oneForOne, desc: { width: 1, height: 1 } }))
  values.sort((a, b) => a.id - b.id)
  return {
    ...withTimes(untimed as unknown as Parameters<typeof withTimes>[0], values as never, [], oneForOne),
    rate: oneForOne,
  }
}

describe('demand', () => {
  // source → 0 → model → 1 → grain → 2 → sink, and beside it source → 0 → mask → 3
  const plan = planOf([
    ['source', [], [0]],
    ['async', [0], [1]],
    ['pass', [0], [3]],
    ['pixel', [1], [2]],
    ['sink', [2], []],
  ])
  const ask = (targets: readonly number[], isHere: (id: ValueId) => boolean, sinks = false) => {
    const { tasks, stepsNeeded } = demandOf(plan, {
      index: 5,
      targets: targets.map(value),
      sinks,
      range: { first: 0, last: 9 },
      isHere,
      nameOf: (id, frame) => `${id}@${frame}`,
    })
    expect(tasks.every(({ frame }) => frame === 5)).toBe(true)
    return [tasks.map(({ at }) => at), stepsNeeded]
  }

  test('runs what leads to the targets and nothing beside it', () => {
    expect(ask([2], () => false)).toEqual([
      [0, 1, 3],
      [0, 1, 3],
    ])
  })

  test('stops at what is there, and asks for nothing above it', () => {
    const asked: number[] = []
    const isHere = (id: ValueId) => {
      asked.push(id)
      return id === 1
    }
    expect([...ask([2], isHere), asked]).toEqual([[3], [1, 3], [2, 1]])
  })

  test('runs nothing where the target itself is there', () => {
    expect(ask([2], () => true)).toEqual([[], [3]])
  })

  test('sinks run only where they are opened, whatever is there', () => {
    expect(ask([], () => true, true)[0]).toEqual([4])
    expect(ask([], () => true)[0]).toEqual([])
    expect(ask([], () => false, true)[0]).toEqual([0, 1, 3, 4])
  })
})

describe('the values of a frame', () => {
  const size = { width: 4, height: 2 }
  const whole: Region = { x: 0, y: 0, ...size }
  const part: Region = { x: 1, y: 0, width: 2, height: 2 }
  const desc = { type: 'image', format: 'rgba16float', frameRate: 24, ...size }
  const prepared = (wanted: Region | null = null) =>
    ({
      plan: { values: [{ id: 0, desc, producer: { node: 'n', port: 'image' } }] },
      types: new Map([['n', 'grain']]),
      targetRegions: new Map(wanted ? [[0, wanted]] : []),
      parts: new Map(wanted ? [[0, wanted]] : []),
    }) as unknown as PreparedGraph

  function setUp({ keep = true, wanted = null as Region | null } = {}) {
    const live = new Set<string>()
    let leases = 0
    const pool = {
      texture({ width, height }: TextureDesc): Lease<GPUTexture> {
        leases += 1
        const name = `${width}x${height} #${leases}`
        live.add(name)
        return { value: { name } as unknown as GPUTexture, [Symbol.dispose]: () => void live.delete(name) }
      },
    }
    const results = new ResultCache(1024)
    const frame = () =>
      new FrameValues(prepared(wanted), {
        pool,
        numbers: { has: () => false, copy: () => undefined },
        cache: { results, keep: () => keep },
        names: { at: () => 'grain-7/image', keyAt: () => '0 grain-7/image' },
      })
    return { live, results, frame }
  }

  test('what the cache keeps is there for the next frame of the same name', () => {
    const { live, results, frame } = setUp()
    const first = frame()
    expect(first.isHere(value(0), 7)).toBe(false)
    first.lease(value(0), 7)
    first.keep(value(0), 7)
    first.releaseAll()
    const second = frame()
    expect([second.isHere(value(0), 7), results.has('grain-7/image'), live.size]).toEqual([true, true, 1])
  })

  test('what it does not keep goes back at its release, and reading it then is an error', () => {
    const { live, results, frame } = setUp({ keep: false })
    const values = frame()
    values.lease(value(0), 7)
    values.keep(value(0), 7)
    expect([...live]).toEqual(['4x2 #1'])
    values.release(value(0), 7)
    expect([live.size, results.bytes]).toEqual([0, 0])
    expect(() => values.picture(value(0), 7)).toThrow('value 0 of frame 7 was read after its release')
  })

  test('making a value again gives back what was there', () => {
    const { live, frame } = setUp({ keep: false })
    const values = frame()
    values.lease(value(0), 7)
    values.lease(value(0), 7)
    expect([...live]).toEqual(['4x2 #2'])
  })

  test('handing out keeps the targets and lets go of the rest', () => {
    const { live, frame } = setUp({ keep: false })
    const [handing, dropping] = [frame(), frame()]
    handing.lease(value(0), 7)
    dropping.lease(value(0), 7)
    const handed = handing.handOut([value(0)], () => 7)
    dropping.handOut([], () => 7)
    handing.releaseAll()
    expect([...live]).toEqual(['4x2 #1'])
    handed.get(value(0))?.[Symbol.dispose]()
    expect(live.size).toBe(0)
  })

  test('a part is cut out of a whole that is there', () => {
    const { results, live, frame } = setUp({ wanted: part })
    results
      .put(
        'grain-7/image',
        { value: {} as GPUTexture, [Symbol.dispose]: () => undefined },
        { desc: desc as never, part: whole },
      )
      [Symbol.dispose]()
    const copies: unknown[] = []
    const encoder = { copyTextureToTexture: (...given: unknown[]) => void copies.push(given) }
    const values = frame()
    expect(values.isHere(value(0), 7)).toBe(true)
    values.cutOut(value(0), 7, { encoder } as unknown as Recorder)
    expect(values.picture(value(0), 7).part).toEqual(part)
    expect([...live]).toEqual(['2x2 #1'])
    expect(copies).toEqual([[expect.objectContaining({ origin: { x: 1, y: 0 } }), expect.anything(), [2, 2]]])
  })
})
