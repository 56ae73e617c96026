/** How far steps run ahead and how long values are held: exactly, where properties only say that it is enough. */

import { describe, expect, it } from 'vitest'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import type { FrameSpan } from '../../../../src/graph/node/needs.ts'
import { oneForOne } from '../../../../src/graph/node/rate.ts'
import type { PlanStep, ValueId } from '../../../../src/graph/plan/execution-plan.ts'
import { framesHeld, isHeldOver, peakBytesOf, withTimes } from '../../../../src/graph/plan/windows.ts'

const own: FrameSpan = { before: 0, after: 0 }

interface Row {
  readonly kind?: 'source' | 'pass' | 'sink'
  readonly moves?: boolean
  readonly reads?: readonly (readonly [value: number, frames: FrameSpan])[]
}

/** Step `i` writes value `i`, of `i + 1` pixels (8 bytes each); a sink, which comes last, writes none. */
function planOf(rows: readonly Row[], targets: readonly number[] = []) {
  const steps = rows.map(({ kind = 'pass', moves = kind === 'source', reads = [] }, i) => ({
    ...{ kind, moves, nodes: [`n${i}`], inputs: {}, needs: {}, rate: oneForOne },
    reads: reads.map(([value, frames]) => ({ value: value as ValueId, frames, as: 'texture' })),
    writes: kind === 'sink' ? [] : [i as ValueId],
  }))
  const values = steps
    .flatMap(({ writes }) => writes)
    .map((id) => ({
      id,
      rate: oneForOne,
      desc: { type: 'image', width: id + 1, height: 1, format: 'rgba16float', frameRate: 24 },
    }))
  const wanted = targets as readonly ValueId[]
  const planned = withTimes(steps as never, values as never, wanted, oneForOne)
  return { ...planned, peak: peakBytesOf(planned.steps, planned.values, wanted) }
}

const windows = ({ values }: ReturnType<typeof planOf>) => values.map(({ window }) => [window.before + 0, window.after])
const ahead = ({ steps }: ReturnType<typeof planOf>) => steps.map((step) => step.ahead)
const periods = ({ steps }: ReturnType<typeof planOf>) => steps.map(({ period }) => period)
const lasting = ({ values }: ReturnType<typeof planOf>) => values.map((value) => value.lasting)

const clip: Row = { kind: 'source' }
const still: Row = { kind: 'source', moves: false }
const reads = (value: number, frames: FrameSpan = own): Row => ({ reads: [[value, frames]] })

describe('a chain that looks around', () => {
  it('runs ahead by the sum of what later steps look ahead, and holds what was before', () => {
    const plan = planOf([
      clip,
      reads(0, { before: 2, after: 1 }),
      reads(1, { before: 0, after: 3 }),
      { kind: 'sink', ...reads(2) },
    ])
    expect(ahead(plan)).toEqual([4, 3, 0, 0])
    // The step of value 1 runs 3 ahead and looks 2 back: the clip's frame 1 ahead of the result is still there.
    expect(windows(plan)).toEqual([
      [-1, 4],
      [0, 3],
      [0, 0],
    ])
    expect(plan.values.map(framesHeld)).toEqual([4, 4, 1])
    expect(plan.values.map(isHeldOver)).toEqual([true, true, false])
    expect(periods(plan)).toEqual([1, 1, 1, 1])
    // While value 2 is made: four frames of the clip, four of value 1, and it.
    expect(plan.peak).toBe(8 * (4 * 1 + 4 * 2 + 3))
    // What a step borrows counts while it runs.
    const borrowing = (node: string, bytes: number) =>
      peakBytesOf(plan.steps, plan.values, [], ({ nodes }) => (nodes[0] === node ? bytes : 0))
    expect(borrowing('n2', 100)).toBe(plan.peak + 100)
    expect(borrowing('n0', 4)).toBe(plan.peak)
  })

  it('holds for the reader that is furthest behind, and for who asked for it', () => {
    const readers: readonly Row[] = [
      clip,
      reads(0, { before: 0, after: 2 }),
      {
        reads: [
          [0, own],
          [1, own],
        ],
      },
    ]
    expect(windows(planOf(readers, [2]))).toEqual([
      [0, 2],
      [0, 0],
      [0, 0],
    ])
    // Read only 2 frames ahead, it need not be kept; asked for, it must.
    const next = [clip, reads(0, { before: -1, after: 2 })]
    expect(windows(planOf(next, [1]))[0]).toEqual([-1, 2])
    expect(windows(planOf(next, [0, 1]))[0]).toEqual([0, 2])
  })
})

