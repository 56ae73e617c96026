/** Graphs for property tests: sound ones, whose plans must succeed, and any at all, which must do no harm. */
import fc from 'fast-check'
import {
  type EdgeRecord,
  type Endpoint,
  type GraphDocument,
  markColours,
  type NodeId,
  type NodeRecord,
} from '../../../src/graph/document/document.ts'
import type { Json, JsonObject } from '../../../src/graph/document/json.ts'
import { allNodes, draftAt, placeOf } from '../../../src/graph/document/levels.ts'
import { isSubgraph } from '../../../src/graph/document/subgraph.ts'
import { fold } from '../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../src/graph/edits/history.ts'
import type { PortType } from '../../../src/graph/node/ports.ts'
import { specs } from './specs.ts'

interface Made {
  readonly at: Endpoint
  readonly type: PortType
  /** Size ÷ that of the clip. */
  readonly scale: number
}

const step = fc.record({
  type: fc.constantFrom(
    ...['clip', 'clip', 'scale', 'model', 'blend', 'blend', 'blend', 'grain', 'grain'],
    ...['grain', 'sharpen', 'luma', 'split', 'writer'],
  ),
  picks: fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }),
  factor: fc.constantFrom(1, 1, 1, 2),
  bypass: fc.boolean().chain((might) => (might ? fc.boolean() : fc.constant(false))),
  name: fc.nat(10_000),
})

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const pick = (from: readonly Made[], n: number): Made | undefined => from[n % Math.max(1, from.length)]

/** Every input that must be wired is, sizes fit, nothing is circular; whatever is bypassed or not. */
function build(steps: readonly Step[]): GraphDocument {
  const nodes: Record<string, NodeRecord> = {}
  const edges: Record<string, EdgeRecord> = {}
  const made: Made[] = []
  const add = ({ type, picks, factor, bypass, name }: Step) => {
    // Names in no relation to the order of the wires.
    const id = `n${name}-${Object.keys(nodes).length}` as NodeId
    const spec = specs.get(type)!
    const read: Record<string, Made> = {}
    let size: number | undefined
    for (const [n, [port, declared]] of Object.entries(spec.inputs).entries()) {
      const mayStay = declared.fallback !== undefined
      if (mayStay && picks[n]! % 3 === 0) continue
      const fits = made.filter(
        (m) => m.type === declared.type && (size === undefined || m.type === 'audio' || m.scale === size),
      )
      const from = pick(fits, picks[n]!)
      if (!from) {
        if (mayStay) continue
        return
      }
      if (spec.kernel.kind === 'pixel') size ??= from.scale
      read[port] = from
    }
    const passes = bypass && type !== 'clip'
    nodes[id] = {
      id,
      type,
      params: type === 'scale' ? { factor } : {},
      position: { x: name, y: 0 },
      ...(passes ? { bypass } : {}),
    }
    for (const [port, from] of Object.entries(read))
      edges[`${id}.${port}`] = { id: `${id}.${port}` as EdgeRecord['id'], from: from.at, to: { node: id, port } }
    for (const [port, { type: portType }] of Object.entries(spec.outputs)) {
      const passed = Object.entries(spec.inputs).find(([, input]) => input.type === portType)?.[0]
      const input = read[passed ?? ''] ?? Object.values(read)[0]
      if (passes && !(passed && read[passed])) continue
      const by = passes ? 1 : type === 'scale' ? factor : type === 'model' ? 2 : 1
      const scale = (input?.scale ?? 1) * by
      // Within 8192 pixels.
      if (scale > 16) continue
      made.push({ at: { node: id, port }, type: portType, scale })
    }
  }
  add({ type: 'clip', picks: [], factor: 1, bypass: false, name: 0 })
  for (const each of steps) {
    const before = Object.values(edges)
    add(each)
    // A picture too large was made: without its reader-to-be the node stays, but is never read.
    if (Object.keys(edges).length < before.length) throw new Error('a wire was lost')
  }
  return { title: 'Sound', description: '', nodes, edges } as GraphDocument
}

export const soundDocument: fc.Arbitrary<GraphDocument> = fc.array(step, { maxLength: 24 }).map(build)

const safe = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__')

/** Any JSON that a file may hold as a param. */
export const anyJson: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).filter(safe) as fc.Arbitrary<Json>

const nodeName = fc.constantFrom('a', 'b', 'clip', 'toString', 'valueOf', '7', 'grain-2', 'grain-10', '_x')
const portName = fc.constantFrom('image', 'mask', 'base', 'detail', 'protect', 'sound', 'toString', 'odd port')
const paramName = fc.constantFrom(
  'amount',
  'seed',
  'factor',
  'kernel',
  'media',
  'colour',
  'x y',
  'constructor',
  'toString',
  '',
)

