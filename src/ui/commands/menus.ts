/** Which commands stand in which menu, each list between two lines; what they are called and do, their records say. */
import type { CommandName } from './command-table.ts'

type Section = readonly CommandName[]

/** File: between its sections stand recipes and graphs kept from earlier. */
export const fileMenu = {
  graph: ['file.new', 'file.open', 'file.save', 'file.link', 'file.versions'],
  recipes: ['file.recipes'],
  out: ['file.export'],
} as const satisfies Readonly<Record<string, Section>>

export const editMenu: readonly Section[] = [
  ['edit.undo', 'edit.redo'],
  [
    'edit.cut',
    'edit.copy',
    'edit.paste',
    'edit.pasteWired',
    'edit.duplicate',
    'edit.duplicateLoose',
    'edit.delete',
    'edit.deleteLoose',
    'edit.bypass',
    'edit.mute',
    'edit.selectAll',
  ],
  ['viewer.check', 'viewer.compareClip'],
]

/** What tidies the canvas, called by the full titles. */
export const arrangeMenu: Section = [
  'canvas.arrange',
  'edit.fold',
  'edit.unfold',
  'canvas.frame',
  'canvas.note',
  'align.left',
  'align.centre',
  'align.right',
  'align.top',
  'align.middle',
  'align.bottom',
  'align.across',
  'align.down',
]

/** What the right mouse button offers: on the bare canvas, on selected nodes, on one subgraph, and within one. */
export const contextMenu = {
  canvas: [['canvas.add', 'edit.paste', 'canvas.note']],
  nodes: [
    ['edit.view', 'edit.rename'],
    ['edit.copy', 'edit.duplicate', 'edit.replace', 'edit.reset', 'edit.drive'],
    ['edit.bypass', 'edit.mute'],
    ['edit.fold', 'canvas.frame'],
    ['edit.delete'],
  ],
  subgraph: [['edit.open', 'edit.unfold', 'edit.savePiece']],
  inside: [['edit.leave']],
} as const satisfies Readonly<Record<string, readonly Section[]>>
