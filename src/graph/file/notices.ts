/** Fields of a file that its shape does not have: they are told, since saving leaves them out. */

import type { EdgeId, NodeId } from '../document/document.ts'
import type { Json } from '../document/json.ts'
import { flatId } from '../document/levels.ts'
import type { Problem } from '../document/problems.ts'
import { fieldsOfSomeTypes, fileShape, nodeShape, requiredShape } from './shape.ts'
import { pathText } from './wording.ts'
import { z } from './zod.ts'

/** Notices beyond these are counted, not told. */
const maxNotices = 100

type Path = readonly string[]
type Fields = Readonly<Record<string, Json>>

/** What the canvas can point at. A node inside a subgraph is not on the level that is shown first. */
function placeOf([part, id, field, ...deeper]: Path): Pick<Problem, 'node' | 'edge'> {
  if (part === 'edges' && id !== undefined) return { edge: id as EdgeId }
  if (part === 'nodes' && id !== undefined && !(field === 'body' && deeper.length > 0))
    return { node: flatId([], id as NodeId) }
  return {}
}

const isKnown = (shape: z.core.$ZodObject, fields: Fields, name: string): boolean =>
  Object.hasOwn(shape._zod.def.shape, name) &&
  (shape !== nodeShape || !Object.hasOwn(fieldsOfSomeTypes, name) || fieldsOfSomeTypes[name]!(String(fields.type)))

/** Paths of all fields in `value`, which has the shape, that `shape` does not know; an object's own before those further in. */
function* unknownIn(shape: z.core.$ZodType, value: Json, path: Path): Generator<Path> {
  if (shape instanceof z.core.$ZodObject) {
    const fields = value as Fields
    for (const name of Object.keys(fields)) if (!isKnown(shape, fields, name)) yield [...path, name]
    for (const [name, field] of Object.entries<z.core.$ZodType>(shape._zod.def.shape))
      if (Object.hasOwn(fields, name) && isKnown(shape, fields, name))
        yield* unknownIn(requiredShape(field), fields[name]!, [...path, name])
  } else if (shape instanceof z.core.$ZodRecord)
    for (const [key, entry] of Object.entries(value as Fields))
      yield* unknownIn(shape._zod.def.valueType, entry, [...path, key])
  else if (shape instanceof z.core.$ZodArray)
    for (const [index, entry] of Object.entries(value as Fields))
      yield* unknownIn(shape._zod.def.element, entry, [...path, index])
}

/** A notice for each field of a file of the right shape that this version does not know. */
export function unknownFields(file: Json): readonly Problem[] {
  const notices: Problem[] = []
  let untold = 0
  for (const path of unknownIn(fileShape, file, [])) {
    if (notices.length >= maxNotices) untold += 1
    else
      notices.push({
        code: 'unknown-field',
        severity: 'warning',
        ...placeOf(path.slice(0, -1)),
        message: `The file has a field ${pathText(path)} that this version does not know; saving leaves it out.`,
        hint: 'Check its spelling, or keep the original file.',
      })
  }
  if (untold > 0)
    notices.push({
      code: 'unknown-field',
      severity: 'warning',
      message: `The file has ${untold} more fields that this version does not know.`,
      hint: 'Keep the original file.',
    })
  return notices
}
