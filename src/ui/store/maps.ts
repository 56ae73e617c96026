/** The masks and maps of a graph, which can be laid over its pictures. */
import type { Endpoint, GraphDocument } from '../../graph/document/document.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isScalar } from '../../graph/node/value-types.ts'
import type { LookingStore } from './looking.ts'

/** What a measure calls the output that says where. */
const mapPort = 'map'

export const isMeasured = ({ port }: Endpoint): boolean => port === mapPort

/** All masks and maps, those of measures first. @param document all levels as one */
export function mapsOf(document: GraphDocument, specs: Specs): readonly Endpoint[] {
  const all = Object.values(document.nodes).flatMap(({ id, type }) =>
    Object.entries(specs.get(type)?.outputs ?? {}).flatMap(([port, spec]) =>
      isScalar(spec.type) ? [{ node: id, port }] : [],
    ),
  )
  return [...all.filter(isMeasured), ...all.filter((one) => !isMeasured(one))]
}

/** Lays the first of the maps over the picture, or takes away the one that lies there. */
export function toggleOverlay(looking: LookingStore, maps: readonly Endpoint[]): void {
  looking.setState(({ overlay, mode }) => {
    const [first] = maps
    if (overlay || !first) return { overlay: null }
    // A difference or a mix has no picture of its own for a map to lie on.
    return { overlay: first, ...((mode === 'difference' || mode === 'onion') && { mode: 'single' }) }
  })
}
