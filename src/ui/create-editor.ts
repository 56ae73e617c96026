/** Puts the editor's parts together and lets each follow what it depends on. */
import type { Engine } from '../engine/door/api.ts'
import { expand } from '../graph/analysis/expand.ts'
import { isPicture } from '../graph/analysis/infer.ts'
import { endpointKey, markOf } from '../graph/document/document.ts'
import { sameJson } from '../graph/document/json.ts'
import type { AssetRef } from '../graph/node/params.ts'
import type { Specs } from '../graph/node/spec.ts'
import { samePicture } from '../graph/plan/dirty.ts'
import { createCommands } from './commands/commands.ts'
import { recallKeys } from './commands/keymap.ts'
import type { Editor } from './editor.ts'
import { announceExports, interruptedNotice } from './export/announce.ts'
import { browserVersions, type CreateVersions } from './files/earlier-versions.ts'
import { createPieces } from './files/pieces.ts'
import { personalityOf } from './kit/personality.ts'
import { createCodeConsent } from './store/code-consent.ts'
import { createDerivedStore } from './store/derived.ts'
import { createDocumentStore, type DocumentState } from './store/document-store.ts'
import { ExportQueue } from './store/export-queue.ts'
import { ExportedFailures } from './store/exported-failures.ts'
import { assetFacts, createFactsStore } from './store/facts-store.ts'
import { createIdle } from './store/idle.ts'
import { createLanes } from './store/lanes.ts'
import { createPreviewStore } from './store/preview.ts'
import { RebuildWatch } from './store/rebuild-watch.ts'
import { createViewStore, type ViewStore } from './store/view.ts'
import { createViewerSettingsStore } from './store/viewer-settings.ts'
import { text } from './text/text.ts'
import { dialNode } from './tour/dial-node.ts'
import { tourWasSeen } from './tour/tour-memory.ts'

/** Another level is open: whoever leaves a subgraph finds its card chosen. */
function showLevel(view: ViewStore, { path, level }: DocumentState, before: DocumentState): void {
  const childId = before.path[path.length]
  const outward = path.every((id, n) => before.path[n] === id)
  view.select(outward && childId && level.nodes[childId] ? [childId] : [])
  view.setState({ addMenu: null, landing: null, dragWays: null, dragPoints: null, writing: null, renaming: null })
  view.reveal(null)
}

/** What is no longer on the level is not chosen either. */
function keepToLevel(view: ViewStore, level: DocumentState['level']): void {
  const { selection, selectedEdges, selectedMarks } = view.getState()
  const nodes = [...selection].filter((id) => level.nodes[id])
  const edges = [...selectedEdges].filter((id) => level.edges[id])
  const marks = [...selectedMarks].filter((id) => markOf(level, id))
  const counts = [nodes.length - selection.size, edges.length - selectedEdges.size, marks.length - selectedMarks.size]
  if (counts.some((change) => change !== 0)) view.select(nodes, edges, marks)
}

/** Offers to go on with what an earlier page left unfinished. */
async function recallExports(queue: ExportQueue, view: ViewStore, showQueue: () => void): Promise<void> {
  const open = await queue.recall()
  const [first] = queue.jobs.filter(({ state }) => state.kind === 'paused')
  const notice = interruptedNotice(queue.jobs)
  if (open === 0 || !first || !notice) return
  view.toast({
    tone: 'info',
    message: notice.message,
    action: {
      label: notice.action,
      run() {
        showQueue()
        if (open === 1) void queue.resume(first.id)
      },
    },
  })
}

/** Asks of code that came with a graph, by whatever way, and tells of code that was switched off. */
function followCode({
  codeConsent,
  document,
  viewerSettings,
  preview,
  view,
  specs,
}: Pick<Editor, 'codeConsent' | 'document' | 'viewerSettings' | 'preview' | 'view' | 'specs'>): void {
  /** Also of graphs that are compared with. */
  const cover = () => {
    const others = viewerSettings.getState().others.flatMap((one) => (one.kind === 'graph' ? [one.document] : []))
    codeConsent.cover([document.getState().document, ...others])
  }
  /** One question at a time: what is missing comes first. */
  const ask = () => {
    const { foreign, pendingCodes } = codeConsent.getState()
    if (view.getState().dialog === null && [...foreign].some((code) => !pendingCodes.has(code)))
      view.setState({ dialog: 'code' })
  }
  document.subscribe((state, before) => {
    if (state.document !== before.document) cover()
  })
  viewerSettings.subscribe(({ others }, before) => {
    if (others !== before.others) cover()
  })
  codeConsent.subscribe(ask)
  view.subscribe((state, before) => {
    if (state.dialog === null && before.dialog !== null) ask()
  })
  preview.subscribe(({ result }, before) => {
    if (result === before.result) return
    const said = () => codeConsent.problems(expand(document.getState().document, specs).document)
    const known = new Set(said().map(({ message }) => message))
    const why = codeConsent.noteStopped(result?.stoppedCode ?? {})
    if (!why) return
    const news = said().filter(({ message }) => !known.has(message))
    for (const { message, hint } of news) view.toast({ tone: 'error', message, hint })
    // Of a graph that this one is compared with, whose nodes stand on no card.
    if (news.length === 0)
      view.toast({ tone: 'error', message: text.code.stoppedToast[why], hint: text.code.stoppedHint })
  })
}

