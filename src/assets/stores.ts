/** The store of every kind of file, for the engine. */
import type { AssetKind } from '../graph/node/facts.ts'
import type { AssetStore, StoreContext } from './asset-store.ts'
import { openLutStore } from './lut.store.ts'
import { openMediaStore } from './media.store.ts'
import { openModelStore } from './model.store.ts'

export type AssetStores = { readonly [K in AssetKind]: AssetStore<K> }

export const openStores = (context: StoreContext): AssetStores => ({
  media: openMediaStore(context),
  model: openModelStore(context),
  lut: openLutStore(),
})
