/**
 * Which keys call which command: as shipped, or as the person set them, which the browser remembers. There is one
 * keyboard to a page, so there is one of these.
 */
import { createStore } from 'zustand/vanilla'
import { recall, remember } from '../store/view.ts'
import { text } from '../text/text.ts'
import { type CommandName, commandNames, commandTable, titleOfCommand } from './command-table.ts'

const storageKey = 'framewright/keys'

/** Only what differs from the records. */
type Custom = Readonly<Partial<Record<CommandName, readonly string[]>>>

interface Keymap {
  readonly custom: Custom
  readonly byKey: ReadonlyMap<string, CommandName>
}

const keysIn = (custom: Custom, command: CommandName): readonly string[] =>
  custom[command] ?? commandTable[command].keys

function keymapOf(custom: Custom): Keymap {
  const byKey = new Map<string, CommandName>()
  for (const command of commandNames)
    for (const key of keysIn(custom, command)) if (!byKey.has(key)) byKey.set(key, command)
  return { custom, byKey }
}

/** What no longer names a command, or is no list of keys, is left out; the rest is as the person set it. */
function parse(storedText: string | null): Custom {
  if (storedText === null) return {}
  try {
    const value: unknown = JSON.parse(storedText)
    if (typeof value !== 'object' || value === null) return {}
    const settable = new Set<string>(commandNames.filter((command) => !commandTable[command].byBrowser))
    return Object.fromEntries(
      Object.entries(value).filter(
        ([command, keys]) =>
          settable.has(command) && Array.isArray(keys) && keys.every((key) => typeof key === 'string' && key !== ''),
      ),
    )
  } catch (error) {
    console.warn('The keys you set cannot be read, so those of the editor count:', error)
    return {}
  }
}

/** As shipped, until `recallKeys` reads what the person set. */
export const keymap = createStore<Keymap>(() => keymapOf({}))

/** Reads the keys that the person set. */
export function recallKeys(): void {
  keymap.setState(keymapOf(parse(recall(storageKey))))
}

/** Another tab set keys: they count here too, so that setting one here does not undo that. */
export function onKeysStored({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): void {
  if (key === storageKey) keymap.setState(keymapOf(parse(newValue)))
}

function set(custom: Custom) {
  const ownKeys = Object.fromEntries(
    Object.entries(custom).filter(([command, keys]) => keys.join(' ') !== keysIn({}, command as CommandName).join(' ')),
  )
  keymap.setState(keymapOf(ownKeys))
  remember(storageKey, JSON.stringify(ownKeys))
}

export const keysFor = (command: CommandName): readonly string[] => keysIn(keymap.getState().custom, command)
export const commandFor = (key: string): CommandName | undefined => keymap.getState().byKey.get(key)

/** Gives `command` this key instead of those it has; whoever had it before has it no longer. */
export function assignKey(command: CommandName, key: string): void {
  const { custom } = keymap.getState()
  const holder = commandFor(key)
  const without = holder && holder !== command ? { [holder]: keysFor(holder).filter((one) => one !== key) } : {}
  set({ ...custom, ...without, [command]: [key] })
}
export function clearKeys(command: CommandName): void {
  set({ ...keymap.getState().custom, [command]: [] })
}
/** Back to the keys as shipped; those that another command was given meanwhile come back too. */
export function resetKeys(command?: CommandName): void {
  if (!command) {
    set({})
    return
  }
  const back = keysIn({}, command)
  const others = Object.entries(keymap.getState().custom).map(
    ([other, keys]) => [other, other === command ? back : keys.filter((key) => !back.includes(key))] as const,
  )
  set(Object.fromEntries(others))
}

/** Why a command cannot have a key; `undefined` where it can. */
export function refusal(command: CommandName, key: string): string | undefined {
  if (key === 'Escape') return text.keys.escapeStays
  if (key === 'Tab' && command !== 'canvas.add') return text.keys.tabStays
  const browserCommand = commandNames.find(
    (name) => commandTable[name].byBrowser && commandTable[name].keys.includes(key),
  )
  return browserCommand && browserCommand !== command
    ? text.keys.browserKeeps(titleOfCommand(browserCommand))
    : undefined
}
