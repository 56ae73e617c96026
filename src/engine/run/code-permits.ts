/**
 * Whose code may run. A person's code runs only once it was allowed, by its very text and for as long as the session lasts;
 * until then its node passes its input on. Code that took too long, or was at work when the GPU was lost, is stopped: it runs no
 * more before it is allowed anew.
 */
import { type CodeInGraph, codeThatRuns, withoutNodes } from '../../graph/analysis/code-in-graph.ts'
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import type { Names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { CodeStop } from '../door/api.ts'
import { overrunOf } from './code-failure.ts'

type WhyWithheld = 'unknown' | CodeStop

export type CodeStanding = 'allowed' | WhyWithheld

export type WithheldCode = CodeInGraph & { readonly why: WhyWithheld }

/** Behind the node's name. */
const whyText: Readonly<Record<WhyWithheld, string>> = {
  unknown: 'holds code that nobody here has allowed to run.',
  lost: 'is switched off, because the graphics processor was lost while its code ran.',
  slow: 'is switched off, because its code takes too long for one frame.',
}

const whyHint: Readonly<Record<WhyWithheld, string>> = {
  unknown: 'Read the code and allow it, or bypass the node.',
  lost: 'Make its code lighter and allow it again, or bypass the node.',
  slow: 'Give its loops fewer iterations and allow it again, or bypass the node.',
}

export class CodePermits {
  readonly #specs: Specs
  readonly #allowedCodes = new Set<string>()
  readonly #stopsByCode = new Map<string, CodeStop>()

  constructor(specs: Specs) {
    this.#specs = specs
  }

  allow(codes: readonly string[]): void {
    for (const code of codes) {
      this.#allowedCodes.add(code)
      this.#stopsByCode.delete(code)
    }
  }

  /** Of code that does not come with the product. */
  standing(code: string): CodeStanding {
    return this.#stopsByCode.get(code) ?? (this.#allowedCodes.has(code) ? 'allowed' : 'unknown')
  }

  /** Code that was stopped since the session began, and why. */
  get stops(): Readonly<Record<string, CodeStop>> {
    return Object.fromEntries(this.#stopsByCode)
  }

  /** What may not run of a graph, and why. */
  withheld(document: FlatDocument): readonly WithheldCode[] {
    return codeThatRuns(document, this.#specs).flatMap((one) => {
      const why = this.standing(one.code)
      return why === 'allowed' ? [] : [{ ...one, why }]
    })
  }

  /** The graph as it may run. */
  permitted(document: FlatDocument): FlatDocument {
    return withoutNodes(
      document,
      this.withheld(document).map(({ node }) => node),
    )
  }

  /** The GPU was lost while this graph was at work. Gives whether code is stopped for it. */
  stopForLoss(document: FlatDocument): boolean {
    return this.#stop(document, 'lost', () => true)
  }

  /** Stops the code that made `error`, of a frame of this graph. Gives whether there was some. */
  stopForOverrun(document: FlatDocument, error: unknown): boolean {
    const overrun = overrunOf(error)
    return overrun !== undefined && this.#stop(document, 'slow', ({ node }) => overrun.nodes.includes(node))
  }

  #stop(document: FlatDocument, why: CodeStop, isMeant: (one: CodeInGraph) => boolean): boolean {
    const running = codeThatRuns(document, this.#specs).filter(({ code }) => this.standing(code) === 'allowed')
    const codes = running.filter(isMeant)
    for (const { code } of codes) this.#stopsByCode.set(code, why)
    return codes.length > 0
  }

  /** Why the graph may not be exported as it stands. */
  problems(document: FlatDocument, nodeNames: Names<FlatId>): readonly Problem[] {
    return this.withheld(document).map(({ node, param, why }) => ({
      code: 'code-not-run',
      severity: 'error',
      node,
      param,
      message: `${nodeNames.node(node)} ${whyText[why]}`,
      hint: whyHint[why],
    }))
  }
}
