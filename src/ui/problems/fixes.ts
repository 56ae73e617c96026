/**
 * What one click can do about a problem. Each fix is a recipe like any edit: one step of history, and only offered
 * where it can be done. What is a matter of taste (which of two sizes, which of ten clips) stays with the person.
 */

import { assets } from '../../assets/assets.ts'
import { isPicture, sizeText } from '../../graph/analysis/infer.ts'
import type { EdgeRecord, Endpoint, Graph, NodeId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import {
  addNode,
  connect,
  connectProblem,
  disconnect,
  type GraphDraft,
  removeNodes,
  setFlag,
  setParam,
} from '../../graph/edits/edit.ts'
import { insertNode, type Room } from '../../graph/edits/splice.ts'
import type { ModelFacts } from '../../graph/node/facts.ts'
import { type AssetParam, isOffered } from '../../graph/node/params.ts'
import type { PictureDesc, PortType } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isMain, mainPort } from '../../graph/node/value-types.ts'
import type { LevelInference } from '../store/derived.ts'
import { text } from '../text/text.ts'

const words = text.problems.fix

export interface Fix {
  /** What it does, as a button says it; also the step's name in the history. */
  readonly label: string
  readonly apply: (draft: GraphDraft) => void
}

export interface FixContext {
  readonly document: Graph
  readonly specs: Specs
  readonly inference: Pick<LevelInference, 'descs' | 'source'>
  /** Those of the catalog that are ready. */
  readonly models: readonly ModelFacts[]
  readonly room: Room
}

/** The node type that brings a picture to a size. */
const scaler = 'bicubic'

export function fixesOf(problem: Problem<NodeId>, context: FixContext): readonly Fix[] {
  switch (problem.code) {
    case 'dangling-edge':
    case 'unknown-port':
    case 'wrong-type':
    case 'two-wires':
    case 'cycle':
      return removeWire(problem)
    case 'missing-input':
      return feed(problem, context)
    case 'size-mismatch':
      return sameSize(problem, context)
    case 'bad-param':
    case 'unknown-param':
      return resetParam(problem, context)
    case 'unfit-model':
      return otherModel(problem, context)
    case 'missing-asset':
      return otherFile(problem, context)
    case 'hdr':
      return [...setTo(problem, words.toneMap, true), ...keepHdr(problem, context)]
    case 'unknown-node':
      return removeNode(problem, context)
    default:
      return []
  }
}

function removeWire({ edge }: Problem<NodeId>): readonly Fix[] {
  return edge ? [{ label: words.removeWire, apply: (draft) => disconnect(draft, [edge]) }] : []
}

/** Not a subgraph that holds such a node: it may be mended inside. */
function removeNode({ node }: Problem<NodeId>, { document, specs }: FixContext): readonly Fix[] {
  return node && !specOf(specs, document.nodes[node])
    ? [{ label: words.removeNode, apply: (draft) => removeNodes(draft, [node]) }]
    : []
}

function setTo({ node, param }: Problem<NodeId>, label: string, value: Parameters<typeof setParam>[3]): readonly Fix[] {
  return node && param ? [{ label, apply: (draft) => void setParam(draft, node, param, value) }] : []
}

/** The browser's encoders make 8 bits, which hold no HDR: those that are chosen here give way to ffmpeg's. */
function keepHdr({ node }: Problem<NodeId>, { document, specs }: FixContext): readonly Fix[] {
  if (!node) return []
  const inBrowser = Object.values(document.nodes).filter((record) => {
    const encoder = specOf(specs, record)?.params.encoder
    if (encoder?.kind !== 'choice' || !encoder.options.includes('ffmpeg')) return false
    return (record.params.encoder ?? encoder.default) === 'browser'
  })
  return [
    {
      label: words.keepHdr,
      apply(draft) {
        setParam(draft, node, 'keepHdr', true)
        for (const { id } of inBrowser) setParam(draft, id, 'encoder', 'ffmpeg')
      },
    },
  ]
}

function resetParam(problem: Problem<NodeId>, { document, specs }: FixContext): readonly Fix[] {
  const { node, param, code } = problem
  const record = node && document.nodes[node]
  if (!record || !param || !Object.hasOwn(record.params, param)) return []
  const label = specOf(specs, record)?.params[param]?.label ?? param
  return setTo(problem, code === 'unknown-param' ? words.removeSetting : words.setBack(label), undefined)
}

/** The param that names a file and that the problem is of. */
function assetParamOf({ node, param }: Problem<NodeId>, { document, specs }: FixContext): AssetParam | undefined {
  const paramSpec = node && param ? specOf(specs, document.nodes[node])?.params[param] : undefined
  return paramSpec?.kind === 'asset' ? paramSpec : undefined
}

/** What ships with the product may stand in for what is not here. */
function otherFile(problem: Problem<NodeId>, context: FixContext): readonly Fix[] {
  const assetParam = assetParamOf(problem, context)
  if (!assetParam) return []
  const { listed, sample } = assets[assetParam.asset]
  if (listed) return otherModel(problem, context)
  return sample ? setTo(problem, words.sampleClip, { id: sample.id }) : []
}

