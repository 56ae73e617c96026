/** The outputs that can be looked at, by the names that the canvas has for them. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { expand } from '../../graph/analysis/expand.ts'
import type { FlatEndpoint, FlatId, Graph, GraphDocument, NodeRecord } from '../../graph/document/document.ts'
import { flatId, nodeAt, type Path, placeOf } from '../../graph/document/levels.ts'
import type { Names } from '../../graph/document/naming.ts'
import { sideOf, specOf } from '../../graph/document/subgraph.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isPictureType, type PortType } from '../../graph/node/value-types.ts'
import { useEditor } from '../editor.ts'
import { type ModelOf, titleWithPersonality } from '../kit/personality.ts'
import { useNodeNames } from '../open-level.ts'
import { assetFacts } from '../store/facts-store.ts'

/**
 * Every output with a picture of the open level, from left to right, by the names that the canvas has for them. What
 * lies elsewhere is called by what is seen of it here, or else by its title.
 */
function pictureOutputs(
  graph: Graph,
  path: Path,
  specs: Specs,
  whole: GraphDocument,
  nodeNames: Names,
  modelOf: ModelOf,
) {
  const outputs = (node: NodeRecord) =>
    sideOf(node)
      ? []
      : Object.entries(specOf(specs, node)?.outputs ?? {}).filter(([, port]) => isPictureType(port.type))
  const own = (node: NodeRecord, port: string) =>
    outputs(node).length > 1
      ? `${nodeNames.node(node.id)} · ${nodeNames.output(node.id, port)}`
      : nodeNames.node(node.id)
  const label = ({ node, port }: FlatEndpoint): string | undefined => {
    const place = placeOf(node)
    const here = place.path.join('/') === path.join('/') ? graph.nodes[place.id] : undefined
    if (here) return own(here, port)
    const viewedFrom = expand(whole, specs).seenFrom(path, node)
    if (viewedFrom) return nodeNames.node(viewedFrom.node)
    const record = nodeAt(whole, node)
    return record && titleWithPersonality(specs, record, modelOf)
  }
  /** @param counts which of them */
  const options = (counts: (type: PortType) => boolean = isPictureType) =>
    Object.values(graph.nodes)
      .sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
      .flatMap((node) =>
        outputs(node)
          .filter(([, { type }]) => counts(type))
          .map(([port]) => ({ value: keyOf({ node: flatId(path, node.id), port }), label: own(node, port) })),
      )
  return { label, options }
}

/** An output as the value of a list, and back. */
export const keyOf = ({ node, port }: FlatEndpoint): string => `${node}.${port}`
export function outputOf(key: string): FlatEndpoint | null {
  const [node, port] = key.split('.')
  return node && port ? { node: node as FlatId, port } : null
}

export function usePictureOutputs() {
  const { document, facts, specs } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const path = useStore(document, (state) => state.path)
  const whole = useStore(document, (state) => state.document)
  const factsState = useStore(facts)
  const nodeNames = useNodeNames()
  return useMemo(
    () => pictureOutputs(graph, path, specs, whole, nodeNames, (ref) => assetFacts(factsState).model(ref)),
    [graph, path, specs, whole, nodeNames, factsState],
  )
}
