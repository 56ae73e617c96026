/** Between the level that is open and the names that hold from outside, for what is drawn on the canvas. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { Expansion } from '../graph/analysis/expand.ts'
import { outputToView } from '../graph/analysis/viewed-output.ts'
import {
  endpointKey,
  type FlatEndpoint,
  type FlatId,
  type Graph,
  type NodeId,
  type NodeRecord,
} from '../graph/document/document.ts'
import { flatId, type Path, placeOf } from '../graph/document/levels.ts'
import type { Names } from '../graph/document/naming.ts'
import { innermost, isDrivenInside } from '../graph/document/subgraph.ts'
import type { ParamSpec } from '../graph/node/params.ts'
import type { Descs, Ports, ValueDesc } from '../graph/node/ports.ts'
import type { NodeSpec, OwnChoice, Specs } from '../graph/node/spec.ts'
import { paramValues } from '../graph/node/values.ts'
import { useEditor } from './editor.ts'
import { namesWithPersonality } from './kit/personality.ts'
import { assetFacts } from './store/facts-store.ts'

/** What a node of the open level is called from outside. */
export function useFlatId(id: NodeId): FlatId {
  const { document } = useEditor()
  return useStore(document, (state) => flatId(state.path, id))
}

/** The output of a plain node that is seen when the node `id` of this level is looked at. */
export function shownBy(
  expansion: Expansion,
  level: Graph,
  specs: Specs,
  id: NodeId,
  flat: FlatId,
): FlatEndpoint | undefined {
  const record = level.nodes[id]
  const output = record && outputToView(level, specs, record)
  return output ? expansion.resolve({ ...output, node: flatId(placeOf(flat).path, output.node) }) : undefined
}

/** What the nodes of the open level are called wherever one is to be chosen. */
export function useNodeNames(): Names {
  const { document, facts, specs } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const knownFacts = useStore(facts)
  return useMemo(
    () => namesWithPersonality(graph, specs, (ref) => assetFacts(knownFacts).model(ref)),
    [graph, specs, knownFacts],
  )
}

/** The node and param, by their names from outside, whose value a setting on the open level is. */
export function innermostOf(level: Graph, path: Path, node: NodeId, name: string): { node: FlatId; name: string } {
  const record = level.nodes[node]
  const place = record && innermost(record, name)
  const inside = [...path, node, ...(place?.inside ?? [])]
  const last = inside.at(-1) ?? node
  return { node: flatId(inside.slice(0, -1), last), name: place?.param ?? name }
}

/** Whether numbers may drive a setting. */
export const isDrivable = (param: ParamSpec): boolean => param.kind === 'float' && param.affects === 'uniform'

/** Of a setting that a number drives. */
export interface DriveState {
  /** The number wired to it at the frame on view; `undefined`: nothing that is shown depends on it. */
  readonly wiredValue: number | undefined
  /** Whether what drives it can be run, as far as is known before. */
  readonly isSound: boolean
  /** Where the wire ends: here, on the card of the subgraph that is open, or within the subgraph whose card shows the setting. */
  readonly by: 'here' | 'outside' | 'inside'
}

/** `undefined`: the setting of a node on the open level is set by hand. */
export function useDriven(node: NodeId, name: string, param: ParamSpec): DriveState | undefined {
  const { document, derived, preview } = useEditor()
  const place = useStore(
    document,
    useShallow(({ level, path }) => innermostOf(level, path, node, name)),
  )
  const by = useStore(document, ({ level }): DriveState['by'] => {
    if (Object.values(level.edges).some(({ to }) => to.node === node && to.port === name)) return 'here'
    const record = level.nodes[node]
    return record && isDrivenInside(record, name) ? 'inside' : 'outside'
  })
  const standing = useStore(derived, ({ all, problems }) => {
    const from = isDrivable(param) ? all.source(place.node, place.name) : undefined
    // Where a setting of it is no good, its default stands for it in what is inferred.
    const fails = problems.some(({ node, severity }) => severity === 'error' && node === from?.node)
    return from && (fails || !all.descs.has(endpointKey(from)) ? 'failing' : 'sound')
  })
  const wiredNumber = useStore(preview, ({ result }) => result?.drivenValues[place.node]?.[place.name])
  return standing && { wiredValue: wiredNumber, isSound: standing === 'sound', by }
}

/** What a node of the open level chose by itself of what is known of its inputs, sentence by sentence. */
export function useOwnChoices(record: NodeRecord, spec: NodeSpec | undefined): readonly OwnChoice[] {
  const { derived, facts } = useEditor()
  const inference = useStore(derived, (state) => state.inference)
  const factsState = useStore(facts)
  return useMemo(() => {
    if (!spec?.ownChoices) return []
    const inputs: Record<string, ValueDesc | undefined> = {}
    for (const [port, { fallback }] of Object.entries(spec.inputs)) {
      const from = inference.source(record.id, port)
      inputs[port] = from && inference.descs.get(endpointKey(from))
      if (inputs[port] === undefined && (from || fallback === undefined)) return []
    }
    return spec.ownChoices(inputs as Descs<Ports>, paramValues(spec, record), assetFacts(factsState))
  }, [spec, record, inference, factsState])
}
