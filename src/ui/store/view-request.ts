/**
 * From what the person compares to what the engine is asked: one document and outputs of it. A reference file
 * comes in as one more source, a variant as copies of the nodes that its value reaches, another graph as a whole;
 * all live in the request alone. Results are kept by content, so what variants share is rendered once.
 */

import { expand } from '../../graph/analysis/expand.ts'
import { above, comparableSourceOf } from '../../graph/analysis/upstream.ts'
import type {
  EdgeId,
  EdgeRecord,
  FlatDocument,
  FlatEndpoint,
  FlatId,
  NodeRecord,
} from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import { names } from '../../graph/document/naming.ts'
import { isAssetOf } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { mainPort } from '../../graph/node/value-types.ts'
import { text } from '../text/text.ts'
import { measuredInputs } from './maps.ts'
import { embed } from './other-graph.ts'
import type { Compared, Variants, ViewerSettings } from './viewer-settings.ts'

export type ComparedGraph = Extract<Compared, { readonly kind: 'graph' }>

export interface Composed {
  readonly document: FlatDocument
  readonly view: FlatEndpoint
  readonly others: readonly FlatEndpoint[]
  /** The mask or map that lies over the view; absent: none. */
  readonly overlay?: FlatEndpoint
  /** What each picture is called, A first. */
  readonly labels: readonly string[]
  /** For each picture the whole graph that it is of, where it is another than the open one. */
  readonly graphs: readonly (ComparedGraph | null)[]
}

export const referenceNode = '~reference' as FlatId
export const plainNode = '~plain' as FlatId
/** The view shrunk to the source's size, and that enlarged again: what of it the source can tell. */
const shrunkNode = '~shrunk' as FlatId
export const returnedNode = '~returned' as FlatId
/** The same of the plain upscale. */
const plainShrunkNode = '~plain shrunk' as FlatId
export const plainReturnedNode = '~plain returned' as FlatId
const measureNode = '~measure' as FlatId
export const previousNode = '~previous' as FlatId

/** The node that makes a picture larger without inventing anything. */
const plainType = 'bicubic'
/** The node that gives the frame before. */
const previousType = 'previous-frame'

/** What is known of the document beyond what stands in it. */
export interface Known {
  /** Of a picture; `undefined` while it is not known. */
  sizeOf(output: FlatEndpoint): { readonly width: number; readonly height: number } | undefined
  /** In a word, where a node runs a model that has one. */
  personalityOf(node: NodeRecord<FlatId>): string | null
}

export const nothingKnown: Known = { sizeOf: () => undefined, personalityOf: () => null }

const inputsOf = (document: FlatDocument, node: FlatId): readonly EdgeRecord<FlatId>[] =>
  Object.values(document.edges).filter(({ to }) => to.node === node)

function below(document: FlatDocument, node: FlatId): ReadonlySet<FlatId> {
  const reachedNodes = new Set<FlatId>([node])
  for (const id of reachedNodes)
    for (const { from, to } of Object.values(document.edges)) if (from.node === id) reachedNodes.add(to.node)
  return reachedNodes
}

/** The kind of node that opens files: its type, its picture and the param that names the file. */
export function opener(specs: Specs) {
  for (const spec of specs.values()) {
    const port = mainPort(spec.outputs)
    const param = Object.entries(spec.params).find(([, each]) => isAssetOf(each, 'media'))?.[0]
    if (spec.kernel.kind === 'source' && port && param) return { type: spec.type, port, param }
  }
  return null
}

/** Whether the value of a parameter of `node` can be seen in `view`. */
export const reaches = (document: FlatDocument, node: FlatId, view: FlatEndpoint): boolean =>
  below(document, node).has(view.node)

const withParam = (document: FlatDocument, id: FlatId, { param }: Variants, value: Variants['values'][number]) => {
  const node = document.nodes[id]
  return node ? { ...node, params: { ...node.params, [param]: value } } : undefined
}

