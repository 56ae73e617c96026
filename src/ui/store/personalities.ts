/** What a model of a family would make of the picture that is seen, with each of its personalities. */
import { above } from '../../graph/analysis/upstream.ts'
import type { FlatDocument, FlatEndpoint } from '../../graph/document/document.ts'
import type { AssetFacts } from '../../graph/node/facts.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { runningModel } from '../kit/personality.ts'
import type { Variants } from './viewer-settings.ts'

/** Pictures that stand beside each other at most. */
const maxVariants = 4

/**
 * One value of the dial for each member of the family, of the node nearest to `view` that has one; `null`: none has.
 * @param document all levels as one
 */
export function personalitiesSeen(
  document: FlatDocument,
  specs: Specs,
  view: FlatEndpoint,
  facts: Pick<AssetFacts, 'model'>,
): Variants | null {
  for (const id of above(document, view.node)) {
    const node = document.nodes[id]
    const spec = node && specs.get(node.type)
    const running = spec && !node.bypass && !node.mute ? runningModel(spec, node, (ref) => facts.model?.(ref)) : null
    if (running?.dial === undefined || running.members.length < 2) continue
    return { node: id, param: running.dial, values: running.members.slice(0, maxVariants).map((_, place) => place) }
  }
  return null
}
