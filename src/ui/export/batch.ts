/** Which exports a filled-in form means: every chosen clip through every chosen graph. */
import type { ExportRequest, OutputTarget } from '../../engine/door/api.ts'
import { clipStem, stemOf } from '../../graph/analysis/file-names.ts'
import { mediumPlace, plainNodes, withMedium } from '../../graph/analysis/medium.ts'
import type { FlatId, GraphDocument, NodeRecord } from '../../graph/document/document.ts'
import { nodeAt } from '../../graph/document/levels.ts'
import { parseGraph } from '../../graph/file/read.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { assetRef } from '../kit/value-text.ts'
import type { NewExport } from '../store/export-queue.ts'
import { dialogText } from '../text/dialogs.ts'

const words = dialogText.export

export function mediumName(graph: GraphDocument, specs: Specs): string {
  const place = mediumPlace(graph, specs)
  const record = place ? nodeAt(graph, place.node) : undefined
  const spec = record && specs.get(record.type)
  const ref = place && record && spec ? assetRef(paramValues(spec, record)[place.param]) : null
  return ref ? (ref.id.split('/').pop() ?? ref.id) : words.clips.own
}

export const sinksOf = (graph: GraphDocument, specs: Specs): readonly NodeRecord<FlatId>[] =>
  plainNodes(graph, specs).filter((node) => specs.get(node.type)?.kernel.kind === 'sink' && !node.bypass)

/** Rejects with a sentence where the recipe cannot be had. */
export async function fetchRecipe(name: string, specs: Specs): Promise<GraphDocument> {
  const response = await fetch(`graphs/${name}.json`)
  if (!response.ok) throw new Error(words.recipes.notFetched(name, response.status))
  const outcome = parseGraph(await response.text(), specs)
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.document
}

export interface Batch {
  /** The graph of the form, with the names given to its outputs. */
  readonly graph: GraphDocument
  readonly names: ReadonlyMap<FlatId, string>
  /** Further graphs, by the names that their files get. */
  readonly recipes: ReadonlyMap<string, GraphDocument>
  /** Instead of the graphs' own. */
  readonly clips: readonly AssetRef[]
  readonly range: Pick<ExportRequest, 'range' | 'keepTimestamps'>
}

/** File names are told apart by clip and recipe where there are several. All go to `store` at first. */
export function exportsOf(batch: Batch, specs: Specs): NewExport[] {
  const [first] = batch.names.values()
  const extension = first?.match(/\.[^.]+$/)?.[0] ?? '.mp4'
  const variants = [
    { graph: batch.graph, names: batch.names },
    ...[...batch.recipes].map(([name, graph]) => {
      const sink = sinksOf(graph, specs)[0]
      return { graph, names: new Map(sink ? [[sink.id, `${stemOf(first ?? '')}-${name}${extension}`]] : []) }
    }),
  ]
  const ownPlace = mediumPlace(batch.graph, specs)
  const ownRef =
    ownPlace && batch.recipes.size > 0 ? assetRef(nodeAt(batch.graph, ownPlace.node)?.params[ownPlace.param]) : null
  // The recipes' own clips are not meant: they get the graph's.
  const clips: readonly (AssetRef | null)[] = batch.clips.length > 0 ? batch.clips : [ownRef]
  const ownStem = clipStem(mediumName(batch.graph, specs))
  // A name that begins with the graph's own clip begins with the other clip instead.
  const nameFor = (name: string, clip: AssetRef | null): string => {
    if (!clip || batch.clips.length === 0) return name
    if (name.startsWith(`${ownStem}-`)) return `${clipStem(clip.id)}${name.slice(ownStem.length)}`
    return batch.clips.length > 1 ? `${clipStem(clip.id)}-${name}` : name
  }
  return clips.flatMap((clip) =>
    variants.map(({ graph, names }) => {
      const place = mediumPlace(graph, specs)
      const document = clip && place ? withMedium(graph, place, clip) : graph
      const outputs = Object.fromEntries(
        [...names].map(([node, name]) => [
          node,
          { fileName: nameFor(name, clip), target: { kind: 'store' } as OutputTarget },
        ]),
      ) as ExportRequest['outputs']
      return {
        graph: graph.title,
        clip: mediumName(document, specs),
        request: { document, outputs, ...batch.range },
      }
    }),
  )
}
