/**
 * Code that cannot become part of a shader, found without compiling it. Apart from `validate.ts`, since the guard is more than an
 * editor needs before its first paint: there the engine tells of it, and the editor of the code itself.
 */
import type { FlatDocument } from '../document/document.ts'
import { names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import { codeFault } from '../node/code-guard.ts'
import type { Specs } from '../node/spec.ts'
import { codeThatRuns } from './code-in-graph.ts'

export function problemsOfCode(document: FlatDocument, specs: Specs): readonly Problem[] {
  const nodeNames = names(document, specs)
  return codeThatRuns(document, specs).flatMap(({ node, param, code }): Problem[] => {
    const paramSpec = specOf(specs, document.nodes[node])?.params[param]
    const fault = paramSpec?.kind === 'code' ? codeFault(paramSpec, code) : undefined
    if (!fault) return []
    const message = `The code of ${nodeNames.node(node)} cannot be used: line ${fault.place.line}: ${fault.message}.`
    const hint = 'Correct that line of its code.'
    return [{ code: 'code-failed', severity: 'error', node, param, place: fault.place, message, hint }]
  })
}
