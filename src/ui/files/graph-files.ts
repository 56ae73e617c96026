/**
 * The open graph and its files: opening, saving, the shipped recipes, and what is kept in the browser so that a closed
 * tab or a crash loses nothing.
 */
import { expand } from '../../graph/analysis/expand.ts'
import { type MediumPlace, mediumTaker } from '../../graph/analysis/medium.ts'
import { sourceOf } from '../../graph/analysis/upstream.ts'
import { emptyDocument, type GraphDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { replaceBy } from '../../graph/edits/edit.ts'
import { serializeGraph } from '../../graph/file/write.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { GraphDoor } from '../sharing/graphs-in-files.ts'
import type { Sharing } from '../sharing/sharing.ts'
import type { DocumentStore } from '../store/document-store.ts'
import { onSameMedium } from '../store/other-graph.ts'
import type { PreviewStore } from '../store/preview.ts'
import type { ViewStore } from '../store/view.ts'
import { text } from '../text/text.ts'
import type { CreateVersions, Version } from './earlier-versions.ts'
import { browserDisk, GraphOnDisk } from './graph-on-disk.ts'
import { GraphReader } from './graph-reader.ts'
import { type UnsavedEntry, UnsavedGraphs } from './unsaved-graphs.ts'
import { UnsavedWork } from './unsaved-work.ts'

const words = text.files

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly preview: PreviewStore
  readonly view: ViewStore
  readonly tell: (problems: readonly Problem[]) => void
  readonly sharing: Sharing
  readonly createVersions: CreateVersions
}

