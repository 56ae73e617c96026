/**
 * How the focus came to where it is. `:focus-visible` cannot tell: browsers switch it on with the first key
 * pressed after a click, just when the difference matters.
 */

/** Keys by which the focus travels. Any other only calls for something, after which the focus comes back by itself. */
const travels = new Set(['Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'])

/** What a mouse, pen or finger gave the focus last, even if a dialog had it in between. */
export class FocusOrigin {
  /** By what the focus moves that moves now. */
  #means: 'none' | 'pointer' | 'travelling key' = 'none'
  readonly #byPointer = new WeakSet<EventTarget>()

  /** A pointer went down. `focus` has the focus already, if it went down within that: nothing moves then, yet a mouse is in use. */
  pointed(focus: EventTarget | null): void {
    this.#means = 'pointer'
    if (focus) this.#byPointer.add(focus)
  }

  pressed(key: string): void {
    this.#means = travels.has(key) ? 'travelling key' : 'none'
  }

  came(target: EventTarget): void {
    if (this.#means === 'pointer') this.#byPointer.add(target)
    else if (this.#means === 'travelling key') this.#byPointer.delete(target)
  }

  isByPointer(target: EventTarget): boolean {
    return this.#byPointer.has(target)
  }
}

/** A page has one focus. */
let ofPage = new FocusOrigin()

/** Begins anew, and follows the focus until `signal` says that nobody asks any more. */
export function followFocus(signal: AbortSignal): void {
  const origin = new FocusOrigin()
  ofPage = origin
  const onPointerDown = ({ target }: PointerEvent) => {
    const focus = document.activeElement
    origin.pointed(focus && target instanceof Node && focus.contains(target) ? focus : null)
  }
  window.addEventListener('pointerdown', onPointerDown, { signal, capture: true })
  window.addEventListener('keydown', ({ key }) => origin.pressed(key), { signal, capture: true })
  window.addEventListener('focusin', ({ target }) => target && origin.came(target), { signal })
}

export const focusedByPointer = (element: EventTarget): boolean => ofPage.isByPointer(element)
