/** What a graph names and this browser does not have: files, and node types this version does not know. */
import type { FlatDocument, FlatId, NodeRecord } from '../../graph/document/document.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import type { AssetKind, PictureTask } from '../../graph/node/facts.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { assetRef } from '../kit/value-text.ts'
import { type FactsState, knownAsset } from '../store/facts-store.ts'
import { text } from '../text/text.ts'

/** A param of a node that names the thing. */
export interface Use {
  readonly node: FlatId
  readonly param: string
}

export type Missing =
  | {
      readonly kind: AssetKind
      readonly ref: AssetRef
      readonly uses: readonly Use[]
      /** Of a model: what it is to do. */
      readonly task: PictureTask | undefined
      /** Why it cannot be had, a whole sentence. */
      readonly reason: string
    }
  | { readonly kind: 'type'; readonly type: string; readonly nodes: readonly FlatId[] }

export interface MissingParts {
  readonly missingParts: readonly Missing[]
  /** Something is still being looked for. */
  readonly looking: boolean
}

/** Bypassed and muted nodes need nothing, and are left out. */
export function findMissing(document: FlatDocument, specs: Specs, facts: Pick<FactsState, 'assets'>): MissingParts {
  const assets = new Map<string, { kind: AssetKind; ref: AssetRef; uses: Use[]; task: PictureTask | undefined }>()
  const types = new Map<string, FlatId[]>()
  for (const node of Object.values<NodeRecord<FlatId>>(document.nodes)) {
    const spec = specOf(specs, node)
    if (!spec) {
      types.set(node.type, [...(types.get(node.type) ?? []), node.id])
      continue
    }
    if (node.bypass || node.mute) continue
    for (const [param, paramSpec] of Object.entries(spec.params)) {
      if (paramSpec.kind !== 'asset') continue
      const { asset: kind } = paramSpec
      const ref = assetRef(node.params[param] ?? paramSpec.default)
      if (!ref) continue
      const key = `${kind} ${ref.id} ${ref.sha256 ?? ''}`
      const part = assets.get(key) ?? { kind, ref, uses: [], task: paramSpec.task }
      part.uses.push({ node: node.id, param })
      assets.set(key, part)
    }
  }
  const missingParts: Missing[] = []
  let looking = false
  for (const { kind, ref, uses, task } of assets.values()) {
    const asset = knownAsset(facts.assets, kind, ref)
    if (asset === undefined || asset.state === 'asking') looking = true
    if (asset?.state === 'failed')
      missingParts.push({
        kind,
        ref,
        uses,
        task,
        reason: asset.problems[0]?.message ?? text.missing.unreadable(ref.id),
      })
  }
  for (const [type, nodes] of types) missingParts.push({ kind: 'type', type, nodes })
  return { missingParts, looking }
}
