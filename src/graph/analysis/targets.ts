/** What a plan is for, seen through bypassed nodes: sinks in an export, outputs to look at in a preview. */

import { endpointKey, type FlatDocument, type FlatEndpoint, type FlatId, nodeOf } from '../document/document.ts'
import { compareFlat } from '../document/levels.ts'
import { type Names, names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import type { Specs } from '../node/spec.ts'
import { isStreamType, valueTypes } from '../node/value-types.ts'
import type { Inference } from './infer.ts'

export type Targets = 'sinks' | { readonly sinks: readonly FlatId[] } | readonly FlatEndpoint[]

export interface Wanted {
  /** Where the way back begins, in the order asked for. */
  readonly nodes: readonly FlatId[]
  /** The outputs to keep, each once. */
  readonly outputs: readonly FlatEndpoint[]
  /** For each output asked for the one that it comes down to. */
  readonly requested: readonly FlatEndpoint[]
}

/** Why a node rests, as the end of a sentence. */
const restingText = (document: FlatDocument, called: Names<FlatId>, id: FlatId): string =>
  nodeOf(document, id)?.mute ? 'the node is muted' : `${called.node(id)} rests: it needs what a muted node would give`

/** What `targets` comes down to once bypassed nodes are seen through. */
export function wantedBy(
  document: FlatDocument,
  specs: Specs,
  targets: Targets,
  inference: Inference,
): Wanted | Problem {
  const called = names(document, specs)
  if (Array.isArray(targets)) {
    const outputs = new Map<string, FlatEndpoint>()
    const asked: FlatEndpoint[] = []
    for (const target of targets as readonly FlatEndpoint[]) {
      const record = nodeOf(document, target.node)
      const at = { code: 'no-output', severity: 'error', ...(record ? { node: target.node } : {}) } as const
      const spec = specOf(specs, record)
      if (!record)
        return { ...at, message: `The node "${target.node}" is not in this graph.`, hint: 'View another node.' }
      const output = `The output "${target.port}" of ${called.node(target.node)}`
      if (spec && !Object.hasOwn(spec.outputs, target.port))
        return { ...at, message: `${output} does not exist.`, hint: 'View another output.' }
      const shown = spec?.outputs[target.port]
      if (shown && isStreamType(shown.type))
        return {
          ...at,
          message: `${output} is ${valueTypes[shown.type].noun}, which cannot be viewed.`,
          hint: 'View an image or a mask.',
        }
      const from = inference.wiring.resolve(target)
      if (!from)
        return {
          ...at,
          message: `${output} gives nothing while the node is bypassed.`,
          hint: 'Turn its bypass off, connect its input, or view another node.',
        }
      if (inference.wiring.resting.has(from.node))
        return {
          ...at,
          message: `${output} gives nothing while ${restingText(document, called, from.node)}.`,
          hint: 'Turn the mute off, or view another node.',
        }
      outputs.set(endpointKey(from), from)
      asked.push(from)
    }
    if (outputs.size > 0)
      return {
        nodes: [...outputs.values()].map((output) => output.node),
        outputs: [...outputs.values()],
        requested: asked,
      }
    return { code: 'no-output', severity: 'error', message: 'Nothing is to be rendered.', hint: 'View a node.' }
  }
  const isSink = (id: FlatId) => {
    const record = nodeOf(document, id)
    if (!record || record.bypass || inference.wiring.resting.has(id)) return false
    return specOf(specs, record)?.kernel.kind === 'sink'
  }
  const chosen = typeof targets === 'object' && 'sinks' in targets ? targets.sinks : undefined
  for (const id of chosen ?? []) {
    if (isSink(id)) continue
    const exists = nodeOf(document, id) !== undefined
    return {
      code: 'no-output',
      severity: 'error',
      ...(exists ? { node: id } : {}),
      message: exists
        ? `${called.node(id)} writes no file, or is bypassed, or rests because of a muted node.`
        : `The output node "${id}" is not in this graph.`,
      hint: 'Choose an Encode node of the graph that is neither bypassed nor muted.',
    }
  }
  const nodes = chosen
    ? [...new Set(chosen)]
    : (Object.keys(document.nodes) as FlatId[]).filter(isSink).sort(compareFlat)
  if (nodes.length > 0) return { nodes, outputs: [], requested: [] }
  return {
    code: 'no-output',
    severity: 'error',
    message: 'This graph has no output: no node in it writes a file, or all that do are bypassed or muted.',
    hint: 'Add an Encode node and connect it.',
  }
}
