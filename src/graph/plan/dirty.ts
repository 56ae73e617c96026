/**
 * Every question of "the same?": what an edit asks for, which nodes can go on as they were prepared, and which pictures are
 * the ones that are there already.
 */
import { askedOf, type Inference } from '../analysis/infer.ts'
import { messageOf } from '../document/coded-error.ts'
import { type EdgeRecord, endpointKey, type FlatDocument, type FlatId, type NodeRecord } from '../document/document.ts'
import { sameJson } from '../document/json.ts'
import { compareFlat } from '../document/levels.ts'
import { specOf } from '../document/subgraph.ts'
import type { AssetFacts } from '../node/facts.ts'
import { declarationsOf } from '../node/needs.ts'
import type { ValueDesc } from '../node/ports.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { checkParam, paramValues } from '../node/values.ts'

/**
 * What must be done for an edit. `nothing`: no picture is another. `uniform`: the plan, the sizes and the problems of
 * before hold; which pictures are others, their names tell. `plan`: anything may be another.
 */
export type Dirt = 'nothing' | 'uniform' | 'plan'

/** What is known of the document before the edit. */
export interface KnownBefore extends Pick<Inference, 'descs' | 'source'> {
  /** As they still are: where files are others, all must be planned anew. */
  readonly facts: AssetFacts
}

/** Asks of nodes with other values alone whether they would say the same of themselves. */
export function dirty(before: FlatDocument, after: FlatDocument, specs: Specs, knownBefore: KnownBefore): Dirt {
  const changes = changedNodes(before, after)
  if (!changes) return 'plan'
  if (changes.length === 0) return 'nothing'
  const isPlanned = changes.every(([was, now]) => onlyValues(specOf(specs, now), was, now, knownBefore))
  return isPlanned ? 'uniform' : 'plan'
}

/** Whether nothing that a render reads differs: positions, titles and the ways that wires run do not count. */
export const samePicture = (before: FlatDocument, after: FlatDocument): boolean =>
  changedNodes(before, after)?.length === 0

/** The one node whose params differ; `undefined` where there is none, or several, or it is another graph. */
export function editedNode(before: FlatDocument, after: FlatDocument): FlatId | undefined {
  const changes = changedNodes(before, after)
  return changes?.length === 1 ? changes[0]![1].id : undefined
}

/** Nodes of the same graph whose params differ, as before and now; `undefined`: it is another graph. */
function changedNodes(
  before: FlatDocument,
  after: FlatDocument,
): (readonly [was: NodeRecord<FlatId>, now: NodeRecord<FlatId>])[] | undefined {
  if (before.edges !== after.edges && !sameWires(before, after)) return undefined
  if (before.nodes === after.nodes) return []
  const nodes = Object.values<NodeRecord<FlatId>>(after.nodes)
  if (nodes.length !== Object.keys(before.nodes).length) return undefined
  const changes: (readonly [NodeRecord<FlatId>, NodeRecord<FlatId>])[] = []
  for (const node of nodes) {
    const was = before.nodes[node.id]
    if (was === node) continue
    if (!was || !sameJson(placeless(was), placeless(node))) return undefined
    if (!sameJson(was.params, node.params)) changes.push([was, node])
  }
  return changes
}

/** Whether problems call nodes by the same names in both, which must have the same nodes. */
export const sameTitles = (before: FlatDocument, after: FlatDocument): boolean =>
  before.nodes === after.nodes ||
  Object.values<NodeRecord<FlatId>>(after.nodes).every(({ id, title }) => before.nodes[id]?.title === title)

/** What of a node beside its params decides how it runs; a body is that of a subgraph which rests. */
const placeless = ({ type, bypass, mute, body }: NodeRecord<FlatId>) => [type, bypass ?? false, mute ?? false, body]

function sameWires(a: FlatDocument, b: FlatDocument): boolean {
  const edges = Object.values<EdgeRecord<FlatId>>(b.edges)
  return (
    edges.length === Object.keys(a.edges).length &&
    edges.every((edge) => {
      const before = a.edges[edge.id]
      return before === edge || (before !== undefined && sameJson([before.from, before.to], [edge.from, edge.to]))
    })
  )
}

/** Whether two records of a node differ by good values of `uniform` params alone, which leave what it needs and gives as it is. */
function onlyValues(
  spec: NodeSpec | undefined,
  was: NodeRecord<FlatId>,
  now: NodeRecord<FlatId>,
  knownBefore: KnownBefore,
): boolean {
  if (!spec) return false
  for (const name of new Set([...Object.keys(was.params), ...Object.keys(now.params)])) {
    const [old, value] = [was.params[name], now.params[name]]
    if (sameJson(old, value)) continue
    const paramSpec = Object.hasOwn(spec.params, name) ? spec.params[name] : undefined
    if (!paramSpec) return false
    const values = [old, value].map((ownValue) => (ownValue === undefined ? paramSpec.default : ownValue))
    if (values.some((one) => checkParam(paramSpec, one) !== undefined)) return false
    if (paramSpec.affects !== 'uniform' && !sameJson(values[0], values[1])) return false
  }
  if (!sameJson(saidOf(spec, was, knownBefore.facts), saidOf(spec, now, knownBefore.facts))) return false
  const givenBefore = givenBy(spec, was, knownBefore)
  return !givenBefore || sameJson(givenBefore(was), givenBefore(now))
}

