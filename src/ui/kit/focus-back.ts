/**
 * Where the focus goes when a menu or dialog has closed. Radix gives it back to what opened it by a timer, and on a
 * busy page keys come before timers: a field that a key has opened meanwhile, or the card it added, has the focus by
 * then and must keep it, or the next key would go to the button of a menu that is long gone.
 */

/** Whether something on the page has the focus; what went away with a menu leaves it to the body. */
export const focusTaken = (): boolean => document.activeElement !== null && document.activeElement !== document.body

/** For `onCloseAutoFocus`: the focus goes back only where nothing else has taken it. */
export function keepTakenFocus(event: Event): void {
  if (focusTaken()) event.preventDefault()
}
