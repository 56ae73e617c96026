/**
 * The first look at JSON from anywhere: what makes it dangerous (depth, keys that mean something to JavaScript)
 * or impossible to write again (numbers beyond a double). Iterative, so that depth itself does no harm.
 */

import type { Json } from '../document/json.ts'
import type { Problem } from '../document/problems.ts'
import { pathText, shorten } from './wording.ts'

/** Nesting no real graph comes near. */
const maxDepth = 64

export const badFile = (message: string, hint: string): Problem => ({
  code: 'bad-file',
  severity: 'error',
  message,
  hint,
})

interface Place {
  readonly value: Json
  readonly key: string | number
  readonly parent: Place | null
  readonly depth: number
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Place | null = place; at?.parent; at = at.parent) path.unshift(at.key)
  return path
}

/** Why parsed JSON may not be looked at further; `undefined` where it may. */
export function unsafeJson(root: Json): Problem | undefined {
  const stack: Place[] = [{ value: root, key: '', parent: null, depth: 0 }]
  for (let place = stack.pop(); place; place = stack.pop()) {
    const { value, depth } = place
    if (typeof value === 'number' && !Number.isFinite(value))
      return badFile(`The number at ${pathText(pathOf(place))} is too large to be used.`, 'Put a smaller number there.')
    if (typeof value !== 'object' || value === null) continue
    if (depth >= maxDepth)
      return badFile(
        `The file is nested more than ${maxDepth} levels deep at ${shorten(pathText(pathOf(place)))}, which no graph is.`,
        'Open another file.',
      )
    const isList = Array.isArray(value)
    for (const [key, child] of Object.entries(value)) {
      const suspect = key === '__proto__' || (typeof child === 'number' && !Number.isFinite(child))
      if (!suspect && (typeof child !== 'object' || child === null)) continue
      const next = { value: child, key: isList ? Number(key) : key, parent: place, depth: depth + 1 }
      if (key === '__proto__')
        return badFile(
          `The file has a field called "__proto__" at ${pathText(pathOf(next))}, which no graph has.`,
          'Remove that field.',
        )
      stack.push(next)
    }
  }
  return undefined
}
