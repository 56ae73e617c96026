/** What each node costs: alone on a frame of the sample, in milliseconds for a megapixel of what it makes. */
import type { Engine } from '../src/engine/door/api.ts'
import {
  type EdgeId,
  type EdgeRecord,
  emptyDocument,
  type FlatId,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
} from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { type CostClass, costOf } from '../src/graph/node/spec.ts'
import { colourMappingOf, isPictureType, isScalar } from '../src/graph/node/value-types.ts'
import type { NodeDefinition } from '../src/nodes/define.ts'
import { definitions } from '../src/nodes/registry.ts'

export interface NodeCost {
  readonly type: string
  readonly title: string
  readonly category: string
  /** Its class, as it says itself. */
  readonly cost?: CostClass
  /** The least of the frames, since what else the machine does only adds; `null`: it could not be run alone, for the reason in `note`. */
  readonly milliseconds: number | null
  /** Of its picture, mask or map. */
  readonly megapixels: number
  readonly note?: string
}

/** The first picture, mask or map that it makes. */
const shownOf = ({ outputs }: NodeDefinition): string | undefined =>
  Object.entries(outputs).find(([, { type }]) => isPictureType(type) && colourMappingOf(type) !== 'flow')?.[0]

/** Sources and sinks are timed with the recipes; the rest makes no picture from one. */
const isLeftOut = (definition: NodeDefinition): boolean =>
  ['source', 'sink', 'number'].includes(definition.kernel.kind) || shownOf(definition) === undefined

/** What a picture input is given: the clip itself where the node asks for its source or enlarges, else the plain upscale. */
const inputKind = (definition: NodeDefinition, port: string): 'clip' | 'plain' =>
  port === 'source' || definition.type === 'bicubic' || definition.type === 'sr-model' ? 'clip' : 'plain'

const subject = 'subject' as NodeId

/** The node on the sample, with all inputs that it needs; masks are those of edges. */
function graphOf(definition: NodeDefinition, sample: string): GraphDocument {
  const nodes: NodeRecord[] = []
  const edges: [EdgeId, EdgeRecord][] = []
  const add = (id: string, type: string, params: JsonObject = {}) =>
    nodes.push({ id: id as NodeId, type, params, position: { x: 0, y: 0 } })
  const wire = (node: string, port: string, to: string, input: string) => {
    const id = `${to}.${input}` as EdgeId
    edges.push([id, { id, from: { node: node as NodeId, port }, to: { node: to as NodeId, port: input } }])
  }
  add('clip', 'decode', { media: { id: sample } })
  add('plain', 'bicubic')
  add('edges', 'edge-mask')
  add(subject, definition.type)
  wire('clip', 'image', 'plain', 'image')
  wire('plain', 'image', 'edges', 'image')
  for (const [port, { type, fallback }] of Object.entries(definition.inputs)) {
    if (fallback !== undefined) continue
    if (isScalar(type)) wire('edges', 'mask', subject, port)
    else wire(inputKind(definition, port), 'image', subject, port)
  }
  return {
    ...emptyDocument,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    edges: Object.fromEntries(edges),
  }
}

/** Each node in `rounds` frames after one that warms up, nothing kept between them. */
export async function nodeCosts(engine: Engine, sample: string, rounds: number): Promise<readonly NodeCost[]> {
  const costs: NodeCost[] = []
  for (const definition of definitions.values()) {
    if (isLeftOut(definition)) continue
    const { type, title, category } = definition
    const cost = costOf(definition)
    const document = graphOf(definition, sample)
    const view = { node: subject as unknown as FlatId, port: shownOf(definition)! }
    const times: number[] = []
    let megapixels = 0
    let note: string | undefined
    for (let round = 0; round <= rounds && note === undefined; round++) {
      await engine.clearCache()
      const outcome = await engine.preview({ document, view, frame: 8 + round })
      const preview = outcome.ok ? outcome.value : undefined
      const report = preview?.nodes[view.node]
      if (!outcome.ok) note = outcome.problems[0]?.message ?? 'It could not be run.'
      else if (!report || !preview?.desc || !('width' in preview.desc)) note = 'It showed no picture.'
      else {
        megapixels = (preview.desc.width * preview.desc.height) / 1e6
        if (round > 0) times.push(report.milliseconds)
      }
    }
    costs.push({
      ...{ type, title, category, megapixels },
      ...(cost && { cost }),
      milliseconds: times.length > 0 ? Math.min(...times) : null,
      ...(note !== undefined && { note }),
    })
  }
  return costs
}