/** @param createVersions where earlier versions are kept */
export function createEditor(engine: Engine, specs: Specs, createVersions: CreateVersions = browserVersions): Editor {
  recallKeys()
  const document = createDocumentStore()
  const facts = createFactsStore(engine)
  const derived = createDerivedStore(specs, document.getState().document, facts.getState())
  const viewerSettings = createViewerSettingsStore()
  const modelOf = (ref: AssetRef) => assetFacts(facts.getState()).model(ref)
  const preview = createPreviewStore(engine, specs, viewerSettings, {
    sizeOf(output) {
      const desc = derived.getState().all.descs.get(endpointKey(output))
      return isPicture(desc) ? desc : undefined
    },
    personalityOf(node) {
      const spec = specs.get(node.type)
      return spec ? personalityOf(spec, node, modelOf) : null
    },
  })
  const idle = createIdle({ engine, specs, preview, viewerSettings })
  const lanes = createLanes({ engine, specs, document, facts, derived, preview, viewerSettings, idle })
  const exportQueue = new ExportQueue(engine, specs)
  const view = createViewStore()
  const pieces = createPieces(specs)
  void pieces.start()
  const commands = createCommands({
    ...{ engine, specs, document, facts, preview, viewerSettings, lanes, view, pieces, createVersions },
  })

  const codeConsent = createCodeConsent(engine, specs, () => {
    derive()
    preview.follow(document.getState().document, { live: false, force: true })
  })
  followCode({ codeConsent, document, viewerSettings, preview, view, specs })

  const exportedFailures = new ExportedFailures(specs)
  /** What rendering met. */
  const failures = () => {
    const flat = expand(document.getState().document, specs).document
    return [
      ...preview.getState().problems,
      ...exportedFailures.problems(exportQueue.jobs, flat),
      ...codeConsent.problems(flat),
    ]
  }
  const derive = () => {
    const { document: now, path } = document.getState()
    derived.update(now, path, facts.getState(), failures())
  }
  exportQueue.store.subscribe(({ jobs }, before) => {
    const failed = (all: typeof jobs) => all.filter(({ state }) => state.kind === 'failed').length
    if (failed(jobs) !== failed(before.jobs)) derive()
  })

  document.subscribe((state, before) => {
    const pendingEntry = before.history.pending
    const settled = state.history.pending === null && pendingEntry !== null
    const moved = state.path !== before.path && state.path.join('/') !== before.path.join('/')
    if (state.document === before.document && !settled && !moved) return
    const flat = expand(state.document, specs).document
    facts.cover(flat, specs)
    exportedFailures.follow(exportQueue.jobs, expand(before.document, specs).document, flat)
    if (state.document !== before.document || moved) derive()
    if (moved) showLevel(view, state, before)
    keepToLevel(view, state.level)
    idle.follow(flat)
    // The end of a drag asks once more, for good: the last of many live requests may have been overtaken.
    const isOther = settled && !samePicture(expand(pendingEntry.before, specs).document, flat)
    preview.follow(state.document, { live: state.history.pending !== null, force: isOther })
    const { variants } = viewerSettings.getState()
    if (variants && !flat.nodes[variants.node]) viewerSettings.setState({ variants: null, mode: 'single' })
  })
  facts.subscribe((state, before) => {
    if (state === before) return
    const graph = document.getState().document
    derive()
    // A file that was missing is here now; an engine that was starting has begun.
    const replaced = state.replacements !== before.replacements
    if (replaced || state.assets !== before.assets)
      preview.follow(graph, { live: !replaced, force: replaced || preview.getState().problems.length > 0 })
  })
  const rebuildWatch = new RebuildWatch(facts, () => view.toast({ tone: 'info', message: text.shell.gpuRebuilt }))
  preview.subscribe((state, before) => {
    if (state.problems !== before.problems && !sameJson(state.problems, before.problems)) derive()
    if (state.result !== before.result || state.problems !== before.problems) void rebuildWatch.look()
  })
  const keepTo = (budget: number) =>
    engine
      .setCacheBudget(budget)
      .catch((error: unknown) => console.warn('The budget of the cache could not be set:', error))
  void keepTo(viewerSettings.getState().budget)
  viewerSettings.subscribe(({ budget }, before) => {
    // Asking again, which costs nothing, tells which frames are still there.
    if (budget !== before.budget)
      void keepTo(budget).then(() => preview.follow(document.getState().document, { live: true, force: true }))
  })
  void facts.start()
  const showQueue = () => view.setState({ dialog: 'export' })
  announceExports(exportQueue, (message) => {
    if (view.getState().dialog !== 'export')
      view.toast({ tone: 'info', message: `${message}.`, action: { label: text.exporting.show, run: showQueue } })
  })
  let starting: Promise<void> | undefined
  const start = () => {
    starting ??= commands.start().finally(() => {
      // To those who come for the first time, and not for somebody's graph.
      const { document: first, edited } = document.getState()
      const invited = !tourWasSeen() && !edited && !/graph=/.test(location.search + location.hash)
      view.setState({ ready: true, touring: invited && dialNode(first, specs) !== null })
      recallExports(exportQueue, view, showQueue).catch((error: unknown) =>
        console.warn('Earlier exports could not be looked for:', error),
      )
    })
    return starting
  }
  return {
    engine,
    specs,
    document,
    facts,
    derived,
    preview,
    viewerSettings,
    lanes,
    idle,
    exportQueue,
    codeConsent,
    view,
    pieces,
    commands,
    start,
  }
}
