/** What a person can do, by name or with arguments: components and keys call these and nothing deeper. */
import type { Engine } from '../../engine/door/api.ts'
import { outputToView } from '../../graph/analysis/viewed-output.ts'
import type { AnyNodeId, FlatId, Graph, GraphDocument, NodeId } from '../../graph/document/document.ts'
import { flatId, placeOf } from '../../graph/document/levels.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { nestingProblem } from '../../graph/edits/fold.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { CreateVersions, Version } from '../files/earlier-versions.ts'
import { GraphFiles } from '../files/graph-files.ts'
import { crowdProblem } from '../files/graph-reader.ts'
import type { PiecesStore } from '../files/pieces.ts'
import type { UnsavedEntry } from '../files/unsaved-graphs.ts'
import { createSharing, type Sharing } from '../sharing/sharing.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { FactsStore } from '../store/facts-store.ts'
import { onSameMedium } from '../store/other-graph.ts'
import type { PreviewStore } from '../store/preview.ts'
import type { ViewStore } from '../store/view.ts'
import type { ViewerSettingsStore } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import type { CommandContext } from './command.ts'
import { type CommandName, commandTable } from './command-table.ts'
import { type Arranging, createArranging } from './edits/arrange-edits.ts'
import { createClipboard, type NodeClipboard } from './edits/clipboard.ts'
import { createInsertion, type Insertion } from './edits/insertion.ts'
import { createParamEdits, type ParamEdits } from './edits/param-edits.ts'
import { createRerouting, type Rerouting } from './edits/route-edits.ts'
import { createSelected } from './edits/selection.ts'
import { createSelectionEdits, type SelectionEdits } from './edits/selection-edits.ts'
import { createSubgraphs, type Subgraphs } from './edits/subgraph-edits.ts'
import { createWiring, type Wiring } from './edits/wire-edits.ts'
import { createIncomingFiles, type IncomingFiles } from './incoming-files.ts'
import type { Panels } from './panels.ts'

export type { Places } from './edits/selection-edits.ts'

export interface Commands
  extends Insertion,
    Wiring,
    IncomingFiles,
    Omit<ParamEdits, 'titleOfFlat'>,
    Pick<SelectionEdits, 'move' | 'nudge'> {
  run(command: CommandName): void
  /** Whether there is something to do it to. */
  possible(command: CommandName): boolean
  /** A panel comes on screen; the returned function says that it has gone. */
  attach<Name extends keyof Panels>(name: Name, panel: Panels[Name]): () => void
  /** Gives the keys to the canvas; to node `id` where nobody points at the canvas with a mouse. */
  focusCanvas(id?: NodeId | null): void
  /** Whether Tab belongs to the canvas now (it adds a node) and not to the browser (it moves the focus). */
  canvasHasTab(): boolean
  readonly rerouting: Rerouting
  changeMark: Arranging['changeMark']
  /** Shows in the viewer what a node of the open level makes. */
  view(node: NodeId): void
  readonly subgraphs: Subgraphs
  /** Opens the level of a node, named as from outside, and chooses it there. */
  goTo(node: FlatId): void
  openShipped(name: string): Promise<void>
  openUnsaved(key: string): void
  /** Of other tabs, and those that gave way to another graph. */
  unsavedGraphs(): readonly UnsavedEntry[]
  versions(): Promise<readonly Version[]>
  bringBack(version: Version): void
  /** Opens a recipe of the person's own. */
  openOwn(text: string, title: string): void
  /** Whole graphs to compare with; what cannot be read is told of, and is `null`. */
  readonly graphs: {
    read(text: string, title: string): GraphDocument | null
    shippedGraph(name: string): Promise<GraphDocument | null>
    inFile(file: File): Promise<GraphDocument | null>
    /** Puts it in the place of the open one, on the same clip, as one step of the history. */
    take(graph: { readonly title: string; readonly document: GraphDocument }): void
  }
  /** Shows a place of the picture, at least `closer` times as large as fitted. */
  lookAt(spot: { readonly x: number; readonly y: number }, closer: number): void
  /** The place in the picture that is looked at, as a share of its sides; its middle where no picture is. */
  spot(): { readonly x: number; readonly y: number }
  readonly sharing: Sharing
  start(): Promise<void>
  readonly clipboard: NodeClipboard
}

interface Parts {
  readonly engine: Pick<Engine, 'readComment'>
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly preview: PreviewStore
  readonly viewerSettings: ViewerSettingsStore
  readonly lanes: CommandContext['lanes']
  readonly view: ViewStore
  readonly pieces: PiecesStore
  readonly createVersions: CreateVersions
}

