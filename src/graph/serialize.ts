/**
 * The file format: a document as JSON that reads and diffs well, and back from text that anybody may have written.
 *
 *     { "format": "framewright-graph",
 *       "versions": { "document": 1, "nodes": { "grain": 2 } },
 *       "title": "…", "description": "…",
 *       "nodes": { "grain": { "type": "grain", "position": { "x": 0, "y": 0 }, "params": { "amount": 0.1 } } },
 *       "edges": { "grain.image": { "from": { "node": "decode", "port": "image" }, "to": { … } } },
 *       "marks": { "frame": { "kind": "frame", "text": "…", "colour": "blue", "position": { … }, "size": { … } } } }
 *
 * A subgraph has its own nodes, edges and marks in a `body`; the boundary nodes in it have `ports`.
 * Nodes, edges and marks stand in the order of their ids, params in that of their declaration. What the clipboard
 * holds has the same form without title and description, as `framewright-fragment`.
 */
import { z } from 'zod'
import {
  type EdgeRecord,
  type Graph,
  type GraphDocument,
  type MarkId,
  type MarkRecord,
  markColours,
  marksOf,
  type NodeId,
  type NodeRecord,
  type PortRecord,
  type PromotedRecord,
  subgraphType,
} from './document/document.ts'
import { compareIds, isName, isNodeId } from './document/ids.ts'
import { allNodes, deepestNesting } from './document/levels.ts'
import type { Problem } from './document/problems.ts'
import { sideOf, specOf } from './document/subgraph.ts'
import type { Fragment } from './edits/edit.ts'
import type { Json, JsonObject } from './json.ts'
import { fileMigrations, migrateFile, migrateParams, nodeVersion } from './migrate.ts'
import type { Specs } from './node/spec.ts'
import { badFile, pathText, shorten, unsafeJson } from './untrusted.ts'

export const graphFormat = 'framewright-graph'
export const fragmentFormat = 'framewright-fragment'

/** Characters of text. */
export const longestFile = 20_000_000
export const mostNodes = 50_000
/** Notices beyond these are counted, not told. */
const mostNotices = 100

export type ParsedGraph =
  | { readonly ok: true; readonly document: GraphDocument; readonly notices: readonly Problem[] }
  | { readonly ok: false; readonly error: Problem }

export type ParsedFragment =
  | { readonly ok: true; readonly fragment: Fragment; readonly notices: readonly Problem[] }
  | { readonly ok: false; readonly error: Problem }

