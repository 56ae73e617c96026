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

export interface TargetNodes {
  /** Where the way back begins, in the order asked for. */
  readonly nodes: readonly FlatId[]
  /** The outputs to keep, each once. */
  readonly outputs: readonly FlatEndpoint[]
  /** For each output asked for the one that it comes down to. */
  readonly requestedOutputs: readonly FlatEndpoint[]
}

/** Why a node rests, as the end of a sentence. */
const restingText = (document: FlatDocument, nodeNames: Names<FlatId>, id: FlatId): string =>
  nodeOf(document, id)?.mute
    ? 'the node is muted'
    : `${nodeNames.node(id)} does not run: it needs what a muted node would give`

/** What `targets` comes down to once bypassed nodes are seen through. */
export function wantedBy(
  document: FlatDocument,
  specs: Specs,
  targets: Targets,
  inference: Inference,
): TargetNodes | Problem {
  const nodeNames = names(document, specs)
  if (Array.isArray(targets)) {
    const outputs = new Map<string, FlatEndpoint>()
    const requestedOutputs: FlatEndpoint[] = []
    for (const target of targets as readonly FlatEndpoint[]) {
      const record = nodeOf(document, target.node)
      const at = { code: 'no-output', severity: 'error', ...(record ? { node: target.node } : {}) } as const
      const spec = specOf(specs, record)
      if (!record)
        return { ...at, message: `The node "${target.node}" is not in this graph.`, hint: 'View another node.' }
      const output = `The output "${target.port}" of ${nodeNames.node(target.node)}`
      if (spec && !Object.hasOwn(spec.outputs, target.port))
        return { ...at, message: `${output} does not exist.`, hint: 'View another output.' }
      const targetOutput = spec?.outputs[target.port]
      if (targetOutput && isStreamType(targetOutput.type))
        return {
          ...at,
          message: `${output} is ${valueTypes[targetOutput.type].noun}, which cannot be viewed.`,
          hint: 'View an image or a mask.',
        }
      const from = inference.wiring.resolve(target)
      if (!from)
        return {
          ...at,
          message: `${output} gives nothing while the node is bypassed.`,
          hint: 'Turn off its bypass, connect its input, or view another node.',
        }
      if (inference.wiring.restingNodes.has(from.node))
        return {
          ...at,
          message: `${output} gives nothing while ${restingText(document, nodeNames, from.node)}.`,
          hint: 'Turn off the mute, or view another node.',
        }
      outputs.set(endpointKey(from), from)
      requestedOutputs.push(from)
    }
    if (outputs.size > 0)
      return {
        nodes: [...outputs.values()].map((output) => output.node),
        outputs: [...outputs.values()],
        requestedOutputs,
      }
    return { code: 'no-output', severity: 'error', message: 'There is nothing to render.', hint: 'View a node.' }
  }
  const isSink = (id: FlatId) => {
    const record = nodeOf(document, id)
    if (!record || record.bypass || inference.wiring.restingNodes.has(id)) return false
    return specOf(specs, record)?.kernel.kind === 'sink'
  }
  const chosenSinks = typeof targets === 'object' && 'sinks' in targets ? targets.sinks : undefined
  for (const id of chosenSinks ?? []) {
    if (isSink(id)) continue
    const exists = nodeOf(document, id) !== undefined
    return {
      code: 'no-output',
      severity: 'error',
      ...(exists ? { node: id } : {}),
      message: exists
        ? `${nodeNames.node(id)} writes no file, or is bypassed, or is held up by a muted node.`
        : `The output node "${id}" is not in this graph.`,
      hint: 'Choose an Encode node of the graph that is neither bypassed nor muted.',
    }
  }
  const nodes = chosenSinks
    ? [...new Set(chosenSinks)]
    : (Object.keys(document.nodes) as FlatId[]).filter(isSink).sort(compareFlat)
  if (nodes.length > 0) return { nodes, outputs: [], requestedOutputs: [] }
  return {
    code: 'no-output',
    severity: 'error',
    message: 'This graph has no output: no node in it writes a file, or all that do are bypassed or muted.',
    hint: 'Add an Encode node and connect it.',
  }
}
