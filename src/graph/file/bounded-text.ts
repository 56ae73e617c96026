/**
 * The first look at text from outside, before `JSON.parse` sees it. A parser makes an object for every pair of
 * brackets: a link of some kilobytes unfolds into millions of them and would hold the page for many seconds.
 */
import type { Problem } from '../document/problems.ts'
import { badFile } from './untrusted.ts'

/** Characters of text. A graph of 2,000 nodes, as many as an editor shows, takes a tenth of it. */
export const maxFileLength = 8_000_000

/** Values in all: a graph has one in a dozen characters at most, and a parser takes tens of milliseconds for as many. */
export const maxValues = 250_000

/** Members of one object or list. Objects of very many keys cost a parser ten times what their values would. */
export const maxMembers = 60_000

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

export interface TextBound {
  /** Looks at the next part of the text; why it may not be parsed, `undefined` as long as it may. */
  add(part: string): Problem | undefined
}

const tooLong = (length: number): Problem =>
  badFile(
    `The file has ${Math.ceil(length / 1e6)} million characters; a graph has at most ${maxFileLength / 1e6} million.`,
    'Open a graph file; media are opened by a node.',
  )

const tooMany = (): Problem =>
  badFile(
    `The file holds more than ${maxValues.toLocaleString('en')} values, or ${maxMembers.toLocaleString('en')} in one list or object, which no graph does.`,
    'Open another file, or split this graph into several.',
  )

/** Bounds a text that comes in parts, so that what unfolds without end is refused before it is all there. */
export function createTextBound(): TextBound {
  let length = 0
  let values = 0
  /** Commas seen in each list or object that is open, the innermost last. */
  const open = [0]
  let inString = false
  let escaped = false
  return {
    add(part) {
      length += part.length
      if (length > maxFileLength) return tooLong(length)
      for (let at = 0; at < part.length; at += 1) {
        const code = part.charCodeAt(at)
        if (inString) {
          if (escaped) escaped = false
          else if (code === backslash) escaped = true
          else if (code === quote) inString = false
        } else if (code === quote) inString = true
        // Every value but the outermost follows a comma or an opening bracket.
        else if (code === comma || code === openList || code === openObject) {
          values += 1
          if (values > maxValues) return tooMany()
          if (code !== comma) open.push(0)
          else {
            const commas = (open.pop() ?? 0) + 1
            if (commas >= maxMembers) return tooMany()
            open.push(commas)
          }
        } else if ((code === closeList || code === closeObject) && open.length > 1) open.pop()
      }
      return undefined
    },
  }
}

/** Why a whole text may not be parsed; `undefined` where it may. Takes time in proportion to its length alone. */
export const unboundedText = (text: string): Problem | undefined => createTextBound().add(text)
