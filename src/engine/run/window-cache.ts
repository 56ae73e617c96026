/**
 * What an export holds from one frame to the next: of each value the frames in its window, so that every step runs once a
 * frame however many frames the steps behind it look at.
 */

import { groupStart } from '../../graph/node/needs.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import type { PlannedValue } from '../../graph/plan/execution-plan.ts'
import { rangeAt } from '../../graph/plan/frames-by-clock.ts'
import { framesAt, isHeldOver } from '../../graph/plan/windows.ts'
import type { FrameCache } from './frame-values.ts'
import type { PreparedGraph } from './prepared-graph.ts'
import { ResultCache } from './result-cache.ts'
import { namesOf } from './value-names.ts'

export class Windows implements Disposable {
  readonly #preparedGraph: PreparedGraph
  // The plan has said that all of it fits.
  readonly #results = new ResultCache(Number.POSITIVE_INFINITY)
  /** Values that are held; numbers are known by their names, and take no room. */
  readonly #heldOver: readonly PlannedValue[]
  readonly cache: FrameCache
  /** The first and the last frame that are looked at. */
  #span: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]

  constructor(preparedGraph: PreparedGraph) {
    this.#preparedGraph = preparedGraph
    this.#heldOver = preparedGraph.plan.values.filter((value) => !isNumberDesc(value.desc) && isHeldOver(value))
    const heldIds = new Set(this.#heldOver.map(({ id }) => id))
    this.cache = { results: this.#results, keep: (value) => heldIds.has(value) }
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#results.bytes
  }

  /** Lets go of what no frame of the result from `earliest` on reads, and of what is not for one up to `latest`; never back. */
  moveTo(earliest: number, latest: number): void {
    const [from, to] = [Math.max(this.#span[0], earliest), Math.max(this.#span[1], latest)]
    if (from === this.#span[0] && to === this.#span[1]) return
    this.#span = [from, to]
    const { plan, clocks, names } = this.#preparedGraph
    const keptNames = new Set<string>()
    for (const value of this.#heldOver) {
      const range = rangeAt(value.rate, clocks.source)
      for (const frame of framesAt(value, from, to, plan.rate, clocks.source)) {
        const name = names.at(value.id, groupStart(value.period, frame, range))
        keptNames.add(namesOf(this.#preparedGraph, value.id, name)[0])
      }
    }
    this.#results.retain(keptNames)
  }

  [Symbol.dispose](): void {
    this.#results[Symbol.dispose]()
  }
}
