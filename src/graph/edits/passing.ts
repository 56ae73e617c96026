/**
 * Whether a wire would run behind a card, reckoned before anything is drawn: of cards the places are known, and of wires that they are
 * level where they begin and end.
 */
import type { Point } from '../document/document.ts'

/** Canvas units that a wire keeps from the cards it passes, that most and the tallest of those reach down, and where their ports begin. */
export const [clearance, usual, tallest, firstPort] = [40, 150, 230, 60]

/** Of cards, canvas units. */
const width = 200

/** How many of the cards hide a wire from the card at `from` to the one at `to`. @param height of the cards */
export function cardsInTheWay(from: Point, to: Point, cards: readonly Point[], height = tallest): number {
  const heightAt = (x: number) => {
    const t = (x - from.x) / (to.x - from.x)
    return from.y + (to.y - from.y) * t * t * (3 - 2 * t) + firstPort
  }
  // Over all of its width, since a wire may be clear of a card’s left edge and not of its right one.
  const hides = ({ x, y }: Point) =>
    [x, x + width / 2, x + width].some((at) => heightAt(at) > y - clearance && heightAt(at) < y + height)
  return cards.filter((card) => card.x > from.x && card.x < to.x && hides(card)).length
}
