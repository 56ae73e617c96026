import type { KeyboardEvent } from 'react'

/**
 * For `onKeyDown` of a field that writes its value when it is left: Enter says that the value is typed, and gives the
 * keys back to the editor.
 */
export function leaveOnEnter(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key === 'Enter' && !event.nativeEvent.isComposing) event.currentTarget.blur()
}
