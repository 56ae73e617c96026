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
export class TextBound {
  #length = 0
  #values = 0
  /** Commas seen in each list or object that is open, the innermost last. */
  readonly #commas = [0]
  #isInString = false
  #isEscaped = false

  /** Looks at the next part of the text; why it may not be parsed, `undefined` as long as it may. */
  add(part: string): Problem | undefined {
    this.#length += part.length
    if (this.#length > maxFileLength) return tooLong(this.#length)
    for (let at = 0; at < part.length; at += 1) {
      const problem = this.#take(part.charCodeAt(at))
      if (problem) return problem
    }
    return undefined
  }

  #take(code: number): Problem | undefined {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false
      else if (code === backslash) this.#isEscaped = true
      else if (code === quote) this.#isInString = false
    } else if (code === quote) this.#isInString = true
    // Every value but the outermost follows a comma or an opening bracket.
    else if (code === comma || code === openList || code === openObject) {
      this.#values += 1
      if (this.#values > maxValues) return tooMany()
      if (code !== comma) this.#commas.push(0)
      else {
        const commas = (this.#commas.pop() ?? 0) + 1
        if (commas >= maxMembers) return tooMany()
        this.#commas.push(commas)
      }
    } else if ((code === closeList || code === closeObject) && this.#commas.length > 1) this.#commas.pop()
    return undefined
  }
}

/** Why a whole text may not be parsed; `undefined` where it may. Takes time in proportion to its length alone. */
export const unboundedText = (text: string): Problem | undefined => new TextBound().add(text)
