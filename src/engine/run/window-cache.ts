/**
 * What an export holds from one frame to the next: of each value the frames in its window, so that every step runs once a
 * frame however many frames the steps behind it look at.
 */

import { groupStart } from '../../graph/node/needs.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import { rangeAt } from '../../graph/plan/frames-by-clock.ts'
import { framesAt, isHeldOver } from '../../graph/plan/windows.ts'
import type { FrameCache } from './frame-values.ts'
import type { PreparedGraph } from './prepared-graph.ts'
import { ResultCache } from './result-cache.ts'
import { namesOf } from './value-names.ts'

export interface Windows extends Disposable {
  readonly cache: FrameCache
  /** Lets go of what no frame of the result from `earliest` on reads, and of what is not for one up to `latest`; never back. */
  moveTo(earliest: number, latest: number): void
  /** Bytes held. */
  readonly bytes: number
}

export function createWindows(preparedGraph: PreparedGraph): Windows {
  const { plan, clocks, names } = preparedGraph
  // The plan has said that all of it fits.
  const results = new ResultCache(Number.POSITIVE_INFINITY)
  // Numbers are known by their names, and take no room.
  const heldOver = plan.values.filter((value) => !isNumberDesc(value.desc) && isHeldOver(value))
  const isKept = new Set(heldOver.map(({ id }) => id))
  let span: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return {
    cache: { results, keep: (value) => isKept.has(value) },
    moveTo(earliest, latest) {
      const [from, to] = [Math.max(span[0], earliest), Math.max(span[1], latest)]
      if (from === span[0] && to === span[1]) return
      span = [from, to]
      const keptNames = new Set<string>()
      for (const value of heldOver) {
        const range = rangeAt(value.rate, clocks.source)
        for (const frame of framesAt(value, from, to, plan.rate, clocks.source))
          keptNames.add(namesOf(preparedGraph, value.id, names.at(value.id, groupStart(value.period, frame, range)))[0])
      }
      results.retain(keptNames)
    },
    get bytes() {
      return results.bytes
    },
    [Symbol.dispose]: () => results[Symbol.dispose](),
  }
}
