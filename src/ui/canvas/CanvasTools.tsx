/** What tidies the canvas, beside the buttons that zoom it. */
import { ControlButton } from '@xyflow/react'
import { LayoutGrid, Magnet, Map as MapIcon } from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { useStore } from 'zustand'
import { type CommandName, titleOfCommand } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { arrangeMenu } from '../commands/menus.ts'
import { useEditor } from '../editor.ts'
import { MenuContent } from '../kit/MenuContent.tsx'
import { CommandItem } from '../shell/CommandItem.tsx'
import { text } from '../text/text.ts'

export function CanvasTools() {
  const { view, commands } = useEditor()
  const snap = useStore(view, (state) => state.snap)
  const map = useStore(view, (state) => state.map)
  const hint = (command: CommandName) => [titleOfCommand(command), keysOf(command)].filter(Boolean).join(' · ')
  return (
    <>
      <ControlButton
        title={hint('canvas.snap')}
        aria-label={text.canvas.snap}
        aria-pressed={snap}
        onClick={() => commands.run('canvas.snap')}
      >
        <Magnet aria-hidden />
      </ControlButton>
      <ControlButton
        title={hint('canvas.map')}
        aria-label={text.canvas.map}
        aria-pressed={map}
        onClick={() => commands.run('canvas.map')}
      >
        <MapIcon aria-hidden />
      </ControlButton>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <ControlButton title={text.canvas.arrange} aria-label={text.canvas.arrange}>
            <LayoutGrid aria-hidden />
          </ControlButton>
        </DropdownMenu.Trigger>
        <MenuContent side="left" align="start" sideOffset={6}>
          {arrangeMenu.map((command) => (
            <CommandItem key={command} command={command} icon full />
          ))}
        </MenuContent>
      </DropdownMenu.Root>
    </>
  )
}