/** JSON text, but −0 stays −0. Objects marked by `inline` stand on one line. */
function print(value: Json, indent: string, inline: (path: readonly string[]) => boolean, path: string[] = []): string {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  const isList = Array.isArray(value)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  const entries = Object.entries<Json | undefined>(value).filter(([, child]) => child !== undefined)
  if (entries.length === 0) return open + close
  const flat = inline(path)
  const inner = flat ? '' : `${indent}  `
  const lines = entries.map(([key, child]) => {
    const text = print(child!, inner, flat ? () => true : inline, [...path, key])
    return isList ? `${inner}${text}` : `${inner}${JSON.stringify(key)}: ${text}`
  })
  if (flat) return isList ? `[${lines.join(', ')}]` : `{ ${lines.join(', ')} }`
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

/** The same on every level: what lies in a body is printed as if it lay in a file of its own. */
const onOneLine = (path: readonly string[]): boolean =>
  (path[0] === 'edges' && path.length === 2) ||
  (path[0] === 'nodes' && path[2] === 'body' && onOneLine(path.slice(3))) ||
  (path[0] === 'nodes' && path[2] !== 'body' && (path[2] === 'position' || path.length === 4)) ||
  (path[0] === 'marks' && path.length === 3) ||
  (path[0] === 'promoted' && path.length === 2)

function orderedParams(record: NodeRecord, specs: Specs): JsonObject {
  const spec = record.body ? undefined : specOf(specs, record)
  // Params of an unknown type stay as they came; a subgraph's are in its body.
  if (!spec) return record.params
  const declared = Object.keys(spec.params).filter((name) => Object.hasOwn(record.params, name))
  const others = Object.keys(record.params).filter((name) => !Object.hasOwn(spec.params, name))
  return Object.fromEntries([...declared, ...others.sort(compareIds)].map((name) => [name, record.params[name]!]))
}

/** The version of a node's params; none of those whose form is the file format's own. */
function versionOf(record: NodeRecord, specs: Specs): number | undefined {
  if (record.type === subgraphType || sideOf(record)) return undefined
  const spec = specs.get(record.type)
  return spec ? nodeVersion(spec) : (record.version ?? 0)
}

/** One version for each type, be it used on several levels. */
function versionsOf(graph: Graph, specs: Specs): ReadonlyMap<string, number> {
  const versions = new Map<string, number>()
  const all = [...allNodes(graph)].sort(([a], [b]) => compareIds(a, b))
  for (const [, record] of all) {
    const version = versionOf(record, specs)
    if (version !== undefined && !versions.has(record.type)) versions.set(record.type, version)
  }
  return versions
}

const portText = ({ name, title, type }: PortRecord): Json => ({ name, title, type })

/** Nodes, wires and marks of one level, and of all below it. */
function level(fragment: Graph, specs: Specs, versions: ReadonlyMap<string, number>): Record<string, Json> {
  const nodeIds = (Object.keys(fragment.nodes) as NodeId[]).sort(compareIds)
  const nodes: Record<string, Json> = {}
  for (const id of nodeIds) {
    const record = fragment.nodes[id]!
    const version = versionOf(record, specs)
    nodes[id] = {
      type: record.type,
      // Nodes of an unknown type may come from several files, of several versions.
      ...(version === undefined || versions.get(record.type) === version ? {} : { version }),
      ...(record.title === undefined ? {} : { title: record.title }),
      ...(record.bypass === undefined ? {} : { bypass: record.bypass }),
      ...(record.mute === undefined ? {} : { mute: record.mute }),
      ...(record.collapsed === undefined ? {} : { collapsed: record.collapsed }),
      position: { x: record.position.x, y: record.position.y },
      params: orderedParams(record, specs),
      ...(record.ports === undefined ? {} : { ports: record.ports.map(portText) }),
      ...(record.body === undefined ? {} : { body: level(record.body, specs, versions) }),
    }
  }
  const edges: Record<string, Json> = {}
  for (const edge of Object.values<EdgeRecord>(fragment.edges).sort((a, b) => compareIds(a.id, b.id)))
    edges[edge.id] = {
      from: { node: edge.from.node, port: edge.from.port },
      to: { node: edge.to.node, port: edge.to.port },
      ...(edge.via === undefined ? {} : { via: edge.via.map(({ x, y }) => ({ x, y })) }),
    }
  const marks: Record<string, Json> = {}
  for (const { id, kind, text, colour, position, size } of marksOf(fragment).sort((a, b) => compareIds(a.id, b.id)))
    marks[id] = {
      kind,
      text,
      colour,
      position: { x: position.x, y: position.y },
      size: { width: size.width, height: size.height },
    }
  const promoted = (fragment.promoted ?? []).map(({ name, title, node, param }): Json => ({ name, title, node, param }))
  return {
    nodes,
    edges,
    ...(Object.keys(marks).length > 0 ? { marks } : {}),
    ...(promoted.length > 0 ? { promoted } : {}),
  }
}

function body(fragment: Fragment, specs: Specs): { versions: Json } & Record<string, Json> {
  const versions = versionsOf(fragment, specs)
  const sorted = [...versions].sort(([a], [b]) => compareIds(a, b))
  return {
    versions: { document: fileMigrations.length, nodes: Object.fromEntries(sorted) },
    ...level(fragment, specs, versions),
  }
}

/** The text of a graph file. `parseGraph` of it gives an equal document. */
export function serializeGraph(document: GraphDocument, specs: Specs): string {
  const { versions, ...parts } = body(document, specs)
  const { title, description } = document
  return `${print({ format: graphFormat, versions, title, description, ...parts }, '', onOneLine)}\n`
}

/** What the clipboard gets. */
export function serializeFragment(fragment: Fragment, specs: Specs): string {
  return `${print({ format: fragmentFormat, ...body(fragment, specs) }, '', onOneLine)}\n`
}

const whole = z.number().int().nonnegative()
const endpoint = z.object({
  node: z.string().describe('Id of a node of this graph.'),
  port: z.string().describe('One of its outputs (from) or inputs (to).'),
})
const point = z.object({ x: z.number(), y: z.number() })
const portShape = z.object({
  name: z.string().min(1).describe('By which wires know it.'),
  title: z.string().describe('What people read.'),
  type: z.enum(['image', 'mask', 'audio']),
})
const promotedShape = z.object({
  name: z.string().min(1).describe('By which the command line knows it.'),
  title: z.string().describe('What people read.'),
  node: z.string().describe('Id of a node of this body.'),
  param: z.string().describe('One of its params, or of those promoted there.'),
})
const nodeShape = z.object({
  type: z.string().min(1).describe('A node type, such as "grain"; one that is unknown here is kept as it is.'),
  version: whole.optional().describe('Version of the params, where it differs from the one in versions.nodes.'),
  title: z.string().optional().describe('A name of its own, shown instead of the type’s.'),
  bypass: z.boolean().optional().describe('Whether the node only passes its input on.'),
  mute: z.boolean().optional().describe('Whether the node gives nothing, and what needs it rests.'),
  collapsed: z.boolean().optional().describe('Whether its card shows the title alone.'),
  position: point.describe('Top left corner on the canvas, CSS pixels at a zoom of 1.'),
  params: z.record(z.string(), z.unknown()).describe('What differs from the defaults.'),
  ports: z.array(portShape).optional().describe('Of "subgraph-inputs" and "subgraph-outputs": the ports of the card.'),
  get body() {
    return bodyShape.optional()
  },
})
const edgeShape = z.object({
  from: endpoint,
  to: endpoint,
  via: z.array(point).min(1).optional().describe('Points that the wire runs through on its way.'),
})
const markShape = z.object({
  kind: z.enum(['frame', 'note']).describe('A frame lies behind the nodes inside it; a note is a text.'),
  text: z.string().describe('The frame’s title, or the note.'),
  colour: z.enum(markColours),
  position: point.describe('Top left corner.'),
  size: z.object({ width: z.number().positive(), height: z.number().positive() }),
})
const bodyShape = z.object({
  nodes: z.record(z.string(), nodeShape),
  edges: z.record(z.string(), edgeShape),
  marks: z.record(z.string(), markShape).optional(),
  promoted: z.array(promotedShape).optional().describe('Params of nodes inside that stand on the card, in its order.'),
})
// They hold one another, so the published schema must know both by a name.
z.globalRegistry.add(nodeShape, { id: 'node' })
z.globalRegistry.add(bodyShape, { id: 'body', description: 'What a "subgraph" folds: a graph of its own.' })
type BodyShape = z.infer<typeof bodyShape>
/** The form of a file; what the published JSON Schema is made of. */
export const fileShape = z.object({
  format: z.string(),
  versions: z
    .object({
      document: whole.describe('Version of the file format.'),
      nodes: z.record(z.string(), whole).describe('Version of each node type’s params.'),
    })
    .describe('What the file was written by, so that a later program can bring it up to date.'),
  title: z.string().optional(),
  description: z.string().optional().describe('What the graph is for and what it does.'),
  nodes: z.record(z.string(), nodeShape).describe('By id: letters, digits, "-" and "_", at most 80.'),
  edges: z.record(z.string(), edgeShape).describe('By id; the editor calls a wire after the input that it ends in.'),
  marks: z.record(z.string(), markShape).optional().describe('Frames and notes by id, for people alone.'),
})
type FileShape = z.infer<typeof fileShape>

/** Thrown and caught in this file alone: it ends reading at the first thing that cannot be read. */
class Unreadable extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}
const fail = (message: string, hint: string): never => {
  throw new Unreadable(badFile(message, hint))
}

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? 'a text' : shorten(String(value))
}