const anyNode = fc.record(
  {
    type: fc.constantFrom(...specs.keys(), 'mystery', 'toString'),
    params: fc
      .array(fc.tuple(paramName, fc.oneof(anyJson, fc.double({ noNaN: true, noDefaultInfinity: true }))))
      .map((pairs) => Object.fromEntries(pairs) as JsonObject),
    position: fc.record({
      x: fc.double({ noNaN: true, noDefaultInfinity: true }),
      y: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    title: fc.string(),
    bypass: fc.boolean(),
    mute: fc.boolean(),
    collapsed: fc.boolean(),
    onCard: fc.array(paramName, { maxLength: 3 }),
  },
  { requiredKeys: ['type', 'params', 'position'] },
)

const anyPlace = fc.record({
  x: fc.double({ noNaN: true, noDefaultInfinity: true }),
  y: fc.double({ noNaN: true, noDefaultInfinity: true }),
})

const anyEdge = fc.record(
  {
    from: fc.record({ node: nodeName, port: portName }),
    to: fc.record({ node: nodeName, port: portName }),
    via: fc.array(anyPlace, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['from', 'to'] },
)

const length = fc.double({ min: 0.001, noNaN: true, noDefaultInfinity: true })
const anyMark = fc.record({
  kind: fc.constantFrom('frame' as const, 'note' as const),
  text: fc.string(),
  colour: fc.constantFrom(...markColours),
  position: anyPlace,
  size: fc.record({ width: length, height: length }),
})

/** Whatever a file may hold, right or wrong. */
export const anyDocument: fc.Arbitrary<GraphDocument> = fc
  .record({
    title: fc.string(),
    description: fc.string(),
    nodes: fc.array(fc.tuple(nodeName, anyNode, fc.integer({ min: 1, max: 9 })), { maxLength: 8 }),
    edges: fc.array(fc.tuple(fc.constantFrom('e', 'f', 'g', 'h', '1', 'toString', 'a.image'), anyEdge), {
      maxLength: 8,
    }),
    marks: fc.array(fc.tuple(nodeName, anyMark), { maxLength: 3 }),
  })
  .map(({ nodes, edges, marks, ...rest }) => ({
    ...rest,
    ...(marks.length > 0 ? { marks: Object.fromEntries(marks.map(([id, mark]) => [id, { ...mark, id }])) } : {}),
    nodes: Object.fromEntries(
      nodes.map(([id, node, version]) => [id, { ...node, id, ...(specs.has(node.type) ? {} : { version }) }]),
    ),
    edges: Object.fromEntries(edges.map(([id, edge]) => [id, { ...edge, id }])),
  })) as unknown as fc.Arbitrary<GraphDocument>

/** Numbers that choose a level and nodes on it, whatever there is. */
export const foldChoice = fc.record({
  level: fc.nat(1000),
  nodes: fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }),
})
export type FoldChoice = typeof foldChoice extends fc.Arbitrary<infer C> ? C : never

/** Every level there is, the document's own first. */
export const levelsOf = (document: GraphDocument): readonly (readonly NodeId[])[] => [
  [],
  ...[...allNodes(document)]
    .filter(([, record]) => isSubgraph(record))
    .map(([flat]) => [...placeOf(flat).path, placeOf(flat).id]),
]

/** Folds as chosen where that can be; the document as it is where not. */
export function foldBy(document: GraphDocument, choices: readonly FoldChoice[]): GraphDocument {
  let history = newHistory(document)
  for (const { level, nodes } of choices) {
    const levels = levelsOf(history.document)
    const path = levels[level % levels.length]!
    history = edit(history, 'Fold', (draft) => {
      const at = draftAt(draft, path)!
      const ids = Object.keys(at.nodes) as NodeId[]
      fold(
        at,
        specs,
        nodes.map((n) => ids[n % Math.max(1, ids.length)] as NodeId),
        { path },
      )
    }).history
  }
  return history.document
}

const folds = fc.array(foldChoice, { maxLength: 5 })

/** Sound ones, with subgraphs in one another. */
export const foldedSound: fc.Arbitrary<GraphDocument> = fc.tuple(soundDocument, folds).map(([d, f]) => foldBy(d, f))
/** Any at all, with subgraphs in one another. */
export const foldedAny: fc.Arbitrary<GraphDocument> = fc.tuple(anyDocument, folds).map(([d, f]) => foldBy(d, f))
