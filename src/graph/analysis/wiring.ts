/**
 * What each input really reads: the wires of a document indexed by input, bad ones set aside with a problem,
 * bypassed nodes seen through. Inference, validation, planning and editing all look at wires through this.
 */

import {
  type AnyNodeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type Graph,
  type NodeId,
  type NodeRecord,
  nodeOf,
} from '../document/document.ts'
import { compareIds } from '../document/ids.ts'
import { type Names, names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import { ownInputs } from '../node/driven-params.ts'
import type { PortSpec, Ports } from '../node/ports.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { valueTypes } from '../node/value-types.ts'

export interface Wiring<Id extends AnyNodeId = NodeId> {
  /** By endpoint key of the input: the good wire that ends there. */
  readonly wires: ReadonlyMap<string, EdgeRecord<Id>>
  /** Endpoint<Id> keys of inputs on which only bad wires end; their problem is already told. */
  readonly brokenInputs: ReadonlySet<string>
  readonly problems: readonly Problem<Id>[]
  /** Nodes that do not run: muted ones, and those that need what a resting node would give. */
  readonly restingNodes: ReadonlySet<Id>
  /** Where an output comes from once bypassed nodes are seen through; `undefined`: a bypassed node has nothing to pass on. */
  resolve(output: Endpoint<Id>): Endpoint<Id> | undefined
  /** The bypassed nodes seen through on the way back from `outputs`. */
  passedBy(outputs: readonly Endpoint<Id>[]): ReadonlySet<Id>
  /** The output that an input reads, seen through bypassed nodes. */
  source(node: Id, input: string): Endpoint<Id> | undefined
}

export const portOf = (ports: Ports, name: string): PortSpec | undefined =>
  Object.hasOwn(ports, name) ? ports[name] : undefined

/** The input that `output` passes on when its node is bypassed; `undefined` where it cannot be bypassed. */
export function bypassInput(spec: NodeSpec, output: string): string | undefined {
  const type = portOf(spec.outputs, output)?.type
  if (spec.bypass) {
    const passedInput = Object.hasOwn(spec.bypass, output) ? spec.bypass[output] : undefined
    return passedInput !== undefined && portOf(spec.inputs, passedInput)?.type === type ? passedInput : undefined
  }
  return ownInputs(spec).find(([, input]) => input.type === type)?.[0]
}

/**
 * Follows outputs back through nodes that pass on what they get, for as long as `passes` names the input that
 * an output passes on. Circles of such nodes give nothing. Results are kept, so that a long chain costs once.
 */
export function followBack<Id extends AnyNodeId>(
  wires: ReadonlyMap<string, EdgeRecord<Id>>,
  passes: (output: Endpoint<Id>) => { readonly input: string | undefined } | undefined,
): (output: Endpoint<Id>) => Endpoint<Id> | undefined {
  const origins = new Map<string, Endpoint<Id> | undefined>()
  return (output) => {
    if (!passes(output)) return output
    const trail = new Set<string>()
    let at: Endpoint<Id> | undefined = output
    while (at) {
      const key: string = endpointKey(at)
      if (origins.has(key)) {
        at = origins.get(key)
        break
      }
      if (trail.has(key)) {
        at = undefined
        break
      }
      const bypass = passes(at)
      if (!bypass) break
      trail.add(key)
      at = bypass.input === undefined ? undefined : wires.get(`${at.node}.${bypass.input}`)?.from
    }
    for (const key of trail) origins.set(key, at)
    return at
  }
}

function checkEdge<Id extends AnyNodeId>(
  document: Graph<Id>,
  specs: Specs,
  edge: EdgeRecord<Id>,
  nodeNames: Names<Id>,
): Problem<Id> | undefined {
  const { id, from, to } = edge
  const reader = nodeOf(document, to.node)
  const writer = nodeOf(document, from.node)
  if (!reader)
    return {
      code: 'dangling-edge',
      severity: 'warning',
      edge: id,
      message: `The wire "${id}" ends on the node "${to.node}", which is not in this graph.`,
      hint: 'Remove the wire.',
    }
  const at = { severity: 'error', node: to.node, port: to.port, edge: id } as const
  const input = `${nodeNames.input(to.node, to.port)} of ${nodeNames.node(to.node)}`
  if (!writer)
    return {
      code: 'dangling-edge',
      ...at,
      message: `${input} is wired to the node "${from.node}", which is not in this graph.`,
      hint: 'Connect the input to another node, or remove the wire.',
    }
  const readerSpec = specOf(specs, reader)
  const writerSpec = specOf(specs, writer)
  const inputPort = readerSpec && portOf(readerSpec.inputs, to.port)
  if (readerSpec && !inputPort)
    return {
      code: 'unknown-port',
      ...at,
      message: `A wire ends on the input "${to.port}" of ${nodeNames.node(to.node)}, which has no such input.`,
      hint: `Remove the wire, or connect it to ${Object.keys(readerSpec.inputs).join(', ') || 'another node'}.`,
    }
  const outputPort = writerSpec && portOf(writerSpec.outputs, from.port)
  if (writerSpec && !outputPort)
    return {
      code: 'unknown-port',
      ...at,
      message: `${input} is wired to the output "${from.port}" of ${nodeNames.node(from.node)}, which has no such output.`,
      hint: `Connect it to ${Object.keys(writerSpec.outputs).join(', ') || 'another node'} instead, or remove the wire.`,
    }
  if (inputPort && outputPort && inputPort.type !== outputPort.type)
    return {
      code: 'wrong-type',
      ...at,
      message: `${input} takes ${valueTypes[inputPort.type].noun}, but ${nodeNames.output(from.node, from.port)} of ${nodeNames.node(from.node)} is ${valueTypes[outputPort.type].noun}.`,
      hint: `Connect ${valueTypes[inputPort.type].noun} to it.`,
    }
  return undefined
}

/**
 * What rests because of muted nodes. An input that may stay unconnected does without; a node whose other inputs
 * read a resting output rests too, and so on. Wires of resting outputs count as if they were not there.
 */
function restingIn<Id extends AnyNodeId>(document: Graph<Id>, specs: Specs) {
  const outputs = new Set<string>()
  const nodes = new Set<Id>()
  const readers = new Map<Id, EdgeRecord<Id>[]>()
  const queue = Object.values<NodeRecord<Id>>(document.nodes).flatMap((node) => (node.mute ? [node.id] : []))
  if (queue.length === 0) return { outputs, nodes }
  for (const edge of Object.values<EdgeRecord<Id>>(document.edges))
    readers.set(edge.from.node, [...(readers.get(edge.from.node) ?? []), edge])
  const muteOutputs = (id: Id, ports: Iterable<string>) => {
    for (const port of ports) outputs.add(`${id}.${port}`)
    queue.push(id)
  }
  for (const id of queue.splice(0)) {
    nodes.add(id)
    const spec = specOf(specs, nodeOf(document, id))
    muteOutputs(id, spec ? Object.keys(spec.outputs) : (readers.get(id) ?? []).map(({ from }) => from.port))
  }
  for (let id = queue.pop(); id !== undefined; id = queue.pop())
    for (const { from, to } of readers.get(id) ?? []) {
      const reader = nodeOf(document, to.node)
      const spec = specOf(specs, reader)
      if (!outputs.has(endpointKey(from)) || !reader || !spec || nodes.has(reader.id)) continue
      const port = portOf(spec.inputs, to.port)
      if (reader.bypass) {
        const outputsPassed = Object.keys(spec.outputs).filter((output) => bypassInput(spec, output) === to.port)
        const fresh = outputsPassed.filter((output) => !outputs.has(`${reader.id}.${output}`))
        if (fresh.length > 0) muteOutputs(reader.id, fresh)
      } else if (port && port.fallback === undefined) {
        nodes.add(reader.id)
        muteOutputs(reader.id, Object.keys(spec.outputs))
      }
    }
  return { outputs, nodes }
}

/** Which of `edges` can be: none that leads nowhere or does not fit, and the first, by id, of those that end on one input. */
export function goodWires<Id extends AnyNodeId>(
  document: Graph<Id>,
  specs: Specs,
  edges: readonly EdgeRecord<Id>[],
  nodeNames: Names<Id>,
): Pick<Wiring<Id>, 'wires' | 'brokenInputs' | 'problems'> {
  const wires = new Map<string, EdgeRecord<Id>>()
  const brokenInputs = new Set<string>()
  const problems: Problem<Id>[] = []
  for (const edge of [...edges].sort((a, b) => compareIds(a.id, b.id))) {
    const key = endpointKey(edge.to)
    const problem = checkEdge(document, specs, edge, nodeNames)
    if (problem) {
      problems.push(problem)
      brokenInputs.add(key)
    } else if (wires.has(key)) {
      problems.push({
        code: 'two-wires',
        severity: 'error',
        node: edge.to.node,
        port: edge.to.port,
        edge: edge.id,
        message: `${nodeNames.input(edge.to.node, edge.to.port)} of ${nodeNames.node(edge.to.node)} has more than one wire; an input takes one.`,
        hint: 'Remove all but one of them.',
      })
    } else wires.set(key, edge)
  }
  for (const key of wires.keys()) brokenInputs.delete(key)
  return { wires, brokenInputs, problems }
}

export function wire<Id extends AnyNodeId>(
  document: Graph<Id>,
  specs: Specs,
  nodeNames: Names<Id> = names(document, specs),
): Wiring<Id> {
  const resting = restingIn(document, specs)
  const running = Object.values<EdgeRecord<Id>>(document.edges).filter(
    ({ from }) => !resting.outputs.has(endpointKey(from)),
  )
  const { wires, brokenInputs, problems } = goodWires(document, specs, running, nodeNames)
  // The same by node, then port: `source` is asked often, and putting keys together is what would cost.
  const byNode = new Map<Id, Map<string, EdgeRecord<Id>>>()
  for (const edge of wires.values()) {
    const ports = byNode.get(edge.to.node) ?? new Map<string, EdgeRecord<Id>>()
    byNode.set(edge.to.node, ports.set(edge.to.port, edge))
  }

  const passes = (output: Endpoint<Id>) => {
    const record = nodeOf(document, output.node)
    const spec = record?.bypass ? specOf(specs, record) : undefined
    return spec && { input: bypassInput(spec, output.port) }
  }
  const resolve = followBack(wires, passes)
  return {
    wires,
    brokenInputs,
    problems,
    restingNodes: resting.nodes,
    resolve,
    passedBy(outputs) {
      const visitedEnds = new Set<string>()
      const passedNodes = new Set<Id>()
      for (const output of outputs)
        for (let at: Endpoint<Id> | undefined = output; at && !visitedEnds.has(endpointKey(at)); ) {
          visitedEnds.add(endpointKey(at))
          const pass = passes(at)
          if (!pass) break
          passedNodes.add(at.node)
          at = pass.input === undefined ? undefined : wires.get(`${at.node}.${pass.input}`)?.from
        }
      return passedNodes
    },
    source(node, input) {
      const edge = byNode.get(node)?.get(input)
      return edge && resolve(edge.from)
    },
  }
}
