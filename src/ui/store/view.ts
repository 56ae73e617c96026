/** What the person is looking at and doing right now: never saved in the document, never undone. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EdgeId, Endpoint, MarkId, NodeId, Point } from '../../graph/document/document.ts'
import type { Ways } from '../../graph/edits/dots.ts'
import type { PortType } from '../../graph/node/value-types.ts'

export type ThemeChoice = 'system' | 'dark' | 'light'
export type SidePanel = 'node' | 'problems' | 'check'
export type DialogName = 'export' | 'shortcuts' | 'recipes' | 'missing' | 'commands' | 'versions' | 'code' | null

/** A loose end of a wire: the port it hangs on, and which side of the node that port is. */
export interface LooseWire {
  readonly end: Endpoint
  readonly side: 'source' | 'target'
  /** The points that it runs through already, where it was pulled out of a dot. */
  readonly via?: readonly Point[]
}

/** The menu that adds a node: where on the page it opens, and where on the canvas the node will lie. */
export interface AddMenuRequest {
  readonly page: { readonly x: number; readonly y: number }
  readonly canvas: { readonly x: number; readonly y: number }
  readonly wire: LooseWire | null
  /** The node whose place is taken by what is chosen. */
  readonly replaces?: NodeId
  /** Opened by a button or a key, at no place of the canvas: what is chosen goes behind the selected node where it fits. */
  readonly unplaced?: true
}

/** The choice of what of a node a number is to drive, where that is open. */
export interface DrivingRequest {
  readonly page: { readonly x: number; readonly y: number }
  readonly node: NodeId
  /** Numbers of one other node. */
  readonly from: readonly Endpoint[]
  /** The points that the wire runs through already. */
  readonly via?: readonly Point[]
}

export interface Toast {
  readonly id: number
  readonly tone: 'info' | 'error'
  readonly message: string
  readonly hint?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** Long enough to read two sentences, and long enough to decide on what is offered besides. */
const readingTime = 8000
const decidingTime = 20_000

/** Milliseconds until a message goes by itself; `null`: errors stay until they are put away. */
export const timeOf = ({ tone, action }: Omit<Toast, 'id'>): number | null =>
  tone === 'error' ? null : action ? decidingTime : readingTime

export interface ViewState {
  readonly theme: ThemeChoice
  readonly selection: ReadonlySet<NodeId>
  readonly selectedEdges: ReadonlySet<EdgeId>
  readonly selectedMarks: ReadonlySet<MarkId>
  /** The frame or note whose text is being written. */
  readonly writing: MarkId | null
  /** The node whose title is about to be written. */
  readonly renaming: NodeId | null
  /** Whether what is moved falls into the grid of 8 canvas units. */
  readonly snap: boolean
  /** Whether the small map of the whole graph is shown. */
  readonly map: boolean
  readonly sidePanel: SidePanel
  readonly paletteOpen: boolean
  readonly dialog: DialogName
  readonly addMenu: AddMenuRequest | null
  readonly driving: DrivingRequest | null
  /** What the wire in the person's hand gives; `null`: none is, or it looks for something that gives. */
  readonly draggedWireType: PortType | null
  /** The type of the node that is being dragged out of the palette. */
  readonly draggedNodeType: string | null
  /** The wire into which the node in the person's hand would go if it were let go now. */
  readonly landing: EdgeId | null
  /** How wires run while a dot of theirs is in the person's hand. */
  readonly dragWays: Ways | null
  /** The points that the wire in the person's hand runs through. */
  readonly dragPoints: readonly Point[] | null
  /** A first chain was begun from the empty canvas; its next steps are shown. */
  readonly guiding: boolean
  /** The tour is under way. */
  readonly touring: boolean
  /** The first graph is there, or could not be had; an empty canvas is empty only from then on. */
  readonly ready: boolean
  readonly toasts: readonly Toast[]
  /** Counts up when the clip is to be checked. */
  readonly checks: number
  /** Counts up when what is seen side by side is to be measured. */
  readonly comparisons: number
  /** What the panel beside tells: what stands out in the result, or how pictures compare. */
  readonly checkKind: 'result' | 'comparison'
  /** How many dialogs lie over the page; messages stand in the one on top. */
  readonly dialogs: number
  /** Counts up when the canvas should bring everything (`null`) or these nodes into sight. */
  readonly reveal: { readonly nodes: readonly NodeId[] | null; readonly count: number }
}

export interface ViewStore extends StoreApi<ViewState> {
  select(nodes: Iterable<NodeId>, edges?: Iterable<EdgeId>, marks?: Iterable<MarkId>): void
  reveal(nodes: readonly NodeId[] | null): void
  toast(toast: Omit<Toast, 'id'>): void
  dismiss(id: number): void
  setTheme(theme: ThemeChoice): void
  setPaletteOpen(open: boolean): void
  setSnap(snap: boolean): void
  setMap(map: boolean): void
}

const themeKey = 'framewright/theme'
const paletteKey = 'framewright/palette'
const snapKey = 'framewright/snap'
const mapKey = 'framewright/map'

/** Storage may be switched off or full; the editor works the same without its memory. */
export function remember(key: string, value: string): boolean {
  try {
    localStorage.setItem(key, value)
    return true
  } catch (error) {
    console.warn(`“${key}” could not be remembered:`, error)
    return false
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch (error) {
    console.warn(`“${key}” could not be recalled:`, error)
    return null
  }
}

const themeChoice = (text: string | null): ThemeChoice => (text === 'dark' || text === 'light' ? text : 'system')

export function createViewStore(): ViewStore {
  const palette = recall(paletteKey)
  const store = createStore<ViewState>(() => ({
    theme: themeChoice(recall(themeKey)),
    selection: new Set(),
    selectedEdges: new Set(),
    selectedMarks: new Set(),
    writing: null,
    renaming: null,
    snap: recall(snapKey) !== 'off',
    map: recall(mapKey) === 'on',
    sidePanel: 'node',
    paletteOpen: palette === null ? window.innerWidth >= 1180 : palette === 'open',
    dialog: null,
    addMenu: null,
    driving: null,
    draggedWireType: null,
    draggedNodeType: null,
    landing: null,
    dragWays: null,
    dragPoints: null,
    guiding: false,
    touring: false,
    ready: false,
    toasts: [],
    checks: 0,
    comparisons: 0,
    checkKind: 'result',
    dialogs: 0,
    reveal: { nodes: null, count: 0 },
  }))
  let toasts = 0
  return {
    ...store,
    select(nodes, edges = [], marks = []) {
      store.setState({
        selection: new Set(nodes),
        selectedEdges: new Set(edges),
        selectedMarks: new Set(marks),
      })
    },
    reveal(nodes) {
      store.setState((state) => ({ reveal: { nodes, count: state.reveal.count + 1 } }))
    },
    toast(toast) {
      toasts += 1
      const id = toasts
      store.setState((state) => ({ toasts: [...state.toasts.slice(-2), { ...toast, id }] }))
    },
    dismiss(id) {
      store.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }))
    },
    setTheme(theme) {
      remember(themeKey, theme)
      store.setState({ theme })
    },
    setSnap(snap) {
      remember(snapKey, snap ? 'on' : 'off')
      store.setState({ snap })
    },
    setMap(map) {
      remember(mapKey, map ? 'on' : 'off')
      store.setState({ map })
    },
    setPaletteOpen(open) {
      remember(paletteKey, open ? 'open' : 'closed')
      store.setState({ paletteOpen: open })
    },
  }
}
