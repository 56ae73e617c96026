/** A store of files that are small enough to be read whole and kept as what they were read into; each is known by its hash. */
import type { AssetFactsOf, AssetKind } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { AssetError, type AssetStore, type OpenedAssets } from './asset-store.ts'

/** The kinds whose facts say the hash, and that a node opens. */
type FileKind = {
  [K in AssetKind & keyof OpenedAssets]: AssetFactsOf[K] extends { readonly sha256: string; readonly bytes: number }
    ? K
    : never
}[AssetKind & keyof OpenedAssets]

interface StoredFile<K extends FileKind> {
  readonly id: string
  readonly facts: AssetFactsOf[K]
  readonly content: OpenedAssets[K]
}

async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * @param title what it is called, in the middle of a sentence
 * @param ending of its files, with the dot
 * @param read rejects with an `AssetError` where the file is none of these
 */
export function openFileStore<K extends FileKind>(
  title: string,
  ending: string,
  read: (
    file: File,
    hash: typeof sha256Hex,
  ) => Promise<{ readonly facts: AssetFactsOf[K]; readonly content: OpenedAssets[K] }>,
): AssetStore<K> {
  /** By hash; what was added last stands last. */
  const entries = new Map<string, StoredFile<K>>()

  function find({ id, sha256 }: AssetRef): StoredFile<K> {
    const latest = [...entries.values()].findLast((each) => each.id === id)
    const entry = sha256 === undefined ? latest : entries.get(sha256)
    if (entry) return entry
    if (latest && sha256 !== undefined)
      throw new AssetError(
        `The ${title} “${id}” is here in another version: the graph names sha256 ${sha256.slice(0, 12)}…, this one is ${latest.facts.sha256.slice(0, 12)}….`,
        'Choose the file again to use the version that is here, or add the one that the graph was made with.',
      )
    throw new AssetError(
      `The ${title} “${id}” is not here.`,
      `Choose its ${ending} file again: a graph names it, and does not hold it.`,
    )
  }

  return {
    async add(id, [file]) {
      if (!file) throw new AssetError(`“${id}” holds no file.`, `Choose a ${ending} file.`)
      const { facts, content } = await read(file, sha256Hex)
      entries.delete(facts.sha256)
      entries.set(facts.sha256, { id, facts, content })
      return { ref: { id, sha256: facts.sha256, size: facts.bytes }, facts }
    },
    facts: async (ref) => find(ref).facts,
    open: (async (ref: AssetRef) => find(ref).content) as NonNullable<AssetStore<K>['open']>,
  }
}
