/** What tidies the canvas, beside the buttons that zoom it. */
import { ControlButton } from '@xyflow/react'
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalSpaceAround,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalSpaceAround,
  Boxes,
  Frame,
  LayoutGrid,
  Magnet,
  Map as MapIcon,
  Network,
  StickyNote,
  Ungroup,
} from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { MenuContent } from '../kit/MenuContent.tsx'
import { type CommandName, keysOf, titleOfCommand } from '../shortcuts.ts'
import { text } from '../text/text.ts'

const arranging: readonly { readonly command: CommandName; readonly icon: typeof Frame; readonly least: number }[] = [
  { command: 'canvas.arrange', icon: Network, least: 0 },
  { command: 'edit.fold', icon: Boxes, least: 1 },
  { command: 'edit.unfold', icon: Ungroup, least: 1 },
  { command: 'canvas.frame', icon: Frame, least: 0 },
  { command: 'canvas.note', icon: StickyNote, least: 0 },
  { command: 'align.left', icon: AlignStartVertical, least: 2 },
  { command: 'align.centre', icon: AlignCenterVertical, least: 2 },
  { command: 'align.right', icon: AlignEndVertical, least: 2 },
  { command: 'align.top', icon: AlignStartHorizontal, least: 2 },
  { command: 'align.middle', icon: AlignCenterHorizontal, least: 2 },
  { command: 'align.bottom', icon: AlignEndHorizontal, least: 2 },
  { command: 'align.across', icon: AlignHorizontalSpaceAround, least: 3 },
  { command: 'align.down', icon: AlignVerticalSpaceAround, least: 3 },
]

export function CanvasTools() {
  const { view, commands } = useEditor()
  const snap = useStore(view, (state) => state.snap)
  const map = useStore(view, (state) => state.map)
  const count = useStore(view, (state) => state.selection.size)
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
          {arranging.map(({ command, icon: Icon, least }) => (
            <DropdownMenu.Item
              key={command}
              className="menu-item"
              disabled={count < least}
              onSelect={() => commands.run(command)}
            >
              <Icon size={15} aria-hidden />
              {titleOfCommand(command)}
              <span className="keys">{keysOf(command)}</span>
            </DropdownMenu.Item>
          ))}
        </MenuContent>
      </DropdownMenu.Root>
    </>
  )
}
