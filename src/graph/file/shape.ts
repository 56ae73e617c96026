/**
 * The form of a graph file, each field stated once, in the order in which it is written. From it follow the records
 * of a document (`document/document.ts`), what is refused (`read.ts`), told as unknown (`notices.ts`) and written
 * (`write.ts`), the published JSON Schema and the tables of docs/graph-file.md (both by `npm run schemas`).
 *
 *     { "format": "framewright-graph",
 *       "versions": { "document": 1, "nodes": { "grain": 2 } },
 *       "title": "…", "description": "…",
 *       "nodes": { "grain": { "type": "grain", "position": { "x": 0, "y": 0 }, "params": { "amount": 0.1 } } },
 *       "edges": { "grain.image": { "from": { "node": "decode", "port": "image" }, "to": { … } } },
 *       "marks": { "frame": { "kind": "frame", "text": "…", "colour": "blue", "position": { … }, "size": { … } } } }
 *
 * A subgraph has its own nodes, edges and marks in a `body`; the boundary nodes in it have `ports`. What the clipboard
 * holds has the same form without title and description, as `framewright-fragment`.
 *
 * Nothing here is transformed: what `z.infer` says is what stands in the file.
 */

import { isName, isNodeId } from '../document/ids.ts'
import type { Json } from '../document/json.ts'
import { boundarySide, markColours, subgraphType } from '../document/kinds.ts'
import { portTypes } from '../node/ports.ts'
import { shorten } from './wording.ts'
import { z } from './zod.ts'

export const graphFormat = 'framewright-graph'
export const fragmentFormat = 'framewright-fragment'

/** How a shape is written, where that is not each field on its own line and entries in the order of their names. */
export const layout = z.registry<{ readonly oneLine?: true; readonly entriesAsTheyCome?: true }>()

interface RefusedInput {
  readonly input?: unknown
}

/**
 * What is said of a value that has the right kind, but is not possible: the end of a sentence that begins with its
 * place. `fields` are those of an object that are told.
 */
const refusal = (what: string, hint: string, fields: readonly string[] = []) => ({
  error: ({ input }: RefusedInput) => {
    const advice =
      fields.length === 0 ? input : fields.map((field) => (input as Record<string, unknown>)[field]).join('.')
    return `${what}: ${JSON.stringify(shorten(String(advice)))}.`
  },
  params: { hint },
})

/** A key is its own place, so what is said of it is a whole sentence but for the level that it is on. */
const keyRefused = (noun: string, rule: string, hint: string) => ({
  error: ({ input }: RefusedInput) => `is called ${JSON.stringify(shorten(String(input)))}${rule}.`,
  params: { noun, hint },
})

const idRule = '; only letters, digits, "-" and "_" may be used, 80 at most'
const nodeKey = z
  .string()
  .check(z.refine(isNodeId, keyRefused('a node', idRule, 'Rename it there and in the wires that lead to it.')))
  .brand<'node'>()
const edgeKey = z
  .string()
  .check(z.refine(isName, keyRefused('a wire', '', 'Rename it.')))
  .brand<'edge'>()
/** Names of marks follow the rule of those of nodes. */
const markKey = z
  .string()
  .check(z.refine(isNodeId, keyRefused('a frame or note', idRule, 'Rename it there.')))
  .brand<'mark'>()

const versionShape = z.int().check(z.nonnegative())
const name = z.string().check(z.minLength(1), z.refine(isName, refusal('is not a valid name', 'Correct it there.')))
const nodeName = z.string().brand<'node'>()

export const endpointShape = z
  .object({
    node: nodeName.check(z.describe('Id of a node of this graph.')),
    port: z.string().check(z.describe('One of its outputs (from) or inputs (to).')),
  })
  .check(
    z.refine(
      ({ node, port }) => isNodeId(node) && isName(port),
      refusal('does not name a valid node and port', 'Correct it there, or remove the wire.', ['node', 'port']),
    ),
  )

/** A place on the canvas, in its units. */
export const pointShape = z.object({ x: z.number(), y: z.number() }).register(layout, { oneLine: true })

/** A port of a subgraph. */
export const portShape = z
  .object({
    /** Never changes. */
    name: name.check(z.describe('The name by which wires refer to it.')),
    title: z.string().check(z.describe('The label shown.')),
    type: z.enum(portTypes),
  })
  .register(layout, { oneLine: true })

/** A param of a node inside that stands on the subgraph's card as well; its value is the node's own. */
export const promotedShape = z
  .object({
    /** Never changes. */
    name: name.check(z.describe('The name by which the command line refers to it.')),
    title: z.string().check(z.describe('The label shown.')),
    node: nodeName.check(z.describe('Id of a node of this body.')),
    param: z.string().check(z.describe('One of its params, or of those promoted there.')),
  })
  .check(
    z.refine(
      ({ node, param }) => isNodeId(node) && isName(param),
      refusal('does not name a valid node and param', 'Correct it there, or remove it.', ['node', 'param']),
    ),
  )
  .register(layout, { oneLine: true })

/** Whatever a node's declaration makes of it; it came out of `JSON.parse`, so it is JSON. */
const valueShape = (z.unknown() as z.ZodMiniType<Json>).register(layout, { oneLine: true })

