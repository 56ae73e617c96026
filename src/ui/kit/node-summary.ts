/** What a node does, and what that costs, in a line. */
import { costOf, type NodeSpec } from '../../graph/node/spec.ts'
import { text } from '../text/text.ts'

const { costs, summaryWithCost } = text.common

export function summaryOf(spec: NodeSpec): string {
  const cost = costOf(spec)
  return cost ? summaryWithCost(spec.summary, costs[cost]) : spec.summary
}
