/**
 * Whether a wire would run behind a card, reckoned before anything is drawn: of cards the places are known, and of wires that they are
 * level where they begin and end.
 */
import type { Point } from '../document/document.ts'

/** Canvas units that a wire keeps from the cards it passes, that most and the tallest of those reach down, and where their ports begin. */
export const [clearance, usual, tallest, firstPort] = [40, 150, 230, 50]

/** Of cards, canvas units. */
export const cardWidth = 200

/** Whether a card hides a wire that runs from one place to another, to its right. */
export function hidesWire(from: Point, to: Point, { x, y, height }: Point & { readonly height: number }): boolean {
  // Over all of its width, since a wire may be clear of a card’s left edge and not of its right one.
  return [x, x + cardWidth / 2, x + cardWidth].some((at) => {
    if (at <= from.x || at >= to.x) return false
    const t = (at - from.x) / (to.x - from.x)
    const wire = from.y + (to.y - from.y) * t * t * (3 - 2 * t)
    return wire > y - clearance && wire < y + height
  })
}

/** How many of the cards hide a wire from the card at `from` to the one at `to`. @param height of the cards */
export function cardsInTheWay(from: Point, to: Point, cards: readonly Point[], height = tallest): number {
  const [start, end] = [from, to].map(({ x, y }) => ({ x, y: y + firstPort })) as [Point, Point]
  return cards.filter((card) => card.x > from.x && card.x < to.x && hidesWire(start, end, { ...card, height })).length
}
