/** What a person can do, by name or with arguments: components and keys call these and nothing deeper. */

import type { Engine } from '../engine/api.ts'
import type { EdgeId, Endpoint, GraphDocument, NodeId } from '../graph/document.ts'
import * as recipes from '../graph/edit.ts'
import { type Json, sameJson } from '../graph/json.ts'
import { titleOf } from '../graph/naming.ts'
import type { AssetRef } from '../graph/params.ts'
import type { PortType } from '../graph/ports.ts'
import type { Problem } from '../graph/problems.ts'
import type { Specs } from '../graph/spec.ts'
import { addWired, portTypeOf } from './adding.ts'
import { createClipboard } from './clipboard.ts'
import { createFiles, type KeptEntry } from './files.ts'
import { createSharing, type Sharing } from './sharing/sharing.ts'
import type { CommandName } from './shortcuts.ts'
import type { DocumentStore } from './store/document.ts'
import type { FactsStore } from './store/facts.ts'
import { type LookingStore, nextScope } from './store/looking.ts'
import type { PreviewStore } from './store/preview.ts'
import type { LooseWire, ViewStore } from './store/view.ts'
import { outputToView } from './viewed.ts'

/** What commands need to know of the canvas on screen. Places are canvas units. */
export interface CanvasDoor {
  readonly contains: (element: Element | null) => boolean
  readonly hovered: () => boolean
  readonly middle: () => recipes.Point
  readonly pointer: () => recipes.Point | null
  readonly visible: (at: recipes.Point) => boolean
  readonly focus: (node: NodeId | null) => void
}

export interface Commands {
  run(command: CommandName): void
  /** Components offer what only they can do; the returned function takes the offer back. */
  provide(handlers: Partial<Record<CommandName, () => void>>): () => void
  setCanvas(canvas: CanvasDoor): () => void
  /** Gives the keys to the canvas; to node `id` where nobody points at the canvas with a mouse. */
  focusCanvas(id?: NodeId | null): void
  /** Whether Tab belongs to the canvas now (it adds a node) and not to the browser (it moves the focus). */
  canvasHasTab(): boolean
  addNode(type: string, options?: { at?: recipes.Point; wire?: LooseWire | null; apart?: boolean }): NodeId | null
  canConnect(from: Endpoint, to: Endpoint): boolean
  connect(from: Endpoint, to: Endpoint): void
  rewire(edge: EdgeId, from: Endpoint, to: Endpoint): void
  removeEdges(edges: readonly EdgeId[]): void
  moveNodes(places: ReadonlyMap<NodeId, recipes.Point>): void
  /** Part of a move by keys, canvas units; `endDrag` ends it. */
  nudge(nodes: readonly NodeId[], x: number, y: number): void
  setTitle(node: NodeId, title: string): void
  describe(meta: { title?: string; description?: string }): void
  /** `beside`: other params of the node that change with it, in the same history entry. */
  setParam(node: NodeId, name: string, value: Json, beside?: Readonly<Record<string, Json>>): void
  dragParam(node: NodeId, name: string, value: Json): void
  endDrag(): void
  resetParam(node: NodeId, name: string): void
  goTo(node: NodeId): void
  portType(wire: LooseWire): PortType | undefined
  registerMedia(files: readonly File[]): Promise<AssetRef | null>
  registerModel(file: File): Promise<AssetRef | null>
  /** Files dropped on the page: graphs are opened, models registered, anything else becomes Decode's medium. */
  dropFiles(files: readonly File[]): Promise<void>
  openShipped(name: string): Promise<void>
  openKept(key: string): void
  keptGraphs(): readonly KeptEntry[]
  /** Opens a recipe of the person's own. */
  openOwn(text: string, title: string): void
  readonly sharing: Sharing
  start(): Promise<void>
  readonly clipboard: ReturnType<typeof createClipboard>
}

interface Parts {
  readonly engine: Pick<Engine, 'readComment'>
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly preview: PreviewStore
  readonly looking: LookingStore
  readonly view: ViewStore
}