export const nodeShape = z.object({
  type: z
    .string()
    .check(
      z.minLength(1),
      z.refine(isName, refusal('is not a valid node type', 'Correct it there, or remove the node.')),
      z.describe('A node type, such as "grain"; one that is unknown here is kept as it is.'),
    ),
  /** In a document: of an unknown type only, so that whoever knows the type can migrate its params. */
  version: z
    .exactOptional(versionShape)
    .check(z.describe('Version of the params, where it differs from the one in versions.nodes.')),
  title: z.exactOptional(z.string()).check(z.describe('A name of its own, shown instead of the type’s.')),
  bypass: z.exactOptional(z.boolean()).check(z.describe('Whether the node only passes its input on.')),
  mute: z
    .exactOptional(z.boolean())
    .check(z.describe('Whether the node outputs nothing, and what depends on it does not run.')),
  collapsed: z.exactOptional(z.boolean()).check(z.describe('Whether its card shows the title alone.')),
  onCard: z
    .exactOptional(z.array(z.string()))
    .check(
      z.describe('Params whose controls stand on the card, in this order, instead of those that its type puts there.'),
    ),
  position: pointShape.check(z.describe('Top left corner on the canvas, CSS pixels at a zoom of 1.')),
  params: z
    .record(z.string(), valueShape)
    .register(layout, { entriesAsTheyCome: true })
    .check(z.describe('What differs from the defaults.')),
  ports: z
    .exactOptional(z.array(portShape))
    .check(z.describe('Of "subgraph-inputs" and "subgraph-outputs": the ports of the card.')),
  get body() {
    return z.exactOptional(bodyShape)
  },
})

/** Fields that only nodes of some types have. */
export const fieldsOfSomeTypes: Readonly<Record<string, (type: string) => boolean>> = {
  ports: (type) => boundarySide(type) !== undefined,
  body: (type) => type === subgraphType,
} satisfies Partial<Record<keyof NodeFields, (type: string) => boolean>>

export const edgeShape = z
  .object({
    from: endpointShape,
    to: endpointShape,
    via: z
      .exactOptional(z.array(pointShape).check(z.minLength(1)))
      .check(z.describe('Points that the wire runs through on its way.')),
  })
  .register(layout, { oneLine: true })

/** On the canvas, in its units. */
export const sizeShape = z
  .object({ width: z.number().check(z.positive()), height: z.number().check(z.positive()) })
  .register(layout, { oneLine: true })

/** What stands on the canvas beside nodes and wires, for people alone: no result depends on it. */
export const markShape = z.object({
  /** A frame takes what lies inside it along when it is moved. */
  kind: z.enum(['frame', 'note']).check(z.describe('A frame lies behind the nodes inside it; a note is a text.')),
  text: z.string().check(z.describe('The frame’s title, or the note.')),
  colour: z.enum(markColours),
  position: pointShape.check(z.describe('Top left corner.')),
  size: sizeShape,
})

/** What every level has: the file itself, and each body. */
const levelFields = {
  nodes: z.record(nodeKey, nodeShape),
  edges: z.record(edgeKey, edgeShape),
  marks: z.exactOptional(z.record(markKey, markShape)),
}

export const bodyShape = z.object({
  ...levelFields,
  promoted: z
    .exactOptional(z.array(promotedShape))
    .check(z.describe('Params of nodes inside that stand on the card, in its order.')),
})
// They hold one another, so the published schema must know both by a name.
z.globalRegistry.add(nodeShape, { id: 'node' })
z.globalRegistry.add(bodyShape, { id: 'body', description: 'What a "subgraph" folds: a graph of its own.' })

export const fileShape = z.object({
  format: z.string(),
  versions: z
    .object({
      document: versionShape.check(z.describe('Version of the file format.')),
      nodes: z.record(z.string(), versionShape).check(z.describe('Version of each node type’s params.')),
    })
    // A check would keep it from being picked apart.
    .register(z.globalRegistry, {
      description: 'What the file was written by, so that a later program can update it.',
    }),
  title: z.exactOptional(z.string()),
  description: z.exactOptional(z.string()).check(z.describe('What the graph is for and what it does.')),
  nodes: levelFields.nodes.check(z.describe('By id: letters, digits, "-" and "_", at most 80.')),
  edges: levelFields.edges.check(z.describe('By id; the editor calls a wire after the input that it ends in.')),
  marks: levelFields.marks.check(z.describe('Frames and notes by id, for people alone.')),
})

export type FileFields = z.infer<typeof fileShape>
export type BodyFields = z.infer<typeof bodyShape>
export type NodeFields = z.infer<typeof nodeShape>
export type LevelFields = Pick<BodyFields, keyof typeof levelFields>
/** What a document says of itself. */
export type HeadFields = Omit<FileFields, 'format' | 'versions' | keyof LevelFields>
export const levelParts = Object.keys(levelFields) as (keyof typeof levelFields)[]

/** What a field holds where it is there. */
export const requiredShape = (shape: z.core.$ZodType): z.core.$ZodType =>
  shape instanceof z.core.$ZodExactOptional ? shape._zod.def.innerType : shape
