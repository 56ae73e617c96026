/**
 * How the focus came to where it is. `:focus-visible` cannot tell: browsers switch it on with the first key
 * pressed after a click, just when the difference matters.
 */
let pointing = false
let byPointer: EventTarget | null = null

window.addEventListener(
  'pointerdown',
  (event) => {
    pointing = true
    // A click on what already has the focus moves nothing, yet it says that a mouse is in use.
    if (event.target instanceof Node && document.activeElement?.contains(event.target))
      byPointer = document.activeElement
  },
  true,
)
window.addEventListener(
  'keydown',
  () => {
    pointing = false
  },
  true,
)
window.addEventListener('focusin', (event) => {
  byPointer = pointing ? event.target : null
})

export const focusedByPointer = (element: Element): boolean => element === byPointer
