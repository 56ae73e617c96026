/** What small pictures of the frame that is seen are made of. */
import { expand } from '../../graph/analysis/expand.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import { endpointKey, type FlatEndpoint, type FlatId } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import { mainPort } from '../../graph/node/value-types.ts'
import type { Editor } from '../editor.ts'
import { compose, nothingKnown } from '../store/view-request.ts'
import type { Compared } from '../store/viewer-settings.ts'
import type { CropJob } from './frame-crops.tsx'

type Parts = Pick<Editor, 'document' | 'derived' | 'specs'>

/** A picture beside `view`, as the viewer would compare with it; nothing where there is none. */
export function comparedJobs({ document, derived, specs }: Parts, view: FlatEndpoint) {
  const flat = expand(document.getState().document, specs).document
  const { descs } = derived.getState().all
  const context = {
    ...nothingKnown,
    sizeOf(output: FlatEndpoint) {
      const desc = descs.get(endpointKey(output))
      return isPicture(desc) ? desc : undefined
    },
  }
  const viewerSettings = {
    mode: 'wipe',
    reference: null,
    variants: null,
    flicker: false,
    part: 'all',
    overlay: null,
  } as const
  return (key: string, choice: Compared): readonly CropJob[] => {
    const request = compose(flat, specs, view, { ...viewerSettings, others: [choice] }, undefined, context)
    const [at] = request.others
    return at ? [{ key, request: { document: request.document, view: at } }] : []
  }
}

interface CropOfNode {
  readonly key: string
  readonly node: FlatId
  readonly params?: Readonly<Record<string, Json>>
  readonly bypass?: true
}

/** What a node makes with other params, or passes on where it is bypassed; nothing where it is not there, or makes no picture. */
export function paramJob(
  { document, specs }: Omit<Parts, 'derived'>,
  { key, node, params, bypass }: CropOfNode,
): readonly CropJob[] {
  const flat = expand(document.getState().document, specs).document
  const record = flat.nodes[node]
  const port = record && mainPort(specs.get(record.type)?.outputs)
  if (!record || port === undefined) return []
  const nodes = {
    ...flat.nodes,
    [node]: { ...record, params: { ...record.params, ...params }, ...(bypass && { bypass }) },
  }
  return [{ key, request: { document: { ...flat, nodes }, view: { node, port } } }]
}
