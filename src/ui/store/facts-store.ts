/**
 * What the engine has found out about media, models and the machine. The document only names them; everything
 * here is asked for once and can be asked again.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, EngineStatus, Outcome } from '../../engine/door/api.ts'
import type { FlatDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetFacts, MediaFacts, ModelFacts } from '../../graph/node/facts.ts'
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

export interface FactsState {
  readonly engine: EngineStatus | null
  /** The engine could not be reached at all; one sentence. */
  readonly engineFailure: string | null
  readonly media: ReadonlyMap<string, Known<MediaFacts>>
  readonly models: ReadonlyMap<string, Known<ModelFacts>>
  /** Ids of the catalog's models, in its order; `null` until the catalog has come. */
  readonly catalog: readonly string[] | null
  /** Why there is no catalog; one sentence. */
  readonly catalogFailure: string | null
  /** Counts up when a name that was known comes to mean another file. */
  readonly replaced: number
}

export interface FactsStore extends StoreApi<FactsState> {
  start(): Promise<void>
  /** Asks for everything the document names that is not yet known. */
  cover(document: FlatDocument, specs: Specs): void
  addMedia(files: readonly File[]): Promise<Outcome<AssetRef>>
  addModel(file: File): Promise<Outcome<AssetRef>>
  refreshStatus(): Promise<void>
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Where the answer to a graph's question for a model stands that names another file than the one known by its id. */
const versionKey = ({ id, sha256 }: AssetRef): string => `${id} ${sha256 ?? ''}`

/** What is known of the very file that `ref` names: where it gives a sha256, that of another file does not count. */
export function knownModel(models: FactsState['models'], ref: AssetRef): Known<ModelFacts> | undefined {
  const known = models.get(ref.id)
  const other = ref.sha256 !== undefined && known?.state === 'known' && known.facts.sha256 !== ref.sha256
  return other ? models.get(versionKey(ref)) : known
}

/** The facts as inference wants them: a plain look-up. */
export const assetFacts = (state: FactsState): AssetFacts => ({
  media(ref) {
    const known = state.media.get(ref.id)
    return known?.state === 'known' ? known.facts : undefined
  },
  model(ref) {
    const known = knownModel(state.models, ref)
    return known?.state === 'known' ? known.facts : undefined
  },
})

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
    media: new Map(),
    models: new Map(),
    catalog: null,
    catalogFailure: null,
    replaced: 0,
  }))
  /** The files behind each id. */
  const added = new Map<string, readonly File[]>()
  const writeMedia = (id: string, known: Known<MediaFacts>) =>
    store.setState((state) => ({ media: new Map(state.media).set(id, known) }))
  const writeModel = (id: string, known: Known<ModelFacts>) =>
    store.setState((state) => ({ models: new Map(state.models).set(id, known) }))

  async function ask<T>(
    ref: AssetRef,
    code: 'media-failed' | 'model-failed',
    question: () => Promise<Outcome<T>>,
    write: (id: string, known: Known<T>) => void,
  ) {
    write(ref.id, { state: 'asking' })
    try {
      const outcome = await question()
      write(
        ref.id,
        outcome.ok ? { state: 'known', facts: outcome.value } : { state: 'failed', problems: outcome.problems },
      )
    } catch (error) {
      const message = text.files.assetUnreadable(ref.id, said(error))
      write(ref.id, {
        state: 'failed',
        problems: [{ code, severity: 'error', message, hint: text.files.assetUnreadableHint }],
      })
    }
  }

  return {
    ...store,
    async start() {
      const catalog = engine.models().then(
        (models) =>
          store.setState((state) => {
            const known = new Map(state.models)
            for (const facts of models) known.set(facts.id, { state: 'known', facts })
            return {
              models: known,
              catalog: models.filter((model) => model.task === 'super-resolution').map((model) => model.id),
            }
          }),
        (error: unknown) => {
          store.setState({ catalog: [], catalogFailure: text.files.modelsUnreadable(said(error)) })
        },
      )
      try {
        store.setState({ engine: await engine.status() })
      } catch (error) {
        store.setState({ engineFailure: text.files.engineFailed(said(error)) })
      }
      await catalog
    },
    cover(document, specs) {
      for (const node of Object.values(document.nodes)) {
        const spec = specs.get(node.type)
        if (!spec) continue
        for (const [name, param] of Object.entries(spec.params)) {
          if (param.kind !== 'media' && param.kind !== 'model') continue
          const ref = assetRef(node.params[name] ?? param.default)
          if (!ref) continue
          const state = store.getState()
          if (param.kind === 'media' && !state.media.has(ref.id))
            void ask(ref, 'media-failed', () => engine.mediaFacts(ref), writeMedia)
          if (param.kind === 'model' && !knownModel(state.models, ref)) {
            const key = state.models.has(ref.id) ? versionKey(ref) : ref.id
            void ask(
              ref,
              'model-failed',
              () => engine.modelFacts(ref),
              (_, known) => writeModel(key, known),
            )
          }
        }
      }
    },
    async addMedia(files) {
      // Files of one name from two folders are two media; the same files again, or ones that were missing, are not.
      const others = [...added].filter(([, known]) => !sameFiles(known, files)).map(([id]) => id.toLowerCase())
      const id = freeName(nameOf(files), new Set(others))
      const outcome = await engine.addMedia(id, files)
      if (!outcome.ok) return outcome
      added.set(id, files)
      const again = store.getState().media.has(id)
      writeMedia(id, { state: 'known', facts: outcome.value })
      if (again) store.setState((state) => ({ replaced: state.replaced + 1 }))
      return { ok: true, value: { id, size: files.reduce((sum, file) => sum + file.size, 0) } }
    },
    async addModel(file) {
      const outcome = await engine.addModel(file)
      if (!outcome.ok) return outcome
      const facts = outcome.value
      writeModel(facts.id, { state: 'known', facts })
      store.setState((state) => ({
        catalog: state.catalog?.includes(facts.id) ? state.catalog : [...(state.catalog ?? []), facts.id],
      }))
      return { ok: true, value: { id: facts.id, sha256: facts.sha256, size: facts.size } }
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
