import { describe, expect, test } from 'vitest'
import { demandOf } from '../../../src/engine/run/demand.ts'
import { FrameValues } from '../../../src/engine/run/frame-values.ts'
import type { PreparedGraph } from '../../../src/engine/run/prepare.ts'
import { createResultCache } from '../../../src/engine/run/result-cache.ts'
import type { Lease, Recorder, TextureDesc } from '../../../src/gpu/types.ts'
import type { PlanStep, ValueId } from '../../../src/graph/plan/plan.ts'
import type { Region } from '../../../src/graph/plan/region.ts'

const value = (id: number) => id as ValueId
const step = (kind: string, reads: number[], writes: number[]) => ({
  kind,
  step: { reads, writes, nodes: [], inputs: {}, releases: [] } as unknown as PlanStep,
})

describe('demand', () => {
  // source → 0 → model → 1 → grain → 2 → sink, and beside it source → 0 → mask → 3
  const steps = [step('source', [], [0]), step('async', [0], [1]), step('pass', [0], [3]), step('pixel', [1], [2])]
  const withSink = [...steps, step('sink', [2], [])]
  const places = (all: typeof steps, demand: ReturnType<typeof demandOf>) =>
    all.flatMap(({ step: one }, i) => (demand.running.has(one) ? [i] : []))

  test('runs what leads to the targets and nothing beside it', () => {
    const demand = demandOf(steps, [value(2)], () => false, false)
    expect([places(steps, demand), demand.involved]).toEqual([
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
    const demand = demandOf(steps, [value(2)], isHere, false)
    expect([places(steps, demand), demand.involved, asked]).toEqual([[3], [1, 3], [2, 1]])
  })

  test('runs nothing where the target itself is there', () => {
    expect(demandOf(steps, [value(2)], () => true, false)).toEqual({ running: new Set(), involved: [3] })
  })

  test('sinks run only where they are opened, whatever is there', () => {
    expect(
      places(
        withSink,
        demandOf(withSink, [], () => true, true),
      ),
    ).toEqual([4])
    expect(
      places(
        withSink,
        demandOf(withSink, [], () => true, false),
      ),
    ).toEqual([])
    expect(
      places(
        withSink,
        demandOf(withSink, [], () => false, true),
      ),
    ).toEqual([0, 1, 3, 4])
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
      wanted: new Map(wanted ? [[0, wanted]] : []),
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
    const results = createResultCache(1024)
    const frame = () =>
      new FrameValues(prepared(wanted), {
        pool,
        cache: { results, keep: () => keep, keys: new Map([[value(0), 'grain-7/image']]) },
      })
    return { live, results, frame }
  }

  test('what the cache keeps is there for the next frame of the same name', () => {
    const { live, results, frame } = setUp()
    const first = frame()
    expect(first.isHere(value(0))).toBe(false)
    first.lease(value(0))
    first.keep(value(0))
    first.releaseAll()
    const second = frame()
    expect([second.isHere(value(0)), results.has('grain-7/image'), live.size]).toEqual([true, true, 1])
  })

  test('what it does not keep goes back at its release, and reading it then is an error', () => {
    const { live, results, frame } = setUp({ keep: false })
    const values = frame()
    values.lease(value(0))
    values.keep(value(0))
    expect([...live]).toEqual(['4x2 #1'])
    values.release(value(0))
    expect([live.size, results.bytes]).toEqual([0, 0])
    expect(() => values.picture(value(0))).toThrow('value 0 was read after its release')
  })

  test('making a value again gives back what was there', () => {
    const { live, frame } = setUp({ keep: false })
    const values = frame()
    values.lease(value(0))
    values.lease(value(0))
    expect([...live]).toEqual(['4x2 #2'])
  })

  test('handing out keeps the targets and lets go of the rest', () => {
    const { live, frame } = setUp({ keep: false })
    const [handing, dropping] = [frame(), frame()]
    handing.lease(value(0))
    dropping.lease(value(0))
    const handed = handing.handOut([value(0)])
    dropping.handOut([])
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
    expect(values.isHere(value(0))).toBe(true)
    values.cutOut(value(0), { encoder } as unknown as Recorder)
    expect(values.picture(value(0)).part).toEqual(part)
    expect([...live]).toEqual(['2x2 #1'])
    expect(copies).toEqual([[expect.objectContaining({ origin: { x: 1, y: 0 } }), expect.anything(), [2, 2]]])
  })
})
