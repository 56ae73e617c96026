/** The canvas as the commands see it, whoever draws it. */
import type { EdgeId, Endpoint, NodeId, Point } from '../../../graph/document/document.ts'

/** What commands need to know of the canvas on screen. Places are canvas units. */
export interface CanvasDoor {
  readonly contains: (element: Element | null) => boolean
  readonly hovered: () => boolean
  readonly middle: () => Point
  readonly pointer: () => Point | null
  readonly visible: (at: Point) => boolean
  /** Of a card, as it is drawn. */
  readonly size: (node: NodeId) => { readonly width: number; readonly height: number } | undefined
  /** Where a drawn wire begins and ends, and its middle. */
  readonly endsOf: (edge: EdgeId) => { readonly start: Point; readonly end: Point } | undefined
  readonly middleOf: (edge: EdgeId) => Point | undefined
  /** Places along all drawn wires, closer together than a card is high. */
  readonly alongWires: () => readonly Point[]
  readonly focus: (node: NodeId | null) => void
  /** Opens the menu that adds a node, where the pointer is; or that chooses what takes the place of one. */
  readonly openAddMenu: (replaces?: NodeId) => void
  /** Opens the choice of what of `node` a number is to drive. @param from numbers of another node */
  readonly openDriving: (what: { readonly node: NodeId; readonly from: readonly Endpoint[] }) => void
  readonly fit: () => void
  readonly zoomIn: () => void
  readonly zoomOut: () => void
}
