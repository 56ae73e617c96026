/**
 * The person's graph with measures hung on it: of the picture that is looked at, and of the plain upscale of the same source,
 * which is what it is held against. It lives in a request alone; nothing of the document changes.
 */
import { above } from '../analysis/upstream.ts'
import type { EdgeId, FlatDocument, FlatEndpoint, FlatId } from '../document/document.ts'
import type { JsonObject } from '../document/json.ts'
import { isImageDesc, type PictureDesc, type ValueDesc } from '../node/ports.ts'
import type { Specs } from '../node/spec.ts'
import { mainPort } from '../node/value-types.ts'
import { leastFramesOf, type Symptom, type SymptomId } from './symptoms.ts'

type Size = Pick<PictureDesc, 'width' | 'height'>

/** The node that makes a picture larger without inventing anything. */
export const plainType = 'bicubic'

/** What is measured. */
export interface Subject {
  readonly document: FlatDocument
  readonly view: FlatEndpoint
  /** What the view was made from; `null`: nothing came in, or the view is it. */
  readonly source: FlatEndpoint | null
  /** The last picture of the source’s size on the way to the view; the source itself where nothing comes between. */
  readonly prepared: FlatEndpoint | null
  /** By which the view is larger than the source; `null` where that is not known. */
  readonly factor: number | null
}

/** @param sizeOf of a picture, where it is known */
export function subjectOf(
  document: FlatDocument,
  specs: Specs,
  view: FlatEndpoint,
  source: FlatEndpoint | null,
  sizeOf: (output: FlatEndpoint) => Size | undefined,
): Subject {
  const isSource = source && source.node === view.node && source.port === view.port
  if (!source || isSource) return { document, view, source: null, prepared: view, factor: null }
  const [small, large] = [sizeOf(source), sizeOf(view)]
  const asSmall = (at: FlatEndpoint) => {
    const size = sizeOf(at)
    return size && small && size.width === small.width && size.height === small.height
  }
  const preparedEnds = [...above(document, view.node)].flatMap((node): FlatEndpoint[] => {
    const port = mainPort(specs.get(document.nodes[node]?.type ?? '')?.outputs)
    return port !== undefined && asSmall({ node, port }) ? [{ node, port }] : []
  })
  return {
    document,
    view,
    source,
    prepared: preparedEnds[0] ?? source,
    factor: small && large ? large.width / small.width : null,
  }
}

/** The picture in which a symptom is sought, and behind which it is mended. */
export function soughtIn({ document, view, prepared }: Subject, specs: Specs, { of, before }: Symptom): FlatEndpoint {
  if (of === 'source') return prepared ?? view
  let at = view
  for (;;) {
    const { type } = document.nodes[at.node] ?? {}
    const port = mainPort(specs.get(type ?? '')?.inputs)
    const wire = Object.values(document.edges).find(({ to }) => to.node === at.node && to.port === port)
    if (type === undefined || !before?.includes(type) || !wire) return at
    at = wire.from
  }
}

/**
 * Symptoms of which the file that comes in says that it has them, as long as nothing on the way to where they are sought takes its rows apart.
 * @param descOf of a picture, where it is known
 */
export function saidOf(
  subject: Subject,
  specs: Specs,
  symptoms: readonly Symptom[],
  descOf: (output: FlatEndpoint) => ValueDesc | undefined,
): ReadonlySet<SymptomId> {
  const codingOf = (symptom: Symptom) => {
    const visitedNodes = new Set<FlatId>()
    for (let at: FlatEndpoint | undefined = soughtIn(subject, specs, symptom); at && !visitedNodes.has(at.node); ) {
      visitedNodes.add(at.node)
      const record: FlatDocument['nodes'][FlatId] | undefined = subject.document.nodes[at.node]
      const spec = specs.get(record?.type ?? '')
      const desc = descOf(at)
      if (desc && isImageDesc(desc) && desc.coding) return desc.coding
      if (spec?.readsLines && !record?.bypass) return undefined
      const input = mainPort(spec?.inputs)
      at = Object.values(subject.document.edges).find(({ to }) => to.node === record?.id && to.port === input)?.from
    }
    return undefined
  }
  return new Set(
    symptoms.flatMap((symptom) => {
      const coding = symptom.saidBy && codingOf(symptom)
      return coding && symptom.saidBy?.(coding) ? [symptom.id] : []
    }),
  )
}

