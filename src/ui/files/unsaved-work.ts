/**
 * Watches over what lies in no file yet: every change goes into the browser's storage within half a second and before
 * the page goes, and now and then becomes an earlier version.
 */
import type { GraphDocument } from '../../graph/document/document.ts'
import { countNodes } from '../../graph/document/levels.ts'
import { serializeGraph } from '../../graph/file/write.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { ViewStore } from '../store/view.ts'
import { text } from '../text/text.ts'
import type { CreateVersions, EarlierVersions, Version } from './earlier-versions.ts'
import type { UnsavedEntry, UnsavedGraph, UnsavedGraphs } from './unsaved-graphs.ts'

const words = text.files

/** After a change, milliseconds: what follows within them is written along. */
const writeDelayMs = 500

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: Pick<ViewStore, 'toast'>
  readonly graphs: Pick<UnsavedGraphs, 'key' | 'claim' | 'keep' | 'drop' | 'leave' | 'read' | 'entriesOfOthers'>
  readonly createVersions: CreateVersions
}

export class UnsavedWork {
  readonly #parts: Parts
  readonly #versions: EarlierVersions
  readonly #complaints = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#versions = parts.createVersions((error) => {
      console.warn('A version could not be kept:', error)
      this.#complainOnce(words.noVersions)
    })
  }

  /** Each once, since a full store would say it with every change. */
  #complainOnce(message: string) {
    if (this.#complaints.has(message)) return
    this.#complaints.add(message)
    this.#parts.view.toast({ tone: 'error', message, hint: words.storeHint })
  }

  get #current(): GraphDocument {
    return this.#parts.document.getState().document
  }

  get #isEdited(): boolean {
    return this.#parts.document.getState().edited && Object.keys(this.#current.nodes).length > 0
  }

  #serialized(graph = this.#current): string {
    return serializeGraph(graph, this.#parts.specs)
  }

  /** @param label what it was; what was done last, where absent. @param now also within a minute of the last version. */
  noteVersion(graph: GraphDocument, { label, now }: { now?: boolean; label?: string } = {}): void {
    if (Object.keys(graph.nodes).length === 0) return
    void this.#versions.note(
      {
        graph: this.#parts.graphs.key,
        title: graph.title,
        label: label ?? this.#parts.document.getState().undoLabel ?? '',
        nodes: countNodes(graph),
        text: this.#serialized(graph),
      },
      { now },
    )
  }

  versions(): Promise<readonly Version[]> {
    return this.#versions.list()
  }

  isOfThis(version: Version): boolean {
    return version.graph === this.#parts.graphs.key
  }

  /** Another graph is about to take its place: where it was edited, it stays under the key that is given. */
  leave(): string | null {
    if (!this.#isEdited) return null
    this.noteVersion(this.#current, { now: true })
    return this.#parts.graphs.leave(this.#serialized(), this.#current.title)
  }

  /** `graph` was just opened and lies in no file. */
  keep(graph: GraphDocument): void {
    this.#parts.graphs.keep(this.#serialized(graph), graph.title)
    this.noteVersion(graph, { label: words.beforeFirstChange })
  }

  /** It lies in a file now. */
  drop(): void {
    this.#parts.graphs.drop()
  }

  /** What this very tab kept before it was reloaded. */
  claim(): Promise<UnsavedGraph | null> {
    return this.#parts.graphs.claim()
  }

  read(key: string): UnsavedGraph | null {
    return this.#parts.graphs.read(key)
  }

  entriesOfOthers(): readonly UnsavedEntry[] {
    return this.#parts.graphs.entriesOfOthers()
  }

  #write() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#isEdited) return this.drop()
    if (!this.#parts.graphs.keep(this.#serialized(), this.#current.title)) this.#complainOnce(words.storeFull)
    this.noteVersion(this.#current)
  }

  /** From now on notes every change, and at the latest when `page` goes. */
  follow(page: Pick<EventTarget, 'addEventListener'>): void {
    this.#parts.document.subscribe((state, before) => {
      if (state.document === before.document) return
      // What it was before the first change.
      if (state.edited && !before.edited && state.savedDocument === before.savedDocument)
        this.noteVersion(before.document, { label: words.beforeFirstChange })
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#write(), writeDelayMs)
    })
    page.addEventListener('pagehide', () => {
      if (this.#timer !== undefined) this.#write()
    })
  }
}
