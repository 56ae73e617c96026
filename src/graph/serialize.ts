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
 * Nodes, edges and marks stand in the order of their ids, params in that of their declaration. What the clipboard
 * holds has the same form without title and description, as `framewright-fragment`.
 */
import { z } from 'zod'
import {
  type EdgeRecord,
  type GraphDocument,
  type MarkId,
  type MarkRecord,
  markColours,
  marksOf,
  type NodeId,
  type NodeRecord,
} from './document.ts'
import type { Fragment } from './edit.ts'
import { compareIds, isName, isNodeId } from './ids.ts'
import type { Json, JsonObject } from './json.ts'
import { fileMigrations, migrateFile, migrateParams, nodeVersion } from './migrate.ts'
import type { Problem } from './problems.ts'
import type { Specs } from './spec.ts'
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

const onOneLine = (path: readonly string[]): boolean =>
  (path[0] === 'edges' && path.length === 2) ||
  (path[0] === 'nodes' && (path[2] === 'position' || path.length === 4)) ||
  (path[0] === 'marks' && path.length === 3)

function orderedParams(record: NodeRecord, specs: Specs): JsonObject {
  const spec = specs.get(record.type)
  // Params of an unknown type stay as they came.
  if (!spec) return record.params
  const declared = Object.keys(spec.params).filter((name) => Object.hasOwn(record.params, name))
  const others = Object.keys(record.params).filter((name) => !Object.hasOwn(spec.params, name))
  return Object.fromEntries([...declared, ...others.sort(compareIds)].map((name) => [name, record.params[name]!]))
}