function composeVariants(
  document: FlatDocument,
  specs: Specs,
  view: FlatEndpoint,
  variants: Variants,
  knownParts: Known,
): Composed | null {
  const { node, values } = variants
  const [first, ...otherValues] = values
  const changedNode = document.nodes[node]
  if (first === undefined || !changedNode || !reaches(document, node, view)) return null
  const reachedNodes = below(document, node)
  const affectedNodes = [...above(document, view.node)].filter((id) => reachedNodes.has(id))
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  const copyOf = (id: FlatId, k: number) => (affectedNodes.includes(id) ? (`${id}~${k}` as FlatId) : id)
  otherValues.forEach((value, k) => {
    for (const id of affectedNodes) {
      const record = id === node ? withParam(document, id, variants, value) : document.nodes[id]
      if (!record) continue
      const copy = copyOf(id, k)
      nodes[copy] = { ...record, id: copy }
      for (const edge of inputsOf(document, id)) {
        const key = `${edge.id}~${k}` as EdgeId
        edges[key] = {
          id: key,
          from: { ...edge.from, node: copyOf(edge.from.node, k) },
          to: { ...edge.to, node: copy },
        }
      }
    }
  })
  nodes[node] = withParam(document, node, variants, first) ?? changedNode
  const spec = specs.get(changedNode.type)
  const label = spec?.params[variants.param]?.label ?? variants.param
  const turnsDial = Object.values(spec?.params ?? {}).some(
    (param) => isAssetOf(param, 'model') && param.dial === variants.param,
  )
  const labelOf = (value: Json) => {
    const variant = withParam(document, node, variants, value)
    const personality = turnsDial && variant ? knownParts.personalityOf(variant) : null
    return personality ?? text.viewer.variants.picture(label, String(value))
  }
  return {
    document: { ...document, nodes, edges },
    view,
    others: otherValues.map((_, k) => ({ ...view, node: copyOf(view.node, k) })),
    labels: values.map(labelOf),
    graphs: values.map(() => null),
  }
}

/** Alone, A needs no plain upscale beside it, which would cost a pass a frame, until a held key shows it. */
const needsPlain = ({ mode, others, flicker }: Pick<ViewerSettings, 'mode' | 'others' | 'flicker'>): boolean =>
  mode !== 'single' || flicker || others[0]?.kind !== 'plain'

/** What of the state of looking decides what is rendered. */
export type LookedAt = Pick<
  ViewerSettings,
  'mode' | 'others' | 'reference' | 'variants' | 'flicker' | 'part' | 'overlay'
>

/** Whether the difference shown is a part of what is predicted, which takes the view as the source could tell it. */
export const showsPart = ({ mode, others, part, variants }: Omit<LookedAt, 'reference'>): boolean =>
  variants === null && mode === 'difference' && others[0]?.kind === 'plain' && part !== 'all'