export function createCommands({ engine, specs, document, facts, preview, looking, view }: Parts): Commands {
  const graph = (): GraphDocument => document.getState().document
  const title = (node: NodeId): string => titleOf(graph(), specs, node)
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
    remove: () => removeSelection('Cut'),
  })

  const several = (ids: readonly NodeId[]): string =>
    ids.length === 1 && ids[0] ? title(ids[0]) : `${ids.length} nodes`

  function removeSelection(verb: string) {
    const nodes = selected()
    const edges = [...view.getState().selectedEdges].filter((id) => graph().edges[id])
    if (nodes.length === 0 && edges.length === 0) return
    const what = nodes.length > 0 ? several(nodes) : edges.length === 1 ? 'a wire' : `${edges.length} wires`
    document.edit(`${verb} ${what}`, (draft) => {
      recipes.disconnect(draft, edges)
      recipes.removeNodes(draft, nodes, specs)
    })
    view.select([])
  }

  const setParam = (draft: recipes.DocumentDraft, node: NodeId, name: string, value: Json | undefined) => {
    const param = specs.get(graph().nodes[node]?.type ?? '')?.params[name]
    // What equals the default need not stand in the file.
    const standing = param && value !== undefined && sameJson(value, param.default) ? undefined : value
    recipes.setParam(draft, node, name, standing)
  }
  const paramLabel = (node: NodeId, name: string): string => {
    const label = specs.get(graph().nodes[node]?.type ?? '')?.params[name]?.label ?? name
    return `${label} of ${title(node)}`
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
    'file.new': files.openNew,
    'file.open': files.openPicker,
    'file.save': () => void files.save(),
    'file.link': () => void sharing.copyLink(),
    'file.recipes': () => view.setState({ dialog: 'recipes' }),
    'file.export': () => view.setState({ dialog: 'export' }),
    'edit.undo': document.undo,
    'edit.redo': document.redo,
    'edit.copy': () => void clipboard.copy(),
    'edit.cut': () => void clipboard.cut(),
    'edit.paste': () => void clipboard.paste(),
    'edit.duplicate': () => {
      const ids = selected()
      if (ids.length === 0) return
      const copies = document.edit(`Duplicate ${several(ids)}`, (draft) =>
        recipes.duplicate(draft, ids, { incoming: true }),
      )
      view.select(copies.values())
    },
    'edit.delete': () => removeSelection('Delete'),
    'edit.bypass': () => {
      const ids = selected()
      if (ids.length === 0) return
      const bypass = ids.some((id) => !graph().nodes[id]?.bypass)
      document.edit(`${bypass ? 'Bypass' : 'Use'} ${several(ids)}`, (draft) => recipes.setBypass(draft, ids, bypass))
    },
    'edit.selectAll': () => view.select(Object.keys(graph().nodes) as NodeId[], Object.keys(graph().edges) as EdgeId[]),
    'edit.view': () => {
      const [id] = selected()
      const record = id && graph().nodes[id]
      if (record) preview.choose(outputToView(graph(), specs, record))
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
    'viewer.scopes': () => looking.setState(({ scope }) => ({ scope: nextScope(scope) })),
    'viewer.times': () => looking.setState(({ times }) => ({ times: !times })),
    'problems.show': () => view.setState({ sidePanel: 'problems' }),
    'help.shortcuts': () => view.setState({ dialog: 'shortcuts' }),
  }

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
      const spec = specs.get(type)
      if (!spec) return null
      const id = document.edit(`Add ${spec.title}`, (draft) =>
        addWired(draft, graph(), specs, spec, {
          ...(options.at && { at: options.at }),
          wire: options.wire ?? null,
          selected: options.apart ? [] : selected(),
          middle: canvas?.middle() ?? { x: 0, y: 0 },
        }),
      )
      view.select([id])
      view.setState({ sidePanel: 'node' })
      const place = graph().nodes[id]?.position
      if (place && canvas && !canvas.visible(place)) view.reveal(null)
      return id
    },
    canConnect: (from, to) => recipes.connectProblem(graph(), specs, from, to) === undefined,
    connect(from, to) {
      const problem = document.edit(`Wire ${title(from.node)} to ${title(to.node)}`, (draft) =>
        recipes.connect(draft, specs, from, to),
      )
      if (problem) tell([problem])
    },
    rewire(edge, from, to) {
      const old = graph().edges[edge]
      if (!old) return
      document.edit(`Rewire ${title(to.node)}`, (draft) => {
        if (old.to.node !== to.node || old.to.port !== to.port) recipes.disconnect(draft, [edge])
        recipes.connect(draft, specs, from, to)
      })
    },
    removeEdges(edges) {
      document.edit(edges.length === 1 ? 'Remove a wire' : 'Remove wires', (draft) => recipes.disconnect(draft, edges))
    },
    moveNodes(places) {
      const ids = [...places.keys()]
      document.edit(`Move ${several(ids)}`, (draft) => recipes.moveNodes(draft, Object.fromEntries(places)))
    },
    nudge(nodes, x, y) {
      const places = nodes.flatMap((id) => {
        const at = graph().nodes[id]?.position
        return at ? [[id, { x: at.x + x, y: at.y + y }] as const] : []
      })
      document.drag(`Move ${several(nodes)}`, (draft) => recipes.moveNodes(draft, Object.fromEntries(places)))
    },
    setTitle(node, text) {
      const plain = specs.get(graph().nodes[node]?.type ?? '')?.title
      document.edit(`Rename ${title(node)}`, (draft) => recipes.setTitle(draft, node, text === plain ? '' : text))
    },
    describe(meta) {
      document.edit('Rename the graph', (draft) => recipes.setMeta(draft, meta))
    },
    setParam(node, name, value, beside = {}) {
      document.edit(`Change ${paramLabel(node, name)}`, (draft) => {
        for (const [each, its] of Object.entries({ ...beside, [name]: value })) setParam(draft, node, each, its)
      })
    },
    dragParam(node, name, value) {
      document.drag(`Change ${paramLabel(node, name)}`, (draft) => setParam(draft, node, name, value))
    },
    endDrag: document.drop,
    resetParam(node, name) {
      document.edit(`Reset ${paramLabel(node, name)}`, (draft) => setParam(draft, node, name, undefined))
    },
    goTo(node) {
      view.select([node])
      view.setState({ sidePanel: 'node' })
      view.reveal([node])
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
    async dropFiles(dropped) {
      const graphs = dropped.filter((file) => /\.json$/i.test(file.name))
      const models = dropped.filter((file) => /\.onnx$/i.test(file.name))
      const media = dropped.filter((file) => !/\.(json|onnx)$/i.test(file.name))
      const last = graphs.at(-1)
      if (last) await files.openFile(last)
      for (const file of models) {
        const added = await commands.registerModel(file)
        if (added) view.toast({ tone: 'info', message: `“${file.name}” is ready: pick it in an SR Model node.` })
      }
      if (media.length > 0) await openMedia(media)
      const [only] = media
      if (only && media.length === 1) await files.offerGraphIn(only)
    },
    openShipped: files.openShipped,
    openKept: files.openKept,
    keptGraphs: files.kept,
    openOwn: files.openText,
    sharing,
    start: files.start,
  }

  const failure = (error: unknown): { ok: false; problems: readonly Problem[] } => ({
    ok: false,
    problems: [
      {
        code: 'media-failed',
        severity: 'error',
        message: `The file could not be read: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Try again, or choose another file.',
      },
    ],
  })

  /** Gives a medium to the selected source, or the only one, or a new one. */
  async function openMedia(chosen: readonly File[]) {
    const ref = await commands.registerMedia(chosen)
    if (!ref) return
    const takers = Object.values(graph().nodes).filter((node) => mediaParam(node.type) !== undefined)
    const picked = takers.find((node) => view.getState().selection.has(node.id))
    const target = picked ?? (takers.length === 1 ? takers[0] : undefined)
    if (target) {
      commands.setParam(target.id, mediaParam(target.type) ?? '', { ...ref })
      preview.seek(0)
      view.toast({ tone: 'info', message: `${title(target.id)} now opens “${ref.id}”.` })
      return
    }
    const source = [...specs.values()].find((spec) => spec.kernel.kind === 'source' && mediaParam(spec.type))
    if (!source) return
    const id = commands.addNode(source.type, { apart: takers.length > 0 })
    if (id) commands.setParam(id, mediaParam(source.type) ?? '', { ...ref })
  }
  const mediaParam = (type: string): string | undefined =>
    Object.entries(specs.get(type)?.params ?? {}).find(([, param]) => param.kind === 'media')?.[0]

  return commands
}
