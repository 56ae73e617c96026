/** How far a frame is: by stretches that end where the work waits, as long as what such stretches took before. */
import { describe, expect, test } from 'vitest'
import type { PreviewProgress } from '../../../../src/engine/door/api.ts'
import { FrameProgress, StepCosts, type Task } from '../../../../src/engine/preview/frame-progress.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'

const task = (kind: 'source' | 'pixel' | 'pass' | 'async', pixels: number, ...nodes: string[]): Task => ({
  step: { kind, nodes: nodes as FlatId[] },
  pixels,
})
const chain = (pixels: number): readonly Task[] => [
  task('source', pixels / 4, 'decode'),
  task('pass', pixels, 'bicubic'),
  task('async', pixels, 'model'),
  task('pixel', pixels, 'blend', 'grain'),
]

/** A frame whose stretches take as many milliseconds as given. */
function run(costs: StepCosts, tasks: readonly Task[], ...took: readonly number[]): readonly PreviewProgress[] {
  const all: PreviewProgress[] = []
  const frame = new FrameProgress(costs, tasks, (progress) => all.push(progress))
  let now = 5000
  let stretch = 0
  for (let at = 0; at <= tasks.length; at++) {
    frame.begins(at, now)
    const kind = tasks[at]?.step.kind
    if (kind === undefined || kind === 'async' || kind === 'source') now += took[stretch++] ?? 0
  }
  frame.isDone(now)
  return all
}

describe('what is told', () => {
  test('follows one stretch upon another from nothing to all of the work, by what each took the last time', () => {
    const costs = new StepCosts()
    const first = run(costs, chain(1e6), 100, 600, 300)
    expect(first.map(({ from }) => from).slice(1)).toEqual(first.map(({ to }) => to).slice(0, -1))
    expect([first[0]!.from, first.at(-1)!.to]).toEqual([0, 1])
    const again = run(costs, chain(1e6), 100, 600, 300)
    const rounded = again.map(({ from, to, milliseconds }) => [from.toFixed(3), to.toFixed(3), milliseconds.toFixed(0)])
    expect(rounded).toEqual([
      ['0.000', '0.100', '100'],
      ['0.100', '0.700', '600'],
      ['0.700', '1.000', '300'],
    ])
  })

  test('is for another size what it was for each pixel', () => {
    const costs = new StepCosts()
    run(costs, chain(1e6), 100, 600, 300)
    expect(run(costs, chain(4e6), 1, 1, 1).map(({ milliseconds }) => Math.round(milliseconds))).toEqual([
      400, 2400, 1200,
    ])
  })

  test('is of an edit below the model what runs anew', () => {
    const costs = new StepCosts()
    run(costs, chain(1e6), 100, 600, 300)
    expect(run(costs, chain(1e6).slice(3), 300)).toHaveLength(1)
    expect(run(costs, chain(1e6).slice(3), 300)[0]).toMatchObject({ from: 0, to: 1 })
  })

  test('is nothing of a frame that is soon there, or that is there', () => {
    expect(run(new StepCosts(), chain(1000), 1, 1, 1)).toEqual([])
    expect(run(new StepCosts(), [])).toEqual([])
  })
})

test('a model that has not run yet is taken for most of the frame, and what makes no picture for nothing', () => {
  const costs = new StepCosts()
  const [decode, , model, blend] = chain(1e6)
  expect(costs.expected(model!)).toBeGreaterThan(5 * (costs.expected(decode!) + costs.expected(blend!)))
  expect(costs.expected(task('pass', 0, 'scores'))).toBe(0)
})
