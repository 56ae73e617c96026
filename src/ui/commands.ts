/** What a person can do, by name or with arguments: components and keys call these and nothing deeper. */

import type { Engine } from '../engine/door/api.ts'
import { expand } from '../graph/analysis/expand.ts'
import { mediumParam, mediumTaker } from '../graph/analysis/medium.ts'
import { outputToView } from '../graph/analysis/viewed.ts'
import {
  type EdgeId,
  type Endpoint,
  endpointKey,
  type Graph,
  type GraphDocument,
  type MarkId,
  markOf,
  type NodeId,
  nodeOf,
  type Point,
} from '../graph/document/document.ts'
import { draftAt, flatId, nodeAt, placeOf } from '../graph/document/levels.ts'
import { titleOf, titleOfRecord } from '../graph/document/naming.ts'
import type { Problem } from '../graph/document/problems.ts'
import { specOf } from '../graph/document/subgraph.ts'
import { leadOf } from '../graph/edits/dots.ts'
import * as recipes from '../graph/edits/edit.ts'
import { nestingProblem } from '../graph/edits/fold.ts'
import { marksWith, membersOf, removeMarks, setMark } from '../graph/edits/marks.ts'
import { insertNode, spliceOf, spliceOfNode } from '../graph/edits/splice.ts'
import { type Json, sameJson } from '../graph/json.ts'
import type { AssetRef } from '../graph/node/params.ts'
import type { PortType } from '../graph/node/ports.ts'
import type { NodeSpec, Specs } from '../graph/node/spec.ts'
import { addWired, card, portTypeOf } from './commands/edits/adding.ts'
import { createArranging } from './commands/edits/arranging.ts'
import type { CanvasDoor } from './commands/edits/canvas-door.ts'
import { createClipboard, newMarks } from './commands/edits/clipboard.ts'
import { createSubgraphs, type Subgraphs } from './commands/edits/folding.ts'
import { createRerouting, type Rerouting } from './commands/edits/rerouting.ts'
import type { Dropped } from './files/dropped-files.ts'
import type { Version } from './files/earlier-versions.ts'
import { createFiles, crowdProblem, type KeptEntry } from './files/files.ts'
import { fragmentOfPiece, type PiecesStore } from './files/pieces.ts'
import { createSharing, type Sharing } from './sharing/sharing.ts'
import type { CommandName } from './shortcuts.ts'
import { opener, sourceOf } from './store/composing.ts'
import type { DocumentStore } from './store/document.ts'
import type { FactsStore } from './store/facts.ts'
import { type LookingStore, nextScope } from './store/looking.ts'
import { onSameMedium } from './store/other-graph.ts'
import type { PreviewStore } from './store/preview.ts'
import type { LooseWire, ViewStore } from './store/view.ts'
import { text } from './text/text.ts'

const { edits } = text

