/**
 * A document out of text that anybody may have written. What has the right form is read, whatever it says; what has
 * not is refused with one sentence that names the first place where it fails.
 */

import { CodedError, messageOf } from '../document/coded-error.ts'
import {
  type EdgeRecord,
  type Graph,
  type GraphDocument,
  type MarkRecord,
  type NodeId,
  type NodeRecord,
  type PortRecord,
  subgraphType,
} from '../document/document.ts'
import type { Json } from '../document/json.ts'
import { flatId, maxNesting, maxNodes } from '../document/levels.ts'
import type { Problem } from '../document/problems.ts'
import { sideOf } from '../document/subgraph.ts'
import type { Fragment } from '../edits/fragments.ts'
import type { Specs } from '../node/spec.ts'
import { unboundedText } from './bounded-text.ts'
import { foreignGraph } from './foreign.ts'
import { fileMigrations, migrateFile, migrateParams, nodeVersion } from './migrate.ts'
import { unknownFields } from './notices.ts'
import {
  type FileFields,
  fileShape,
  fragmentFormat,
  graphFormat,
  type LevelFields,
  levelParts,
  type NodeFields,
} from './shape.ts'
import { badFile, unsafeJson } from './untrusted.ts'
import { pathText, shorten } from './wording.ts'
import { z } from './zod.ts'

export type ParsedGraph =
  | { readonly ok: true; readonly document: GraphDocument; readonly notices: readonly Problem[] }
  | { readonly ok: false; readonly error: Problem }

export type ParsedFragment =
  | { readonly ok: true; readonly fragment: Fragment; readonly notices: readonly Problem[] }
  | { readonly ok: false; readonly error: Problem }

/** Thrown and caught in this file alone: it ends reading at the first thing that cannot be read. */
class Unreadable extends CodedError {
  readonly problem: Problem
  constructor(problem: Problem) {
    super('bad-file', problem.message, problem.hint)
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

type Path = readonly PropertyKey[]

/** ` at nodes.look.body` before what is said of that level; nothing at the top. */
const within = (path: Path): string => (path.length === 0 ? '' : ` at ${pathText(path)}`)

/** What a shape's own rules say (`shape.ts`), of a value or of a key. */
function ruleProblem(issue: z.core.$ZodIssueCustom, path: Path, isKey: boolean): Problem {
  const { noun = '', hint = '' } = (issue.params ?? {}) as { readonly noun?: string; readonly hint?: string }
  // Ids are keys of a part of a level: the level's own path is two shorter.
  const about = isKey ? `${noun}${within(path.slice(0, -2))}` : pathText(path)
  return badFile(`In this graph file, ${about} ${issue.message}`, hint)
}

function shapeProblem(error: z.core.$ZodError, file: Json): Problem {
  const issue = error.issues[0]!
  if (issue.code === 'custom') return ruleProblem(issue, issue.path, false)
  const keyIssue = issue.code === 'invalid_key' ? issue.issues[0] : undefined
  if (keyIssue?.code === 'custom') return ruleProblem(keyIssue, issue.path, true)
  let at: unknown = file
  for (const key of issue.path)
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key as keyof typeof at] : undefined
  const expectation = issue.code === 'invalid_type' ? expectedText[issue.expected] : undefined
  const where = `In this graph file, ${pathText(issue.path)}`
  if (at === undefined)
    return badFile(
      `${where} is missing${expectation ? `; it should be ${expectation}` : ''}.`,
      'Add it, or open another file.',
    )
  const should = expectation ? `should be ${expectation}, but is ${kindOf(at)}` : `is ${kindOf(at)}, which does not fit`
  return badFile(`${where} ${should}.`, 'Correct it there, or open another file.')
}

function readJson(text: string): Json {
  const sizeProblem = unboundedText(text)
  if (sizeProblem) throw new Unreadable(sizeProblem)
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as Json
  } catch (cause) {
    const detail = shorten(messageOf(cause).replace(/\s+/g, ' '))
    return fail(`This is not a graph: it is not JSON (${detail}).`, 'Open a file that Framewright has saved.')
  }
}