export function compose(
  document: FlatDocument,
  specs: Specs,
  view: FlatEndpoint,
  viewerSettings: LookedAt,
  resolve: (output: FlatEndpoint) => FlatEndpoint | undefined = (output) => output,
  knownParts: Known = nothingKnown,
): Composed {
  const variantRequest =
    viewerSettings.variants && composeVariants(document, specs, view, viewerSettings.variants, knownParts)
  if (variantRequest) return variantRequest
  const nodeNames = names(document, specs)
  const nameOf = (id: FlatId): string => {
    const node = document.nodes[id]
    const personality = node && knownParts.personalityOf(node)
    return personality ? text.viewer.output.withPersonality(nodeNames.node(id), personality) : nodeNames.node(id)
  }
  const open = opener(specs)
  const source = comparableSourceOf(document, specs, view)
  // An output of a subgraph stands for that of the node inside that makes it.
  const comparedAt = (end: FlatEndpoint) => {
    const at = resolve(end)
    return at && document.nodes[at.node] ? { at, label: nameOf(at.node) } : null
  }
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  /** The source as large as A, by a node of the request's own; the source itself where that is as large already. */
  const [sourceSize, viewSize] = [source && knownParts.sizeOf(source), knownParts.sizeOf(view)]
  /** What a node of the request's own makes of `from`; `null` where there is no node of that type. */
  const madeBy = (
    type: string,
    id: FlatId,
    from: FlatEndpoint,
    params: NodeRecord<FlatId>['params'] = {},
  ): FlatEndpoint | null => {
    const spec = specs.get(type)
    const [input, output] = [mainPort(spec?.inputs), mainPort(spec?.outputs)]
    if (!input || !output) return null
    nodes[id] = { id, type, params, position: { x: 0, y: 0 } }
    const wire = `${id}.${input}` as EdgeId
    edges[wire] = { id: wire, from, to: { node: id, port: input } }
    return { node: id, port: output }
  }
  const plain = () => {
    const factor = sourceSize && viewSize && viewSize.width / sourceSize.width
    const at = source && factor && factor !== 1 ? madeBy(plainType, plainNode, source, { factor }) : null
    return at ? { at, label: text.viewer.output.plain } : source && { at: source, label: text.viewer.output.source }
  }
  /** A picture as large as the view, as the source could tell it; itself where that is not larger than the source. */
  const returnOutput = (picture: FlatEndpoint, shrunkId: FlatId, returnedId: FlatId): FlatEndpoint => {
    if (!sourceSize || !viewSize || viewSize.width <= sourceSize.width) return picture
    const sized = ({ width, height }: { width: number; height: number }) => ({ mode: 'size', width, height })
    const shrunkEnd = madeBy(plainType, shrunkId, picture, sized(sourceSize))
    return (shrunkEnd && madeBy(plainType, returnedId, shrunkEnd, sized(viewSize))) ?? picture
  }
  const resolveCompared = (choice: Compared, k: number): { at: FlatEndpoint; label: string } | null => {
    switch (choice.kind) {
      case 'plain':
        return plain()
      case 'source':
        return source && { at: source, label: text.viewer.output.source }
      case 'previous': {
        const at = madeBy(previousType, previousNode, view)
        return at && { at, label: text.viewer.output.previous }
      }
      case 'reference':
        if (!viewerSettings.reference || !open) return null
        nodes[referenceNode] = {
          id: referenceNode,
          type: open.type,
          title: text.viewer.output.reference,
          params: { [open.param]: { ...viewerSettings.reference } },
          position: { x: 0, y: 0 },
        }
        return { at: { node: referenceNode, port: open.port }, label: viewerSettings.reference.id }
      case 'output':
        return comparedAt(choice.at)
      case 'graph': {
        const other = embed(expand(choice.document, specs).document, document, specs, k)
        if (!other.view) return null
        Object.assign(nodes, other.nodes)
        Object.assign(edges, other.edges)
        return { at: other.view, label: choice.title }
      }
    }
  }
  // C and D are seen side by side only.
  const comparedOutputs =
    viewerSettings.mode === 'side'
      ? viewerSettings.others
      : viewerSettings.others.slice(0, needsPlain(viewerSettings) ? 1 : 0)
  const ends = comparedOutputs.flatMap((choice, k) => {
    const picture = resolveCompared(choice, k)
    return picture ? [{ ...picture, compared: choice }] : []
  })
  const [base] = ends
  if (showsPart(viewerSettings) && base && ends.length === 1) {
    const asTold = (at: FlatEndpoint) => ({
      at,
      label: text.viewer.output.returned,
      compared: { kind: 'plain' as const },
    })
    ends.push(asTold(returnOutput(view, shrunkNode, returnedNode)))
    if (viewerSettings.part === 'contradiction')
      ends.push(asTold(returnOutput(base.at, plainShrunkNode, plainReturnedNode)))
  }
  /** What a measure finds in the view, by a node of the request's own. */
  const measured = (type: string, port: string): FlatEndpoint | null => {
    const measure = specs.get(type)
    const measureInputs = measure && measuredInputs(measure)
    if (!measureInputs || (measureInputs.source !== undefined && !source)) return null
    nodes[measureNode] = { id: measureNode, type, params: {}, position: { x: 0, y: 0 } }
    const wire = (to: string | undefined, from: FlatEndpoint | null) => {
      if (to === undefined || !from) return
      const id = `${measureNode}.${to}` as EdgeId
      edges[id] = { id, from, to: { node: measureNode, port: to } }
    }
    wire(measureInputs.image, view)
    wire(measureInputs.source, source)
    return { node: measureNode, port }
  }
  const overlayChoice = viewerSettings.overlay
  const overlay =
    overlayChoice?.kind === 'measure'
      ? measured(overlayChoice.type, overlayChoice.port)
      : overlayChoice
        ? (comparedAt(overlayChoice.at)?.at ?? null)
        : null
  const more = Object.keys(nodes).length > Object.keys(document.nodes).length
  return {
    ...(overlay && { overlay }),
    document: more ? { ...document, nodes, edges } : document,
    view,
    others: ends.map(({ at }) => at),
    labels: [nameOf(view.node), ...ends.map(({ label }) => label)],
    graphs: [null, ...ends.map(({ compared }) => (compared.kind === 'graph' ? compared : null))],
  }
}