describe('what stays the same', () => {
  it('is made once for as long as it does, and lasts where something that changes reads it', () => {
    const plan = planOf(
      [
        still,
        reads(0),
        clip,
        {
          reads: [
            [1, own],
            [2, own],
          ],
        },
      ],
      [3],
    )
    expect(periods(plan)).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1, 1])
    expect(lasting(plan)).toEqual([false, true, false, false])
    expect(plan.values.map(isHeldOver)).toEqual([false, true, false, false])
    // Value 1 all the time; beside it the still as that is made, then the clip's and the result.
    expect(plan.peak).toBe(8 * (2 + 3 + 4))
  })

  it('lasts where it is asked for, and moves where its step does', () => {
    expect(lasting(planOf([still, reads(0)], [1]))).toEqual([false, true])
    expect(periods(planOf([still, { ...reads(0), moves: true }], [1]))).toEqual([Number.POSITIVE_INFINITY, 1])
    expect(lasting(planOf([still, { ...reads(0), moves: true }], [1]))).toEqual([true, false])
  })

  it('of what stands still it stands still, however it looks around', () => {
    expect(periods(planOf([still, reads(0, { before: 1, after: 1 })], [1]))[1]).toBe(Number.POSITIVE_INFINITY)
    expect(periods(planOf([still, reads(0, { every: 4 })], [1]))[1]).toBe(Number.POSITIVE_INFINITY)
  })

  it('is written by a sink for every frame', () => {
    expect(periods(planOf([still, { kind: 'sink', ...reads(0) }]))).toEqual([Number.POSITIVE_INFINITY, 1])
  })
})

describe('a frame that is held', () => {
  const every4: FrameSpan = { every: 4 }

  it('is there once at a time, for as long as its group', () => {
    const plan = planOf(
      [
        clip,
        reads(0, every4),
        {
          reads: [
            [0, own],
            [1, own],
          ],
        },
      ],
      [2],
    )
    expect(periods(plan)).toEqual([1, 4, 1])
    // The step that holds it runs at that very frame, and so reads no earlier one.
    expect(windows(plan)[0]).toEqual([0, 0])
    expect(lasting(plan)).toEqual([false, true, false])
  })

  it('is looked back for where the step changes within the group', () => {
    const plan = planOf(
      [
        clip,
        {
          reads: [
            [0, every4],
            [0, own],
          ],
        },
      ],
      [1],
    )
    expect(periods(plan)).toEqual([1, 1])
    expect(windows(plan)[0]).toEqual([3, 0])
  })

  it('of held frames changes with the shorter of two groups that fit, and with every frame where they do not', () => {
    const both = (a: number, b: number) =>
      periods(
        planOf(
          [
            clip,
            reads(0, { every: a }),
            reads(0, { every: b }),
            {
              reads: [
                [1, own],
                [2, own],
              ],
            },
          ],
          [3],
        ),
      )[3]
    expect(both(2, 4)).toBe(2)
    expect(both(4, 2)).toBe(2)
    expect(both(4, 6)).toBe(2)
    expect(both(3, 4)).toBe(1)
  })

  it('seen with those around it changes with every frame', () => {
    expect(periods(planOf([clip, reads(0, every4), reads(1, { before: 1, after: 0 })], [2]))).toEqual([1, 4, 1])
  })
})

it('of a value that changes every so many frames so many fewer are there', () => {
  const held = (before: number, after: number, period: number) => framesHeld({ window: { before, after }, period })
  expect(held(0, 0, 4)).toBe(1)
  expect(held(4, 0, 4)).toBe(2)
  expect(held(5, 0, 4)).toBe(3)
  expect(held(5, 4, 1)).toBe(10)
})

it('holds what a step of a faster clock reads once in a while for all of that while', () => {
  const source = { frames: 1, of: 1 }
  const doubled = { frames: 2, of: 1 }
  const desc = { type: 'image', width: 1, height: 1, format: 'rgba16float', frameRate: 24 } as const
  const value = (id: number, rate: typeof source) => ({
    id: id as ValueId,
    rate,
    desc,
    producer: { node: `n${id}` as FlatId, port: 'o' },
  })
  const step = (id: number, rate: typeof source, reads: PlanStep['reads'], moves: boolean) => ({
    ...({ kind: reads.length > 0 ? 'pass' : 'source', nodes: [`n${id}` as FlatId], inputs: {}, needs: {} } as const),
    ...{ reads, writes: [id as ValueId], rate, moves },
  })
  const read = { value: 0 as ValueId, frames: { every: 3 }, as: 'texture' } as const
  const { values } = withTimes(
    [step(0, source, [], true), step(1, doubled, [read], false)],
    [value(0, source), value(1, doubled)],
    [1 as ValueId],
    doubled,
  )
  // Frames 0 to 5 of the doubled clock show frames 0 to 2 of the source, and all of them read its frame 0.
  expect(values[0]!.window).toEqual({ before: 2, after: 0 })
})
