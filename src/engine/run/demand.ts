/** Which steps of a frame must run: from the end back, leaving out what is there already. */
import type { PlanStep, ValueId } from '../../graph/plan/plan.ts'

export interface Demand {
  readonly running: ReadonlySet<PlanStep>
  /** Places, ascending, of the steps that the frame needs, whether they run or their results are there. */
  readonly involved: readonly number[]
}

/**
 * @param targets values to hand out
 * @param isHere whether a value is there already; asked once for each that a step writes and somebody wants
 * @param sinks whether sinks run
 */
export function demandOf(
  steps: readonly { readonly kind: string; readonly step: PlanStep }[],
  targets: readonly ValueId[],
  isHere: (value: ValueId) => boolean,
  sinks: boolean,
): Demand {
  const wanted = new Set(targets)
  const running = new Set<PlanStep>()
  const involved: number[] = []
  for (const [i, { kind, step }] of [...steps.entries()].reverse()) {
    const here = step.writes.filter((value) => wanted.has(value)).map(isHere)
    if (kind === 'sink' ? !sinks : here.length === 0) continue
    involved.unshift(i)
    if (kind !== 'sink' && here.every((there) => there)) continue
    running.add(step)
    for (const value of step.reads) wanted.add(value)
  }
  return { running, involved }
}
