/**
 * What keys do to the card, mark or wire that the keyboard has focused: Enter and Space select, Enter once more opens
 * or writes, arrows move. (Focused by mouse, a card leaves the arrows and Space to the viewer, as people expect who
 * have just clicked somewhere.)
 */
import type { EdgeId, MarkId, NodeId } from '../../graph/document/document.ts'
import type { Commands } from '../commands/commands.ts'
import { arrowDirections } from '../kit/arrow-keys.ts'
import type { ViewStore } from '../store/view.ts'
import { markIdOf } from './projection.ts'

/** Canvas units an arrow moves a card by; with Shift. */
const step = { fine: 8, coarse: 64 }

/** What the keyboard has focused on the canvas. */
export type Focused =
  | { readonly kind: 'node'; readonly id: NodeId }
  | { readonly kind: 'mark'; readonly id: MarkId }
  | { readonly kind: 'edge'; readonly id: EdgeId }

export function focusedOf(element: Element): Focused | undefined {
  const id = element.getAttribute('data-id')
  if (!id || !element.matches('.react-flow__node, .react-flow__edge')) return undefined
  if (!element.matches('.react-flow__node')) return { kind: 'edge', id: id as EdgeId }
  const mark = markIdOf(id)
  return mark ? { kind: 'mark', id: mark } : { kind: 'node', id: id as NodeId }
}

export interface KeyPress {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

interface Parts {
  readonly commands: Pick<Commands, 'nudge'> & { readonly subgraphs: Pick<Commands['subgraphs'], 'open'> }
  readonly view: Pick<ViewStore, 'getState' | 'setState' | 'select'>
  /** Gives the keys to the canvas as a whole. */
  focusCanvas(): void
}

export class CardKeys {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether the key was for what is focused. */
  press(event: KeyPress, focus: Focused): boolean {
    if (event.key === 'Enter' || event.key === ' ') {
      if (event.key !== 'Enter' || !this.#enter(focus)) this.#select(event, focus)
      return true
    }
    const direction = arrowDirections[event.key]
    if (!direction || focus.kind === 'edge') return false
    this.#nudge(event, focus, direction)
    return true
  }

  /** Enter once more writes in a mark that is selected already, and opens a subgraph that is. */
  #enter(focus: Focused): boolean {
    const { commands, view, focusCanvas } = this.#parts
    const { selection, selectedMarks } = view.getState()
    if (focus.kind === 'mark' && selectedMarks.has(focus.id)) {
      view.setState({ writing: focus.id })
      return true
    }
    if (focus.kind !== 'node' || !selection.has(focus.id) || !commands.subgraphs.open(focus.id)) return false
    focusCanvas()
    return true
  }

  #select({ shiftKey, ctrlKey, metaKey }: KeyPress, focus: Focused) {
    const { view } = this.#parts
    const { selection, selectedEdges, selectedMarks } = view.getState()
    const more = shiftKey || ctrlKey || metaKey
    view.select(
      [...(more ? selection : []), ...(focus.kind === 'node' ? [focus.id] : [])],
      [...(more ? selectedEdges : []), ...(focus.kind === 'edge' ? [focus.id] : [])],
      [...(more ? selectedMarks : []), ...(focus.kind === 'mark' ? [focus.id] : [])],
    )
  }

  /** What is selected moves with what is focused, if that is selected too. */
  #nudge({ shiftKey }: KeyPress, focus: Focused, [x, y]: readonly [number, number]) {
    const { commands, view } = this.#parts
    const { selection, selectedMarks } = view.getState()
    const by = shiftKey ? step.coarse : step.fine
    const among = focus.kind === 'mark' ? selectedMarks.has(focus.id) : selection.has(focus.id as NodeId)
    const alone = {
      nodes: focus.kind === 'node' ? [focus.id] : [],
      marks: focus.kind === 'mark' ? [focus.id] : [],
    }
    commands.nudge(among ? { nodes: [...selection], marks: [...selectedMarks] } : alone, x * by, y * by)
  }
}
