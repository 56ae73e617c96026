/** What the numbers that drive params are at a frame of the result, for whoever shows them. */
import type { FlatId } from '../../graph/document/document.ts'
import { ownFrame } from '../../graph/node/needs.ts'
import { frameAt } from '../../graph/node/rate.ts'
import { frameRead } from '../../graph/plan/frames-by-clock.ts'
import type { PreparedGraph } from './prepared-graph.ts'

/** Numbers by node and param, as they are wired: not held within the param's range. */
export type DrivenNumbers = Readonly<Record<FlatId, Readonly<Record<string, number>>>>

/** @param numberOf a number by its name (see `ValueNames`), where it is known */
export function drivenNumbers(
  { plan, drivenParams, clocks, names }: Pick<PreparedGraph, 'plan' | 'drivenParams' | 'clocks' | 'names'>,
  index: number,
  numberOf: (name: string) => number | undefined,
): DrivenNumbers {
  const numbersByNode: Record<FlatId, Readonly<Record<string, number>>> = {}
  for (const step of plan.steps) {
    const frame = frameAt(index, plan.rate, step.rate)
    for (const id of step.nodes) {
      const entries = (drivenParams.get(id) ?? []).flatMap(({ name }): [string, number][] => {
        const source = step.inputs[id]?.[name]
        if (source?.kind !== 'value') return []
        const { value } = source
        const number = numberOf(
          names.at(value, frameRead(ownFrame, frame, 0, step.rate, plan.values[value]!.rate, clocks.source)),
        )
        return number === undefined ? [] : [[name, number]]
      })
      if (entries.length > 0) numbersByNode[id] = Object.fromEntries(entries)
    }
  }
  return numbersByNode
}
