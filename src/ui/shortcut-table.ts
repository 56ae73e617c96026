/**
 * Every command there is, and the keys it ships with: behind the key handler, the menus' hints, the palette and the `?`
 * list. What a command is called stands in `text.commands`.
 */
export type CommandName =
  | 'file.new'
  | 'file.open'
  | 'file.save'
  | 'file.link'
  | 'file.recipes'
  | 'file.versions'
  | 'file.export'
  | 'edit.undo'
  | 'edit.redo'
  | 'edit.history'
  | 'edit.copy'
  | 'edit.cut'
  | 'edit.paste'
  | 'edit.pasteWired'
  | 'edit.duplicate'
  | 'edit.duplicateLoose'
  | 'edit.delete'
  | 'edit.deleteLoose'
  | 'edit.bypass'
  | 'edit.mute'
  | 'edit.collapse'
  | 'edit.point'
  | 'edit.free'
  | 'edit.fold'
  | 'edit.unfold'
  | 'edit.open'
  | 'edit.leave'
  | 'edit.savePiece'
  | 'edit.selectAll'
  | 'edit.view'
  | 'canvas.add'
  | 'canvas.frame'
  | 'canvas.note'
  | 'canvas.arrange'
  | 'canvas.snap'
  | 'canvas.map'
  | 'align.left'
  | 'align.centre'
  | 'align.right'
  | 'align.top'
  | 'align.middle'
  | 'align.bottom'
  | 'align.across'
  | 'align.down'
  | 'canvas.fit'
  | 'canvas.zoomIn'
  | 'canvas.zoomOut'
  | 'palette.search'
  | 'viewer.fit'
  | 'viewer.100'
  | 'viewer.200'
  | 'viewer.compare'
  | 'viewer.flicker'
  | 'viewer.region'
  | 'viewer.marks'
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
  | 'help.commands'
  | 'help.tour'
  | 'help.shortcuts'

/** What a command is listed among. */
export type CommandGroup = 'graph' | 'arrange' | 'edit' | 'viewer' | 'file'

export interface Shortcut {
  readonly command: CommandName
  readonly group: CommandGroup
  /** Each a key with its modifiers, such as `Mod+Shift+Z`; `Mod` is ⌘ on a Mac and Ctrl elsewhere. May be none. */
  readonly keys: readonly string[]
  /** The browser tells of it by an event of its own (copy, cut, paste); the key handler leaves it alone. */
  readonly byBrowser?: boolean
}

