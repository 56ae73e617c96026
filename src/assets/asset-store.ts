/** The engine's half of a kind of file: keeps those that were given, knows them again by what a graph says, and opens them. */
import { CodedError } from '../graph/document/coded-error.ts'
import type { AssetFactsOf, AssetKind } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import type { MediaLibrary } from '../media/media-library.ts'
import type { OwnedModels } from '../models/models.ts'
import type { AddedAsset } from './asset.ts'

/** What a node is given of a file; a kind adds its own. Media and models are opened through layers of their own. */
// biome-ignore lint/suspicious/noEmptyInterface: the files of this folder add to it
export interface OpenedAssets {}

export type OpenAsset = <K extends AssetKind & keyof OpenedAssets>(kind: K, ref: AssetRef) => Promise<OpenedAssets[K]>

export interface AssetStore<K extends AssetKind> {
  /**
   * Reads and keeps one file, or several where the kind is of several, under `id`. Rejects with a `CodedError`, and keeps
   * nothing, where they cannot be used.
   */
  add(id: string, files: readonly File[]): Promise<AddedAsset<K>>
  /** Rejects with a `CodedError` where it is not here, or not as the graph names it. */
  facts(ref: AssetRef): Promise<AssetFactsOf[K]>
  /** Where more will be known of it by and by: its facts by then. Rejects as `facts` does. */
  readonly whole?: (ref: AssetRef) => Promise<AssetFactsOf[K]> | undefined
  /** Rejects as `facts` does. */
  readonly open?: (ref: AssetRef) => Promise<K extends keyof OpenedAssets ? OpenedAssets[K] : never>
}

/** What stores stand on. */
export interface StoreContext {
  readonly media: MediaLibrary
  /** Starts the GPU where it has not. */
  readonly models: () => Promise<OwnedModels>
}

/** A file that cannot be used: what and where in `message`, what to do in `hint`; both whole sentences. */
export class AssetError extends CodedError {
  override readonly name = 'AssetError'
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super('asset-failed', message, hint, options)
  }
}
