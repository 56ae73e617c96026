/** Keys as they are pressed and as they are shown. */
import { text } from '../text/text.ts'
import { type CommandName, commandTable } from './command-table.ts'
import { commandFor, keysFor } from './keymap.ts'

/** Asked when it is needed and not when this is read, so that keys can be read where there is no browser. */
const onMac = (): boolean => /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

const namesOn = (mac: boolean): Readonly<Record<string, string>> => ({
  ...text.keys.names,
  Mod: mac ? '⌘' : text.keys.names.Control,
  Shift: mac ? '⇧' : text.keys.names.Shift,
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowRight: '→',
})

/** `Ctrl+Shift+Z`, or `⌘⇧Z` on a Mac. */
export function keyText(key: string, mac = onMac()): string {
  const names = namesOn(mac)
  return key
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? '' : '+')
}

export const keysOf = (command: CommandName): string | undefined => {
  const [key] = keysFor(command)
  return key && keyText(key)
}

/** What of a key event says which key it is. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** The key of an event as the records write it. Shift counts only where it does not already make the character. */
export function keyOf(event: KeyPress): string {
  const name = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key
  const letter = /^[A-Z]$/.test(name) || name.length > 1
  return [
    event.ctrlKey || event.metaKey ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && letter ? 'Shift' : '',
    name,
  ]
    .filter(Boolean)
    .join('+')
}

/** The command that a key calls; what the browser tells of by itself is not called twice. */
export function commandOf(event: KeyPress): CommandName | undefined {
  const command = commandFor(keyOf(event))
  return command && commandTable[command].byBrowser ? undefined : command
}
