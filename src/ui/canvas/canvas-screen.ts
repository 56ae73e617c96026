/** The canvas as it lies on screen: what commands ask of it, and the menu that adds a node to it. */
import { getViewportForBounds, type ReactFlowInstance } from '@xyflow/react'
import type { EdgeId, NodeId, Point } from '../../graph/document/document.ts'
import type { CanvasDoor } from '../commands/edits/canvas-door.ts'
import { focusedByPointer } from '../kit/focus-origin.ts'
import type { DrivingRequest, LooseWire, ViewStore } from '../store/view.ts'
import type { CanvasNode, WireEdge } from './projection.ts'
import { pointsOf, wirePaths } from './wire-under.ts'

/** On the page, CSS pixels. */
export interface PagePoint {
  readonly x: number
  readonly y: number
}

export type Flow = Pick<
  ReactFlowInstance<CanvasNode, WireEdge>,
  | 'getNode'
  | 'getNodes'
  | 'getNodesBounds'
  | 'getEdges'
  | 'getZoom'
  | 'fitView'
  | 'setViewport'
  | 'zoomIn'
  | 'zoomOut'
  | 'screenToFlowPosition'
  | 'flowToScreenPosition'
>

/** Screen pixels per canvas unit. So far out that a graph of some hundred nodes in a row still fits. */
export const zoomRange = { min: 0.02, max: 2 } as const

/** Above the cards there is room for the tools and for the way out of a subgraph. */
export const fitOptions = {
  padding: { x: '40px', top: '52px', bottom: '24px' },
  maxZoom: 1,
  minZoom: zoomRange.min,
} as const

/** What counts as in sight leaves room for a card to the right and below, in canvas units and CSS pixels. */
const cardRoom = { width: 180, height: 60 }

/** Milliseconds of an animation; none for people who asked their system for less motion. */
const glide = (milliseconds: number): number =>
  window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds

const isCardUnderMouse = (element: Element): boolean =>
  element.matches('.react-flow__node') && focusedByPointer(element)

interface Parts {
  readonly flow: Flow
  readonly view: Pick<ViewStore, 'setState'>
  /** The element of the canvas; `null` while it is not on the page. */
  readonly host: { readonly current: HTMLElement | null }
  /** Where the pointer is over the canvas, kept so that Tab opens the menu under it; `null`: elsewhere. */
  readonly pagePointer: { readonly current: PagePoint | null }
}