const expectedText: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
}

function shapeProblem(error: z.ZodError, file: Json): Problem {
  const issue = error.issues[0]!
  let at: unknown = file
  for (const key of issue.path)
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key as keyof typeof at] : undefined
  const expected = issue.code === 'invalid_type' ? expectedText[issue.expected] : undefined
  const where = `In this graph file, ${pathText(issue.path)}`
  if (at === undefined)
    return badFile(
      `${where} is missing${expected ? `; it should be ${expected}` : ''}.`,
      'Add it, or open another file.',
    )
  const should = expected ? `should be ${expected}, but is ${kindOf(at)}` : `is ${kindOf(at)}, which does not fit`
  return badFile(`${where} ${should}.`, 'Correct it there, or open another file.')
}

function readJson(text: string): Json {
  if (text.length > longestFile)
    fail(
      `The file has ${Math.ceil(text.length / 1e6)} million characters; a graph has at most ${longestFile / 1e6} million.`,
      'Open a graph file; media are opened by a node.',
    )
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as Json
  } catch (cause) {
    const detail = shorten(cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : String(cause))
    return fail(`This is not a graph: it is not JSON (${detail}).`, 'Open a file that Framewright has saved.')
  }
}

/** The file up to date and of the right shape, its nodes' params not yet migrated. */
function readShape(text: string, formats: readonly string[]): { file: FileShape; raw: Record<string, Json> } {
  const json = readJson(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail(`This is JSON, but not a graph: it is ${kindOf(json)}.`, 'Open a file that Framewright has saved.')
  const raw = json as Record<string, Json>
  if (typeof raw.format !== 'string' || !formats.includes(raw.format))
    return fail(
      raw.format === fragmentFormat
        ? 'This is a copied part of a graph, not a whole graph.'
        : `This is JSON, but not a Framewright graph: its "format" is ${raw.format === undefined ? 'missing' : shorten(JSON.stringify(raw.format))}, not "${formats[0]}".`,
      raw.format === fragmentFormat ? 'Paste it into a graph.' : 'Open a file that Framewright has saved.',
    )
  const unsafe = unsafeJson(raw)
  if (unsafe) throw new Unreadable(unsafe)

  const versions = z.object({ versions: z.object({ document: whole }) }).safeParse(raw)
  if (!versions.success) throw new Unreadable(shapeProblem(versions.error, raw))
  const version = versions.data.versions.document
  if (version > fileMigrations.length)
    throw new Unreadable({
      code: 'newer-version',
      severity: 'error',
      message: `This graph was saved by a newer Framewright (file version ${version}; this one knows ${fileMigrations.length}).`,
      hint: 'Update Framewright, then open it again.',
    })
  bringUpToDate('The file', () => migrateFile(raw, version))
  const counts = countParts(raw)
  for (const [part, most] of Object.entries({ nodes: mostNodes, edges: 4 * mostNodes, marks: mostNodes })) {
    const count = counts[part] ?? 0
    if (count > most)
      fail(`This graph has ${count} ${part}; it may have at most ${most}.`, 'Split it into several graphs.')
  }
  const shape = fileShape.safeParse(raw)
  if (!shape.success) throw new Unreadable(shapeProblem(shape.error, raw))
  return { file: shape.data, raw }
}

/** Nodes, edges and marks of all levels. Refuses subgraphs too deep within one another; `unsafeJson` has bounded the depth. */
function countParts(graph: unknown, path: readonly string[] = [], depth = 0): Record<string, number> {
  const counts: Record<string, number> = {}
  if (typeof graph !== 'object' || graph === null) return counts
  if (depth > deepestNesting)
    return fail(
      `In this graph file, ${pathText(path)} lies more than ${deepestNesting} subgraphs deep.`,
      'Unfold some of them there, or open another file.',
    )
  for (const part of ['nodes', 'edges', 'marks']) {
    const found = (graph as Record<string, unknown>)[part]
    counts[part] = typeof found === 'object' && found !== null ? Object.keys(found).length : 0
  }
  const nodes = (graph as Record<string, unknown>).nodes
  for (const [id, node] of Object.entries(typeof nodes === 'object' && nodes !== null ? nodes : {})) {
    if (typeof node !== 'object' || node === null || !('body' in node)) continue
    const inner = countParts(node.body, [...path, 'nodes', id, 'body'], depth + 1)
    for (const [part, count] of Object.entries(inner)) counts[part] = (counts[part] ?? 0) + count
  }
  return counts
}

function bringUpToDate(what: string, migrate: () => void): void {
  try {
    migrate()
  } catch (cause) {
    const detail = shorten(cause instanceof Error ? cause.message : String(cause))
    fail(`${what} is of an older version and could not be brought up to date (${detail}).`, 'Open another file.')
  }
}

class Notices {
  readonly told: Problem[] = []
  private untold = 0

  fields(
    value: object,
    known: readonly string[],
    path: readonly string[],
    where: Pick<Problem, 'node' | 'edge'>,
  ): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue
      if (this.told.length >= mostNotices) this.untold += 1
      else
        this.told.push({
          code: 'unknown-field',
          severity: 'warning',
          ...where,
          message: `The file has a field ${pathText([...path, name])} that this version does not know; saving leaves it out.`,
          hint: 'Check its spelling, or keep the original file.',
        })
    }
  }

  all(): readonly Problem[] {
    if (this.untold === 0) return this.told
    const message = `The file has ${this.untold} more fields that this version does not know.`
    return [...this.told, { code: 'unknown-field', severity: 'warning', message, hint: 'Keep the original file.' }]
  }
}