function body(fragment: Fragment, specs: Specs) {
  const nodeIds = (Object.keys(fragment.nodes) as NodeId[]).sort(compareIds)
  const versions = new Map<string, number>()
  const nodes: Record<string, Json> = {}
  for (const id of nodeIds) {
    const record = fragment.nodes[id]!
    const spec = specs.get(record.type)
    const version = spec ? nodeVersion(spec) : (record.version ?? 0)
    if (!versions.has(record.type)) versions.set(record.type, version)
    nodes[id] = {
      type: record.type,
      // Nodes of an unknown type may come from several files, of several versions.
      ...(versions.get(record.type) === version ? {} : { version }),
      ...(record.title === undefined ? {} : { title: record.title }),
      ...(record.bypass === undefined ? {} : { bypass: record.bypass }),
      ...(record.mute === undefined ? {} : { mute: record.mute }),
      ...(record.collapsed === undefined ? {} : { collapsed: record.collapsed }),
      position: { x: record.position.x, y: record.position.y },
      params: orderedParams(record, specs),
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
  const sorted = [...versions].sort(([a], [b]) => compareIds(a, b))
  return {
    versions: { document: fileMigrations.length, nodes: Object.fromEntries(sorted) },
    nodes,
    edges,
    ...(Object.keys(marks).length > 0 ? { marks } : {}),
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
const nodeShape = z.object({
  type: z.string().min(1).describe('A node type, such as "grain"; one that is unknown here is kept as it is.'),
  version: whole.optional().describe('Version of the params, where it differs from the one in versions.nodes.'),
  title: z.string().optional().describe('A name of its own, shown instead of the type’s.'),
  bypass: z.boolean().optional().describe('Whether the node only passes its input on.'),
  mute: z.boolean().optional().describe('Whether the node gives nothing, and what needs it rests.'),
  collapsed: z.boolean().optional().describe('Whether its card shows the title alone.'),
  position: point.describe('Top left corner on the canvas, CSS pixels at a zoom of 1.'),
  params: z.record(z.string(), z.unknown()).describe('What differs from the defaults.'),
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
  for (const [part, most] of Object.entries({ nodes: mostNodes, edges: 4 * mostNodes, marks: mostNodes })) {
    const count = Object.keys(raw[part] ?? {}).length
    if (count > most)
      fail(`This graph has ${count} ${part}; it may have at most ${most}.`, 'Split it into several graphs.')
  }
  const shape = fileShape.safeParse(raw)
  if (!shape.success) throw new Unreadable(shapeProblem(shape.error, raw))
  return { file: shape.data, raw }
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

function readNodes(file: FileShape, specs: Specs): Record<NodeId, NodeRecord> {
  const nodes: Record<NodeId, NodeRecord> = {}
  for (const [id, node] of Object.entries(file.nodes)) {
    if (!isNodeId(id))
      return fail(
        `In this graph file, a node is called ${JSON.stringify(shorten(id))}; only letters, digits, "-" and "_" may be used, 80 at most.`,
        'Rename it there and in the wires that lead to it.',
      )
    if (!isName(node.type))
      return fail(
        `In this graph file, ${pathText(['nodes', id, 'type'])} is no possible node type: ${JSON.stringify(shorten(node.type))}.`,
        'Correct it there, or remove the node.',
      )
    const spec = specs.get(node.type)
    const listed = Object.hasOwn(file.versions.nodes, node.type) ? file.versions.nodes[node.type] : undefined
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
    nodes[id] = {
      id,
      type: node.type,
      params,
      position: { x: node.position.x, y: node.position.y },
      ...(node.title === undefined ? {} : { title: node.title }),
      ...(node.bypass === undefined ? {} : { bypass: node.bypass }),
      ...(node.mute === undefined ? {} : { mute: node.mute }),
      ...(node.collapsed === undefined ? {} : { collapsed: node.collapsed }),
      ...(spec || version === 0 ? {} : { version }),
    }
  }
  return nodes
}

function readEdges(file: FileShape): Record<EdgeRecord['id'], EdgeRecord> {
  const edges: Record<string, EdgeRecord> = {}
  for (const [id, { from, to, via }] of Object.entries(file.edges)) {
    if (!isName(id)) return fail(`In this graph file, a wire is called ${JSON.stringify(shorten(id))}.`, 'Rename it.')
    for (const [end, { node, port }] of Object.entries({ from, to }))
      if (!isNodeId(node) || !isName(port))
        return fail(
          `In this graph file, ${pathText(['edges', id, end])} names no possible node and port: ${JSON.stringify(shorten(`${node}.${port}`))}.`,
          'Correct it there, or remove the wire.',
        )
    edges[id] = { ...({ id, from, to } as EdgeRecord), ...(via ? { via } : {}) }
  }
  return edges
}

function readMarks(file: FileShape): Record<MarkId, MarkRecord> {
  const marks: Record<MarkId, MarkRecord> = {}
  for (const [id, { kind, text, colour, position, size }] of Object.entries(file.marks ?? {})) {
    if (!isNodeId(id))
      return fail(
        `In this graph file, a ${kind} is called ${JSON.stringify(shorten(id))}; only letters, digits, "-" and "_" may be used, 80 at most.`,
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
  for (const [id, node] of Object.entries(raw.nodes as Record<NodeId, Record<string, object>>)) {
    const where = { node: id as NodeId }
    notices.fields(node, Object.keys(nodeShape.shape), ['nodes', id], where)
    notices.fields(node.position!, ['x', 'y'], ['nodes', id, 'position'], where)
  }
  for (const [id, edge] of Object.entries(raw.edges as Record<string, Record<string, object>>)) {
    const where = { edge: id as EdgeRecord['id'] }
    notices.fields(edge, Object.keys(edgeShape.shape), ['edges', id], where)
    for (const [n, at] of ((edge.via ?? []) as object[]).entries())
      notices.fields(at, ['x', 'y'], ['edges', id, 'via', String(n)], where)
    for (const end of ['from', 'to']) notices.fields(edge[end]!, ['node', 'port'], ['edges', id, end], where)
  }
  for (const [id, mark] of Object.entries((raw.marks ?? {}) as Record<string, Record<string, object>>)) {
    notices.fields(mark, Object.keys(markShape.shape), ['marks', id], {})
    notices.fields(mark.position!, ['x', 'y'], ['marks', id, 'position'], {})
    notices.fields(mark.size!, ['width', 'height'], ['marks', id, 'size'], {})
  }
}

function read(text: string, specs: Specs, formats: readonly string[]): ParsedGraph {
  try {
    const { file, raw } = readShape(text, formats)
    const notices = new Notices()
    reportFields(raw, notices)
    const marks = readMarks(file)
    const document: GraphDocument = {
      title: file.title ?? '',
      description: file.description ?? '',
      nodes: readNodes(file, specs),
      edges: readEdges(file),
      ...(Object.keys(marks).length > 0 ? { marks } : {}),
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
