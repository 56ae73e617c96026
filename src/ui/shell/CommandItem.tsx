/** A command as it stands in a menu: what its record says, with its keys as they are now. */
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { type CommandName, commandTable, shortTitleOf, titleOfCommand } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'

interface LabelProps {
  readonly command: CommandName
  readonly icon?: boolean
  /** Called by its full title, where the menu's place does not say the rest. */
  readonly full?: boolean
}

export function CommandLabel({ command, icon = false, full = false }: LabelProps) {
  const Icon = icon ? commandTable[command].icon : undefined
  return (
    <>
      {Icon && <Icon size={15} aria-hidden />}
      {full ? titleOfCommand(command) : shortTitleOf(command)}
      <span className="keys">{keysOf(command)}</span>
    </>
  )
}

/** An entry of a menu that a button opens. */
export function CommandItem(props: LabelProps) {
  const { commands } = useEditor()
  const { command } = props
  return (
    <DropdownMenu.Item
      className="menu-item"
      disabled={!commands.possible(command)}
      onSelect={() => commands.run(command)}
    >
      <CommandLabel {...props} />
    </DropdownMenu.Item>
  )
}
