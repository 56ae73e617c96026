/** Keys as they are pressed and as they are shown, and who takes them: the page, a field, or the commands. */

import { commandFor, keysFor } from './keymap.ts'
import { focusedByPointer } from './kit/focus-origin.ts'
import { type CommandName, shortcuts } from './shortcut-table.ts'
import { text } from './text/text.ts'

export { type CommandName, shortcuts } from './shortcut-table.ts'

const mac = /Mac|iPhone|iPad/.test(navigator.platform)

const names: Readonly<Record<string, string>> = {
  ...text.keys.names,
  Mod: mac ? '⌘' : text.keys.names.Control,
  Shift: mac ? '⇧' : text.keys.names.Shift,
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowRight: '→',
}

/** `Ctrl+Shift+Z`, or `⌘⇧Z` on a Mac. */
export const keyText = (key: string): string =>
  key
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? '' : '+')

export const titleOfCommand = (command: CommandName): string => text.commands.titles[command]

export const keysOf = (command: CommandName): string | undefined => {
  const [key] = keysFor(command)
  return key && keyText(key)
}

/** The key of an event as the table writes it. Shift counts only where it does not already make the character. */
export function keyOf(event: KeyboardEvent): string {
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
export function commandOf(event: KeyboardEvent): CommandName | undefined {
  const command = commandFor(keyOf(event))
  return shortcuts.some((shortcut) => shortcut.command === command && shortcut.byBrowser) ? undefined : command
}

/** Fields, menus and lists leave these to the page: a menu that is still closing must not swallow them either. */
const everywhere: ReadonlySet<CommandName | undefined> = new Set([
  'file.save',
  'file.open',
  'file.export',
  'help.commands',
])

/** Fields take every other key; other controls take Space, Enter, arrows, Home and End for themselves. */
export function takesKey(target: EventTarget | null, event: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('input, textarea, select, [contenteditable="true"], [role="menu"], [role="listbox"]'))
    return !everywhere.has(commandOf(event))
  if (target.closest('[role="dialog"]')) return true
  const own = ['Space', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Tab']
  if (!own.includes(keyOf(event))) return false
  if (target.closest('button, a, [role="slider"], [role="tab"], [role="separator"]')) return true
  // A card that was clicked leaves these keys to the viewer; one reached by keyboard uses them itself.
  return target.closest('.react-flow__node') !== null && !focusedByPointer(target)
}
