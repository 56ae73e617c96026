/**
 * How the focus came to where it is. `:focus-visible` cannot tell: browsers switch it on with the first key
 * pressed after a click, just when the difference matters.
 */

/** Keys by which the focus travels. Any other only calls for something, after which the focus comes back by itself. */
const travels = new Set(['Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'])

let pointing = false
let travelling = false
/** What a mouse, pen or finger gave the focus last, even if a dialog had it in between. */
let byPointer = new WeakSet<EventTarget>()

const onPointerDown = (event: PointerEvent) => {
  pointing = true
  // A click on what already has the focus moves nothing, yet it says that a mouse is in use.
  const focus = document.activeElement
  if (focus && event.target instanceof Node && focus.contains(event.target)) byPointer.add(focus)
}
const onKeyDown = (event: KeyboardEvent) => {
  pointing = false
  travelling = travels.has(event.key)
}
const onFocusIn = ({ target }: FocusEvent) => {
  if (!target) return
  if (pointing) byPointer.add(target)
  else if (travelling) byPointer.delete(target)
}

/** Returns what takes the listeners off again. */
export function followFocus(): () => void {
  byPointer = new WeakSet()
  window.addEventListener('pointerdown', onPointerDown, true)
  window.addEventListener('keydown', onKeyDown, true)
  window.addEventListener('focusin', onFocusIn)
  return () => {
    window.removeEventListener('pointerdown', onPointerDown, true)
    window.removeEventListener('keydown', onKeyDown, true)
    window.removeEventListener('focusin', onFocusIn)
  }
}

export const focusedByPointer = (element: EventTarget): boolean => byPointer.has(element)
