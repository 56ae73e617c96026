import type { AssetStore, StoreContext } from './asset-store.ts'

export const openMediaStore = ({ media }: StoreContext): AssetStore<'media'> => ({
  async add(id, files) {
    const facts = await media.add(id, files)
    return { ref: { id, size: files.reduce((sum, file) => sum + file.size, 0) }, facts }
  },
  facts: (ref) => media.facts(ref),
  whole: (ref) => media.counted(ref),
})
