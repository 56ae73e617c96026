/** The personality of the model that a node runs, in a word, for cards and pictures. */
import { type AnyNodeId, type Graph, type NodeRecord, nodeOf } from '../../graph/document/document.ts'
import { type Names, names, titleOfRecord } from '../../graph/document/naming.ts'
import type { ModelFacts, Personality } from '../../graph/node/facts.ts'
import { type AssetRef, isAssetOf } from '../../graph/node/params.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { text } from '../text/text.ts'
import { assetRef } from './value-text.ts'

/** `undefined` while nothing is known of the model. */
export type ModelOf = (ref: AssetRef) => ModelFacts | undefined

const nameOf = (personality: Personality | null): string | null => personality && text.common.personalities[personality]

/** The models that the dial of a node turns through, in its order; none where it has no dial, or the model no family. */
export function membersOf(spec: NodeSpec, node: NodeRecord<AnyNodeId>, modelOf: ModelOf) {
  const values: Readonly<Record<string, unknown>> = paramValues(spec, node)
  for (const [name, param] of Object.entries(spec.params)) {
    const ref = isAssetOf(param, 'model') ? assetRef(values[name]) : null
    const model = ref ? modelOf(ref) : undefined
    if (!isAssetOf(param, 'model') || !model) continue
    const position = param.dial === undefined ? 0 : Number(values[param.dial] ?? 0)
    // The dial turns from the first of a family; a later one runs as it is.
    const members = param.dial !== undefined && model.family?.place === 0 ? model.family.members : []
    return { dial: param.dial, members, position, model }
  }
  return null
}

/** “GAN”, or “Perceptual – GAN” where the dial stands between two; `null`: it has none. */
export function personalityOf(spec: NodeSpec, node: NodeRecord<AnyNodeId>, modelOf: ModelOf): string | null {
  const running = membersOf(spec, node, modelOf)
  if (!running) return null
  const { members, position, model } = running
  const [low, high] = [members[Math.floor(position)], members[Math.ceil(position)]]
  if (!low || !high) return nameOf(model.personality)
  const [from, to] = [nameOf(low.personality), nameOf(high.personality)]
  return from === to || !from || !to ? (from ?? to) : text.common.between(from, to)
}

const called = (title: string, personality: string | null): string =>
  personality ? text.viewer.output.withPersonality(title, personality) : title

/** What stands on a node's card, and of what kind the model is that it runs: “SR Model · GAN”. */
export function titleWithPersonality(specs: Specs, record: NodeRecord<AnyNodeId>, modelOf: ModelOf): string {
  const spec = specs.get(record.type)
  return called(titleOfRecord(specs, record), spec ? personalityOf(spec, record, modelOf) : null)
}

/** As `names`, but that a node that runs a model tells of what kind that is: “SR Model · GAN”. */
export function namesWithPersonality<Id extends AnyNodeId>(
  graph: Graph<Id>,
  specs: Specs,
  modelOf: ModelOf,
): Names<Id> {
  const nodeNames = names(graph, specs)
  return {
    ...nodeNames,
    node(id) {
      const record = nodeOf(graph, id)
      const spec = record && specs.get(record.type)
      const personality = spec ? personalityOf(spec, record, modelOf) : null
      return called(nodeNames.node(id), personality)
    },
  }
}