export class CanvasScreen implements CanvasDoor {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get #host(): HTMLElement | null {
    return this.#parts.host.current
  }

  #pathOf(edge: EdgeId): SVGPathElement | undefined {
    return (
      this.#host?.querySelector<SVGPathElement>(`.react-flow__edge[data-id="${CSS.escape(edge)}"] .wire`) ?? undefined
    )
  }

  /** The menu that adds a node, which goes on from `wire` where there is one. */
  openMenu(page: PagePoint, wire: LooseWire | null): void {
    this.#parts.view.setState({ addMenu: { page, canvas: this.toCanvas(page), wire } })
  }

  openMenuAt(at: Point, wire: LooseWire): void {
    this.openMenu(this.#parts.flow.flowToScreenPosition(at), wire)
  }

  /** The choice of what of a node a number is to drive; at its card, where no place is named. */
  openDriving({ page, ...what }: Omit<DrivingRequest, 'page'> & Partial<Pick<DrivingRequest, 'page'>>): void {
    const { flow, view } = this.#parts
    const card = flow.getNode(what.node)?.position ?? { x: 0, y: 0 }
    view.setState({ driving: { ...what, page: page ?? flow.flowToScreenPosition(card) } })
  }

  openAddMenu(replaces?: NodeId): void {
    const box = this.#host?.getBoundingClientRect()
    if (!box) return
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 3 }
    const page = this.#parts.pagePointer.current ?? middle
    this.#parts.view.setState({
      addMenu: { page, canvas: this.toCanvas(page), wire: null, unplaced: true, ...(replaces && { replaces }) },
    })
  }

  /** Brings everything into sight, also the dots of wires that run around the cards, which React Flow would leave out. */
  fit(): void {
    const { flow } = this.#parts
    const nodes = flow.getNodes()
    // Asked of an empty canvas, React Flow would fit the first card once it is there, under the hand that put it.
    if (nodes.length === 0) return
    const dots = flow.getEdges().flatMap(({ data }) => data?.via ?? [])
    const box = this.#host?.getBoundingClientRect()
    if (dots.length === 0 || !box) {
      void flow.fitView({ ...fitOptions, duration: glide(200) })
      return
    }
    const cards = flow.getNodesBounds(nodes)
    const xs = [cards.x, cards.x + cards.width, ...dots.map((dot) => dot.x)]
    const ys = [cards.y, cards.y + cards.height, ...dots.map((dot) => dot.y)]
    const [x, y] = [Math.min(...xs), Math.min(...ys)]
    const bounds = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
    const { minZoom, maxZoom, padding } = fitOptions
    const viewport = getViewportForBounds(bounds, box.width, box.height, minZoom, maxZoom, padding)
    void flow.setViewport(viewport, { duration: glide(200) })
  }

  /** Brings these nodes into sight, or everything. */
  reveal(nodes: readonly NodeId[] | null): void {
    const { flow } = this.#parts
    if (nodes === null) this.fit()
    else if (flow.getNodes().length > 0)
      void flow.fitView({
        ...fitOptions,
        duration: glide(200),
        nodes: nodes.map((id) => ({ id })),
        maxZoom: Math.max(0.8, flow.getZoom()),
      })
  }

  zoomIn(): void {
    void this.#parts.flow.zoomIn({ duration: glide(120) })
  }

  zoomOut(): void {
    void this.#parts.flow.zoomOut({ duration: glide(120) })
  }

  contains(element: Element | null): boolean {
    const host = this.#host
    return element !== null && (element === host || (isCardUnderMouse(element) && !!host?.contains(element)))
  }

  hovered(): boolean {
    return this.#parts.pagePointer.current !== null
  }

  toCanvas(page: PagePoint): Point {
    return this.#parts.flow.screenToFlowPosition({ x: page.x, y: page.y })
  }

  pointer(): Point | null {
    const { current } = this.#parts.pagePointer
    return current && this.toCanvas(current)
  }

  middle(): Point {
    const box = this.#host?.getBoundingClientRect()
    return box ? this.toCanvas({ x: box.x + box.width / 2, y: box.y + box.height / 2 }) : { x: 0, y: 0 }
  }

  visible(at: Point): boolean {
    const { flow } = this.#parts
    const box = this.#host?.getBoundingClientRect()
    const page = flow.flowToScreenPosition(at)
    return (
      !!box &&
      page.x > box.x &&
      page.x < box.right - cardRoom.width * flow.getZoom() &&
      page.y > box.y &&
      page.y < box.bottom - cardRoom.height
    )
  }

  size(node: NodeId): { readonly width: number; readonly height: number } | undefined {
    const { width, height } = this.#parts.flow.getNode(node)?.measured ?? {}
    return width && height ? { width, height } : undefined
  }

  endsOf(edge: EdgeId): { readonly start: Point; readonly end: Point } | undefined {
    const path = this.#pathOf(edge)
    return path && { start: path.getPointAtLength(0), end: path.getPointAtLength(path.getTotalLength()) }
  }

  middleOf(edge: EdgeId): Point | undefined {
    const path = this.#pathOf(edge)
    return path?.getPointAtLength(path.getTotalLength() / 2)
  }

  alongWires(): readonly Point[] {
    return [...(this.#host?.querySelectorAll<SVGPathElement>(wirePaths) ?? [])].flatMap(pointsOf)
  }

  /** The keys go to the canvas; to card `node` where nobody points at the canvas with a mouse. */
  focus(node: NodeId | null): void {
    this.#host?.focus({ preventScroll: true })
    if (node === null || this.hovered()) return
    // The card is there once React has drawn it.
    requestAnimationFrame(() => {
      const card = this.#host?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`)
      card?.focus({ preventScroll: true })
    })
  }
}