export interface Commands {
  run(command: CommandName): void
  /** Components offer what only they can do; the returned function takes the offer back. */
  provide(handlers: Partial<Record<CommandName, () => void>>): () => void
  setCanvas(canvas: CanvasDoor): () => void
  /** Gives the keys to the canvas; to node `id` where nobody points at the canvas with a mouse. */
  focusCanvas(id?: NodeId | null): void
  /** Whether Tab belongs to the canvas now (it adds a node) and not to the browser (it moves the focus). */
  canvasHasTab(): boolean
  /** `into`: the wire that it is put into, where it fits; absent: the wire that is selected alone. */
  addNode(
    type: string,
    options?: { at?: Point; wire?: LooseWire | null; apart?: boolean; into?: EdgeId | null },
  ): NodeId | null
  /** Whether a node of this type, or this node of the graph, can be put into a wire. */
  fitsInto(edge: EdgeId, what: { readonly type: string } | { readonly node: NodeId }): boolean
  canConnect(from: Endpoint, to: Endpoint): boolean
  /** `via`: the points that the new wire runs through. */
  connect(from: Endpoint, to: Endpoint, via?: readonly Point[]): void
  rewire(edge: EdgeId, from: Endpoint, to: Endpoint): void
  removeEdges(edges: readonly EdgeId[]): void
  /** `into`: the wire onto which the one node that is moved was let go. */
  move(places: Places, into?: EdgeId | null): void
  readonly rerouting: Rerouting
  collapse(node: NodeId, collapsed: boolean): void
  changeMark: ReturnType<typeof createArranging>['changeMark']
  /** Part of a move by keys, canvas units; `endDrag` ends it. */
  nudge(what: { readonly nodes: readonly NodeId[]; readonly marks: readonly MarkId[] }, x: number, y: number): void
  setTitle(node: NodeId, title: string): void
  describe(meta: { title?: string; description?: string }): void
  /** `beside`: other params of the node that change with it, in the same history entry. */
  setParam(node: NodeId, name: string, value: Json, beside?: Readonly<Record<string, Json>>): void
  dragParam(node: NodeId, name: string, value: Json): void
  endDrag(): void
  resetParam(node: NodeId, name: string): void
  /** Sets a param of a node of whatever level, named as from outside. */
  setParamOf(flat: NodeId, name: string, value: Json): void
  /** Shows in the viewer what a node of the open level makes. */
  view(node: NodeId): void
  readonly subgraphs: Subgraphs
  /** Opens the level of a node, named as from outside, and chooses it there. */
  goTo(node: NodeId): void
  portType(wire: LooseWire): PortType | undefined
  registerMedia(files: readonly File[]): Promise<AssetRef | null>
  registerModel(file: File): Promise<AssetRef | null>
  /** Files dropped on the page: graphs are opened, models registered, anything else becomes the medium of the Decode looked at. */
  dropFiles(dropped: Dropped): Promise<void>
  openShipped(name: string): Promise<void>
  openKept(key: string): void
  keptGraphs(): readonly KeptEntry[]
  versions(): Promise<readonly Version[]>
  bringBack(version: Version): void
  /** Opens a recipe of the person's own. */
  openOwn(text: string, title: string): void
  /** Whole graphs to compare with; what cannot be read is told of, and is `null`. */
  readonly graphs: {
    read(text: string, title: string): GraphDocument | null
    shipped(name: string): Promise<GraphDocument | null>
    inFile(file: File): Promise<GraphDocument | null>
    /** Puts it in the place of the open one, on the same clip, as one step of the history. */
    take(graph: { readonly title: string; readonly document: GraphDocument }): void
  }
  readonly sharing: Sharing
  start(): Promise<void>
  readonly clipboard: ReturnType<typeof createClipboard>
}

/** Where things lie, canvas units. */
export interface Places {
  readonly nodes: ReadonlyMap<NodeId, Point>
  readonly marks: ReadonlyMap<MarkId, Point>
}

interface Parts {
  readonly engine: Pick<Engine, 'readComment'>
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly preview: PreviewStore
  readonly looking: LookingStore
  readonly view: ViewStore
  readonly pieces: PiecesStore
}

