/** Every command there is, and the keys it ships with: behind the key handler, the menus' hints, the palette and the `?` list. */
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

export interface Shortcut {
  readonly command: CommandName
  readonly title: string
  readonly group: 'Graph' | 'Arrange' | 'Edit' | 'Viewer' | 'File and help'
  /** Each a key with its modifiers, such as `Mod+Shift+Z`; `Mod` is ⌘ on a Mac and Ctrl elsewhere. May be none. */
  readonly keys: readonly string[]
  /** The browser tells of it by an event of its own (copy, cut, paste); the key handler leaves it alone. */
  readonly byBrowser?: boolean
}

export const shortcuts: readonly Shortcut[] = [
  { command: 'canvas.add', title: 'Add a node', group: 'Graph', keys: ['Tab', 'Shift+A'] },
  { command: 'palette.search', title: 'Search the nodes', group: 'Graph', keys: ['/'] },
  { command: 'edit.view', title: 'Show the selected node in the viewer', group: 'Graph', keys: ['V'] },
  { command: 'edit.bypass', title: 'Bypass the selected nodes', group: 'Graph', keys: ['B'] },
  { command: 'edit.mute', title: 'Mute the selected nodes', group: 'Graph', keys: ['M'] },
  { command: 'canvas.fit', title: 'Bring the whole graph into sight', group: 'Graph', keys: ['G'] },
  { command: 'canvas.zoomIn', title: 'Zoom into the graph', group: 'Graph', keys: [] },
  { command: 'canvas.zoomOut', title: 'Zoom out of the graph', group: 'Graph', keys: [] },
  { command: 'problems.show', title: 'List what is wrong', group: 'Graph', keys: ['P'] },
  { command: 'edit.fold', title: 'Fold the selected nodes into a subgraph', group: 'Graph', keys: ['Shift+G'] },
  { command: 'edit.unfold', title: 'Unfold the selected subgraph', group: 'Graph', keys: ['Mod+Shift+G'] },
  { command: 'edit.open', title: 'Open the selected subgraph', group: 'Graph', keys: ['Enter'] },
  { command: 'edit.leave', title: 'Leave the subgraph', group: 'Graph', keys: ['Mod+ArrowUp'] },
  { command: 'edit.savePiece', title: 'Save the subgraph as a piece', group: 'Graph', keys: [] },
  { command: 'canvas.frame', title: 'Frame the selected nodes', group: 'Arrange', keys: ['Mod+G'] },
  { command: 'canvas.note', title: 'Add a note', group: 'Arrange', keys: ['N'] },
  { command: 'edit.collapse', title: 'Collapse or open the selected nodes', group: 'Arrange', keys: ['Shift+C'] },
  { command: 'edit.point', title: 'Bend the selected wire', group: 'Arrange', keys: ['J'] },
  { command: 'canvas.arrange', title: 'Lay out the graph', group: 'Arrange', keys: ['Shift+L'] },
  { command: 'canvas.snap', title: 'Snap to the grid', group: 'Arrange', keys: ['Shift+S'] },
  { command: 'canvas.map', title: 'Map of the graph', group: 'Arrange', keys: ['Shift+M'] },
  { command: 'align.left', title: 'Align left', group: 'Arrange', keys: [] },
  { command: 'align.centre', title: 'Align centres', group: 'Arrange', keys: [] },
  { command: 'align.right', title: 'Align right', group: 'Arrange', keys: [] },
  { command: 'align.top', title: 'Align top', group: 'Arrange', keys: [] },
  { command: 'align.middle', title: 'Align middles', group: 'Arrange', keys: [] },
  { command: 'align.bottom', title: 'Align bottom', group: 'Arrange', keys: [] },
  { command: 'align.across', title: 'Distribute from left to right', group: 'Arrange', keys: [] },
  { command: 'align.down', title: 'Distribute from top to bottom', group: 'Arrange', keys: [] },
  { command: 'edit.undo', title: 'Undo', group: 'Edit', keys: ['Mod+Z'] },
  { command: 'edit.redo', title: 'Redo', group: 'Edit', keys: ['Mod+Shift+Z', 'Mod+Y'] },
  { command: 'edit.history', title: 'Everything that was done', group: 'Edit', keys: ['Shift+H'] },
  { command: 'edit.copy', title: 'Copy', group: 'Edit', keys: ['Mod+C'], byBrowser: true },
  { command: 'edit.cut', title: 'Cut', group: 'Edit', keys: ['Mod+X'], byBrowser: true },
  { command: 'edit.paste', title: 'Paste', group: 'Edit', keys: ['Mod+V'], byBrowser: true },
  {
    command: 'edit.pasteWired',
    title: 'Paste, reading what the originals read',
    group: 'Edit',
    keys: ['Mod+Shift+V'],
    byBrowser: true,
  },
  { command: 'edit.duplicate', title: 'Duplicate with incoming wires', group: 'Edit', keys: ['Mod+D'] },
  { command: 'edit.duplicateLoose', title: 'Duplicate alone', group: 'Edit', keys: ['Mod+Shift+D'] },
  { command: 'edit.delete', title: 'Delete and reconnect', group: 'Edit', keys: ['Delete', 'Backspace'] },
  {
    command: 'edit.deleteLoose',
    title: 'Delete and leave a gap',
    group: 'Edit',
    keys: ['Shift+Delete', 'Shift+Backspace'],
  },
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
  {
    command: 'viewer.region',
    title: 'Draw a region to render alone (again: leave it)',
    group: 'Viewer',
    keys: ['Shift+R'],
  },
  { command: 'viewer.marks', title: 'Crop marks', group: 'Viewer', keys: ['K'] },
  { command: 'viewer.scopes', title: 'Next scope', group: 'Viewer', keys: ['H'] },
  { command: 'viewer.times', title: 'Where the frame’s time goes', group: 'Viewer', keys: ['T'] },
  { command: 'viewer.fit', title: 'Fit the picture', group: 'Viewer', keys: ['F'] },
  { command: 'viewer.100', title: 'Zoom 100 %', group: 'Viewer', keys: ['1'] },
  { command: 'viewer.200', title: 'Zoom 200 %', group: 'Viewer', keys: ['2'] },
  { command: 'file.new', title: 'New graph', group: 'File and help', keys: [] },
  { command: 'file.open', title: 'Open a graph', group: 'File and help', keys: ['Mod+O'] },
  { command: 'file.save', title: 'Save the graph', group: 'File and help', keys: ['Mod+S'] },
  { command: 'file.versions', title: 'Earlier versions', group: 'File and help', keys: [] },
  { command: 'file.export', title: 'Export', group: 'File and help', keys: ['Mod+E'] },
  { command: 'file.link', title: 'Copy a link to the graph', group: 'File and help', keys: ['L'] },
  { command: 'file.recipes', title: 'Recipes', group: 'File and help', keys: ['R'] },
  { command: 'help.commands', title: 'Find a command', group: 'File and help', keys: ['Mod+K'] },
  { command: 'help.tour', title: 'Take the tour', group: 'File and help', keys: [] },
  { command: 'help.shortcuts', title: 'Keys and gestures', group: 'File and help', keys: ['?'] },
]