/** Where in the file one is, and what counts on all its levels. */
interface Reading {
  readonly specs: Specs
  readonly versions: FileShape['versions']['nodes']
  readonly path: readonly string[]
}

/** `nodes.look.body` before a sentence about what lies there; nothing at the top. */
const within = ({ path }: Reading): string => (path.length === 0 ? '' : ` at ${pathText(path)}`)

function readPorts(node: z.infer<typeof nodeShape>, path: readonly string[]): readonly PortRecord[] | undefined {
  const side = sideOf(node)
  if (!side) return undefined
  // At the top there is no card whose ports they could be.
  if (path.length <= 2)
    return fail(
      `In this graph file, ${pathText(path)} is the boundary of a subgraph, but lies in none.`,
      'Remove it there.',
    )
  const ports = node.ports ?? []
  checkNames(ports, [...path, 'ports'])
  return ports.map(({ name, title, type }) => ({ name, title, type }))
}

/** Names are keys: safe ones, each once. */
function checkNames(list: readonly { readonly name: string }[], path: readonly string[]): void {
  const seen = new Set<string>()
  for (const [n, { name }] of list.entries()) {
    const where = pathText([...path, n, 'name'])
    if (!isName(name))
      fail(`In this graph file, ${where} is no possible name: ${JSON.stringify(shorten(name))}.`, 'Correct it there.')
    if (seen.has(name))
      fail(
        `In this graph file, ${where} is ${JSON.stringify(shorten(name))} a second time.`,
        'Give each a name of its own.',
      )
    seen.add(name)
  }
}

