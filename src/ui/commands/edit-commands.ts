/** The history, the clipboard, and what is selected. */
import { ClipboardCopy, ClipboardPaste, Copy, History as HistoryIcon, Redo2, Trash2, Undo2 } from 'lucide-react'
import type { EdgeId, MarkId, NodeId } from '../../graph/document/document.ts'
import { text } from '../text/text.ts'
import { area, type CommandContext } from './command.ts'

/** What copying takes: wires go with their nodes. */
const anyCard = ({ selection }: CommandContext) =>
  selection.nodes().length > 0 || selection.marksAndMembers().length > 0
const anything = ({ selection }: CommandContext) =>
  selection.nodes().length + selection.edges().length + selection.marks().length > 0

/** Where the step puts another graph in the place of this one, as that of a recipe does, all of it comes into sight. */
function stepping({ document, view }: CommandContext, step: () => void): void {
  const titleNow = () => document.getState().document.title
  const before = titleNow()
  step()
  if (titleNow() !== before) view.reveal(null)
}

export const editCommands = area('edit', text.commands.edit, {
  'edit.undo': {
    icon: Undo2,
    keys: ['Mod+Z'],
    possible: ({ document }) => document.getState().undoLabel !== null,
    run: (context) => stepping(context, () => context.document.undo()),
  },
  'edit.redo': {
    icon: Redo2,
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    possible: ({ document }) => document.getState().redoLabel !== null,
    run: (context) => stepping(context, () => context.document.redo()),
  },
  'edit.history': {
    icon: HistoryIcon,
    keys: ['Shift+H'],
    run: ({ panels }) => panels.history?.open(),
  },
  'edit.copy': {
    icon: ClipboardCopy,
    keys: ['Mod+C'],
    byBrowser: true,
    possible: anyCard,
    run: ({ clipboard }) => void clipboard.copy(),
  },
  'edit.cut': {
    keys: ['Mod+X'],
    byBrowser: true,
    possible: anyCard,
    run: ({ clipboard }) => void clipboard.cut(),
  },
  'edit.paste': {
    icon: ClipboardPaste,
    keys: ['Mod+V'],
    byBrowser: true,
    run: ({ clipboard }) => void clipboard.paste(),
  },
  'edit.pasteWired': {
    keys: ['Mod+Shift+V'],
    byBrowser: true,
    run: ({ clipboard }) => void clipboard.paste({ wired: true }),
  },
  'edit.duplicate': {
    icon: Copy,
    keys: ['Mod+D'],
    possible: anyCard,
    run: ({ selectionEdits }) => selectionEdits.duplicate({ incoming: true }),
  },
  'edit.duplicateLoose': {
    keys: ['Mod+Shift+D'],
    possible: anyCard,
    run: ({ selectionEdits }) => selectionEdits.duplicate({ incoming: false }),
  },
  'edit.delete': {
    icon: Trash2,
    keys: ['Delete', 'Backspace'],
    possible: anything,
    run: ({ selectionEdits }) => selectionEdits.remove({ reconnect: true }),
  },
  'edit.deleteLoose': {
    keys: ['Shift+Delete', 'Shift+Backspace'],
    possible: anything,
    run: ({ selectionEdits }) => selectionEdits.remove({ reconnect: false }),
  },
  'edit.selectAll': {
    keys: ['Mod+A'],
    run: ({ document, view }) => {
      const { nodes, edges, marks = {} } = document.getState().level
      view.select(Object.keys(nodes) as NodeId[], Object.keys(edges) as EdgeId[], Object.keys(marks) as MarkId[])
    },
  },
})
