/**
 * The whole graph laid out from left to right by dagre, which is fetched when somebody first asks for it. Layered
 * layout: E. Gansner et al., "A Technique for Drawing Directed Graphs", IEEE Trans. Software Eng. 19(3), 1993.
 */

import type { EdgeRecord, NodeId, Point } from '../../../graph/document/document.ts'
import type { Card } from '../../../graph/edits/arrange.ts'

/** Canvas units between columns and between cards of one column. */
const gaps = { ranksep: 88, nodesep: 32 }

/**
 * Places (top left corners) for `cards`; those of one group (`groupOf`; groups may lie in groups) stay together. The corner of
 * the box around all of them stays, so that the view need not move.
 */
export async function layOut(
  cards: readonly Card[],
  edges: Iterable<EdgeRecord>,
  groupOf: ReadonlyMap<string, string> = new Map(),
): Promise<Record<NodeId, Point>> {
  const { Graph, layout } = await import('@dagrejs/dagre')
  const graph = new Graph({ multigraph: true, compound: groupOf.size > 0 })
  graph.setGraph({ rankdir: 'LR', ...gaps })
  graph.setDefaultEdgeLabel(() => ({}))
  // Cards that lie higher come first, so that branches keep their order where the wires leave a choice.
  for (const { id, width, height } of [...cards].sort((a, b) => a.y - b.y)) graph.setNode(id, { width, height })
  for (const { id, from, to } of edges)
    if (graph.hasNode(from.node) && graph.hasNode(to.node)) graph.setEdge(from.node, to.node, {}, id)
  for (const group of new Set(groupOf.values())) graph.setNode(group, {})
  for (const [member, group] of groupOf) if (graph.hasNode(member)) graph.setParent(member, group)
  layout(graph)
  const placedCards = cards.map(({ id, width, height }) => {
    const { x, y } = graph.node(id)
    return { id, x: x - width / 2, y: y - height / 2 }
  })
  const corner = (all: readonly Point[]) => ({
    x: Math.min(...all.map(({ x }) => x)),
    y: Math.min(...all.map(({ y }) => y)),
  })
  const [before, after] = [corner(cards), corner(placedCards)]
  const snapped = (value: number) => Math.round(value / 8) * 8
  return Object.fromEntries(
    placedCards.map(({ id, x, y }) => [id, { x: snapped(x - after.x + before.x), y: snapped(y - after.y + before.y) }]),
  )
}
