/** What the tour is about. It stands alone, so that whether a tour can be given is known before the tour is fetched. */
import type { GraphDocument, NodeId, NodeRecord } from '../../graph/document/document.ts'
import { isAssetOf } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'

/** The first node whose model has a dial. */
export function dialNode(document: GraphDocument, specs: Specs): { node: NodeId; dial: string } | null {
  for (const { id, type, bypass, mute } of Object.values<NodeRecord>(document.nodes)) {
    if (bypass || mute) continue
    for (const param of Object.values(specs.get(type)?.params ?? {}))
      if (isAssetOf(param, 'model') && param.dial !== undefined) return { node: id, dial: param.dial }
  }
  return null
}
