/** What the right mouse button (or the menu key) offers on the canvas: for the nodes it lies on, else for the canvas. */
import {
  Boxes,
  CircleOff,
  ClipboardPaste,
  Copy,
  CornerLeftUp,
  Frame,
  Maximize2,
  Plus,
  Power,
  Save,
  StickyNote,
  Trash2,
  Ungroup,
} from 'lucide-react'
import { ContextMenu } from 'radix-ui'
import { type MouseEvent, type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import { isSubgraph, sideOf } from '../../graph/document/subgraph.ts'
import { useEditor } from '../editor.ts'
import { focusTaken } from '../kit/focus-back.ts'
import { type CommandName, keysOf } from '../shortcuts.ts'
import { text } from '../text/text.ts'

const words = text.canvas.menu
const { edit } = text.shell

interface Item {
  readonly command: CommandName
  readonly title: string
  readonly icon: typeof Boxes
}

const add: Item = { command: 'canvas.add', title: words.addNode, icon: Plus }
const paste: Item = { command: 'edit.paste', title: edit.paste, icon: ClipboardPaste }
const note: Item = { command: 'canvas.note', title: words.addNote, icon: StickyNote }
const leave: Item = { command: 'edit.leave', title: words.leave, icon: CornerLeftUp }
const opened: readonly Item[] = [
  { command: 'edit.open', title: words.open, icon: Maximize2 },
  { command: 'edit.unfold', title: words.unfold, icon: Ungroup },
  { command: 'edit.savePiece', title: text.subgraphs.piece.save, icon: Save },
]
const ofNodes: readonly Item[] = [
  { command: 'edit.fold', title: words.fold, icon: Boxes },
  { command: 'canvas.frame', title: words.frame, icon: Frame },
  { command: 'edit.duplicate', title: edit.duplicate, icon: Copy },
  { command: 'edit.bypass', title: edit.bypass, icon: Power },
  { command: 'edit.mute', title: edit.mute, icon: CircleOff },
  { command: 'edit.delete', title: edit.delete, icon: Trash2 },
]

export function CanvasMenu({ children }: { children: ReactNode }) {
  const { document, view, commands } = useEditor()
  const [onNode, setOnNode] = useState(false)
  const selection = useStore(view, (state) => state.selection)
  const level = useStore(document, (state) => state.level)
  const inside = useStore(document, (state) => state.path.length > 0)
  const nodes = [...selection].flatMap((id) => level.nodes[id] ?? [])
  const [only] = nodes
  const onCard = onNode && nodes.length > 0
  const items = onCard
    ? nodes.every(sideOf)
      ? []
      : [...(nodes.length === 1 && isSubgraph(only) ? opened : []), ...ofNodes]
    : [add, paste, note]
  /** What the pointer lies on is chosen, unless it is among what is chosen already. */
  const onContextMenu = (event: MouseEvent) => {
    const card = (event.target as Element).closest('.react-flow__node')?.getAttribute('data-id')
    const id = card && level.nodes[card as NodeId] ? (card as NodeId) : undefined
    setOnNode(id !== undefined)
    if (id && !selection.has(id)) view.select([id])
  }
  const run = (command: CommandName) => {
    // The menu gives the focus back first; what a command opens must not lose it again.
    requestAnimationFrame(() => commands.run(command))
  }
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenu={onContextMenu}>
        <div className="canvas-ground">{children}</div>
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          className="menu"
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (!focusTaken()) commands.focusCanvas()
          }}
        >
          {[...items, ...(inside ? [leave] : [])].map(({ command, title, icon: Icon }) => (
            <ContextMenu.Item key={command} className="menu-item" onSelect={() => run(command)}>
              <Icon size={15} aria-hidden />
              {title}
              <span className="keys">{keysOf(command)}</span>
            </ContextMenu.Item>
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}