const fileName = (title: string): string => {
  const stem = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${stem || 'graph'}.json`
}

export class GraphFiles {
  readonly #parts: Parts
  readonly #reader: GraphReader
  readonly #disk = new GraphOnDisk(browserDisk)
  readonly #unsavedWork: UnsavedWork
  readonly #door: GraphDoor

  constructor(parts: Parts) {
    this.#parts = parts
    const { specs, document, view, tell, sharing, createVersions } = parts
    this.#reader = new GraphReader({ specs, view, tell, sharing })
    this.#unsavedWork = new UnsavedWork({ specs, document, view, graphs: new UnsavedGraphs(), createVersions })
    this.#door = {
      read: (text, name) => this.read(text, name),
      show: (next) => {
        this.#show(next, { unsaved: true })
        sharing.expectMissing()
      },
      fetchShipped: (name) => this.fetchShipped(name),
    }
  }

  get #current(): GraphDocument {
    return this.#parts.document.getState().document
  }

  /** Puts `next` on the canvas. What was there unsaved stays among the unsaved graphs. `unsaved`: `next` lies in no file. */
  #show(next: GraphDocument, { unsaved = false } = {}) {
    const { document, preview, view } = this.#parts
    const draftKey = this.#unsavedWork.leave()
    this.#disk.forget()
    preview.pause()
    document.open(next, unsaved ? emptyDocument : next)
    if (unsaved) this.#unsavedWork.keep(next)
    view.select([])
    preview.setState({ frame: 0, inPoint: null, outPoint: null })
    preview.choose(null)
    view.reveal(null)
    if (draftKey)
      view.toast({
        tone: 'info',
        message: words.earlierKept,
        action: { label: text.common.bringBack, run: () => this.openUnsaved(draftKey) },
      })
  }

  openNew(): void {
    this.#show({ ...emptyDocument })
  }

  /** A recipe that the address names comes again with a reload, until something of it is changed. */
  #clearAddressOnChange(): void {
    const { document, sharing } = this.#parts
    const stop = document.subscribe((state, before) => {
      if (state.document === before.document) return
      stop()
      sharing.clearAddress()
    })
  }

  /** A graph that an export carries lies in no file of its own. */
  async openFile(file: File): Promise<void> {
    const next = await this.readFile(file)
    if (!next) return
    if (GraphReader.isExport(file)) return this.#door.show(next)
    this.#show(next)
    this.#parts.sharing.expectMissing()
  }

  /** The graph in a file: its own, or one that an export carries. `null`: it cannot be read, which was told. */
  readFile(file: File): Promise<GraphDocument | null> {
    return this.#reader.file(file)
  }

  read(text: string, name: string): GraphDocument | null {
    return this.#reader.text(text, name)
  }

  fetchShipped(name: string): Promise<GraphDocument | null> {
    return this.#reader.shippedGraph(name)
  }

  async openShipped(name: string): Promise<void> {
    const next = await this.fetchShipped(name)
    if (next) this.#take(next)
  }

  /** Puts a recipe in the place of the open graph, on the clip that is open, as one step that can be undone. */
  #take(recipe: GraphDocument): void {
    const { document, preview, specs } = this.#parts
    const open = this.#current
    if (Object.keys(open.nodes).length === 0) {
      this.#show(recipe)
      return
    }
    // A recipe is no later state of the file that was open, and must not be written over it.
    this.#disk.forget()
    document.enter([])
    this.replace(text.edits.openRecipe(recipe.title), onSameMedium(recipe, open, specs, this.#seenMedium()))
    preview.choose(null)
  }

  /** Where the medium is opened that the viewer shows. */
  #seenMedium(): MediumPlace | null {
    const { document, preview, specs } = this.#parts
    const { view } = preview.getState()
    const source = view && sourceOf(expand(document.getState().document, specs).document, specs, view)
    return source
      ? mediumTaker(this.#current, specs, { path: [], selection: new Set(), viewedNode: source.node })
      : null
  }

  openUnsaved(key: string): void {
    const entry = this.#unsavedWork.read(key)
    const next = entry && this.read(entry.text, entry.title)
    if (next) this.#show(next)
  }

  /** Opens a recipe of one's own. */
  openText(text: string, name: string): void {
    const next = this.read(text, name)
    if (!next) return
    this.#take(next)
    this.#parts.sharing.expectMissing()
  }

  offerGraphIn(file: File): Promise<void> {
    return this.#parts.sharing.offerGraphIn(this.#door, file)
  }

  /** Another graph in the place of this one, as a step of its history; what was there is noted as a version. */
  replace(label: string, next: GraphDocument): void {
    const { document, view } = this.#parts
    this.#unsavedWork.noteVersion(this.#current, { now: true })
    document.editWhole(label, (draft) => replaceBy(draft, next))
    view.select([])
    view.reveal(null)
  }

  async save({ overwrite = false } = {}): Promise<void> {
    const { document, specs, view } = this.#parts
    document.drop()
    const { title } = this.#current
    const outcome = await this.#disk.write(serializeGraph(this.#current, specs), fileName(title), { overwrite })
    switch (outcome.state) {
      case 'dismissed':
        return
      case 'changed-elsewhere':
        view.toast({
          tone: 'error',
          message: words.changedElsewhere(outcome.name),
          hint: words.changedElsewhereHint,
          action: { label: words.overwrite, run: () => void this.save({ overwrite: true }) },
        })
        return
      case 'failed':
        view.toast({ tone: 'error', message: words.notSaved(outcome.why), hint: words.notSavedHint })
        return
      case 'saved':
        view.toast({ tone: 'info', message: words.saved(outcome.name) })
    }
    document.markSaved()
    this.#unsavedWork.drop()
  }

  unsavedEntries(): readonly UnsavedEntry[] {
    return this.#unsavedWork.entriesOfOthers()
  }

  versions(): Promise<readonly Version[]> {
    return this.#unsavedWork.versions()
  }

  /** A version of this very graph comes back as a step of its history, one of another in its place. */
  bringBack(version: Version): void {
    const next = this.read(version.text, version.title)
    if (!next) return
    if (this.#unsavedWork.isOfThis(version)) this.replace(words.bringBackVersion, next)
    else this.#show(next, { unsaved: true })
  }

  /** The first graph: what the address asks for, else what this tab last held, else the default recipe. */
  async start(): Promise<void> {
    const { document, view, sharing } = this.#parts
    const unsavedGraph = await this.#unsavedWork.claim()
    const restoredGraph = unsavedGraph && this.read(unsavedGraph.text, unsavedGraph.title)
    if (restoredGraph) document.open(restoredGraph, emptyDocument)
    const request = await sharing.fromAddress(this.#door)
    if (request?.document && request.recipe) {
      this.#show(request.document)
      this.#clearAddressOnChange()
    } else if (request?.document) {
      this.#door.show(request.document)
    } else if (restoredGraph) {
      view.toast({
        tone: 'info',
        message: words.restored,
        action: { label: words.openDefault, run: () => void this.openShipped('default') },
      })
    } else {
      const first = await this.fetchShipped('default')
      if (first) document.open(first)
    }
    view.reveal(null)
    this.#unsavedWork.follow(window)
    sharing.followAddress(this.#door)
  }
}
