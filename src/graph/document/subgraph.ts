/**
 * A subgraph as a node among nodes: its ports, params and values follow from what it folds, so that whoever asks
 * for a node's declaration (`specOf`) need not know whether it is one. Nothing here runs; `expand.ts` unfolds.
 */

import type { ParamSpec } from '../node/params.ts'
import type { PortSpec, Ports } from '../node/ports.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import {
  type AnyNodeId,
  boundaryTypes,
  type EdgeRecord,
  type Graph,
  type NodeId,
  type NodeRecord,
  nodeOf,
  type PortRecord,
  type PortSide,
  type PromotedRecord,
  subgraphType,
} from './document.ts'
import type { Json } from './json.ts'
import { boundarySide } from './kinds.ts'

type Typed = Pick<NodeRecord, 'type' | 'body' | 'ports'>

/** A record that folds a graph. */
export type Subgraph<Id extends AnyNodeId = NodeId> = NodeRecord<Id> & { readonly body: Graph }

export const isSubgraph = <Id extends AnyNodeId>(record: NodeRecord<Id> | undefined): record is Subgraph<Id> =>
  record?.type === subgraphType && record.body !== undefined

/** Which boundary of a subgraph's body a node is, if it is one. */
export const sideOf = (record: Pick<NodeRecord, 'type'> | undefined): PortSide | undefined =>
  record && boundarySide(record.type)

type Boundary = Readonly<Partial<Record<PortSide, NodeRecord>>>
const boundaries = new WeakMap<Graph['nodes'], Boundary>()

/** The node at which wires come into a body, or leave it. */
export function boundaryOf(body: Graph, side: PortSide): NodeRecord | undefined {
  let specsOfBoundaries = boundaries.get(body.nodes)
  if (!specsOfBoundaries) {
    const both: Partial<Record<PortSide, NodeRecord>> = {}
    for (const record of Object.values<NodeRecord>(body.nodes)) {
      const its = sideOf(record)
      if (its) both[its] ??= record
    }
    specsOfBoundaries = both
    boundaries.set(body.nodes, specsOfBoundaries)
  }
  return specsOfBoundaries[side]
}

export const portsOf = (body: Graph, side: PortSide): readonly PortRecord[] => boundaryOf(body, side)?.ports ?? []

export const promotedOf = (record: Pick<NodeRecord, 'body'> | undefined, name: string): PromotedRecord | undefined =>
  record?.body?.promoted?.find((one) => one.name === name)

/** Where the value of a param really stands: the ids of nodes from the record inwards, none for its own, and the name there. */
export function innermost(
  record: Pick<NodeRecord, 'body'>,
  name: string,
): { readonly inside: readonly NodeId[]; readonly param: string } | undefined {
  const inside: NodeId[] = []
  let at = record
  let param = name
  while (at.body) {
    const promotion = promotedOf(at, param)
    const inner = promotion && nodeOf(at.body, promotion.node)
    if (!promotion || !inner) return undefined
    inside.push(promotion.node)
    at = inner
    param = promotion.param
  }
  return { inside, param }
}

/** Whether a number is wired to a param inside the subgraph already, at whatever depth. */
export function isDrivenInside(record: Pick<NodeRecord, 'body'>, name: string): boolean {
  let at: Pick<NodeRecord, 'body'> | undefined = record
  let param = name
  while (at?.body) {
    const { body }: { readonly body?: Graph } = at
    const promotion = promotedOf(at, param)
    if (!promotion) return false
    const { node } = promotion
    param = promotion.param
    if (Object.values<EdgeRecord>(body.edges).some(({ to }) => to.node === node && to.port === param)) return true
    at = nodeOf(body, node)
  }
  return false
}

/** What the document says a param is, if it says anything: a subgraph's are those of the nodes inside. */
export function ownParam(record: Pick<NodeRecord, 'params' | 'body'>, name: string): Json | undefined {
  let at = record
  let param = name
  while (at.body) {
    const promotion = promotedOf(at, param)
    const inner = promotion && nodeOf(at.body, promotion.node)
    if (!promotion || !inner) return undefined
    at = inner
    param = promotion.param
  }
  return Object.hasOwn(at.params, param) ? at.params[param] : undefined
}

const plainPort = ({ type, title }: PortRecord): PortSpec => ({ type, label: title })

