/** What the right mouse button (or the menu key) offers on the canvas: for the nodes it lies on, else for the canvas. */
import * as ContextMenu from 'radix-ui/context-menu'
import { Fragment, type MouseEvent, type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import { isSubgraph, sideOf } from '../../graph/document/subgraph.ts'
import type { CommandName } from '../commands/command-table.ts'
import { contextMenu } from '../commands/menus.ts'
import { useEditor } from '../editor.ts'
import { focusTaken } from '../kit/focus-back.ts'
import { CommandLabel } from '../shell/CommandItem.tsx'

export function CanvasMenu({ children }: { children: ReactNode }) {
  const { document, view, commands } = useEditor()
  const [onNode, setOnNode] = useState(false)
  const selection = useStore(view, (state) => state.selection)
  const level = useStore(document, (state) => state.level)
  const inside = useStore(document, (state) => state.path.length > 0)
  const nodes = [...selection].flatMap((id) => level.nodes[id] ?? [])
  const [only] = nodes
  const onCard = onNode && nodes.length > 0
  const sections: readonly (readonly CommandName[])[] = [
    ...(onCard && nodes.length === 1 && isSubgraph(only) ? contextMenu.subgraph : []),
    ...(onCard ? (nodes.every(sideOf) ? [] : contextMenu.nodes) : contextMenu.canvas),
    ...(inside ? contextMenu.inside : []),
  ]
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
          {sections.map((section, n) => (
            <Fragment key={section[0]}>
              {n > 0 && <ContextMenu.Separator className="menu-line" />}
              {section.map((command) => (
                <ContextMenu.Item
                  key={command}
                  className="menu-item"
                  disabled={!commands.possible(command)}
                  onSelect={() => run(command)}
                >
                  <CommandLabel command={command} icon />
                </ContextMenu.Item>
              ))}
            </Fragment>
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}
