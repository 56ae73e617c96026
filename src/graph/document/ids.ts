/**
 * Names of nodes and wires inside a document: readable, because people meet them in files, on the command line
 * (`--set bicubic.factor=3`) and in diffs; safe as keys of plain objects; in one order everywhere.
 */
import type { z } from 'zod'

/** Of a node, on the level that it is on. */
export type NodeId = string & z.$brand<'node'>
/**
 * Of a node of any level, as it is called from outside, and as the unfolded document calls it: `look/grain`. `flatId`
 * makes one, `placeOf` takes it apart.
 */
export type FlatId = string & z.$brand<'flat node'>
export type AnyNodeId = NodeId | FlatId
/** Of a node of the outermost level, where both read the same. */
export type OutermostId = NodeId & FlatId
export type EdgeId = string & z.$brand<'edge'>
export type MarkId = string & z.$brand<'mark'>

/** Keys that mean something to JavaScript itself; immer refuses to patch them. */
const reservedNames = new Set(['__proto__', 'constructor', 'prototype'])

/** Node ids: letters, digits, `_` and `-`; no dot, so that `node.port` is unambiguous. At most 80 characters. */
export const isNodeId = (text: string): text is NodeId => /^[A-Za-z0-9_-]{1,80}$/.test(text) && !reservedNames.has(text)

/** Names of edges, params and ports: any short text that is safe as a key. At most 200 characters. */
export const isName = (text: string): boolean => text.length > 0 && text.length <= 200 && !reservedNames.has(text)

/** Gives ids of which none `isTaken`: `bicubic`, then `bicubic-2`, `bicubic-3`, … */
export function nodeIds(isTaken: (id: string) => boolean): (type: string) => NodeId {
  const givenIds = new Set<string>()
  const next = new Map<string, number>()
  return (type) => {
    const safe = type.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60) || 'node'
    const base = isNodeId(safe) ? safe : 'node'
    let n = next.get(base) ?? 1
    let id: string = n === 1 ? base : `${base}-${n}`
    while (isTaken(id) || givenIds.has(id)) {
      n += 1
      id = `${base}-${n}`
    }
    next.set(base, n + 1)
    givenIds.add(id)
    return id as NodeId
  }
}

/** A wire is named by the input it ends on, which holds one wire at most; `-2` and so on where a file holds more. */
export function freeEdgeId(
  to: { readonly node: NodeId; readonly port: string },
  isTaken: (id: string) => boolean,
): EdgeId {
  const base = `${to.node}.${to.port}`
  let id = base
  for (let n = 2; isTaken(id); n += 1) id = `${base}-${n}`
  return id as EdgeId
}

const isDigit = (code: number) => code >= 48 && code <= 57

/** Where a run of digits that begins at `from` has its first digit other than 0 (or its last), and where it ends. */
function digitRun(text: string, from: number): readonly [start: number, end: number] {
  let end = from
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1
  let start = from
  while (start < end - 1 && text.charCodeAt(start) === 48) start += 1
  return [start, end]
}

/** The order of ids in files, plans and problems: by code unit, runs of digits by value (`grain-2` before `grain-10`). */
export function compareIds(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(j)
    if (isDigit(x) && isDigit(y)) {
      const [iStart, iEnd] = digitRun(a, i)
      const [jStart, jEnd] = digitRun(b, j)
      const longer = iEnd - iStart - (jEnd - jStart)
      if (longer !== 0) return longer
      for (let n = 0; n < iEnd - iStart; n += 1) {
        const byValue = a.charCodeAt(iStart + n) - b.charCodeAt(jStart + n)
        if (byValue !== 0) return byValue
      }
      i = iEnd
      j = jEnd
    } else {
      if (x !== y) return x - y
      i += 1
      j += 1
    }
  }
  return a.length - i - (b.length - j) || (a < b ? -1 : a > b ? 1 : 0)
}
