/** The form of a graph file as a JSON Schema: the reader's own shape, and each node's params from its declaration. */

import { fileMigrations, nodeVersion } from '../src/graph/file/migrate.ts'
import { fileShape, graphFormat } from '../src/graph/file/shape.ts'
import { z } from '../src/graph/file/zod.ts'
import { maxStrokes, strokeTools } from '../src/graph/node/drawing.ts'
import { interpolations, maxKeys } from '../src/graph/node/keyframes.ts'
import type { ParamSpec } from '../src/graph/node/params.ts'
import type { NodeSpec, Specs } from '../src/graph/node/spec.ts'

export const schemaFile = 'public/graph.schema.json'

type Schema = Readonly<Record<string, unknown>>

const assetRef: Schema = {
  type: 'object',
  description: 'A file by name; its bytes are never in the graph.',
  properties: {
    id: {
      type: 'string',
      minLength: 1,
      description: 'A file’s name, a model of the catalog, or samples/… for a clip that ships with the editor.',
    },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    size: { type: 'integer', minimum: 0, description: 'Bytes.' },
  },
  required: ['id'],
  additionalProperties: false,
}

function valueSchema(param: ParamSpec): Schema {
  switch (param.kind) {
    case 'float':
      return { type: 'number', minimum: param.min, maximum: param.max }
    case 'int':
      return { type: 'integer', minimum: param.min, maximum: param.max }
    case 'seed':
      return { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 }
    case 'bool':
      return { type: 'boolean' }
    case 'choice':
      return { enum: param.options }
    case 'text':
      return { type: 'string', maxLength: param.maxLength }
    case 'code':
      return { type: 'string', maxLength: param.maxLength, contentMediaType: 'text/wgsl' }
    case 'keys':
      return {
        type: 'array',
        maxItems: maxKeys,
        items: {
          type: 'object',
          properties: {
            frame: { type: 'integer', minimum: 0, description: 'Index of the frame in the clip.' },
            value: { type: 'number' },
            next: { enum: interpolations, description: 'How it goes on to the next key.' },
          },
          required: ['frame', 'value', 'next'],
          additionalProperties: false,
        },
      }
    case 'drawing':
      return { anyOf: [{ $ref: '#/$defs/drawing' }, { type: 'null' }] }
    case 'asset':
      return { anyOf: [{ $ref: '#/$defs/file' }, { type: 'null' }] }
  }
}

const drawing: Schema = {
  type: 'object',
  description: 'What was painted on a picture. Shares are of its width and height.',
  properties: {
    width: { type: 'integer', minimum: 1, description: 'Of the picture that it was painted on, in pixels.' },
    height: { type: 'integer', minimum: 1 },
    strokes: {
      type: 'array',
      maxItems: maxStrokes,
      items: {
        type: 'object',
        properties: {
          tool: { enum: strokeTools },
          erase: { type: 'boolean' },
          radius: {
            type: 'number',
            exclusiveMinimum: 0,
            maximum: 1,
            description: 'Of the brush: a share of the height.',
          },
          points: { type: 'array', minItems: 2, items: { type: 'number' }, description: 'x, y, x, y…, as shares.' },
        },
        required: ['tool', 'erase', 'radius', 'points'],
        additionalProperties: false,
      },
    },
  },
  required: ['width', 'height', 'strokes'],
}

const paramSchema = (param: ParamSpec): Schema => ({
  title: 'unit' in param && param.unit ? `${param.label} (${param.unit})` : param.label,
  ...(param.help === undefined ? {} : { description: param.help }),
  ...valueSchema(param),
  default: param.default,
})

const paramsSchema = (spec: NodeSpec): Schema => ({
  type: 'object',
  title: spec.title,
  description: `${spec.summary} Version ${nodeVersion(spec)}.`,
  properties: Object.fromEntries(Object.entries(spec.params).map(([name, param]) => [name, paramSchema(param)])),
  additionalProperties: false,
})

/** No node type can take the name of another definition. */
const paramsName = (type: string): string => `${type}-params`

/** Text of the file. Says of a graph as this version writes it; the reader itself forgives more. */
export function graphSchemaText(specs: Specs): string {
  const nodeSpecs = [...specs.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
  const { nodes, versions } = fileShape.shape
  const version = z.literal(fileMigrations.length).check(z.describe('Version of the file format.'))
  const shape = z.toJSONSchema(
    z.extend(fileShape, {
      format: z.literal(graphFormat),
      versions: z.extend(versions, { document: version }),
      nodes: z.record(z.string().check(z.regex(/^[\w-]{1,80}$/)), nodes._zod.def.valueType),
    }),
  ) as { $defs: Record<string, Schema> } & Record<string, unknown>
  const { $schema, $defs, ...form } = shape
  const text = {
    $schema,
    title: 'Framewright graph',
    description: `A graph file of version ${fileMigrations.length}.`,
    ...form,
    $defs: {
      ...$defs,
      node: {
        ...$defs.node,
        allOf: nodeSpecs.map(({ type }) => ({
          if: { properties: { type: { const: type } } },
          // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word; nobody awaits this.
          then: { properties: { params: { $ref: `#/$defs/${paramsName(type)}` } } },
        })),
      },
      file: assetRef,
      drawing,
      ...Object.fromEntries(nodeSpecs.map((spec) => [paramsName(spec.type), paramsSchema(spec)])),
    },
  }
  return `${JSON.stringify(text, null, 2)}\n`
}