/** What must be known of a file before it is brought up to date. */
const headShape = z.object({ versions: z.pick(fileShape.shape.versions, { document: true }) })

/** The file up to date and of the right shape, its nodes' params not yet migrated. */
function readShape(text: string, specs: Specs, formats: readonly string[]): { file: FileFields; raw: Json } {
  const json = readJson(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail(`This is JSON, but not a graph: it is ${kindOf(json)}.`, 'Open a file that Framewright has saved.')
  const raw = json as Record<string, Json>
  if (typeof raw.format !== 'string' || !formats.includes(raw.format)) {
    const foreign = foreignGraph(raw, specs)
    if (foreign) throw new Unreadable(foreign)
    return fail(
      raw.format === fragmentFormat
        ? 'This is a copied part of a graph, not a whole graph.'
        : `This is JSON, but not a Framewright graph: its "format" is ${raw.format === undefined ? 'missing' : shorten(JSON.stringify(raw.format))}, not "${formats[0]}".`,
      raw.format === fragmentFormat ? 'Paste it into a graph.' : 'Open a file that Framewright has saved.',
    )
  }
  const unsafe = unsafeJson(raw)
  if (unsafe) throw new Unreadable(unsafe)

  const head = headShape.safeParse(raw)
  if (!head.success) throw new Unreadable(shapeProblem(head.error, raw))
  const version = head.data.versions.document
  if (version > fileMigrations.length)
    throw new Unreadable({
      code: 'newer-version',
      severity: 'error',
      message: `This graph was saved by a newer Framewright (file version ${version}; this one knows ${fileMigrations.length}).`,
      hint: 'Update Framewright, then open it again.',
    })
  bringUpToDate('The file', () => migrateFile(raw, version))
  const counts = countParts(raw)
  for (const [part, limit] of Object.entries({
    nodes: maxNodes,
    edges: 4 * maxNodes,
    marks: maxNodes,
  })) {
    const count = counts[part] ?? 0
    if (count > limit)
      fail(`This graph has ${count} ${part}; it may have at most ${limit}.`, 'Split it into several graphs.')
  }
  const shape = fileShape.safeParse(raw)
  if (!shape.success) throw new Unreadable(shapeProblem(shape.error, raw))
  return { file: shape.data, raw }
}

/** Nodes, edges and marks of all levels. Refuses subgraphs too deep within one another; `unsafeJson` has bounded the depth. */
function countParts(graph: unknown, path: readonly string[] = [], depth = 0): Record<string, number> {
  const counts: Record<string, number> = {}
  if (typeof graph !== 'object' || graph === null) return counts
  if (depth > maxNesting)
    return fail(
      `In this graph file, ${pathText(path)} is nested more than ${maxNesting} subgraphs deep.`,
      'Unfold some of them there, or open another file.',
    )
  for (const part of levelParts) {
    const records = (graph as Record<string, unknown>)[part]
    counts[part] = typeof records === 'object' && records !== null ? Object.keys(records).length : 0
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
    const detail = shorten(messageOf(cause))
    fail(`${what} is from an older version and could not be updated (${detail}).`, 'Open another file.')
  }
}

/** Where in the file one is, and what counts on all its levels. */
interface Reading {
  readonly specs: Specs
  readonly versions: FileFields['versions']['nodes']
  readonly path: readonly string[]
}

function readPorts(node: NodeFields, path: Path): readonly PortRecord[] | undefined {
  if (!sideOf(node)) return undefined
  // At the top there is no card whose ports they could be.
  if (path.length <= 2)
    return fail(
      `In this graph file, ${pathText(path)} is the boundary of a subgraph, but is not inside one.`,
      'Remove it there.',
    )
  const ports = node.ports ?? []
  checkEachOnce(ports, [...path, 'ports'])
  return ports
}

/** Names are keys: each stands once. */
function checkEachOnce(list: readonly { readonly name: string }[], path: Path): void {
  const ids = new Set<string>()
  for (const [n, { name }] of list.entries()) {
    if (ids.has(name))
      fail(
        `In this graph file, ${pathText([...path, n, 'name'])} is ${JSON.stringify(shorten(name))} a second time.`,
        'Give each a name of its own.',
      )
    ids.add(name)
  }
}

/** What a subgraph folds; `undefined` for any other node. */
function readBody(node: NodeFields, reading: Reading): Graph | undefined {
  if (node.type !== subgraphType) return undefined
  const path = [...reading.path, 'body']
  if (!node.body)
    return fail(
      `In this graph file, ${pathText(path)} is missing: every subgraph has one.`,
      'Add it, or remove the node.',
    )
  checkEachOnce(node.body.promoted ?? [], [...path, 'promoted'])
  const { promoted = [], ...graph } = readLevel(node.body, { ...reading, path })
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

/** What stands in a file by its id knows its id in the document. */
const withIds = <Id extends string, Fields extends object>(
  entries: Readonly<Record<Id, Fields>>,
): Record<Id, Fields & { readonly id: Id }> =>
  Object.fromEntries(
    (Object.entries(entries) as [Id, Fields][]).map(([id, fields]) => [id, { id, ...fields }]),
  ) as Record<Id, Fields & { readonly id: Id }>

/** A level, with whatever else stands beside its parts as it is. */
function readLevel<Fields extends LevelFields>({ nodes, edges, marks = {}, ...fields }: Fields, reading: Reading) {
  const markRecords: Record<MarkRecord['id'], MarkRecord> = withIds(marks)
  const edgeRecords: Record<EdgeRecord['id'], EdgeRecord> = withIds(edges)
  return {
    ...fields,
    nodes: readNodes(nodes, reading),
    edges: edgeRecords,
    ...(Object.keys(markRecords).length > 0 ? { marks: markRecords } : {}),
  }
}

/** The subgraphs that a level lies in, of its path in the file: `nodes`, `look`, `body`, and so on. */
const levelOf = (path: readonly string[]) => path.filter((_, n) => n % 3 === 1) as NodeId[]

function readNodes(file: LevelFields['nodes'], reading: Reading): Record<NodeId, NodeRecord> {
  const { specs, versions } = reading
  const nodes: Record<NodeId, NodeRecord> = {}
  for (const [id, node] of Object.entries(withIds(file)) as [NodeId, NodeFields & { readonly id: NodeId }][]) {
    const path = [...reading.path, 'nodes', id]
    const { version: ownVersion, ports: _ports, body: _body, ...fields } = node
    const spec = specs.get(node.type)
    const fileVersion = Object.hasOwn(versions, node.type) ? versions[node.type] : undefined
    const version = ownVersion ?? fileVersion ?? 0
    if (spec && version > nodeVersion(spec))
      throw new Unreadable({
        code: 'newer-version',
        severity: 'error',
        node: flatId(levelOf(reading.path), id),
        message: `This graph was saved by a newer Framewright: its node "${node.title ?? id}" is ${spec.title} of version ${version}; this one knows ${nodeVersion(spec)}.`,
        hint: 'Update Framewright, then open it again.',
      })
    if (spec) bringUpToDate(`The node "${node.title ?? id}"`, () => migrateParams(spec, fields.params, version))
    const ports = readPorts(node, path)
    const body = readBody(node, { ...reading, path })
    const structural = ports !== undefined || body !== undefined
    nodes[id] = {
      ...fields,
      ...(spec || structural || version === 0 ? {} : { version }),
      ...(ports ? { ports } : {}),
      ...(body ? { body } : {}),
    }
  }
  return nodes
}

function read(text: string, specs: Specs, formats: readonly string[]): ParsedGraph {
  try {
    const { file, raw } = readShape(text, specs, formats)
    const notices = unknownFields(raw)
    const { format: _, versions, ...fields } = file
    const document: GraphDocument = {
      title: '',
      description: '',
      ...readLevel(fields, { specs, versions: versions.nodes, path: [] }),
    }
    return { ok: true, document, notices }
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
  const outcome = read(text, specs, [fragmentFormat, graphFormat])
  if (!outcome.ok) return outcome
  const { nodes, edges, marks } = outcome.document
  return { ok: true, fragment: { nodes, edges, ...(marks ? { marks } : {}) }, notices: outcome.notices }
}
