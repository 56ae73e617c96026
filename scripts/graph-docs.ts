/** The tables of every field in docs/graph-file.md: made of the reader's own shape, as the JSON Schema is. */

import {
  bodyShape,
  edgeShape,
  endpointShape,
  fileShape,
  markShape,
  nodeShape,
  pointShape,
  portShape,
  promotedShape,
  requiredShape,
  sizeShape,
} from '../src/graph/file/shape.ts'
import { z } from '../src/graph/file/zod.ts'

export const docsFile = 'docs/graph-file.md'

const shapes: readonly (readonly [title: string, shape: z.core.$ZodObject])[] = [
  ['File', fileShape],
  ['Node', nodeShape],
  ['Edge', edgeShape],
  ['Endpoint', endpointShape],
  ['Mark', markShape],
  ['Point', pointShape],
  ['Size', sizeShape],
  ['Body', bodyShape],
  ['Port', portShape],
  ['Promoted param', promotedShape],
]

/** Which of the tables says more: a description or a rule makes another shape of the same fields. */
const titleOf = (shape: z.core.$ZodObject): string | undefined =>
  shapes.find(([, one]) => Object.keys(one._zod.def.shape).join() === Object.keys(shape._zod.def.shape).join())?.[0]

function kindText(field: z.core.$ZodType): string {
  const shape = requiredShape(field)
  if (shape instanceof z.core.$ZodObject)
    return titleOf(shape)?.toLowerCase() ?? `{ ${Object.keys(shape._zod.def.shape).join(', ')} }`
  if (shape instanceof z.core.$ZodArray) return `list: ${kindText(shape._zod.def.element)}`
  if (shape instanceof z.core.$ZodRecord) return `by name: ${kindText(shape._zod.def.valueType)}`
  if (shape instanceof z.core.$ZodEnum)
    return Object.values(shape._zod.def.entries)
      .map((option) => `\`${option}\``)
      .join(', ')
  if (shape instanceof z.core.$ZodNumberFormat) return 'whole number'
  if (shape instanceof z.core.$ZodNumber) return 'number'
  if (shape instanceof z.core.$ZodString) return 'text'
  if (shape instanceof z.core.$ZodBoolean) return 'true or false'
  if (shape instanceof z.core.$ZodUnknown) return 'anything'
  throw new Error(`The docs have no word for what ${shape._zod.def.type} is.`)
}

const described = (field: z.core.$ZodType): string => z.globalRegistry.get(field)?.description ?? ''

function table(title: string, shape: z.core.$ZodObject): string {
  const rows = Object.entries<z.core.$ZodType>(shape._zod.def.shape).map(([name, field]) => [
    `\`${name}\`${field instanceof z.core.$ZodExactOptional ? '' : ' *'}`,
    kindText(field),
    described(field),
  ])
  const all = [['field', 'holds', 'what'], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const [head, ...body] = all
  return [`### ${title}`, '', line(head!), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

const begin = '<!-- Made by `npm run schemas` from here on -->'
const end = '<!-- to here -->'

/** `docs` with its tables as the shape has them. */
export function withFieldTables(docs: string): string {
  const from = docs.indexOf(begin)
  const to = docs.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${docsFile} has lost the marks between which its tables stand.`)
  const tables = shapes.map(([title, shape]) => table(title, shape)).join('\n\n')
  return `${docs.slice(0, from)}${begin}\n\n${tables}\n\n${docs.slice(to)}`
}
