/**
 * A person's own code before it becomes part of a shader. What comes out is the body of one function that sees what it is given
 * and nothing else of the shader around it: every name in it is WGSL's own, one that is given, or one that it declares, and
 * those are renamed, so that none can be that of something outside. Its loops end after a number of turns. Lines stay lines, so
 * that what the compiler says of one can be told of the other.
 */
import type { CodePlace } from '../document/problems.ts'
import { type CodeToken, placeIn, tokensOf, withPlainLines } from './code-tokens.ts'
import { computingWords, declaringWords, loopWords, moduleWords, statementWords } from './wgsl-words.ts'

export interface CodeFault {
  readonly place: CodePlace
  /** What is wrong, the end of a sentence that begins with the line. */
  readonly message: string
}

/** What of a param bounds its code. */
export interface CodeLimits {
  readonly maxLength: number
  readonly names: readonly string[]
}

export interface GuardedCode {
  /** As many lines as the code has. */
  readonly wgsl: string
}

export type GuardOutcome =
  | { readonly ok: true; readonly code: GuardedCode }
  | { readonly ok: false; readonly fault: CodeFault }

/** Turns that all loops of one pixel take together; the neighbourhood of 127 × 127 pixels is one less. */
export const maxTurns = 16_130

/** The counter of turns that are left, `var<private> turns_: u32`; whoever calls the body sets it. */
export const turnsLeft = 'turns_'

const loopGuard = ` if (${turnsLeft} == 0u) { break; } ${turnsLeft} -= 1u;`

/** Put before every name that the code declares. */
const ownPrefix = 'my_'

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

class Refusal extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Every bracket closes what it should, and none what is not the code's own. */
function checkBrackets(tokens: readonly CodeToken[]): void {
  const open: CodeToken[] = []
  for (const token of tokens) {
    if (token.kind !== 'sign') continue
    if (token.text === '@') throw new Refusal(token.at, 'attributes (@) cannot be used here')
    if (closers[token.text]) open.push(token)
    else if (token.text === ')' || token.text === ']' || token.text === '}') {
      const opener = open.pop()
      if (!opener) throw new Refusal(token.at, `“${token.text}” closes nothing`)
      if (closers[opener.text] !== token.text)
        throw new Refusal(token.at, `“${token.text}” closes “${opener.text}”, which needs “${closers[opener.text]}”`)
    }
  }
  const openBracket = open.at(-1)
  if (openBracket) throw new Refusal(openBracket.at, `“${openBracket.text}” is not closed`)
}

function declaredNames(tokens: readonly CodeToken[], scope: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>()
  tokens.forEach((token, i) => {
    if (token.kind !== 'word' || !declaringWords.has(token.text) || tokens[i - 1]?.text === '.') return
    const next = tokens[i + 1]
    if (next?.text === '<')
      throw new Refusal(next.at, `“${token.text}<…>” cannot be used here; leave the part in “<>” out`)
    if (next?.kind !== 'word') return
    if (scope.has(next.text)) throw new Refusal(next.at, `“${next.text}” is given already; give yours another name`)
    if (computingWords.has(next.text) || moduleWords.has(next.text))
      throw new Refusal(next.at, `“${next.text}” is a name of WGSL’s own; give yours another name`)
    if (!statementWords.has(next.text)) names.add(next.text)
  })
  return names
}

function unknownName({ text, at }: CodeToken, scope: ReadonlySet<string>): Refusal {
  if (moduleWords.has(text))
    return new Refusal(at, `“${text}” cannot be used here: the code is the body of one function`)
  if (/^(texture|atomic|workgroup|storage|subgroup|quad|dpd|fwidth)/.test(text))
    return new Refusal(at, `“${text}” cannot be used here; pictures are read by ${readersIn(scope)}`)
  return new Refusal(at, `there is no “${text}” here; given are ${[...scope].join(', ')}`)
}

const readersIn = (scope: ReadonlySet<string>) => [...scope].filter((name) => name.endsWith('_at')).join(', ')

/** Starts of the bodies of loops: the first brace behind the word, since no expression has one. */
function loopBodies(tokens: readonly CodeToken[]): ReadonlySet<number> {
  const starts = new Set<number>()
  tokens.forEach(({ kind, text, at }, i) => {
    if (kind !== 'word' || !loopWords.has(text) || tokens[i - 1]?.text === '.') return
    const body = tokens.slice(i).find((token) => token.text === '{')
    if (!body) throw new Refusal(at, `“${text}” needs a body in “{}”`)
    starts.add(body.at)
  })
  return starts
}

function guarded(text: string, scope: ReadonlySet<string>): GuardedCode {
  const tokens = tokensOf(text)
  if ('message' in tokens) throw new Refusal(tokens.at, tokens.message)
  checkBrackets(tokens)
  const ownNames = declaredNames(tokens, scope)
  const loops = loopBodies(tokens)
  let wgsl = ''
  let end = 0
  tokens.forEach((token, i) => {
    // What lies between is white space; of comments their lines alone are kept.
    wgsl += text.slice(end, token.at).replaceAll(/[^\n]/g, ' ')
    end = token.at + token.text.length
    const isMember = tokens[i - 1]?.text === '.'
    if (token.kind === 'word' && !isMember) {
      if (ownNames.has(token.text)) wgsl += ownPrefix
      else if (!scope.has(token.text) && !statementWords.has(token.text) && !computingWords.has(token.text))
        throw unknownName(token, scope)
    }
    wgsl += token.text
    if (loops.has(token.at)) wgsl += loopGuard
  })
  wgsl += text.slice(end).replaceAll(/[^\n]/g, ' ')
  return { wgsl }
}

/** More texts than one person works on at a time. */
const maxKnown = 64
const outcomes = new Map<string, GuardOutcome>()

/** @param names what the code is given: inputs, functions by which it reads them, and others it may call */
export function guardCode(text: string, names: readonly string[]): GuardOutcome {
  const key = `${names.join()}\n${text}`
  const cachedOutcome = outcomes.get(key)
  if (cachedOutcome) return cachedOutcome
  const outcome = guardAnew(withPlainLines(text), new Set(names))
  outcomes.set(key, outcome)
  for (const oldest of outcomes.keys()) {
    if (outcomes.size <= maxKnown) break
    outcomes.delete(oldest)
  }
  return outcome
}

function guardAnew(text: string, scope: ReadonlySet<string>): GuardOutcome {
  try {
    return { ok: true, code: guarded(text, scope) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ok: false, fault: { place: placeIn(text, error.at), message: error.message } }
  }
}

/** Why `value` cannot be the code of the param; `undefined` where it can, as far as is known before it is compiled. */
export function codeFault({ maxLength, names }: CodeLimits, value: unknown): CodeFault | undefined {
  const start = { line: 1, column: 1 }
  if (typeof value !== 'string') return { place: start, message: 'it is not text' }
  if (value.length > maxLength)
    return { place: start, message: `it has ${value.length} characters; at most ${maxLength} are allowed` }
  const outcome = guardCode(value, names)
  return outcome.ok ? undefined : outcome.fault
}

/** `text` of a shader as the person who wrote the code knows it: without what the guard and the fusing put in. */
export const asWritten = (text: string): string =>
  text
    .replaceAll(loopGuard, '')
    .replaceAll(new RegExp(`\\b${ownPrefix}(?=\\w)`, 'g'), '')
    .replaceAll(/\bn\d+_(?=\w+_at\b)/g, '')
