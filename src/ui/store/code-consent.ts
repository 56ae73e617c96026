/**
 * Whose code runs. What a person writes here is the person's own; any other code that comes with a graph, by whatever way, runs
 * once the person has said yes to it. The yes is for the very text, and is remembered in this browser by its SHA-256: a graph
 * that was worked on here is one's own after a reload as well.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CodeStop, Engine } from '../../engine/door/api.ts'
import { type CodeInGraph, codeInGraph, codeThatRuns, isOwnCode } from '../../graph/analysis/code-in-graph.ts'
import type { FlatDocument, GraphDocument } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { CodeParam } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { text } from '../text/text.ts'

export interface CodeConsentState {
  readonly allowedCodes: ReadonlySet<string>
  /** From elsewhere, and nobody has said yes to it. */
  readonly foreign: ReadonlySet<string>
  /** Of those, what the person was asked about. */
  readonly pendingCodes: ReadonlySet<string>
  /** By code: why the engine switched it off. */
  readonly stopsByCode: ReadonlyMap<string, CodeStop>
}

export type CodeStanding = 'allowed' | 'foreign' | CodeStop

export interface CodeConsent extends StoreApi<CodeConsentState> {
  /** Looks for code in a graph that is open, or compared with. */
  cover(documents: readonly GraphDocument[]): void
  /** Of code that a node holds now; what comes with the product needs no yes. */
  standing(code: string, param: Pick<CodeParam, 'default' | 'shippedCodes'>): CodeStanding
  /** The person says yes, or wrote it. */
  allow(codes: readonly string[]): void
  /** The person has seen the question and said no, or nothing. */
  leave(): void
  /** The engine switched code off. Gives why, where that is news. */
  noteStopped(codes: Readonly<Record<string, CodeStop>>): CodeStop | undefined
  /** What is to be said of nodes whose code does not run. */
  problems(document: FlatDocument): readonly Problem[]
}

/** Fetched once there is code to be asked of. */
const memory = () => import('./code-memory.ts')

/** Where it fails, code stays where it was: it does not run. */
const reported = (work: Promise<unknown>) =>
  work.catch((error: unknown) => console.warn('Code could not be looked up, allowed or remembered:', error))

/** The code and why it was switched off, but for `codes`. */
const runningAgain = (
  stopsByCode: CodeConsentState['stopsByCode'],
  codes: readonly string[],
): CodeConsentState['stopsByCode'] => new Map([...stopsByCode].filter(([code]) => !codes.includes(code)))
const withAll = (set: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> => new Set([...set, ...more])
const without = (set: ReadonlySet<string>, less: readonly string[]): ReadonlySet<string> =>
  new Set([...set].filter((one) => !less.includes(one)))

/** @param changed what runs is another from now on */
export function createCodeConsent(engine: Pick<Engine, 'allowCode'>, specs: Specs, changed: () => void): CodeConsent {
  const store = createStore<CodeConsentState>(() => ({
    allowedCodes: new Set(),
    foreign: new Set(),
    pendingCodes: new Set(),
    stopsByCode: new Map(),
  }))
  const looking = new Set<string>()

  function grant(codes: readonly string[]): void {
    void reported(engine.allowCode(codes))
    store.setState(({ allowedCodes, foreign, pendingCodes, stopsByCode }) => ({
      allowedCodes: withAll(allowedCodes, codes),
      foreign: without(foreign, codes),
      pendingCodes: without(pendingCodes, codes),
      stopsByCode: runningAgain(stopsByCode, codes),
    }))
  }

  /** Code that was never seen in this session: allowed in an earlier one, or foreign. */
  async function lookUp(codes: readonly string[]): Promise<void> {
    const { remembered, hashOf } = await memory()
    const consents = new Set(remembered())
    const hashes = await Promise.all(codes.map(hashOf))
    for (const code of codes) looking.delete(code)
    // It may have been allowed meanwhile.
    const { allowedCodes } = store.getState()
    const open = codes
      .map((code, i) => ({ code, isKnown: consents.has(hashes[i]!) }))
      .filter(({ code }) => !allowedCodes.has(code))
    const knownCodes = open.filter(({ isKnown }) => isKnown).map(({ code }) => code)
    const foreign = open.filter(({ isKnown }) => !isKnown).map(({ code }) => code)
    if (knownCodes.length > 0) grant(knownCodes)
    if (foreign.length > 0) store.setState((state) => ({ foreign: withAll(state.foreign, foreign) }))
    if (open.length > 0) changed()
  }

  return {
    ...store,
    cover(documents) {
      const { allowedCodes, foreign, stopsByCode } = store.getState()
      const isNew = ({ code }: CodeInGraph) =>
        !allowedCodes.has(code) && !foreign.has(code) && !stopsByCode.has(code) && !looking.has(code)
      const codes = [
        ...new Set(
          documents.flatMap((one) =>
            codeInGraph(one, specs)
              .filter(isNew)
              .map(({ code }) => code),
          ),
        ),
      ]
      if (codes.length === 0) return
      for (const code of codes) looking.add(code)
      void reported(lookUp(codes))
    },
    standing(code, param) {
      const { allowedCodes, stopsByCode } = store.getState()
      return stopsByCode.get(code) ?? (isOwnCode(param, code) || allowedCodes.has(code) ? 'allowed' : 'foreign')
    },
    allow(codes) {
      grant(codes)
      void reported(memory().then(({ memorize }) => memorize(codes, true)))
      changed()
    },
    leave() {
      store.setState(({ foreign }) => ({ pendingCodes: foreign }))
      changed()
    },
    noteStopped(codes) {
      const news = Object.entries(codes).filter(([code]) => store.getState().allowedCodes.has(code))
      const [first] = news
      if (!first) return undefined
      const fresh = news.map(([code]) => code)
      store.setState(({ allowedCodes, stopsByCode }) => ({
        allowedCodes: without(allowedCodes, fresh),
        stopsByCode: new Map([...stopsByCode, ...news]),
      }))
      // Whoever opens it again is asked again.
      void reported(memory().then(({ memorize }) => memorize(fresh, false)))
      changed()
      return first[1]
    },
    problems(document) {
      const { foreign, stopsByCode } = store.getState()
      const nodeNames = names(document, specs)
      return codeThatRuns(document, specs).flatMap(({ node, param, code }): Problem[] => {
        const why = stopsByCode.get(code)
        if (!why && !foreign.has(code)) return []
        const message = text.code[why ?? 'foreign'](nodeNames.node(node))
        const hint = why ? text.code.stoppedHint : text.code.foreignHint
        return [{ code: 'code-not-run', severity: 'warning', node, param, message, hint }]
      })
    },
  }
}
