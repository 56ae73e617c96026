/** What a command is: one record says all of it, and menus, palette, keys and the list of keys follow from that. */
import type { LucideIcon } from 'lucide-react'
import type { NodeId } from '../../graph/document/document.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { GraphFiles } from '../files/graph-files.ts'
import type { Sharing } from '../sharing/sharing.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { FactsStore } from '../store/facts-store.ts'
import type { LanesStore } from '../store/lanes.ts'
import type { PreviewStore } from '../store/preview.ts'
import type { ViewStore } from '../store/view.ts'
import type { ViewerSettingsStore } from '../store/viewer-settings.ts'
import type { text } from '../text/text.ts'
import type { Arranging } from './edits/arrange-edits.ts'
import type { NodeClipboard } from './edits/clipboard.ts'
import type { Rerouting } from './edits/route-edits.ts'
import type { Selected } from './edits/selection.ts'
import type { SelectionEdits } from './edits/selection-edits.ts'
import type { Subgraphs } from './edits/subgraph-edits.ts'
import type { IncomingFiles } from './incoming-files.ts'
import type { Panels } from './panels.ts'

/** What a command is listed among. */
export type CommandGroup = keyof typeof text.commands.groups

export interface CommandRecord {
  readonly group: CommandGroup
  /** What it does, in full. */
  readonly title: string
  /** The same in a menu, whose place says the rest; absent: `title`. */
  readonly short?: string
  readonly icon?: LucideIcon
  /** As shipped; each a key with its modifiers, such as `Mod+Shift+Z`: `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
  readonly keys: readonly string[]
  /** The browser tells of it by an event of its own (copy, cut, paste); the key handler leaves it alone. */
  readonly byBrowser?: boolean
  /** Its key counts in fields, menus and lists too: a menu that is still closing must not swallow it. */
  readonly everywhere?: boolean
  /**
   * Whether there is something to do it to; absent: always. Menus grey it out by this. A key that is pressed all the
   * same reaches `run`, which may say what is missing, and changes nothing.
   */
  readonly possible?: (context: CommandContext) => boolean
  readonly run: (context: CommandContext) => void
}

/** All that a command may reach. */
export interface CommandContext {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly preview: PreviewStore
  readonly viewerSettings: ViewerSettingsStore
  readonly lanes: Pick<LanesStore, 'measureClip' | 'stop' | 'getState'>
  readonly view: ViewStore
  /** Those that are on screen. */
  readonly panels: Readonly<Partial<Panels>>
  readonly selection: Selected
  readonly selectionEdits: SelectionEdits
  readonly arranging: Arranging
  readonly rerouting: Rerouting
  readonly subgraphs: Subgraphs
  readonly clipboard: NodeClipboard
  readonly files: GraphFiles
  readonly incoming: Pick<IncomingFiles, 'openPicker'>
  readonly sharing: Sharing
  /** Shows in the viewer what a node of the open level makes. */
  show(node: NodeId): void
}

/** What a command is called. */
type Words = Pick<CommandRecord, 'title' | 'short'>

/**
 * The commands of one area, in the order in which they are listed. `words`: what they are called. A name that lacks
 * its record, or a record that lacks its name, does not compile.
 */
export function area<Name extends string>(
  group: CommandGroup,
  words: Readonly<Record<Name, Words>>,
  records: Readonly<Record<NoInfer<Name>, Omit<CommandRecord, 'group' | keyof Words>>>,
): Readonly<Record<Name, CommandRecord>> {
  const names = Object.keys(records) as Name[]
  const entries = names.map((name) => [name, { group, ...words[name], ...records[name] }])
  return Object.fromEntries(entries) as Record<Name, CommandRecord>
}