/** A port may stay unconnected where everything that would read it inside may do without. */
function inputPorts(specs: Specs, body: Graph): Ports {
  const inputs = boundaryOf(body, 'inputs')
  const readers = new Map<string, PortSpec[]>()
  for (const { from, to } of Object.values<EdgeRecord>(body.edges)) {
    if (from.node !== inputs?.id) continue
    const ports = specOf(specs, nodeOf(body, to.node))?.inputs
    const port = ports && Object.hasOwn(ports, to.port) ? ports[to.port] : undefined
    if (port) readers.set(from.port, [...(readers.get(from.port) ?? []), port])
  }
  return Object.fromEntries(
    (inputs?.ports ?? []).map((port) => {
      const readerSpecs = readers.get(port.name) ?? []
      const fallback = readerSpecs.every((one) => one.fallback !== undefined)
        ? (readerSpecs[0]?.fallback ?? 0)
        : undefined
      return [port.name, { ...plainPort(port), ...(fallback === undefined ? {} : { fallback }) }]
    }),
  )
}

/** Promoted params that lead to a param that is there, each as declared inside but for its name. */
function promotedParams(specs: Specs, body: Graph): Record<string, ParamSpec> {
  const params: Record<string, ParamSpec> = {}
  for (const { name, title, node, param } of body.promoted ?? []) {
    const paramSpecs = specOf(specs, nodeOf(body, node))?.params
    if (!paramSpecs || !Object.hasOwn(paramSpecs, param)) continue
    // Whether it is shown inside depends on its neighbours there; whoever promoted it wants to see it.
    const { visible: _, ...rest } = paramSpecs[param]!
    params[name] = { ...rest, label: title }
  }
  return params
}

/**
 * Numbers may drive promoted params as they drive those of other nodes. Where an input of the subgraph has the same name, as
 * files of old may have it, the wire is that input's.
 */
function drivenInputs(specs: Specs, body: Graph, ownPorts: Ports): Ports {
  const inputs: Record<string, PortSpec> = {}
  for (const { name, title, node, param } of body.promoted ?? []) {
    const inputSpecs = specOf(specs, nodeOf(body, node))?.inputs
    const port = inputSpecs && Object.hasOwn(inputSpecs, param) ? inputSpecs[param] : undefined
    if (port?.drives && !Object.hasOwn(ownPorts, name)) inputs[name] = { ...port, label: title }
  }
  return inputs
}

const infer: NodeSpec['infer'] = () => {
  throw new Error('A subgraph is expanded before anything is inferred of it.')
}

function bodySpec(specs: Specs, body: Graph): NodeSpec {
  const params = promotedParams(specs, body)
  const inputs = inputPorts(specs, body)
  return {
    type: subgraphType,
    title: 'Subgraph',
    category: 'subgraph',
    summary: 'Folds several nodes into one. Open it to see and change what is inside.',
    inputs: { ...inputs, ...drivenInputs(specs, body, inputs) },
    outputs: Object.fromEntries(portsOf(body, 'outputs').map((port) => [port.name, plainPort(port)])),
    params,
    onCard: Object.keys(params),
    infer,
    kernel: { kind: 'pass' },
  }
}

const boundarySpec = (side: PortSide, ports: readonly PortRecord[]): NodeSpec => {
  const both = Object.fromEntries(ports.map((port) => [port.name, plainPort(port)]))
  return {
    type: boundaryTypes[side],
    title: side === 'inputs' ? 'Inputs' : 'Outputs',
    category: 'subgraph',
    summary:
      side === 'inputs'
        ? 'What comes into this subgraph, as the ports of its card.'
        : 'What this subgraph gives, as the ports of its card.',
    inputs: side === 'inputs' ? {} : both,
    outputs: side === 'inputs' ? both : {},
    params: {},
    infer,
    kernel: { kind: 'pass' },
  }
}

const noPorts: readonly PortRecord[] = []
/** What is immutable has one declaration. */
const bodySpecs = new WeakMap<Graph, { readonly specs: Specs; readonly spec: NodeSpec }>()
const boundarySpecs: Readonly<Record<PortSide, WeakMap<readonly PortRecord[], NodeSpec>>> = {
  inputs: new WeakMap(),
  outputs: new WeakMap(),
}

/** The declaration of a node, be it of a registered type or a subgraph; `undefined`: nobody knows its type. */
export function specOf(specs: Specs, record: Typed | undefined): NodeSpec | undefined {
  if (!record) return undefined
  const side = sideOf(record)
  if (side) {
    const ports = record.ports ?? noPorts
    const cachedSpec = boundarySpecs[side].get(ports)
    if (cachedSpec) return cachedSpec
    const spec = boundarySpec(side, ports)
    boundarySpecs[side].set(ports, spec)
    return spec
  }
  if (record.type !== subgraphType) return specs.get(record.type)
  const { body } = record
  if (!body) return undefined
  const cachedSpec = bodySpecs.get(body)
  if (cachedSpec?.specs === specs) return cachedSpec.spec
  const spec = bodySpec(specs, body)
  bodySpecs.set(body, { specs, spec })
  return spec
}
