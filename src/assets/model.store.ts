import { AssetError, type AssetStore, type StoreContext } from './asset-store.ts'

/** A model is named by its file, whatever it is added as: what it is goes by the hash. */
export const openModelStore = ({ models }: StoreContext): AssetStore<'model'> => ({
  async add(id, [file]) {
    if (!file) throw new AssetError(`“${id}” holds no file.`, 'Choose an ONNX file.')
    const facts = await (await models()).add(file)
    return { ref: { id: facts.id, sha256: facts.sha256, size: facts.size }, facts }
  },
  facts: async (ref) => (await models()).facts(ref),
})