function readPromoted(list: BodyShape['promoted'], path: readonly string[]): readonly PromotedRecord[] {
  checkNames(list ?? [], [...path, 'promoted'])
  return (list ?? []).map(({ name, title, node, param }, n) => {
    if (!isNodeId(node) || !isName(param))
      return fail(
        `In this graph file, ${pathText([...path, 'promoted', n])} names no possible node and param: ${JSON.stringify(shorten(`${node}.${param}`))}.`,
        'Correct it there, or remove it.',
      )
    return { name, title, node, param }
  })
}

/** What a subgraph folds; `undefined` for any other node. */
function readBody(node: z.infer<typeof nodeShape>, reading: Reading): Graph | undefined {
  if (node.type !== subgraphType) return undefined
  const path = [...reading.path, 'body']
  if (!node.body)
    return fail(`In this graph file, ${pathText(path)} is missing: a subgraph has one.`, 'Add it, or remove the node.')
  const promoted = readPromoted(node.body.promoted, path)
  const graph = readLevel(node.body, { ...reading, path })
  for (const side of ['inputs', 'outputs'] as const) {
    const [, second] = Object.values<NodeRecord>(graph.nodes).filter((record) => sideOf(record) === side)
    if (second)
      return fail(
        `In this graph file, ${pathText([...path, 'nodes', second.id])} is a second node of the type "${second.type}".`,
        'Put the ports of both into one of them.',
      )
  }
  return { ...graph, ...(promoted.length > 0 ? { promoted } : {}) }
}

