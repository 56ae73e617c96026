/** Every command that a key can call: the table behind the key handler, the menus' hints and the `?` list. */
import { focusedByPointer } from './focus-origin.ts'

export type CommandName =
  | 'file.new'
  | 'file.open'
  | 'file.save'
  | 'file.link'
  | 'file.recipes'
  | 'file.export'
  | 'edit.undo'
  | 'edit.redo'
  | 'edit.copy'
  | 'edit.cut'
  | 'edit.paste'
  | 'edit.duplicate'
  | 'edit.delete'
  | 'edit.bypass'
  | 'edit.selectAll'
  | 'edit.view'
  | 'canvas.add'
  | 'canvas.fit'
  | 'canvas.zoomIn'
  | 'canvas.zoomOut'
  | 'palette.search'
  | 'viewer.fit'
  | 'viewer.100'
  | 'viewer.200'
  | 'viewer.compare'
  | 'viewer.flicker'
  | 'viewer.scopes'
  | 'viewer.times'
  | 'play.toggle'
  | 'play.back'
  | 'play.forward'
  | 'play.first'
  | 'play.last'
  | 'play.in'
  | 'play.out'
  | 'problems.show'
  | 'help.shortcuts'

export interface Shortcut {
  readonly command: CommandName
  readonly title: string
  readonly group: 'Graph' | 'Edit' | 'Viewer' | 'File and help'
  /** Each a key with its modifiers, such as `Mod+Shift+Z`; `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
  readonly keys: readonly string[]
  /** The browser tells of it by an event of its own (copy, cut, paste); the key handler leaves it alone. */
  readonly byBrowser?: boolean
}

export const shortcuts: readonly Shortcut[] = [
  { command: 'canvas.add', title: 'Add a node', group: 'Graph', keys: ['Tab', 'Shift+A'] },
  { command: 'palette.search', title: 'Search the nodes', group: 'Graph', keys: ['/'] },
  { command: 'edit.view', title: 'Show the selected node in the viewer', group: 'Graph', keys: ['V'] },
  { command: 'edit.bypass', title: 'Bypass the selected nodes', group: 'Graph', keys: ['B'] },
  { command: 'canvas.fit', title: 'Bring the whole graph into sight', group: 'Graph', keys: ['G'] },
  { command: 'problems.show', title: 'List what is wrong', group: 'Graph', keys: ['P'] },
  { command: 'edit.undo', title: 'Undo', group: 'Edit', keys: ['Mod+Z'] },
  { command: 'edit.redo', title: 'Redo', group: 'Edit', keys: ['Mod+Shift+Z', 'Mod+Y'] },
  { command: 'edit.copy', title: 'Copy', group: 'Edit', keys: ['Mod+C'], byBrowser: true },
  { command: 'edit.cut', title: 'Cut', group: 'Edit', keys: ['Mod+X'], byBrowser: true },
  { command: 'edit.paste', title: 'Paste', group: 'Edit', keys: ['Mod+V'], byBrowser: true },
  { command: 'edit.duplicate', title: 'Duplicate', group: 'Edit', keys: ['Mod+D'] },
  { command: 'edit.delete', title: 'Delete', group: 'Edit', keys: ['Delete', 'Backspace'] },
  { command: 'edit.selectAll', title: 'Select all', group: 'Edit', keys: ['Mod+A'] },
  { command: 'play.toggle', title: 'Play or pause', group: 'Viewer', keys: ['Space'] },
  { command: 'play.back', title: 'One frame back', group: 'Viewer', keys: ['ArrowLeft', ','] },
  { command: 'play.forward', title: 'One frame on', group: 'Viewer', keys: ['ArrowRight', '.'] },
  { command: 'play.first', title: 'First frame', group: 'Viewer', keys: ['Home'] },
  { command: 'play.last', title: 'Last frame', group: 'Viewer', keys: ['End'] },
  { command: 'play.in', title: 'Play from this frame (again: from the first)', group: 'Viewer', keys: ['I'] },
  { command: 'play.out', title: 'Play to this frame (again: to the last)', group: 'Viewer', keys: ['O'] },
  { command: 'viewer.compare', title: 'Compare in the next way', group: 'Viewer', keys: ['C'] },
  { command: 'viewer.flicker', title: 'Show B while held', group: 'Viewer', keys: ['X'] },
  { command: 'viewer.scopes', title: 'Next scope', group: 'Viewer', keys: ['H'] },
  { command: 'viewer.times', title: 'Where the frame’s time goes', group: 'Viewer', keys: ['T'] },
  { command: 'viewer.fit', title: 'Fit the picture', group: 'Viewer', keys: ['F'] },
  { command: 'viewer.100', title: 'Zoom 100 %', group: 'Viewer', keys: ['1'] },
  { command: 'viewer.200', title: 'Zoom 200 %', group: 'Viewer', keys: ['2'] },
  { command: 'file.open', title: 'Open a graph', group: 'File and help', keys: ['Mod+O'] },
  { command: 'file.save', title: 'Save the graph', group: 'File and help', keys: ['Mod+S'] },
  { command: 'file.export', title: 'Export', group: 'File and help', keys: ['Mod+E'] },
  { command: 'file.link', title: 'Copy a link to the graph', group: 'File and help', keys: ['L'] },
  { command: 'file.recipes', title: 'Recipes', group: 'File and help', keys: ['R'] },
  { command: 'help.shortcuts', title: 'This list', group: 'File and help', keys: ['?'] },
]

const mac = /Mac|iPhone|iPad/.test(navigator.platform)

const names: Readonly<Record<string, string>> = {
  Mod: mac ? '⌘' : 'Ctrl',
  Shift: mac ? '⇧' : 'Shift',
  ArrowLeft: '←',
  ArrowRight: '→',
  Delete: 'Del',
}

/** `Ctrl+Shift+Z`, or `⌘⇧Z` on a Mac. */
export const keyText = (key: string): string =>
  key
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? '' : '+')

export const keysOf = (command: CommandName): string | undefined => {
  const key = shortcuts.find((shortcut) => shortcut.command === command)?.keys[0]
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

const byKey = new Map(
  shortcuts
    .filter((shortcut) => !shortcut.byBrowser)
    .flatMap(({ command, keys }) => keys.map((key) => [key, command] as const)),
)

export const commandOf = (event: KeyboardEvent): CommandName | undefined => byKey.get(keyOf(event))

/** Fields, menus and lists leave these to the page: a menu that is still closing must not swallow them either. */
const everywhere: ReadonlySet<CommandName | undefined> = new Set(['file.save', 'file.open', 'file.export'])

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
