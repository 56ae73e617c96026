/**
 * Frames of one graph that are made side by side. Every step takes them one after another, in the order in which they were
 * begun: a later frame is behind an earlier one at each step. So nodes that keep something meet frames in order, sinks
 * write in order, and nothing waits in a circle.
 *
 * What an earlier frame is about to make and leave for later ones is known as soon as it begins; a later one waits for that
 * rather than making it again.
 */
import type { Task as PlannedTask } from './demand.ts'

type Task = Pick<PlannedTask, 'at' | 'frame'>

/** Something that ends once, well or not. Nothing is set up for waiting unless somebody waits. */
class Ending {
  #end: { readonly failure: { readonly error: unknown } | undefined } | undefined
  #waiting: { readonly promise: Promise<void>; readonly settle: () => void } | undefined

  end(failure?: { readonly error: unknown }): void {
    if (this.#end) return
    this.#end = { failure }
    this.#waiting?.settle()
  }

  /** `undefined`: it has ended well. Rejects with its failure. */
  wait(): Promise<void> | undefined {
    if (this.#end && !this.#end.failure) return undefined
    this.#waiting ??= this.#beginWaiting()
    return this.#waiting.promise
  }

  #beginWaiting() {
    let settle = (): void => undefined
    const promise = new Promise<void>((resolve, reject) => {
      settle = () => {
        const failure = this.#end?.failure
        if (failure) reject(failure.error)
        else resolve()
      }
    })
    // Perhaps who asked goes another way; whoever waits hears of it.
    promise.catch(() => undefined)
    if (this.#end) settle()
    return { promise, settle }
  }
}

/** One frame while it is made. */
export interface FlyingFrame {
  /** Says what it is going to run, and by which keys others will ask for what it leaves to them. Once, before the first task. */
  plan(tasks: readonly Task[], keysOf: (task: Task) => readonly string[]): void
  /** Resolves when no earlier frame will run the step any more; `undefined`: none will. Rejects with what ended an earlier one. */
  turn(at: number): Promise<void> | undefined
  /** A task was run as far as the next frame's must wait for it. */
  passed(task: Task): void
  /** What a task leaves under the key is there. */
  settle(key: string): void
  /** Asked before `plan`. Resolves when an earlier frame has made what it leaves under the key; `undefined`: none leaves it. */
  arrivalOf(key: string): Promise<void> | undefined
  /** It is made, or, with a `failure`, will not be: then no later frame comes past the steps that it did not run. */
  end(failure?: { readonly error: unknown }): void
  /** Where it is: see `Windows.moveTo`. */
  moment: number
}

/** What frames owe one another, as long as one of them is under way. */
class Debts {
  /** By step: the end of its runs for the frame that was begun last. */
  readonly turns = new Map<number, Ending>()
  readonly arrivals = new Map<string, Ending>()
  readonly frames = new Set<FlyingFrame>()

  /** Ends what is owed under `key`. What failed stands in the way of frames begun later, too, for as long as one beside it is made. */
  settle<K>(owed: Map<K, Ending>, key: K, ending: Ending, failure?: { readonly error: unknown }): void {
    ending.end(failure)
    if (!(failure && this.frames.size > 0) && owed.get(key) === ending) owed.delete(key)
  }
}

class Flight implements FlyingFrame {
  moment: number
  readonly #debts: Debts
  /** What this frame owes others, by step and by key. */
  readonly #turns = new Map<number, { readonly ending: Ending; tasksLeft: number }>()
  readonly #leaves = new Map<string, Ending>()
  /** What the frame before it owes this one, by step. */
  readonly #before = new Map<number, Ending>()

  constructor(debts: Debts, moment: number) {
    this.#debts = debts
    this.moment = moment
  }

  plan(tasks: readonly Task[], keysOf: (task: Task) => readonly string[]): void {
    const { turns, arrivals } = this.#debts
    for (const task of tasks) {
      const turn = this.#turns.get(task.at)
      if (turn) turn.tasksLeft += 1
      else {
        const earlier = turns.get(task.at)
        if (earlier) this.#before.set(task.at, earlier)
        const ending = new Ending()
        this.#turns.set(task.at, { ending, tasksLeft: 1 })
        turns.set(task.at, ending)
      }
      for (const key of keysOf(task)) {
        const ending = new Ending()
        this.#leaves.set(key, ending)
        arrivals.set(key, ending)
      }
    }
  }

  turn(at: number): Promise<void> | undefined {
    return this.#before.get(at)?.wait()
  }

  passed({ at }: Task): void {
    const turn = this.#turns.get(at)!
    turn.tasksLeft -= 1
    if (turn.tasksLeft === 0) this.#debts.settle(this.#debts.turns, at, turn.ending)
  }

  settle(key: string): void {
    const ending = this.#leaves.get(key)
    if (ending) this.#debts.settle(this.#debts.arrivals, key, ending)
  }

  arrivalOf(key: string): Promise<void> | undefined {
    return this.#debts.arrivals.get(key)?.wait()
  }

  end(failure?: { readonly error: unknown }): void {
    const { turns, arrivals, frames } = this.#debts
    frames.delete(this)
    for (const [at, { ending }] of this.#turns) this.#debts.settle(turns, at, ending, failure)
    for (const [key, ending] of this.#leaves) this.#debts.settle(arrivals, key, ending, failure)
    if (frames.size > 0) return
    turns.clear()
    arrivals.clear()
  }
}

export class FramesInFlight {
  readonly #debts = new Debts()

  /** The earliest and the latest moment of the frames under way. */
  get moments(): readonly [earliest: number, latest: number] {
    let [earliest, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const { moment } of this.#debts.frames) {
      earliest = Math.min(earliest, moment)
      latest = Math.max(latest, moment)
    }
    return [earliest, latest]
  }

  /** @param moment at which it starts */
  begin(moment: number): FlyingFrame {
    const frame = new Flight(this.#debts, moment)
    this.#debts.frames.add(frame)
    return frame
  }
}