export function createCommands(parts: Parts): Commands {
  const { engine, specs, document, facts, preview, viewerSettings, lanes, view, pieces, createVersions } = parts
  /** What is on the canvas; nodes on other levels are named as from outside. */
  const graph = (): Graph => document.getState().level
  const tell = (problems: readonly Problem<AnyNodeId>[]) => {
    for (const problem of problems) view.toast({ tone: 'error', message: problem.message, hint: problem.hint })
  }
  /** Whether so much more can be on the open level; tells where it cannot. */
  function mayHold(more: Graph): boolean {
    const { document: whole, path } = document.getState()
    const problem = nestingProblem(path, more) ?? crowdProblem(whole, more)
    if (problem) tell([problem])
    return problem === undefined
  }
  function show(node: NodeId) {
    const record = graph().nodes[node]
    const output = record && outputToView(graph(), specs, record)
    if (output) preview.choose({ ...output, node: flatId(document.getState().path, output.node) })
  }

  const panels: Partial<Panels> = {}
  const canvas = () => panels.canvas ?? null
  const selection = createSelected({ specs, document, view })
  const { several } = selection
  const sizeOf = (node: NodeId) => canvas()?.size(node)
  const alongWires = () => canvas()?.alongWires() ?? []
  /** Shows the whole graph where one of the nodes came to lie beside what is seen of it. */
  const keepInSight = (nodes: Iterable<NodeId>) => {
    const door = canvas()
    const isSeen = (node: NodeId) => {
      const at = graph().nodes[node]?.position
      return !at || door?.visible(at) === true
    }
    if (door && ![...nodes].every(isSeen)) view.reveal(null)
  }
  const selectionEdits = createSelectionEdits({ specs, document, view, selection, sizeOf, alongWires, keepInSight })
  const sharing = createSharing({ engine, specs, document, facts, view, tell })
  const files = new GraphFiles({ specs, document, preview, view, tell, sharing, createVersions })
  const clipboard = createClipboard({
    ...{ specs, document, view, tell, mayHold, sizeOf, alongWires, keepInSight, remove: selectionEdits.cut },
    pointer: () => canvas()?.pointer() ?? null,
  })
  const subgraphs = createSubgraphs({ specs, document, view, pieces, tell, several })
  const arranging = createArranging({ document, view, several, canvas })
  const rerouting = createRerouting({ document, view, canvas })
  const settings = createParamEdits({ specs, document })
  const insertion = createInsertion({ specs, document, view, pieces, selection, panels, mayHold })
  const incomingFiles = createIncomingFiles({
    ...{ specs, document, facts, preview, view, files, sharing, insertion, settings, tell },
  })
  const context: CommandContext = {
    ...{ specs, document, facts, preview, viewerSettings, lanes, view, panels, selection, selectionEdits },
    ...{ arranging, rerouting, subgraphs, clipboard, files, incoming: incomingFiles, sharing, show },
  }

  return {
    ...insertion,
    ...createWiring({ specs, document, tell }),
    ...incomingFiles,
    ...settings,
    move: selectionEdits.move,
    nudge: selectionEdits.nudge,
    changeMark: arranging.changeMark,
    ...{ clipboard, rerouting, subgraphs, sharing },
    run: (command) => commandTable[command].run(context),
    possible: (command) => commandTable[command].possible?.(context) ?? true,
    attach(name, panel) {
      panels[name] = panel
      return () => {
        if (panels[name] === panel) delete panels[name]
      }
    },
    focusCanvas: (id = null) => panels.canvas?.focus(id),
    canvasHasTab() {
      const { activeElement, body } = window.document
      const { canvas } = panels
      return canvas !== undefined && (canvas.contains(activeElement) || (activeElement === body && canvas.hovered()))
    },
    view: show,
    goTo(node) {
      const { path, id } = placeOf(node)
      document.enter(path)
      if (!graph().nodes[id]) return
      view.select([id])
      view.setState({ sidePanel: 'node' })
      view.reveal([id])
    },
    openShipped: (name) => files.openShipped(name),
    openUnsaved: (key) => files.openUnsaved(key),
    unsavedGraphs: () => files.unsavedEntries(),
    versions: () => files.versions(),
    bringBack: (version) => files.bringBack(version),
    openOwn: (text, title) => files.openText(text, title),
    graphs: {
      read: (text, title) => files.read(text, title),
      shippedGraph: (name) => files.fetchShipped(name),
      inFile: (file) => files.readFile(file),
      take({ title, document: other }) {
        files.replace(text.edits.takeGraph(title), onSameMedium(other, document.getState().document, specs))
      },
    },
    lookAt: (spot, closer) => panels.viewer?.lookAt(spot, closer),
    spot: () => panels.viewer?.spot() ?? { x: 0.5, y: 0.5 },
    start: () => files.start(),
  }
}