/** What a node says of its outputs; `undefined` where it is not asked, since something does not arrive. */
function givenBy(spec: NodeSpec, { id }: NodeRecord<FlatId>, { descs, source, facts }: KnownBefore) {
  const inputs: Record<string, ValueDesc | undefined> = {}
  for (const [port, { fallback }] of Object.entries(spec.inputs)) {
    const from = source(id, port)
    inputs[port] = from && descs.get(endpointKey(from))
    if (inputs[port] === undefined && (from || fallback === undefined)) return undefined
  }
  return (record: NodeRecord<FlatId>) => askedOf(spec, inputs, paramValues(spec, record), facts, spec.title)
}

/** What plans are made of; of a node that throws, its message, which `inferAll` tells. */
function saidOf(spec: NodeSpec, record: NodeRecord<FlatId>, facts: AssetFacts): unknown {
  try {
    return declarationsOf(spec, paramValues(spec, record), facts)
  } catch (error) {
    return messageOf(error)
  }
}

/** Short names for long texts; forgotten when there are many, whereupon all get new ones. */
const shortNames = new Map<string, string>()
let generation = 0

function shortName(text: string): string {
  if (shortNames.size > 5000) {
    shortNames.clear()
    generation += 1
  }
  const name = shortNames.get(text) ?? `${generation}.${shortNames.size}`
  shortNames.set(text, name)
  return name
}

/**
 * For each node a text that names all its picture at `frame` is made of: the same text, the same picture. Nodes
 * on a cycle have none.
 */
export function pictureKeys(document: FlatDocument, frame: number): ReadonlyMap<FlatId, string> {
  const inputs = new Map<FlatId, EdgeRecord<FlatId>[]>()
  for (const edge of Object.values(document.edges)) {
    const edgesIn = inputs.get(edge.to.node)
    if (edgesIn) edgesIn.push(edge)
    else inputs.set(edge.to.node, [edge])
  }
  const keys = new Map<FlatId, string>()
  const open = new Set<FlatId>()
  const keyOf = (id: FlatId): string | null => {
    const cachedKey = keys.get(id)
    if (cachedKey !== undefined) return cachedKey
    const node = document.nodes[id]
    if (!node || open.has(id)) return null
    open.add(id)
    const wires = (inputs.get(id) ?? [])
      .map(({ from, to }) => [to.port, from.port, keyOf(from.node)])
      .sort((a, b) => String(a[0]).localeCompare(String(b[0])))
    open.delete(id)
    const key = shortName(JSON.stringify([placeless(node), node.params, frame, wires]))
    keys.set(id, key)
    return key
  }
  for (const id of Object.keys(document.nodes) as FlatId[]) keyOf(id)
  return keys
}

/**
 * What nodes of `before` are called in `after`, where folding or unfolding gave them other names: one that is gone and
 * one that came, and make the same picture from the same things, are one node.
 */
export function renamedNodes(before: FlatDocument, after: FlatDocument): ReadonlyMap<FlatId, FlatId> {
  const missingIn = (other: FlatDocument, document: FlatDocument) =>
    (Object.keys(document.nodes) as FlatId[]).filter((id) => !other.nodes[id]).sort(compareFlat)
  const [missingIds, newIds] = [missingIn(after, before), missingIn(before, after)]
  const idsAfter = new Map<FlatId, FlatId>()
  if (missingIds.length === 0 || newIds.length === 0) return idsAfter
  const [keysBefore, keysAfter] = [pictureKeys(before, 0), pictureKeys(after, 0)]
  for (const id of missingIds) {
    const key = keysBefore.get(id)
    const at = newIds.findIndex((other) => key !== undefined && keysAfter.get(other) === key)
    const [name] = at < 0 ? [] : newIds.splice(at, 1)
    if (name !== undefined) idsAfter.set(id, name)
  }
  return idsAfter
}

/**
 * What an instance of a node was prepared for: the same text, the same `prepare`. It covers the node's type, its `plan`
 * params, the facts of its files and the descriptions of its inputs and outputs.
 */
export function preparedKey(
  spec: NodeSpec,
  values: Readonly<Record<string, unknown>>,
  files: readonly unknown[],
  inputs: readonly (readonly [port: string, desc: ValueDesc | null])[],
  outputs: readonly (readonly [port: string, desc: ValueDesc | null])[],
): string {
  const plan = Object.entries(spec.params).flatMap(([name, { affects }]) =>
    affects === 'plan' ? [[name, values[name]]] : [],
  )
  return JSON.stringify([spec.type, plan, files, inputs, outputs])
}

/** cyrb53 (public domain, github.com/bryc/code): 53 bits of a string, well mixed; by two seeds at once, 0 and 1. */
function cyrb53(text: string): readonly [number, number] {
  let [a1, a2, b1, b2] = [0xdeadbeef, 0x41c6ce57, 0xdeadbeef ^ 1, 0x41c6ce57 ^ 1]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a1 = Math.imul(a1 ^ code, 2654435761)
    a2 = Math.imul(a2 ^ code, 1597334677)
    b1 = Math.imul(b1 ^ code, 2654435761)
    b2 = Math.imul(b2 ^ code, 1597334677)
  }
  return [mixHashes(a1, a2), mixHashes(b1, b2)]
}

function mixHashes(first: number, second: number): number {
  const h1 = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909)
  const h2 = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909)
  return 4294967296 * (2097151 & h2) + (h1 >>> 0)
}

/**
 * Names a result by what it is made of: node type, params, upstream results and, where it matters, the frame. The same name
 * means the same picture, so a result can be found again after any edit and its undoing. 106 bits: two results of one name
 * would take some 10¹⁵ results.
 */
export const contentKey = (parts: readonly unknown[]): string => {
  const [first, second] = cyrb53(JSON.stringify(parts))
  // In the base that engines write quickly: a name is made for every value of every frame.
  return `${first}-${second}`
}
