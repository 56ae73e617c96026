/**
 * What the engine has found out about files and the machine. The document only names them; everything
 * here is asked for once and can be asked again.
 */

import { createStore, type StoreApi } from 'zustand/vanilla'
import { assetKinds, assets } from '../../assets/assets.ts'
import type { Engine, EngineStatus, Outcome } from '../../engine/door/api.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { FlatDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetFacts, AssetFactsOf, AssetKind } from '../../graph/node/facts.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { assetRef } from '../kit/value-text.ts'
import { text } from '../text/text.ts'
import { freeName } from './export-job.ts'

/** How far the asking has come. */
export type Known<T> =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly facts: T }
  | { readonly state: 'failed'; readonly problems: readonly Problem[] }

/** Of each kind of file, by the names that graphs give. */
export type KnownAssets = { readonly [K in AssetKind]: ReadonlyMap<string, Known<AssetFactsOf[K]>> }

export interface FactsState {
  readonly engine: EngineStatus | null
  /** The engine could not be reached at all; one sentence. */
  readonly engineFailure: string | null
  readonly assets: KnownAssets
  /** Ids of the catalog's models that make pictures of pictures, in its order; `null` until the catalog has come. */
  readonly catalog: readonly string[] | null
  /** Why there is no catalog; one sentence. */
  readonly catalogFailure: string | null
  /** Counts up when a name that was known comes to mean another file. */
  readonly replacements: number
}

export interface FactsStore extends StoreApi<FactsState> {
  start(): Promise<void>
  /** Asks for everything the document names that is not yet known. */
  cover(document: FlatDocument, specs: Specs): void
  /** Several files where the kind is of several. */
  add(kind: AssetKind, files: readonly File[]): Promise<Outcome<AssetRef>>
  refreshStatus(): Promise<void>
}

/** Where the answer to a graph's question stands that names another file than the one known by its id. */
const versionKey = ({ id, sha256 }: AssetRef): string => `${id} ${sha256 ?? ''}`

const hashOf = (facts: object): unknown => ('sha256' in facts ? facts.sha256 : undefined)

/** What is known of the very file that `ref` names: where it gives a sha256, that of another file does not count. */
export function knownAsset<K extends AssetKind>(
  assets: Pick<KnownAssets, K>,
  kind: K,
  ref: AssetRef,
): Known<AssetFactsOf[K]> | undefined {
  const all: ReadonlyMap<string, Known<AssetFactsOf[K]>> = assets[kind]
  const entry = all.get(ref.id)
  const hash = entry?.state === 'known' ? hashOf(entry.facts) : undefined
  const other = ref.sha256 !== undefined && hash !== undefined && hash !== ref.sha256
  return other ? all.get(versionKey(ref)) : entry
}

/** The facts as inference wants them: a plain look-up. */
export const assetFacts = ({ assets }: Pick<FactsState, 'assets'>): Required<AssetFacts> => {
  const lookUp = (kind: AssetKind) => (ref: AssetRef) => {
    const entry = knownAsset(assets, kind, ref)
    return entry?.state === 'known' ? entry.facts : undefined
  }
  // What stands in a kind's map is of that kind.
  return Object.fromEntries(assetKinds.map((kind) => [kind, lookUp(kind)])) as Required<AssetFacts>
}

const noAssets = Object.fromEntries(assetKinds.map((kind) => [kind, new Map()])) as unknown as KnownAssets

/** The files' name: that of the one, or of the first picture of a sequence and how many more. */
const nameOf = (files: readonly File[]): string =>
  files.length === 1 ? (files[0]?.name ?? '') : text.files.andMore(files[0]?.name ?? '', files.length - 1)

const sameFiles = (a: readonly File[], b: readonly File[]): boolean =>
  a.length === b.length &&
  a.every(({ name, size, lastModified }, i) => {
    const other = b[i]
    return other !== undefined && other.name === name && other.size === size && other.lastModified === lastModified
  })

