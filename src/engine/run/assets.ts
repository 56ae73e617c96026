/** Media and models as the engine knows them: opened, probed, and described for everything that plans. */

import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetFacts, ModelFacts } from '../../graph/node/facts.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import type { MediaLibrary } from '../../media/media-library.ts'
import { problemOf } from './errors.ts'

export interface Assets {
  /** Facts found so far. */
  readonly facts: AssetFacts
  /** Opens and probes all that `document` names. What cannot be had comes back as problems on its nodes. */
  ensure(document: FlatDocument): Promise<readonly Problem[]>
  /** Changes whenever the file behind `id` changes. */
  version(id: string): number
  /** To be called when another file was put behind `id`. */
  replaced(id: string): void
  /** Counts up with the versions: while it stays, facts that were found stay. */
  readonly generation: number
}

/** @param modelFacts rejects with `ModelError` where the model is not here; does not load it */
export function createAssets(
  specs: Specs,
  media: MediaLibrary,
  modelFacts: (ref: AssetRef) => Promise<ModelFacts>,
): Assets {
  const versions = new Map<string, number>()
  let generation = 0
  const knownModels = new Map<string, ModelFacts>()
  const modelKey = (ref: AssetRef) => `${ref.id} ${ref.sha256 ?? ''}`

  async function problemWith(node: FlatId, param: string, work: () => Promise<unknown>): Promise<Problem[]> {
    try {
      await work()
      return []
    } catch (error) {
      return [{ ...problemOf(error, () => ''), node, param }]
    }
  }

  async function findModel(ref: AssetRef) {
    try {
      knownModels.set(modelKey(ref), await modelFacts(ref))
    } catch (error) {
      knownModels.delete(modelKey(ref))
      throw error
    }
  }

  return {
    facts: {
      media: (ref) => media.known(ref),
      model: (ref) => knownModels.get(modelKey(ref)),
    },
    async ensure(document) {
      const checks = Object.values(document.nodes).flatMap((record) => {
        const spec = specs.get(record.type)
        if (!spec || record.bypass || record.mute) return []
        const values = paramValues(spec, record)
        return Object.entries(spec.params).flatMap(([name, { kind }]) => {
          const ref = values[name] as AssetRef | null | undefined
          if (kind === 'media' && ref) return [problemWith(record.id, name, () => media.facts(ref))]
          if (kind === 'model' && ref) return [problemWith(record.id, name, () => findModel(ref))]
          return []
        })
      })
      return (await Promise.all(checks)).flat()
    },
    version: (id) => versions.get(id) ?? 0,
    replaced(id) {
      versions.set(id, (versions.get(id) ?? 0) + 1)
      generation += 1
    },
    get generation() {
      return generation
    },
  }
}
