/** Everything that is wrong with a document, wanted or not: what the editor shows on nodes and the command line prints. */
import { type AnyDocument, type FlatDocument, type FlatId, nodeOf } from '../document/document.ts'
import { compareIds } from '../document/ids.ts'
import { names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import type { AssetFacts } from '../node/facts.ts'
import type { ParamSpec } from '../node/params.ts'
import type { Specs } from '../node/spec.ts'
import { checkParam } from '../node/values.ts'
import { expand } from './expand.ts'
import { defaultTextureSize, inferAll } from './infer.ts'

function advice(spec: ParamSpec): string {
  switch (spec.kind) {
    case 'float':
      return `Set it to a number between ${spec.min} and ${spec.max}, such as ${spec.default}.`
    case 'int':
      return `Set it to a whole number between ${spec.min} and ${spec.max}, such as ${spec.default}.`
    case 'seed':
      return 'Set it to a whole number between 0 and 4294967295.'
    case 'bool':
      return 'Switch it on or off.'
    case 'choice':
      return `Choose one of ${spec.options.join(', ')}.`
    case 'text':
    case 'code':
      return `Enter text of at most ${spec.maxLength} characters.`
    case 'keys':
      return 'Set its keys again over the timeline.'
    case 'drawing':
      return 'Clear it, and paint it again.'
    case 'asset':
      return 'Choose the file again.'
  }
}

/**
 * Params that their nodes do not know (warnings; they are kept) or cannot use (errors; warnings on a bypassed
 * or muted node, which does not run).
 */
export function problemsOfParams(document: FlatDocument, specs: Specs): Problem[] {
  const nodeNames = names(document, specs)
  const problems: Problem[] = []
  for (const id of (Object.keys(document.nodes) as FlatId[]).sort(compareIds)) {
    const record = nodeOf(document, id)
    const spec = specOf(specs, record)
    if (!record || !spec) continue
    for (const [name, value] of Object.entries(record.params)) {
      const paramSpec = Object.hasOwn(spec.params, name) ? spec.params[name] : undefined
      if (!paramSpec) {
        problems.push({
          code: 'unknown-param',
          severity: 'warning',
          node: id,
          param: name,
          message: `${nodeNames.node(id)} has a setting "${name}" that ${spec.title} does not know; it is kept, and has no effect.`,
          hint: 'Check its spelling, or remove it from the file.',
        })
        continue
      }
      const message = checkParam(paramSpec, value)
      if (message === undefined) continue
      problems.push({
        code: 'bad-param',
        severity: record.bypass || record.mute ? 'warning' : 'error',
        node: id,
        param: name,
        message: `${nodeNames.node(id)}: ${message}`,
        hint: advice(paramSpec),
      })
    }
  }
  return problems
}

/**
 * Nodes inside subgraphs are named as `levels.ts` does.
 * `limits.textureSize`: the longest side of a picture that the GPU takes, in pixels. Nothing here throws,
 * whatever the document holds.
 */
export function validate(
  document: AnyDocument,
  specs: Specs,
  facts: AssetFacts,
  limits: { readonly textureSize: number } = { textureSize: defaultTextureSize },
): Problem[] {
  const flat = expand(document, specs).document
  return [...inferAll(flat, specs, facts, limits).problems, ...problemsOfParams(flat, specs)]
}