export function createFactsStore(engine: Engine): FactsStore {
  const store = createStore<FactsState>(() => ({
    engine: null,
    engineFailure: null,
    assets: noAssets,
    catalog: null,
    catalogFailure: null,
    replacements: 0,
  }))
  /** The files behind each id. */
  const filesById = new Map<string, readonly File[]>()
  const write = <K extends AssetKind>(kind: K, id: string, facts: Known<AssetFactsOf[K]>) =>
    store.setState(({ assets }) => ({ assets: { ...assets, [kind]: new Map(assets[kind]).set(id, facts as never) } }))

  /** Where more will be known of it, asks for that, too: what was planned with the facts until then is planned anew. */
  async function complete(kind: AssetKind, ref: AssetRef, key: string, facts: AssetFactsOf[AssetKind]) {
    if (!('counting' in facts)) return
    const isStillMeant = () => {
      const entry = store.getState().assets[kind].get(key)
      return entry?.state === 'known' && entry.facts === facts
    }
    const answer = await answered(ref, engine.assetFacts(kind, ref, true))
    if (!isStillMeant()) return
    write(kind, key, answer)
    store.setState((state) => ({ replacements: state.replacements + 1 }))
  }

  async function answered<T>(ref: AssetRef, asking: Promise<Outcome<T>>): Promise<Known<T>> {
    try {
      const outcome = await asking
      return outcome.ok ? { state: 'known', facts: outcome.value } : { state: 'failed', problems: outcome.problems }
    } catch (error) {
      const message = text.files.assetUnreadable(ref.id, messageOf(error))
      const hint = text.files.assetUnreadableHint
      return { state: 'failed', problems: [{ code: 'asset-failed', severity: 'error', message, hint }] }
    }
  }

  /** @param key where the answer stands */
  async function ask(kind: AssetKind, ref: AssetRef, key: string) {
    write(kind, key, { state: 'asking' })
    const answer = await answered(ref, engine.assetFacts(kind, ref))
    write(kind, key, answer)
    if (answer.state === 'known') void complete(kind, ref, key, answer.facts)
  }

  return {
    ...store,
    async start() {
      const catalog = engine.models().then(
        (models) =>
          store.setState(({ assets }) => {
            const modelFacts = new Map(assets.model)
            for (const facts of models) modelFacts.set(facts.id, { state: 'known', facts })
            return {
              assets: { ...assets, model: modelFacts },
              catalog: models.filter((model) => model.task !== 'text-detection').map((model) => model.id),
            }
          }),
        (error: unknown) => {
          store.setState({ catalog: [], catalogFailure: text.files.modelsUnreadable(messageOf(error)) })
        },
      )
      try {
        store.setState({ engine: await engine.status() })
      } catch (error) {
        store.setState({ engineFailure: text.files.engineFailed(messageOf(error)) })
      }
      await catalog
    },
    cover(document, specs) {
      for (const node of Object.values(document.nodes)) {
        const spec = specs.get(node.type)
        if (!spec) continue
        for (const [name, param] of Object.entries(spec.params)) {
          if (param.kind !== 'asset') continue
          const { asset: kind } = param
          const ref = assetRef(node.params[name] ?? param.default)
          const { assets } = store.getState()
          if (!ref || knownAsset(assets, kind, ref)) continue
          void ask(kind, ref, assets[kind].has(ref.id) ? versionKey(ref) : ref.id)
        }
      }
    },
    async add(kind, files) {
      const name = nameOf(files)
      // Files of one name from two folders are two; the same files again, or ones that were missing, are not. What is known by
      // its content needs no name of its own.
      const others = [...filesById]
        .filter(([, otherFiles]) => !sameFiles(otherFiles, files))
        .map(([id]) => id.toLowerCase())
      const id = assets[kind].knownBy === 'name' ? freeName(name, new Set(others)) : name
      const outcome = await engine.addAsset(kind, id, files)
      if (!outcome.ok) return outcome
      const { ref, facts } = outcome.value
      if (assets[kind].knownBy === 'name') filesById.set(ref.id, files)
      const again = assets[kind].knownBy === 'name' && store.getState().assets[kind].has(ref.id)
      write(kind, ref.id, { state: 'known', facts })
      void complete(kind, ref, ref.id, facts)
      if (again) store.setState((state) => ({ replacements: state.replacements + 1 }))
      if (assets[kind].listed)
        store.setState(({ catalog }) => ({
          catalog: catalog?.includes(ref.id) ? catalog : [...(catalog ?? []), ref.id],
        }))
      return { ok: true, value: ref }
    },
    async refreshStatus() {
      try {
        store.setState({ engine: await engine.status() })
      } catch (error) {
        console.warn('The engine’s status could not be read:', error)
      }
    },
  }
}
