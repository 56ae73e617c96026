/**
 * How the focus came to where it is. `:focus-visible` cannot tell: browsers switch it on with the first key
 * pressed after a click, just when the difference matters.
 */
let pointing = false
let byPointer: EventTarget | null = null

const onPointerDown = (event: PointerEvent) => {
  pointing = true
  // A click on what already has the focus moves nothing, yet it says that a mouse is in use.
  const focus = document.activeElement
  if (focus && event.target instanceof Node && focus.contains(event.target)) byPointer = focus
}
const onKeyDown = () => {
  pointing = false
}
const onFocusIn = (event: FocusEvent) => {
  byPointer = pointing ? event.target : null
}

/** Returns what takes the listeners off again. */
export function followFocus(): () => void {
  window.addEventListener('pointerdown', onPointerDown, true)
  window.addEventListener('keydown', onKeyDown, true)
  window.addEventListener('focusin', onFocusIn)
  return () => {
    window.removeEventListener('pointerdown', onPointerDown, true)
    window.removeEventListener('keydown', onKeyDown, true)
    window.removeEventListener('focusin', onFocusIn)
  }
}

export const focusedByPointer = (element: EventTarget): boolean => element === byPointer
