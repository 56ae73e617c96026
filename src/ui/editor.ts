/** The editor's parts, tied together once; components reach them through context, never through globals. */
import { createContext, useContext } from 'react'
import type { Engine } from '../engine/door/api.ts'
import type { Specs } from '../graph/node/spec.ts'
import type { Commands } from './commands/commands.ts'
import type { PiecesStore } from './files/pieces.ts'
import type { CodeConsent } from './store/code-consent.ts'
import type { DerivedStore } from './store/derived.ts'
import type { DocumentStore } from './store/document-store.ts'
import type { ExportQueue } from './store/export-queue.ts'
import type { FactsStore } from './store/facts-store.ts'
import type { IdleStore } from './store/idle.ts'
import type { LanesStore } from './store/lanes.ts'
import type { PreviewStore } from './store/preview.ts'
import type { ViewStore } from './store/view.ts'
import type { ViewerSettingsStore } from './store/viewer-settings.ts'

export interface Editor {
  readonly engine: Engine
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly derived: DerivedStore
  readonly preview: PreviewStore
  readonly viewerSettings: ViewerSettingsStore
  readonly lanes: LanesStore
  readonly idle: IdleStore
  readonly exportQueue: ExportQueue
  readonly codeConsent: CodeConsent
  readonly view: ViewStore
  readonly pieces: PiecesStore
  readonly commands: Commands
  /** Shows the first graph; however often it is asked, it does so once. */
  start(): Promise<void>
}

export const EditorContext = createContext<Editor | null>(null)

export function useEditor(): Editor {
  const editor = useContext(EditorContext)
  if (!editor) throw new Error('This component stands outside the editor.')
  return editor
}
