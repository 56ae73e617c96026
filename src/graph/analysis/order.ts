/**
 * Topological order from the wanted nodes back: what nobody wants is not in it. Iterative, since a chain of
 * ten thousand nodes must not depend on the depth of the call stack.
 */
import type { AnyNodeId, NodeId } from '../document/document.ts'

export interface Order<Id extends AnyNodeId = NodeId> {
  /** Every node reachable from the roots, each after all it depends on (but for the wires that close a cycle). */
  readonly order: readonly Id[]
  /**
   * Each a circle of nodes, in the order of their dependencies: every node reads the next, the last reads the
   * first. One for each knot of nodes that read one another, however many circles the knot holds.
   */
  readonly cycles: readonly (readonly Id[])[]
}

/**
 * Depth-first post-order: a node comes as late as its first reader allows, so that results live briefly.
 * Deterministic in the order of `roots` and of `dependenciesOf`.
 */
export function orderFrom<Id extends AnyNodeId>(
  roots: Iterable<Id>,
  dependenciesOf: (node: Id) => readonly Id[],
): Order<Id> {
  const order: Id[] = []
  const cycles: Id[][] = []
  const state = new Map<Id, 'open' | 'done'>()
  const knottedIds = new Set<Id>()
  for (const root of roots) {
    if (state.has(root)) continue
    const path: { node: Id; dependencies: readonly Id[]; next: number }[] = []
    const enter = (node: Id) => {
      state.set(node, 'open')
      path.push({ node, dependencies: dependenciesOf(node), next: 0 })
    }
    enter(root)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const dependency = top.dependencies[top.next]
      top.next += 1
      if (dependency === undefined) {
        state.set(top.node, 'done')
        order.push(top.node)
        path.pop()
      } else if (!state.has(dependency)) {
        enter(dependency)
      } else if (state.get(dependency) === 'open') {
        let from = path.length - 1
        while (path[from]?.node !== dependency && !knottedIds.has(path[from]!.node)) from -= 1
        if (knottedIds.has(path[from]!.node)) continue
        const cycle = path.slice(from).map((entry) => entry.node)
        for (const node of cycle) knottedIds.add(node)
        cycles.push(cycle)
      }
    }
  }
  return { order, cycles }
}
