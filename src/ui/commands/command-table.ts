/** Every command there is, in the order in which they are listed; to find a shortcut, look into the file of its area. */
import { arrangeCommands } from './arrange-commands.ts'
import type { CommandRecord } from './command.ts'
import { editCommands } from './edit-commands.ts'
import { fileCommands } from './file-commands.ts'
import { graphCommands } from './graph-commands.ts'
import { viewerCommands } from './viewer-commands.ts'

const records = { ...graphCommands, ...arrangeCommands, ...editCommands, ...viewerCommands, ...fileCommands }

export type CommandName = keyof typeof records

export const commandTable: Readonly<Record<CommandName, CommandRecord>> = records

export const commandNames = Object.keys(records) as readonly CommandName[]

export const titleOfCommand = (name: CommandName): string => records[name].title

/** As menus call it. */
export const shortTitleOf = (name: CommandName): string => commandTable[name].short ?? records[name].title