function readLevel(file: Pick<BodyShape, 'nodes' | 'edges' | 'marks'>, reading: Reading): Graph {
  const marks = readMarks(file, reading)
  return {
    nodes: readNodes(file, reading),
    edges: readEdges(file, reading),
    ...(Object.keys(marks).length > 0 ? { marks } : {}),
  }
}

function readNodes(file: Pick<BodyShape, 'nodes'>, reading: Reading): Record<NodeId, NodeRecord> {
  const { specs, versions } = reading
  const nodes: Record<NodeId, NodeRecord> = {}
  for (const [id, node] of Object.entries(file.nodes)) {
    const path = [...reading.path, 'nodes', id]
    if (!isNodeId(id))
      return fail(
        `In this graph file, a node${within(reading)} is called ${JSON.stringify(shorten(id))}; only letters, digits, "-" and "_" may be used, 80 at most.`,
        'Rename it there and in the wires that lead to it.',
      )
    if (!isName(node.type))
      return fail(
        `In this graph file, ${pathText([...path, 'type'])} is no possible node type: ${JSON.stringify(shorten(node.type))}.`,
        'Correct it there, or remove the node.',
      )
    const spec = specs.get(node.type)
    const listed = Object.hasOwn(versions, node.type) ? versions[node.type] : undefined
    const version = node.version ?? listed ?? 0
    if (spec && version > nodeVersion(spec))
      throw new Unreadable({
        code: 'newer-version',
        severity: 'error',
        node: id,
        message: `This graph was saved by a newer Framewright: its node "${node.title ?? id}" is ${spec.title} of version ${version}; this one knows ${nodeVersion(spec)}.`,
        hint: 'Update Framewright, then open it again.',
      })
    // It came out of `JSON.parse`, so it is JSON.
    const params = node.params as Record<string, Json>
    if (spec) bringUpToDate(`The node "${node.title ?? id}"`, () => migrateParams(spec, params, version))
    const ports = readPorts(node, path)
    const body = readBody(node, { ...reading, path })
    const structural = ports !== undefined || body !== undefined
    nodes[id] = {
      id,
      type: node.type,
      params,
      position: { x: node.position.x, y: node.position.y },
      ...(node.title === undefined ? {} : { title: node.title }),
      ...(node.bypass === undefined ? {} : { bypass: node.bypass }),
      ...(node.mute === undefined ? {} : { mute: node.mute }),
      ...(node.collapsed === undefined ? {} : { collapsed: node.collapsed }),
      ...(spec || structural || version === 0 ? {} : { version }),
      ...(ports ? { ports } : {}),
      ...(body ? { body } : {}),
    }
  }
  return nodes
}

function readEdges(file: Pick<BodyShape, 'edges'>, reading: Reading): Record<EdgeRecord['id'], EdgeRecord> {
  const edges: Record<string, EdgeRecord> = {}
  for (const [id, { from, to, via }] of Object.entries(file.edges)) {
    if (!isName(id))
      return fail(
        `In this graph file, a wire${within(reading)} is called ${JSON.stringify(shorten(id))}.`,
        'Rename it.',
      )
    for (const [end, { node, port }] of Object.entries({ from, to }))
      if (!isNodeId(node) || !isName(port))
        return fail(
          `In this graph file, ${pathText([...reading.path, 'edges', id, end])} names no possible node and port: ${JSON.stringify(shorten(`${node}.${port}`))}.`,
          'Correct it there, or remove the wire.',
        )
    edges[id] = { ...({ id, from, to } as EdgeRecord), ...(via ? { via } : {}) }
  }
  return edges
}

