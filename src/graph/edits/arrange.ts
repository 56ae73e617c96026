/** Putting nodes in line: where each goes, given what room it takes. Places are top left corners, canvas units. */
import type { NodeId, Point } from '../document/document.ts'

export interface Card extends Point {
  readonly id: NodeId
  readonly width: number
  readonly height: number
}

export type Edge = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom'
type Places = Readonly<Record<NodeId, Point>>

const places = (cards: readonly Card[], of: (card: Card) => Point): Places =>
  Object.fromEntries(cards.map((card) => [card.id, of(card)]))

/** Brings cards to one line: an edge of the box around them, or its middle. Fewer than two stay. */
export function align(cards: readonly Card[], edge: Edge): Places {
  if (cards.length < 2) return {}
  const left = Math.min(...cards.map(({ x }) => x))
  const right = Math.max(...cards.map(({ x, width }) => x + width))
  const top = Math.min(...cards.map(({ y }) => y))
  const bottom = Math.max(...cards.map(({ y, height }) => y + height))
  return places(cards, ({ x, y, width, height }) => {
    switch (edge) {
      case 'left':
        return { x: left, y }
      case 'centre':
        return { x: Math.round((left + right - width) / 2), y }
      case 'right':
        return { x: right - width, y }
      case 'top':
        return { x, y: top }
      case 'middle':
        return { x, y: Math.round((top + bottom - height) / 2) }
      case 'bottom':
        return { x, y: bottom - height }
    }
  })
}

/** Leaves the outermost cards where they are and makes the gaps between all equal. Fewer than three stay. */
export function distribute(cards: readonly Card[], axis: 'x' | 'y'): Places {
  if (cards.length < 3) return {}
  const length = (card: Card) => (axis === 'x' ? card.width : card.height)
  // By their middles: of two cards that overlap, the order is what the eye sees.
  const cardsInOrder = [...cards].sort((a, b) => a[axis] + length(a) / 2 - (b[axis] + length(b) / 2))
  const [first, last] = [cardsInOrder[0]!, cardsInOrder.at(-1)!]
  const inner = cardsInOrder.slice(1, -1)
  const room = last[axis] - (first[axis] + length(first))
  const gap = (room - inner.reduce((sum, card) => sum + length(card), 0)) / (inner.length + 1)
  let at = first[axis] + length(first) + gap
  return places(inner, (card) => {
    const place = Math.round(at)
    at += length(card) + gap
    return axis === 'x' ? { x: place, y: card.y } : { x: card.x, y: place }
  })
}
