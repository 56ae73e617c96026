/**
 * Whose code may run. A person's code runs only once it was allowed, by its very text and for as long as the session lasts;
 * until then its node passes its input on. Code that was at work when the GPU was lost is stopped: it runs no more before it is
 * allowed anew.
 */
import { type CodeInGraph, codeThatRuns, withoutNodes } from '../../graph/analysis/code-in-graph.ts'
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import type { Names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { Specs } from '../../graph/node/spec.ts'

export type CodeStanding = 'allowed' | 'unknown' | 'stopped'

export class CodePermits {
  readonly #specs: Specs
  readonly #allowed = new Set<string>()
  readonly #stopped = new Set<string>()

  constructor(specs: Specs) {
    this.#specs = specs
  }

  allow(codes: readonly string[]): void {
    for (const code of codes) {
      this.#allowed.add(code)
      this.#stopped.delete(code)
    }
  }

  /** Of code that does not come with the product. */
  standing(code: string): CodeStanding {
    if (this.#stopped.has(code)) return 'stopped'
    return this.#allowed.has(code) ? 'allowed' : 'unknown'
  }

  /** Code that the GPU was lost with, since the session began. */
  get stopped(): readonly string[] {
    return [...this.#stopped]
  }

  /** What may not run of a graph. */
  withheld(document: FlatDocument): readonly CodeInGraph[] {
    return codeThatRuns(document, this.#specs).filter(({ code }) => this.standing(code) !== 'allowed')
  }

  /** The graph as it may run. */
  permitted(document: FlatDocument): FlatDocument {
    return withoutNodes(
      document,
      this.withheld(document).map(({ node }) => node),
    )
  }

  /** The GPU was lost while this graph was at work. Gives the nodes that are stopped for it. */
  stop(document: FlatDocument): readonly CodeInGraph[] {
    const running = codeThatRuns(document, this.#specs).filter(({ code }) => this.standing(code) === 'allowed')
    for (const { code } of running) this.#stopped.add(code)
    return running
  }

  /** Why the graph may not be exported as it stands. */
  problems(document: FlatDocument, called: Names<FlatId>): readonly Problem[] {
    return this.withheld(document).map(({ node, param, code }) => ({
      code: 'code-not-run',
      severity: 'error',
      node,
      param,
      message:
        this.standing(code) === 'stopped'
          ? `${called.node(node)} is switched off, because the graphics processor was lost while its code ran.`
          : `${called.node(node)} holds code that nobody here has allowed to run.`,
      hint: 'Read the code and allow it, or bypass the node.',
    }))
  }
}