export const shortcuts: readonly Shortcut[] = [
  { command: 'canvas.add', group: 'graph', keys: ['Tab', 'Shift+A'] },
  { command: 'palette.search', group: 'graph', keys: ['/'] },
  { command: 'edit.view', group: 'graph', keys: ['V'] },
  { command: 'edit.bypass', group: 'graph', keys: ['B'] },
  { command: 'edit.mute', group: 'graph', keys: ['M'] },
  { command: 'canvas.fit', group: 'graph', keys: ['G'] },
  { command: 'canvas.zoomIn', group: 'graph', keys: [] },
  { command: 'canvas.zoomOut', group: 'graph', keys: [] },
  { command: 'problems.show', group: 'graph', keys: ['P'] },
  { command: 'edit.fold', group: 'graph', keys: ['Shift+G'] },
  { command: 'edit.unfold', group: 'graph', keys: ['Mod+Shift+G'] },
  { command: 'edit.open', group: 'graph', keys: ['Enter'] },
  { command: 'edit.leave', group: 'graph', keys: ['Mod+ArrowUp'] },
  { command: 'edit.savePiece', group: 'graph', keys: [] },
  { command: 'canvas.frame', group: 'arrange', keys: ['Mod+G'] },
  { command: 'canvas.note', group: 'arrange', keys: ['N'] },
  { command: 'edit.collapse', group: 'arrange', keys: ['Shift+C'] },
  { command: 'edit.point', group: 'arrange', keys: ['J'] },
  { command: 'edit.free', group: 'arrange', keys: ['Shift+J'] },
  { command: 'canvas.arrange', group: 'arrange', keys: ['Shift+L'] },
  { command: 'canvas.snap', group: 'arrange', keys: ['Shift+S'] },
  { command: 'canvas.map', group: 'arrange', keys: ['Shift+M'] },
  { command: 'align.left', group: 'arrange', keys: [] },
  { command: 'align.centre', group: 'arrange', keys: [] },
  { command: 'align.right', group: 'arrange', keys: [] },
  { command: 'align.top', group: 'arrange', keys: [] },
  { command: 'align.middle', group: 'arrange', keys: [] },
  { command: 'align.bottom', group: 'arrange', keys: [] },
  { command: 'align.across', group: 'arrange', keys: [] },
  { command: 'align.down', group: 'arrange', keys: [] },
  { command: 'edit.undo', group: 'edit', keys: ['Mod+Z'] },
  { command: 'edit.redo', group: 'edit', keys: ['Mod+Shift+Z', 'Mod+Y'] },
  { command: 'edit.history', group: 'edit', keys: ['Shift+H'] },
  { command: 'edit.copy', group: 'edit', keys: ['Mod+C'], byBrowser: true },
  { command: 'edit.cut', group: 'edit', keys: ['Mod+X'], byBrowser: true },
  { command: 'edit.paste', group: 'edit', keys: ['Mod+V'], byBrowser: true },
  {
    command: 'edit.pasteWired',
    group: 'edit',
    keys: ['Mod+Shift+V'],
    byBrowser: true,
  },
  { command: 'edit.duplicate', group: 'edit', keys: ['Mod+D'] },
  { command: 'edit.duplicateLoose', group: 'edit', keys: ['Mod+Shift+D'] },
  { command: 'edit.delete', group: 'edit', keys: ['Delete', 'Backspace'] },
  {
    command: 'edit.deleteLoose',
    group: 'edit',
    keys: ['Shift+Delete', 'Shift+Backspace'],
  },
  { command: 'edit.selectAll', group: 'edit', keys: ['Mod+A'] },
  { command: 'play.toggle', group: 'viewer', keys: ['Space'] },
  { command: 'play.back', group: 'viewer', keys: ['ArrowLeft', ','] },
  { command: 'play.forward', group: 'viewer', keys: ['ArrowRight', '.'] },
  { command: 'play.first', group: 'viewer', keys: ['Home'] },
  { command: 'play.last', group: 'viewer', keys: ['End'] },
  { command: 'play.in', group: 'viewer', keys: ['I'] },
  { command: 'play.out', group: 'viewer', keys: ['O'] },
  { command: 'viewer.compare', group: 'viewer', keys: ['C'] },
  { command: 'viewer.flicker', group: 'viewer', keys: ['X'] },
  {
    command: 'viewer.region',
    group: 'viewer',
    keys: ['Shift+R'],
  },
  { command: 'viewer.marks', group: 'viewer', keys: ['K'] },
  { command: 'viewer.scopes', group: 'viewer', keys: ['H'] },
  { command: 'viewer.times', group: 'viewer', keys: ['T'] },
  { command: 'viewer.fit', group: 'viewer', keys: ['F'] },
  { command: 'viewer.100', group: 'viewer', keys: ['1'] },
  { command: 'viewer.200', group: 'viewer', keys: ['2'] },
  { command: 'file.new', group: 'file', keys: [] },
  { command: 'file.open', group: 'file', keys: ['Mod+O'] },
  { command: 'file.save', group: 'file', keys: ['Mod+S'] },
  { command: 'file.versions', group: 'file', keys: [] },
  { command: 'file.export', group: 'file', keys: ['Mod+E'] },
  { command: 'file.link', group: 'file', keys: ['L'] },
  { command: 'file.recipes', group: 'file', keys: ['R'] },
  { command: 'help.commands', group: 'file', keys: ['Mod+K'] },
  { command: 'help.tour', group: 'file', keys: [] },
  { command: 'help.shortcuts', group: 'file', keys: ['?'] },
]
