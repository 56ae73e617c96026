/**
 * A document as text that reads and diffs well: fields in the order of their shape, nodes, edges and marks in that of
 * their ids, params in that of their declaration, and what is small on one line.
 */

import { type Graph, type GraphDocument, type NodeRecord, subgraphType } from '../document/document.ts'
import { compareIds } from '../document/ids.ts'
import type { JsonObject } from '../document/json.ts'
import { allNodes } from '../document/levels.ts'
import { sideOf, specOf } from '../document/subgraph.ts'
import type { Fragment } from '../edits/fragments.ts'
import type { Specs } from '../node/spec.ts'
import { fileMigrations, nodeVersion } from './migrate.ts'
import { type FileFields, fileShape, fragmentFormat, graphFormat, layout, requiredShape } from './shape.ts'
import { z } from './zod.ts'

type Entries = readonly (readonly [key: string, value: unknown, shape: z.core.$ZodType | undefined])[]

/** What of an object is written, in which order. Without a shape, all of it as it comes. */
function entriesOf(value: object, shape: z.core.$ZodType | undefined): Entries {
  if (shape instanceof z.core.$ZodObject)
    return Object.entries<z.core.$ZodType>(shape._zod.def.shape)
      .map(([key, field]) => [key, (value as Record<string, unknown>)[key], requiredShape(field)] as const)
      .filter(([, child]) => child !== undefined)
  const entries = Object.entries(value as Record<string, unknown>)
  if (shape instanceof z.core.$ZodRecord) {
    if (!layout.get(shape)?.entriesAsTheyCome) entries.sort(([a], [b]) => compareIds(a, b))
    return entries.map(([key, child]) => [key, child, shape._zod.def.valueType])
  }
  const element = shape instanceof z.core.$ZodArray ? shape._zod.def.element : undefined
  return entries.map(([key, child]) => [key, child, element])
}

/** JSON text, but −0 stays −0. `indent` is `null` within what stands on one line. */
function print(value: unknown, shape: z.core.$ZodType | undefined, indent: string | null): string {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  const isList = Array.isArray(value)
  const entries = entriesOf(value, shape)
  if (entries.length === 0) return isList ? '[]' : '{}'
  const inner = indent === null || (shape && layout.get(shape)?.oneLine) ? null : `${indent}  `
  const texts = entries.map(([key, child, childShape]) => {
    const text = print(child, childShape, inner)
    return isList ? text : `${JSON.stringify(key)}: ${text}`
  })
  if (inner === null) return isList ? `[${texts.join(', ')}]` : `{ ${texts.join(', ')} }`
  const lines = texts.map((text) => `${inner}${text}`).join(',\n')
  return isList ? `[\n${lines}\n${indent}]` : `{\n${lines}\n${indent}}`
}

function orderedParams(record: NodeRecord, specs: Specs): JsonObject {
  const spec = record.body ? undefined : specOf(specs, record)
  // Params of an unknown type stay as they came; a subgraph's are in its body.
  if (!spec) return record.params
  const names = Object.keys(spec.params).filter((name) => Object.hasOwn(record.params, name))
  const others = Object.keys(record.params).filter((name) => !Object.hasOwn(spec.params, name))
  return Object.fromEntries([...names, ...others.sort(compareIds)].map((name) => [name, record.params[name]!]))
}

/** The version of a node's params; none of those whose form is the file format's own. */
function versionOf(record: NodeRecord, specs: Specs): number | undefined {
  if (record.type === subgraphType || sideOf(record)) return undefined
  const spec = specs.get(record.type)
  return spec ? nodeVersion(spec) : (record.version ?? 0)
}

type Versions = ReadonlyMap<string, number>

/** One version for each type, be it used on several levels. */
function versionsOf(graph: Graph, specs: Specs): Versions {
  const versions = new Map<string, number>()
  const all = [...allNodes(graph)].sort(([a], [b]) => compareIds(a, b))
  for (const [, record] of all) {
    const version = versionOf(record, specs)
    if (version !== undefined && !versions.has(record.type)) versions.set(record.type, version)
  }
  return versions
}

/** What a file says of one level, and of all below it. The shape picks the fields; here is what the document has otherwise. */
function levelOf(graph: Graph, specs: Specs, versions: Versions): object {
  const nodes = Object.values<NodeRecord>(graph.nodes).map((record) => {
    const version = versionOf(record, specs)
    return [
      record.id,
      {
        ...record,
        // Nodes of an unknown type may come from several files, of several versions.
        version: version === versions.get(record.type) ? undefined : version,
        params: orderedParams(record, specs),
        body: record.body && levelOf(record.body, specs, versions),
      },
    ] as const
  })
  const { marks = {}, promoted = [] } = graph
  return {
    ...graph,
    nodes: Object.fromEntries(nodes),
    marks: Object.keys(marks).length > 0 ? marks : undefined,
    promoted: promoted.length > 0 ? promoted : undefined,
  }
}

function fileText(format: FileFields['format'], graph: Graph, specs: Specs): string {
  const nodes = versionsOf(graph, specs)
  const versions = { document: fileMigrations.length, nodes: Object.fromEntries(nodes) }
  return `${print({ ...levelOf(graph, specs, nodes), format, versions }, fileShape, '')}\n`
}

/** The text of a graph file. `parseGraph` of it gives an equal document. */
export const serializeGraph = (document: GraphDocument, specs: Specs): string => fileText(graphFormat, document, specs)

/** What the clipboard gets. */
export const serializeFragment = (fragment: Fragment, specs: Specs): string => fileText(fragmentFormat, fragment, specs)
