/** People's code in a graph: it runs from the command line with `--allow-code` alone. */
import { type CodeInGraph, codeThatRuns } from '../graph/analysis/code-in-graph.ts'
import { expand } from '../graph/analysis/expand.ts'
import type { GraphDocument } from '../graph/document/document.ts'
import { names } from '../graph/document/naming.ts'
import type { Problem } from '../graph/document/problems.ts'
import type { Specs } from '../graph/node/spec.ts'
import { usage } from '../host/command-failure.ts'

export const codeFlag = 'allow-code'

const codeIn = (document: GraphDocument, specs: Specs): readonly CodeInGraph[] =>
  codeThatRuns(expand(document, specs).document, specs)

/** The nodes by their names, each once. */
function titles(document: GraphDocument, specs: Specs, codes: readonly CodeInGraph[]): string {
  const nodeNames = names(expand(document, specs).document, specs)
  return [...new Set(codes.map(({ node }) => `${nodeNames.node(node)} (${node})`))].join(', ')
}

/** The code that may run. Throws `CommandFailure` where there is some and nobody allowed it. */
export function allowedCode(document: GraphDocument, specs: Specs, isAllowed: boolean, path?: string): string[] {
  const codes = codeIn(document, specs)
  if (codes.length > 0 && !isAllowed)
    throw usage(
      `${path ?? 'The graph'} carries code of its own, in ${titles(document, specs, codes)}, which would run on this machine’s graphics processor.`,
      `Read it, then pass --${codeFlag} to let it run.`,
    )
  return codes.map(({ code }) => code)
}

/** What `--check` says of a graph's code. */
export function codeWarnings(document: GraphDocument, specs: Specs): readonly Problem[] {
  const codes = codeIn(document, specs)
  if (codes.length === 0) return []
  return [
    {
      code: 'code-not-run',
      severity: 'warning',
      node: codes[0]!.node,
      param: codes[0]!.param,
      message: `The graph carries code of its own, in ${titles(document, specs, codes)}.`,
      hint: `It was not run; a render runs it only with --${codeFlag}.`,
    },
  ]
}