export function createCommands({ engine, specs, document, facts, preview, looking, view, pieces }: Parts): Commands {
  /** What is on the canvas; nodes on other levels are named as from outside. */
  const graph = (): Graph => document.getState().level
  const flat = (end: Endpoint): Endpoint => ({ ...end, node: flatId(document.getState().path, end.node) })
  const title = (node: NodeId): string => titleOf(graph(), specs, node)
  const titleOfFlat = (node: NodeId): string => {
    const record = nodeAt(document.getState().document, node)
    return record ? titleOfRecord(specs, record) : node
  }
  const tell = (problems: readonly Problem[]) => {
    for (const problem of problems) view.toast({ tone: 'error', message: problem.message, hint: problem.hint })
  }
  const selected = (): NodeId[] => [...view.getState().selection].filter((id) => graph().nodes[id])
  let canvas: CanvasDoor | null = null
  const offered = new Map<CommandName, () => void>()
  const sharing = createSharing({ engine, specs, document, facts, view, tell })
  const files = createFiles({ specs, document, preview, view, tell, sharing })
  const clipboard = createClipboard({
    specs,
    document,
    view,
    tell,
    pointer: () => canvas?.pointer() ?? null,
    mayHold: (fragment) => mayHold(fragment),
    // What the clipboard took along goes with it.
    remove: () => {
      const { selection, selectedEdges, selectedMarks } = view.getState()
      view.select(selection, selectedEdges, marksWith(graph(), selection, selectedMarks))
      removeSelection(edits.cut)
    },
  })

  const specOfKind = (type: string): NodeSpec | undefined =>
    pieces.getState().pieces.find(({ key }) => key === type)?.spec ?? specs.get(type)
  /** Whether so much more can be on the open level; tells where it cannot. */
  function mayHold(more: Graph): boolean {
    const { document: whole, path } = document.getState()
    const problem = nestingProblem(path, more) ?? crowdProblem(whole, more)
    if (problem) tell([problem])
    return problem === undefined
  }
  const several = (ids: readonly NodeId[]): string =>
    ids.length === 1 && ids[0] ? title(ids[0]) : edits.nodes(ids.length)

  const subgraphs = createSubgraphs({ specs, document, view, pieces, tell, several })
  const arranging = createArranging({ document, view, several, canvas: () => canvas })
  const rerouting = createRerouting({ document, view, canvas: () => canvas })

  /** `reconnect`: what the nodes would pass on reaches whoever read them. */
  function removeSelection(step: (what: string) => string, { reconnect = true } = {}) {
    const nodes = selected()
    const edges = [...view.getState().selectedEdges].filter((id) => graph().edges[id])
    const marks = [...view.getState().selectedMarks].filter((id) => markOf(graph(), id))
    const [node, ...others] = [...nodes, ...marks]
    if (!node && edges.length === 0) return
    const things =
      others.length > 0 ? edits.things(others.length + 1) : marks.length > 0 ? edits.aFrameOrNote : several(nodes)
    document.edit(step(node ? things : edits.wires(edges.length)), (draft) => {
      recipes.disconnect(draft, edges)
      recipes.removeNodes(draft, nodes, reconnect ? specs : undefined)
      removeMarks(draft, marks)
    })
    view.select([])
  }

  function duplicate(incoming: boolean) {
    const ids = selected()
    const { selectedMarks } = view.getState()
    const marks = marksWith(graph(), new Set(ids), selectedMarks)
    if (ids.length === 0 && marks.length === 0) return
    const before = graph()
    const what = ids.length > 0 ? several(ids) : movedThings([], marks)
    const copies = document.edit(edits.duplicate(what), (draft) => recipes.duplicate(draft, ids, { incoming, marks }))
    view.select(copies.values(), [], newMarks(before, graph()))
  }

  const setParam = (draft: recipes.GraphDraft, node: NodeId, name: string, value: Json | undefined) => {
    const param = specOf(specs, nodeOf(recipes.plain(draft), node))?.params[name]
    // What equals the default need not stand in the file.
    const standing = param && value !== undefined && sameJson(value, param.default) ? undefined : value
    recipes.setParam(draft, node, name, standing)
  }
  const paramLabel = (node: NodeId, name: string): string => {
    const label = specOf(specs, graph().nodes[node])?.params[name]?.label ?? name
    return edits.settingOf(label, title(node))
  }
  const step = (by: number) => {
    preview.pause()
    preview.seek(preview.getState().frame + by)
  }

  const togglePoint = (end: 'in' | 'out') => {
    const { frame, inPoint, outPoint } = preview.getState()
    preview.setPoint(end, (end === 'in' ? inPoint : outPoint) === frame ? null : frame)
  }

  const own: Partial<Record<CommandName, () => void>> = {
    ...arranging.own,
    ...rerouting.own,
    ...subgraphs.own,
    'file.new': files.openNew,
    'file.open': files.openPicker,
    'file.save': () => void files.save(),
    'file.link': () => void sharing.copyLink(),
    'file.recipes': () => view.setState({ dialog: 'recipes' }),
    'file.versions': () => view.setState({ dialog: 'versions' }),
    'file.export': () => view.setState({ dialog: 'export' }),
    'edit.undo': document.undo,
    'edit.redo': document.redo,
    'edit.copy': () => void clipboard.copy(),
    'edit.cut': () => void clipboard.cut(),
    'edit.paste': () => void clipboard.paste(),
    'edit.pasteWired': () => void clipboard.paste({ wired: true }),
    'edit.duplicate': () => duplicate(true),
    'edit.duplicateLoose': () => duplicate(false),
    'edit.delete': () => removeSelection(edits.delete),
    'edit.deleteLoose': () => removeSelection(edits.delete, { reconnect: false }),
    'edit.selectAll': () => {
      const { nodes, edges, marks = {} } = graph()
      view.select(Object.keys(nodes) as NodeId[], Object.keys(edges) as EdgeId[], Object.keys(marks) as MarkId[])
    },
    'edit.view': () => {
      const [id] = selected()
      if (id) commands.view(id)
    },
    'play.toggle': () => (preview.getState().playing ? preview.pause() : preview.play()),
    'play.back': () => step(-1),
    'play.forward': () => step(1),
    'play.first': () => step(Number.NEGATIVE_INFINITY),
    'play.last': () => step(Number.POSITIVE_INFINITY),
    'play.in': () => togglePoint('in'),
    'play.out': () => togglePoint('out'),
    'viewer.compare': looking.cycle,
    'viewer.flicker': () => looking.setState({ flicker: true }),
    'viewer.region': looking.toggleRegion,
    'viewer.marks': () => looking.setState(({ marks }) => ({ marks: { ...marks, on: !marks.on } })),
    'viewer.scopes': () => looking.setState(({ scope }) => ({ scope: nextScope(scope) })),
    'viewer.times': () => looking.setState(({ times }) => ({ times: !times })),
    'problems.show': () => view.setState({ sidePanel: 'problems' }),
    'help.commands': () => view.setState({ dialog: 'commands' }),
    'help.tour': () => {
      // It shows nodes of the document's own level.
      document.enter([])
      view.setState({ touring: true, dialog: null })
    },
    'help.shortcuts': () => view.setState({ dialog: 'shortcuts' }),
  }

  const movedThings = (nodes: readonly NodeId[], marks: readonly MarkId[]): string => {
    const [mark] = marks
    return mark ? (markOf(graph(), mark)?.kind === 'note' ? edits.aNote : edits.aFrame) : several(nodes)
  }
  /** What is moved and what the frames in it take along. */
  function withMembers({ nodes, marks }: { nodes: readonly NodeId[]; marks: readonly MarkId[] }) {
    const members = marks.map((id) => membersOf(graph(), id))
    return {
      nodes: [...new Set([...nodes, ...members.flatMap((held) => held.nodes)])],
      marks: [...new Set([...marks, ...members.flatMap((held) => held.marks)])],
    }
  }

  /** The wire that a new node goes into: the one asked for, or else the one that is selected alone. */
  function intoOf(spec: NodeSpec, options: { into?: EdgeId | null; wire?: LooseWire | null; apart?: boolean }) {
    const { selectedEdges } = view.getState()
    const chosen = selectedEdges.size === 1 && selected().length === 0 && !options.wire && !options.apart
    const [edge] = options.into ? [options.into] : chosen ? selectedEdges : []
    return edge && spliceOf(graph(), specs, spec, edge) ? edge : undefined
  }
  const between = (a: NodeId, b: NodeId): Point => {
    const [from, to] = [a, b].map((id) => graph().nodes[id]?.position ?? { x: 0, y: 0 })
    return { x: ((from?.x ?? 0) + (to?.x ?? 0) + card.width) / 2, y: ((from?.y ?? 0) + (to?.y ?? 0) + card.height) / 2 }
  }
  const putInto = (draft: recipes.GraphDraft, node: NodeId, edge: EdgeId) =>
    insertNode(draft, specs, node, edge, { width: card.width, gap: 48 })

  const commands: Commands = {
    clipboard,
    run(command) {
      ;(offered.get(command) ?? own[command])?.()
    },
    provide(handlers) {
      const entries = Object.entries(handlers) as [CommandName, () => void][]
      for (const [name, handler] of entries) offered.set(name, handler)
      return () => {
        for (const [name, handler] of entries) if (offered.get(name) === handler) offered.delete(name)
      }
    },
    setCanvas(door) {
      canvas = door
      return () => {
        if (canvas === door) canvas = null
      }
    },
    focusCanvas: (id = null) => canvas?.focus(id),
    canvasHasTab() {
      const focus = window.document.activeElement
      return canvas !== null && (canvas.contains(focus) || (focus === window.document.body && canvas.hovered()))
    },
    addNode(type, options = {}) {
      const piece = pieces.getState().pieces.find(({ key }) => key === type)
      const spec = piece?.spec ?? specs.get(type)
      if (!spec || (piece && !mayHold(fragmentOfPiece(piece)))) return null
      const into = intoOf(spec, options)
      const ends = into && graph().edges[into]
      const id = document.edit(edits.add(spec.title), (draft) => {
        const added = addWired(draft, graph(), specs, spec, {
          ...(piece && { piece }),
          ...(options.at && { at: options.at }),
          wire: options.wire ?? null,
          selected: options.apart || ends ? [] : selected(),
          middle: ends ? between(ends.from.node, ends.to.node) : (canvas?.middle() ?? { x: 0, y: 0 }),
          exact: into !== undefined,
        })
        if (into) putInto(draft, added, into)
        return added
      })
      view.select([id])
      view.setState({ sidePanel: 'node' })
      const place = graph().nodes[id]?.position
      if (place && canvas && !canvas.visible(place)) view.reveal(null)
      return id
    },
    fitsInto(edge, what) {
      if ('node' in what) return spliceOfNode(graph(), specs, what.node, edge) !== undefined
      const spec = specOfKind(what.type)
      return spec !== undefined && spliceOf(graph(), specs, spec, edge) !== undefined
    },
    canConnect: (from, to) => recipes.connectProblem(graph(), specs, from, to) === undefined,
    connect(from, to, via) {
      const problem = document.edit(edits.wire(title(from.node), title(to.node)), (draft) =>
        recipes.connect(draft, specs, from, to, via),
      )
      if (problem) tell([problem])
    },
    rewire(edge, from, to) {
      const old = graph().edges[edge]
      if (!old) return
      document.edit(edits.rewire(title(to.node)), (draft) => {
        const elsewhere = endpointKey(old.to) !== endpointKey(to)
        const lead = leadOf(graph(), from, old.via ?? [], edge)
        if (elsewhere) recipes.disconnect(draft, [edge])
        recipes.connect(draft, specs, from, to, elsewhere ? lead : undefined)
      })
    },
    removeEdges(edges) {
      document.edit(edits.removeWires(edges.length), (draft) => recipes.disconnect(draft, edges))
    },
    move({ nodes, marks }, into = null) {
      const ids = [...nodes.keys()]
      const [only] = ids
      document.edit(
        into && only ? edits.insert(title(only)) : edits.move(movedThings(ids, [...marks.keys()])),
        (draft) => {
          recipes.moveNodes(draft, Object.fromEntries(nodes))
          for (const [id, position] of marks) setMark(draft, id, { position })
          if (into && only) putInto(draft, only, into)
        },
      )
    },
    nudge(what, x, y) {
      const held = withMembers(what)
      const shifted = (at: Point) => ({ x: at.x + x, y: at.y + y })
      document.drag(edits.move(movedThings(what.nodes, what.marks)), (draft) => {
        const places = held.nodes.flatMap((id) => {
          const at = graph().nodes[id]?.position
          return at ? [[id, shifted(at)] as const] : []
        })
        recipes.moveNodes(draft, Object.fromEntries(places))
        for (const id of held.marks) {
          const at = markOf(graph(), id)?.position
          if (at) setMark(draft, id, { position: shifted(at) })
        }
      })
    },
    rerouting,
    collapse(node, collapsed) {
      document.edit((collapsed ? edits.collapse : edits.open)(title(node)), (draft) =>
        recipes.setFlag(draft, [node], 'collapsed', collapsed),
      )
    },
    changeMark: arranging.changeMark,
    setTitle(node, written) {
      const plain = specOf(specs, graph().nodes[node])?.title
      document.edit(edits.rename(title(node)), (draft) =>
        recipes.setTitle(draft, node, written === plain ? '' : written),
      )
    },
    describe(meta) {
      document.editWhole(edits.renameGraph, (draft) => recipes.setMeta(draft, meta))
    },
    setParam(node, name, value, beside = {}) {
      document.edit(edits.change(paramLabel(node, name)), (draft) => {
        for (const [each, its] of Object.entries({ ...beside, [name]: value })) setParam(draft, node, each, its)
      })
    },
    dragParam(node, name, value) {
      document.drag(edits.change(paramLabel(node, name)), (draft) => setParam(draft, node, name, value))
    },
    endDrag: document.drop,
    resetParam(node, name) {
      document.edit(edits.reset(paramLabel(node, name)), (draft) => setParam(draft, node, name, undefined))
    },
    setParamOf(node, name, value) {
      const { path, id } = placeOf(node)
      const label = specOf(specs, nodeAt(document.getState().document, node))?.params[name]?.label ?? name
      document.editWhole(edits.change(edits.settingOf(label, titleOfFlat(node))), (draft) => {
        const level = draftAt(draft, path)
        if (level) setParam(level, id, name, value)
      })
    },
    view(node) {
      const record = graph().nodes[node]
      const output = record && outputToView(graph(), specs, record)
      if (output) preview.choose(flat(output))
    },
    subgraphs,
    goTo(node) {
      const { path, id } = placeOf(node)
      document.enter(path)
      if (!graph().nodes[id]) return
      view.select([id])
      view.setState({ sidePanel: 'node' })
      view.reveal([id])
    },
    portType: (wire) => portTypeOf(graph(), specs, wire),
    async registerMedia(chosen) {
      const outcome = await facts.addMedia(chosen).catch(failure)
      if (outcome.ok) return outcome.value
      tell(outcome.problems)
      return null
    },
    async registerModel(file) {
      const outcome = await facts.addModel(file).catch(failure)
      if (outcome.ok) return outcome.value
      tell(outcome.problems)
      return null
    },
    async dropFiles({ files: dropped, problems }) {
      tell(problems)
      const graphs = dropped.filter((file) => /\.json$/i.test(file.name))
      const models = dropped.filter((file) => /\.onnx$/i.test(file.name))
      const media = dropped.filter((file) => !/\.(json|onnx)$/i.test(file.name))
      const last = graphs.at(-1)
      if (last) await files.openFile(last)
      for (const file of models) {
        const added = await commands.registerModel(file)
        if (added) view.toast({ tone: 'info', message: text.files.modelReady(file.name) })
      }
      if (media.length > 0) await openMedia(media)
      const [only] = media
      if (only && media.length === 1) await files.offerGraphIn(only)
    },
    openShipped: files.openShipped,
    openKept: files.openKept,
    keptGraphs: files.kept,
    versions: files.versions,
    bringBack: files.bringBack,
    openOwn: files.openText,
    graphs: {
      read: files.read,
      shipped: files.fetchShipped,
      inFile: files.readFile,
      take({ title: name, document: other }) {
        files.replace(edits.takeGraph(name), onSameMedium(other, document.getState().document, specs))
      },
    },
    sharing,
    start: files.start,
  }

  const failure = (error: unknown): { ok: false; problems: readonly Problem[] } => ({
    ok: false,
    problems: [
      {
        code: 'media-failed',
        severity: 'error',
        message: text.files.mediaUnreadable(error instanceof Error ? error.message : String(error)),
        hint: text.files.mediaUnreadableHint,
      },
    ],
  })

  /** Gives a medium to the source that what is looked at reads from, or to a new one. */
  async function openMedia(chosen: readonly File[]) {
    const ref = await commands.registerMedia(chosen)
    if (!ref) return
    const { document: whole, path } = document.getState()
    const { selection } = view.getState()
    const { view: shown } = preview.getState()
    const seen = shown && sourceOf(expand(whole, specs).document, specs, shown)
    const taker = mediumTaker(whole, specs, { path, selection, seen: seen?.node })
    if (taker) {
      commands.setParamOf(taker.node, taker.param, { ...ref })
      preview.seek(0)
      view.toast({ tone: 'info', message: text.files.nowOpens(titleOfFlat(taker.node), ref.id) })
      return
    }
    const source = opener(specs)
    if (!source) return
    const apart = Object.values(graph().nodes).some(({ type }) => mediumParam(specs, type) !== undefined)
    const id = commands.addNode(source.type, { apart })
    if (id) commands.setParam(id, source.param, { ...ref })
  }

  return commands
}
