/** The masks and maps that can be laid over a picture: those of the graph, and those of measures taken of what is seen. */
import type { FlatDocument, FlatEndpoint } from '../../graph/document/document.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import { isPictureType, isScalar, mainPort, type PortType } from '../../graph/node/value-types.ts'

/**
 * `output`: one that the graph makes. `measure`: what a measure finds in the picture that is seen, held to its source; no node
 * of the graph takes it.
 */
export type Overlay =
  | { readonly kind: 'output'; readonly at: FlatEndpoint }
  | { readonly kind: 'measure'; readonly type: string; readonly port: string }

/** A number of a frame is no map of it. */
export const isMap = (type: PortType): boolean => isPictureType(type) && isScalar(type)

/** The input by which measures know the picture that theirs was made from. */
const sourceInput = 'source'

/** The inputs of a measure that can be told from what is seen alone; `null`: it needs more than that. */
export function measuredInputs({ inputs }: Pick<NodeSpec, 'inputs'>): { image: string; source?: string } | null {
  const image = mainPort(inputs)
  const neededInputs = Object.entries(inputs).flatMap(([name, { fallback }]) => (fallback === undefined ? [name] : []))
  const more = neededInputs.filter((name) => name !== image)
  if (image === undefined || more.some((name) => name !== sourceInput)) return null
  return more.length > 0 ? { image, source: sourceInput } : { image }
}

const mapPorts = ({ outputs }: NodeSpec) =>
  Object.entries(outputs).flatMap(([port, { type }]) => (isMap(type) ? [port] : []))

/** Every map of every measure that can be taken of what is seen. */
export const measuresOf = (specs: Specs): readonly Extract<Overlay, { kind: 'measure' }>[] =>
  [...specs.values()]
    .filter((spec) => spec.category === 'measure' && measuredInputs(spec))
    .flatMap((spec) => mapPorts(spec).map((port) => ({ kind: 'measure', type: spec.type, port }) as const))

/** All masks and maps of a graph. @param document all levels as one */
export const mapsOf = (document: FlatDocument, specs: Specs): readonly Overlay[] =>
  Object.values(document.nodes).flatMap(({ id, type }) => {
    const spec = specs.get(type)
    return spec ? mapPorts(spec).map((port) => ({ kind: 'output', at: { node: id, port } }) as const) : []
  })
