/**
 * What an export holds from one frame to the next: of each value the frames in its window, so that every step runs once a
 * frame however many frames the steps behind it look at.
 */
import { groupStart } from '../../graph/node/needs.ts'
import { isHeldOver } from '../../graph/plan/windows.ts'
import type { FrameCache } from './frame-values.ts'
import type { PreparedGraph } from './prepared-graph.ts'
import { createResultCache } from './result-cache.ts'
import { namesOf } from './value-names.ts'

export interface Windows extends Disposable {
  readonly cache: FrameCache
  /** Lets go of what no frame from `earliest` on reads, and of what is not for one up to `latest`; never back. */
  moveTo(earliest: number, latest: number): void
  /** Bytes held. */
  readonly bytes: number
}

export function createWindows(prepared: PreparedGraph): Windows {
  const { plan, clock, names } = prepared
  // The plan has said that all of it fits.
  const results = createResultCache(Number.POSITIVE_INFINITY)
  // Numbers are known by their names, and take no room.
  const heldOver = plan.values.filter((value) => value.desc.type !== 'number' && isHeldOver(value))
  const isKept = new Set(heldOver.map(({ id }) => id))
  let reached: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return {
    cache: { results, keep: (value) => isKept.has(value) },
    moveTo(earliest, latest) {
      const [from, to] = [Math.max(reached[0], earliest), Math.max(reached[1], latest)]
      if (from === reached[0] && to === reached[1]) return
      reached = [from, to]
      const kept = new Set<string>()
      for (const { id, window, period } of heldOver) {
        for (let frame = from - window.before; frame <= to + window.after; frame++)
          kept.add(namesOf(prepared, id, names.at(id, groupStart(period, frame, clock)))[0])
      }
      results.retain(kept)
    },
    get bytes() {
      return results.bytes
    },
    [Symbol.dispose]: () => results[Symbol.dispose](),
  }
}
