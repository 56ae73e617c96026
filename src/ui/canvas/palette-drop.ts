/** A node dragged out of the palette: it marks the wire that it would go into, and is added where it is let go. */
import type { EdgeId, Point } from '../../graph/document/document.ts'
import type { Commands } from '../commands/commands.ts'
import { paletteDragType } from '../kit/palette-drag.ts'
import type { ViewStore } from '../store/view.ts'
import type { CanvasScreen } from './canvas-screen.ts'
import type { Box } from './wire-under.ts'

/** Canvas units around the pointer within which a node from the palette takes a wire. */
const reach = 24

/** From the pointer to the corner of the card that is added there, canvas units. */
const hold = { x: 90, y: 16 }

/** The part of a drag event that is used. */
export interface PaletteDrag {
  readonly clientX: number
  readonly clientY: number
  readonly dataTransfer: {
    readonly types: readonly string[]
    dropEffect: DataTransfer['dropEffect']
    getData(type: string): string
  }
  preventDefault(): void
  stopPropagation(): void
}

interface Parts {
  readonly commands: Pick<Commands, 'addNode'>
  readonly view: Pick<ViewStore, 'getState' | 'setState'>
  readonly screen: Pick<CanvasScreen, 'toCanvas'>
  /** Marks the wire under `box` that takes what is carried. */
  land(box: Box, what: { readonly type: string }): void
}

export class PaletteDrop {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  #at({ clientX, clientY }: PaletteDrag): Point {
    return this.#parts.screen.toCanvas({ x: clientX, y: clientY })
  }

  over(event: PaletteDrag): void {
    const { view, land } = this.#parts
    if (!event.dataTransfer.types.includes(paletteDragType)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    const { draggedNodeType } = view.getState()
    const { x, y } = this.#at(event)
    if (draggedNodeType)
      land({ x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach }, { type: draggedNodeType })
  }

  leave(): void {
    this.#parts.view.setState({ landing: null })
  }

  drop(event: PaletteDrag): void {
    const { commands, view } = this.#parts
    const type = event.dataTransfer.getData(paletteDragType)
    if (!type) return
    event.preventDefault()
    event.stopPropagation()
    const { x, y } = this.#at(event)
    const into: EdgeId | null = view.getState().landing
    view.setState({ draggedNodeType: null, landing: null })
    commands.addNode(type, { at: { x: x - hold.x, y: y - hold.y }, apart: true, into })
  }
}
