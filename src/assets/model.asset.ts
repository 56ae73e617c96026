import { defineAsset } from './asset.ts'

export default defineAsset({
  kind: 'model',
  title: 'Model',
  endings: ['onnx'],
  mediaTypes: [],
  several: false,
  knownBy: 'content',
  // Any may be of the catalog, which only the engine reads.
  ships: () => true,
  onDrop: 'kept',
  listed: true,
  phrase: 'a model’s id, or an ONNX file',
  words: { choose: 'Choose a model', locate: 'Add its ONNX file…' },
})
