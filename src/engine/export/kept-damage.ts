/**
 * What is to be told of damaged frames outlives the run that met them: a file that was made in several goes, or on
 * several machines, comes with all of it. It lies beside the kept segments, written before the segment that it concerns
 * is whole.
 */
import type { FlatId } from '../../graph/document/document.ts'
import type { Damage, DamageRecord, SegmentStore } from '../../media/types.ts'

/** By source. */
type KeptRecord = Readonly<Record<FlatId, DamageRecord>>

const prefix = 'damage-'

export class KeptDamage {
  readonly #damages: ReadonlyMap<FlatId, Damage>
  /** What lies beside some segments already. */
  #record: KeptRecord = {}

  constructor(sources: ReadonlyMap<FlatId, { readonly damage?: Damage | undefined }>) {
    this.#damages = new Map([...sources].flatMap(([node, { damage }]) => (damage ? [[node, damage]] : [])))
  }

  /** Takes up what earlier runs met. */
  async recall(stores: Iterable<SegmentStore>): Promise<void> {
    for (const store of stores)
      for (const [name, text] of await store.annotations()) {
        if (!name.startsWith(prefix)) continue
        // Only this file writes them.
        const entries = Object.entries(JSON.parse(text) as KeptRecord) as [FlatId, DamageRecord][]
        for (const [node, record] of entries) this.#damages.get(node)?.recall(record)
      }
    this.#record = this.#met()
  }

  /** `store`, beside each new segment of which lies what was met since the one before. */
  beside(store: SegmentStore): SegmentStore {
    let previous = this.#record
    return {
      ...store,
      begin: async (first) => {
        const file = await store.begin(first)
        return {
          ...file,
          finish: async (next) => {
            const records = this.#met()
            const news = newIn(records, previous)
            if (Object.keys(news).length > 0) await store.annotate(`${prefix}${first}`, JSON.stringify(news))
            previous = records
            await file.finish(next)
          },
        }
      },
    }
  }

  #met(): KeptRecord {
    return Object.fromEntries([...this.#damages].map(([node, damage]) => [node, damage.record()]))
  }
}

/** What `met` holds beyond `kept`. */
function newIn(damages: KeptRecord, previous: KeptRecord): KeptRecord {
  return Object.fromEntries(
    (Object.entries(damages) as [FlatId, DamageRecord][]).flatMap(
      ([node, { held, patched, traces, stretched = [] }]) => {
        const before = previous[node]
        const knownHeld = new Set(before?.held.map(([index]) => index))
        const knownPatched = new Set(before?.patched)
        const knownStretched = new Set(before?.stretched?.map(([index]) => index))
        const news: Required<DamageRecord> = {
          held: held.filter(([index]) => !knownHeld.has(index)),
          patched: patched.filter((index) => !knownPatched.has(index)),
          traces: traces && !before?.traces,
          stretched: stretched.filter(([index]) => !knownStretched.has(index)),
        }
        const isNew = news.traces || [news.held, news.patched, news.stretched].some(({ length }) => length > 0)
        return isNew ? [[node, news]] : []
      },
    ),
  )
}
