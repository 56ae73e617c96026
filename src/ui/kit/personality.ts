/** What a node's model is, in a few words, for cards and pictures: its personality, and the sources that it is for. */
import { type AnyNodeId, type Graph, type NodeRecord, nodeOf } from '../../graph/document/document.ts'
import { type Names, names, titleOfRecord } from '../../graph/document/naming.ts'
import type { FamilyMemberFacts, ModelFacts, Personality } from '../../graph/node/facts.ts'
import { dialsOf } from '../../graph/node/family-dials.ts'
import { type AssetRef, isAssetOf, type SourceDial } from '../../graph/node/params.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { text } from '../text/text.ts'
import { assetRef } from './value-text.ts'

/** `undefined` while nothing is known of the model. */
export type ModelOf = (ref: AssetRef) => ModelFacts | undefined

const nameOf = (personality: Personality | null): string | null => personality && text.common.personalities[personality]

/** A model that a node runs, and how its dials stand. */
interface RunningModel {
  readonly model: ModelFacts
  /** The param that turns Personality. */
  readonly dial: string | undefined
  /** Of each place of Personality one, in its order; none where the node has no dial, or the model turns none. */
  readonly members: readonly FamilyMemberFacts[]
  readonly position: number
  /** Of Source damage; `undefined`: it is measured, or there is none. */
  readonly source: number | undefined
}

function sourceOf(model: ModelFacts, dial: SourceDial | undefined, values: Readonly<Record<string, unknown>>) {
  const { family, source } = model
  if (!family || family.ends.source === 0) return source === null ? undefined : source === 'coded' ? 1 : 0
  if (!dial || !dialsOf(model).source) return family.place.source
  return values[dial.choice] === dial.byHand ? Number(values[dial.param] ?? 0) : undefined
}

export function runningModel(spec: NodeSpec, node: NodeRecord<AnyNodeId>, modelOf: ModelOf): RunningModel | null {
  const values: Readonly<Record<string, unknown>> = paramValues(spec, node)
  for (const [name, param] of Object.entries(spec.params)) {
    const ref = isAssetOf(param, 'model') ? assetRef(values[name]) : null
    const model = ref ? modelOf(ref) : undefined
    if (!isAssetOf(param, 'model') || !model) continue
    const { dial, sourceDial } = param
    const { family } = model
    const turns = dial !== undefined && family && dialsOf(model).personality
    const members = turns
      ? Array.from(
          { length: family.ends.personality + 1 },
          (_, at) => family.members.find(({ place }) => place.personality === at)!,
        )
      : []
    const position = dial === undefined ? 0 : Number(values[dial] ?? 0)
    return { dial, members, position, model, source: sourceOf(model, sourceDial, values) }
  }
  return null
}

/** “clean”, or “clean – compressed” between the ends. */
const sourceName = (source: number): string => {
  const { clean, coded } = text.common.sources
  return source <= 0 ? clean : source >= 1 ? coded : text.common.between(clean, coded)
}

/** “Perceptual – GAN” where the dial stands between two, and “clean” where the model is for clean sources; empty: nothing is known. */
export function personalityParts(
  spec: NodeSpec,
  node: NodeRecord<AnyNodeId>,
  modelOf: ModelOf,
): readonly [personality?: string, source?: string] {
  const running = runningModel(spec, node, modelOf)
  if (!running) return []
  const { members, position, model, source } = running
  const [low, high] = [members[Math.floor(position)], members[Math.ceil(position)]]
  const [from, to] =
    low && high ? [nameOf(low.personality), nameOf(high.personality)] : [nameOf(model.personality), null]
  const personality = from === to || !from || !to ? (from ?? to) : text.common.between(from, to)
  return personality ? (source === undefined ? [personality] : [personality, sourceName(source)]) : []
}

/** “GAN”, or “Perceptual – GAN · clean”; `null`: nothing is known. */
export function personalityOf(spec: NodeSpec, node: NodeRecord<AnyNodeId>, modelOf: ModelOf): string | null {
  const [personality, source] = personalityParts(spec, node, modelOf)
  return personality && source ? text.common.forSource(personality, source) : (personality ?? null)
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
