/**
 * How far the frame is that somebody waits for, by what its steps took before, for each pixel of what they make. Nothing is asked of the
 * GPU for it: what is recorded before the work awaits something is done by the end of that wait, so that progress goes by stretches from one
 * such step to the next, and how long those took says what their steps cost.
 */
import type { PlanStep } from '../../graph/plan/execution-plan.ts'
import type { PreviewProgress } from '../door/api.ts'

/** Milliseconds for a megapixel of a step that has not run yet: a model takes most of a frame. */
const unknownCost = { async: 400, source: 40, other: 10 } as const

/** Frames that are over sooner tell nothing, milliseconds. */
const worthTelling = 100

export interface Task {
  readonly step: Pick<PlanStep, 'kind' | 'nodes'>
  /** Of the pictures that it makes. */
  readonly pixels: number
}

const awaits = ({ step: { kind } }: Task) => kind === 'async' || kind === 'source'

/** What steps took, milliseconds for a megapixel, by their nodes. */
export class StepCosts {
  readonly #durations = new Map<string, number>()

  /** Milliseconds that it will take. */
  expected({ step: { nodes, kind }, pixels }: Task): number {
    const unknown = kind === 'async' || kind === 'source' ? unknownCost[kind] : unknownCost.other
    return ((this.#durations.get(nodes.join()) ?? unknown) * pixels) / 1e6
  }

  /** @param milliseconds that the tasks took together: each its share of what was expected */
  learn(tasks: readonly Task[], milliseconds: number): void {
    const total = tasks.reduce((sum, task) => sum + this.expected(task), 0)
    if (total === 0) return
    for (const task of tasks)
      if (task.pixels > 0)
        this.#durations.set(
          task.step.nodes.join(),
          ((this.expected(task) * 1e6) / task.pixels) * (milliseconds / total),
        )
  }
}

/** One frame on its way. */
export class FrameProgress {
  readonly #costs: StepCosts
  readonly #tasks: readonly Task[]
  readonly #tell: (progress: PreviewProgress) => void
  /** Milliseconds up to the begin of each task, and of them all. */
  readonly #until: readonly number[]
  /** The tasks that are done when what is under way is, those that were before, and when it began. */
  #to = 0
  #from = 0
  #began = 0

  /** @param tasks in their order */
  constructor(costs: StepCosts, tasks: readonly Task[], tell: (progress: PreviewProgress) => void) {
    this.#costs = costs
    this.#tasks = tasks
    let sum = 0
    this.#until = [0, ...tasks.map((task) => (sum += costs.expected(task)))]
    this.#tell = sum >= worthTelling ? tell : () => undefined
  }

  /** @param task place of the task that begins; their number once all have run @param now milliseconds */
  begins(task: number, now: number): void {
    const waiting = this.#tasks[task]
    if (waiting && !awaits(waiting)) return
    this.#end(now)
    this.#to = Math.min(task + 1, this.#tasks.length)
    const until = (place: number) => this.#until[place] ?? 0
    const total = until(this.#tasks.length)
    const [from, to] = [until(this.#from), until(this.#to)]
    if (to > from) this.#tell({ from: from / total, to: to / total, milliseconds: to - from })
  }

  /** The pictures are there. */
  isDone(now: number): void {
    this.#end(now)
  }

  #end(now: number): void {
    if (this.#to > this.#from) this.#costs.learn(this.#tasks.slice(this.#from, this.#to), now - this.#began)
    this.#from = this.#to
    this.#began = now
  }
}