function readMarks(file: Pick<BodyShape, 'marks'>, reading: Reading): Record<MarkId, MarkRecord> {
  const marks: Record<MarkId, MarkRecord> = {}
  for (const [id, { kind, text, colour, position, size }] of Object.entries(file.marks ?? {})) {
    if (!isNodeId(id))
      return fail(
        `In this graph file, a ${kind}${within(reading)} is called ${JSON.stringify(shorten(id))}; only letters, digits, "-" and "_" may be used, 80 at most.`,
        'Rename it there.',
      )
    // Names of marks follow the rule of those of nodes.
    const name: string = id
    marks[name as MarkId] = { id: name as MarkId, kind, text, colour, position, size }
  }
  return marks
}

function reportFields(raw: Record<string, Json>, notices: Notices): void {
  notices.fields(raw, Object.keys(fileShape.shape), [], {})
  notices.fields(raw.versions as object, ['document', 'nodes'], ['versions'], {})
  reportLevel(raw, notices, [])
}

/** What each kind of node has beside what all have. */
const onlyOf = (node: Record<string, unknown>): readonly string[] =>
  node.type === subgraphType ? ['body'] : sideOf({ type: String(node.type) }) ? ['ports'] : []

function reportLevel(raw: Record<string, Json>, notices: Notices, path: readonly string[]): void {
  for (const [id, node] of Object.entries(raw.nodes as Record<NodeId, Record<string, object>>)) {
    // A node inside a subgraph is not on the level that is shown first.
    const where = path.length === 0 ? { node: id as NodeId } : {}
    const known = Object.keys(nodeShape.shape).filter((name) => name !== 'body' && name !== 'ports')
    notices.fields(node, [...known, ...onlyOf(node)], [...path, 'nodes', id], where)
    notices.fields(node.position!, ['x', 'y'], [...path, 'nodes', id, 'position'], where)
    if (node.body && onlyOf(node).includes('body')) {
      const inner = [...path, 'nodes', id, 'body']
      notices.fields(node.body, Object.keys(bodyShape.shape), inner, where)
      reportLevel(node.body as Record<string, Json>, notices, inner)
    }
  }
  for (const [id, edge] of Object.entries(raw.edges as Record<string, Record<string, object>>)) {
    const where = path.length === 0 ? { edge: id as EdgeRecord['id'] } : {}
    notices.fields(edge, Object.keys(edgeShape.shape), [...path, 'edges', id], where)
    for (const [n, at] of ((edge.via ?? []) as object[]).entries())
      notices.fields(at, ['x', 'y'], [...path, 'edges', id, 'via', String(n)], where)
    for (const end of ['from', 'to']) notices.fields(edge[end]!, ['node', 'port'], [...path, 'edges', id, end], where)
  }
  for (const [id, mark] of Object.entries((raw.marks ?? {}) as Record<string, Record<string, object>>)) {
    notices.fields(mark, Object.keys(markShape.shape), [...path, 'marks', id], {})
    notices.fields(mark.position!, ['x', 'y'], [...path, 'marks', id, 'position'], {})
    notices.fields(mark.size!, ['width', 'height'], [...path, 'marks', id, 'size'], {})
  }
}

function read(text: string, specs: Specs, formats: readonly string[]): ParsedGraph {
  try {
    const { file, raw } = readShape(text, formats)
    const notices = new Notices()
    reportFields(raw, notices)
    const document: GraphDocument = {
      title: file.title ?? '',
      description: file.description ?? '',
      ...readLevel(file, { specs, versions: file.versions.nodes, path: [] }),
    }
    return { ok: true, document, notices: notices.all() }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, error: error.problem }
    throw error
  }
}

/**
 * Reads a graph file. Never throws, whatever the text. Wires that lead nowhere, unknown node types and params that
 * do not fit are kept: `validate` tells of them. Fields that no graph has come back as notices.
 */
export const parseGraph = (text: string, specs: Specs): ParsedGraph => read(text, specs, [graphFormat])

/** Reads what the clipboard holds: a fragment, or a whole graph as one. Never throws, whatever the text. */
export function parseFragment(text: string, specs: Specs): ParsedFragment {
  const parsed = read(text, specs, [fragmentFormat, graphFormat])
  if (!parsed.ok) return parsed
  const { nodes, edges, marks } = parsed.document
  return { ok: true, fragment: { nodes, edges, ...(marks ? { marks } : {}) }, notices: parsed.notices }
}