/** Of the same scale as far as that is known: the sizes behind it then stay as they are. */
function otherModel(problem: Problem<NodeId>, context: FixContext): readonly Fix[] {
  const { node, param } = problem
  const { document, models } = context
  const assetParam = assetParamOf(problem, context)
  if (!assetParam) return []
  const ref = node && param ? document.nodes[node]?.params[param] : undefined
  const id = typeof ref === 'object' && ref !== null && 'id' in ref ? String(ref.id) : ''
  const scale = Number(/x(\d+)/i.exec(id)?.[1])
  const fit = models.filter((model) => isOffered(assetParam.task, model) && model.id !== id)
  const model = fit.find((one) => one.scale === scale) ?? fit[0]
  if (!model) return []
  return setTo(problem, words.takeModel(model.name), { id: model.id, sha256: model.sha256, size: model.size })
}

/** Outputs of this type that may be wired to `to`, the nearest card before it first. */
function sourcesFor({ document, specs, inference }: FixContext, to: Endpoint, type: PortType): Endpoint[] {
  const place = document.nodes[to.node]?.position ?? { x: 0, y: 0 }
  const distance = (node: NodeId): number => {
    const { x, y } = document.nodes[node]?.position ?? place
    // One that lies behind would be wired backwards.
    return Math.hypot(x - place.x, y - place.y) + (x > place.x ? 1e6 : 0)
  }
  return Object.values(document.nodes)
    .flatMap((node) =>
      Object.entries(specOf(specs, node)?.outputs ?? {})
        .filter(([, output]) => output.type === type)
        .map(([port]): Endpoint => ({ node: node.id, port })),
    )
    .filter((from) => inference.descs.has(`${from.node}.${from.port}`))
    .filter((from) => !connectProblem(document, specs, from, to))
    .sort((a, b) => distance(a.node) - distance(b.node))
}

function feed({ node, port, edge }: Problem<NodeId>, context: FixContext): readonly Fix[] {
  const { document, specs, room } = context
  const record = node && document.nodes[node]
  const input = record && port ? specOf(specs, record)?.inputs[port] : undefined
  if (!record || !port || !input) return []
  const nodeNames = names(document, specs)
  const to = { node: record.id, port }
  const writer = edge && document.edges[edge] ? document.nodes[document.edges[edge].from.node] : undefined
  if (writer?.bypass)
    return [
      {
        label: words.unbypass(nodeNames.node(writer.id)),
        apply: (draft) => setFlag(draft, [writer.id], 'bypass', false),
      },
    ]
  const [from] = sourcesFor(context, to, input.type)
  if (from)
    return [
      {
        label: words.connect(nodeNames.node(from.node)),
        apply: (draft) => void connect(draft, specs, from, to),
      },
    ]
  const source = [...specs.values()].find(
    (spec) => spec.kernel.kind === 'source' && Object.values(spec.outputs).some((output) => output.type === input.type),
  )
  const output = Object.entries(source?.outputs ?? {}).find(([, one]) => one.type === input.type)?.[0]
  if (!source || !output) return []
  return [
    {
      label: words.add(source.title),
      apply(draft) {
        const { x, y } = record.position
        const id = addNode(draft, { type: source.type, position: { x: x - room.width - room.gap, y } })
        connect(draft, specs, { node: id, port: output }, to)
      },
    },
  ]
}

/** The picture that the one on `port` should be as large as: that of the node's first other input that has one. */
function wantedSize({ inference, specs, document }: FixContext, node: NodeId, port: string) {
  const inputs = Object.keys(specOf(specs, document.nodes[node])?.inputs ?? {})
  for (const name of inputs) {
    const from = name === port ? undefined : inference.source(node, name)
    const desc = from && inference.descs.get(`${from.node}.${from.port}`)
    if (from && isPicture(desc)) return { from, desc }
  }
  return undefined
}

function sameSize({ node, port }: Problem<NodeId>, context: FixContext): readonly Fix[] {
  const { document, specs } = context
  const wire = Object.values<EdgeRecord>(document.edges).find(({ to }) => to.node === node && to.port === port)
  const target = node && port ? wantedSize(context, node, port) : undefined
  const type = node && port ? specOf(specs, document.nodes[node])?.inputs[port]?.type : undefined
  if (!wire || !target) return []
  if (type && isMain(type)) return scaleFix(wire, target.desc, context)
  return rewireFix(wire, target.from, context)
}

function scaleFix(
  wire: EdgeRecord,
  { width, height }: PictureDesc,
  { document, specs, room }: FixContext,
): readonly Fix[] {
  const spec = specs.get(scaler)
  const reader = document.nodes[wire.to.node]
  if (!spec || !reader) return []
  return [
    {
      label: words.insert(spec.title, sizeText({ width, height } as PictureDesc)),
      apply(draft) {
        const { x, y } = document.nodes[wire.from.node]?.position ?? reader.position
        const id = addNode(draft, {
          type: scaler,
          position: { x: x + room.width + room.gap, y },
          params: { mode: 'size', width, height },
        })
        insertNode(draft, specs, id, wire.id, room)
      },
    },
  ]
}

/** A mask is not resampled but made anew, from the picture that it is to lie over. */
function rewireFix(wire: EdgeRecord, from: Endpoint, { document, specs }: FixContext): readonly Fix[] {
  const maker = document.nodes[wire.from.node]
  const input = mainPort(specOf(specs, maker)?.inputs)
  if (!maker || input === undefined) return []
  const to = { node: maker.id, port: input }
  if (connectProblem(document, specs, from, to)) return []
  const nodeNames = names(document, specs)
  return [
    {
      label: words.makeMask(nodeNames.node(from.node)),
      apply: (draft) => void connect(draft, specs, from, to),
    },
  ]
}
