/**
 * The words of a piece of WGSL (WGSL specification, § 3 "Textual Structure"), as far as guarding it needs them. Comments are
 * white space; what WGSL allows beyond ASCII is left out, so that nobody's eye is deceived.
 */

import type { CodePlace } from '../document/problems.ts'

export interface CodeToken {
  readonly kind: 'word' | 'number' | 'sign'
  readonly text: string
  /** Where in the text it begins. */
  readonly at: number
}

/** What cannot be taken apart: where, and what is wrong with it. */
export interface BadToken {
  readonly at: number
  readonly message: string
}

/** One kind of line end, so that lines are counted alike by everybody. */
export const withPlainLines = (text: string): string => text.replaceAll(/\r\n?/g, '\n')

export function placeIn(text: string, at: number): CodePlace {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

const pattern =
  /(?<space>[ \t\n]+|\/\/[^\n]*)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<number>0[xX][0-9a-fA-F.]+(?:[pP][+-]?\d+)?[iufh]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[iufh]?)|(?<sign>[(){}[\];,.:=+\-*/%<>!&|^~@])/y

/** Where a block comment that begins at `at` ends; they lie within one another. `undefined`: nowhere. */
function commentEnd(text: string, at: number): number | undefined {
  let depth = 0
  for (let next = at; next < text.length; next += 1) {
    const two = text.slice(next, next + 2)
    if (two !== '/*' && two !== '*/') continue
    depth += two === '/*' ? 1 : -1
    next += 1
    if (depth === 0) return next + 1
  }
  return undefined
}

/** @param text with plain lines */
export function tokensOf(text: string): readonly CodeToken[] | BadToken {
  const tokens: CodeToken[] = []
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('/*', at)) {
      const end = commentEnd(text, at)
      if (end === undefined) return { at, message: 'this comment does not end' }
      at = end
      continue
    }
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match?.groups) {
      const sign = String.fromCodePoint(text.codePointAt(at)!)
      return {
        at,
        message: `${JSON.stringify(sign)} cannot stand here; outside comments only English letters are allowed`,
      }
    }
    const { word, number, sign } = match.groups
    if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at })
    at = pattern.lastIndex
  }
  return tokens
}