/** What a reading is of: the view, the plain upscale, or the last picture of the source’s size. */
export type Of = 'result' | 'plain' | 'source'

/** A number of a measure. */
export interface Reading {
  readonly of: Of
  readonly measure: string
  readonly output: string
  readonly at: FlatEndpoint
}

export const readingKey = ({ of, measure, output }: Omit<Reading, 'at'>): string => `${of} ${measure} ${output}`

export interface MeasuredGraph {
  readonly document: FlatDocument
  readonly readings: readonly Reading[]
  /** The picture in which a symptom is sought. */
  pictureOf(symptom: Symptom): FlatEndpoint
  /** The map of a measure. */
  mapOf(symptom: Symptom): FlatEndpoint | null
  /** Symptoms that cannot be looked for here, and why: there is nothing to hold the picture against, or a single frame. */
  readonly omissions: readonly { readonly symptom: Symptom; readonly why: 'no-source' | 'one-frame' }[]
}

const outputsOf = ({ score, counts, remedy }: Symptom) => [
  score,
  ...(counts ? [counts.output] : []),
  ...Object.values(remedy?.measuredParams ?? {}),
]

interface Hanging {
  /** Begins the names of the measures, so that those of several pictures stand in one document. */
  readonly name?: string
  /** Whether the plain upscale is measured as well. */
  readonly withPlain?: boolean
  /** Symptoms of which the file itself says that it has them. */
  readonly said?: ReadonlySet<SymptomId>
}

/** @param frames of the clip */
export function measuredGraph(
  subject: Subject,
  specs: Specs,
  symptoms: readonly Symptom[],
  frames: number,
  { name = 'check', withPlain = true, said = new Set() }: Hanging = {},
): MeasuredGraph {
  const { document, source, prepared, factor } = subject
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  const addNode = (
    id: FlatId,
    type: string,
    wires: Readonly<Record<string, FlatEndpoint>>,
    params: JsonObject = {},
  ) => {
    nodes[id] = { id, type, params, position: { x: 0, y: 0 } }
    for (const [port, from] of Object.entries(wires)) {
      const edge = `${id}.${port}` as EdgeId
      edges[edge] = { id: edge, from, to: { node: id, port } }
    }
    return id
  }
  const plain = withPlain && source && factor !== null && factor > 1 ? plainOf(source, factor) : null
  function plainOf(from: FlatEndpoint, by: number): FlatEndpoint {
    return { node: addNode(`~${name}-plain` as FlatId, plainType, { image: from }, { factor: by }), port: 'image' }
  }
  const omissions: { symptom: Symptom; why: 'no-source' | 'one-frame' }[] = []
  const readings: Reading[] = []
  const maps = new Map<Symptom, FlatEndpoint>()
  for (const symptom of symptoms) {
    const spec = specs.get(symptom.measure)
    const image = mainPort(spec?.inputs)
    if (!spec || image === undefined) continue
    const sourceInput = spec.inputs.source
    if (frames < Math.max(symptom.overTime ? 2 : 1, leastFramesOf(symptom, said.has(symptom.id))))
      omissions.push({ symptom, why: 'one-frame' })
    else if (sourceInput && sourceInput.fallback === undefined && !source) omissions.push({ symptom, why: 'no-source' })
    else {
      const inputs: readonly [Of, FlatEndpoint | null][] =
        symptom.of === 'source'
          ? [['source', prepared]]
          : [
              ['result', soughtIn(subject, specs, symptom)],
              ['plain', plain],
            ]
      for (const [of, picture] of inputs) {
        if (!picture) continue
        const id = `~${name}-${of}-${symptom.measure}` as FlatId
        const params = of !== 'plain' && symptom.remedy?.full !== undefined ? { full: symptom.remedy.full } : {}
        addNode(id, symptom.measure, { [image]: picture, ...(sourceInput && source && { source }) }, params)
        for (const output of new Set(outputsOf(symptom)))
          readings.push({ of, measure: symptom.measure, output, at: { node: id, port: output } })
        if (of !== 'plain') maps.set(symptom, { node: id, port: symptom.map })
      }
    }
  }
  return {
    document: { ...document, nodes, edges },
    readings,
    pictureOf: (symptom) => soughtIn(subject, specs, symptom),
    mapOf: (symptom) => maps.get(symptom) ?? null,
    omissions,
  }
}
