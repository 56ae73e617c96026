/**
 * Graph files: opening, saving, the shipped recipes, and what is kept in the browser so that a closed tab or a
 * crash loses nothing. Every tab keeps its own entry; nothing ever writes over another's.
 */

import { emptyDocument, type Graph, type GraphDocument } from '../../graph/document/document.ts'
import { countNodes } from '../../graph/document/levels.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { replaceBy } from '../../graph/edits/edit.ts'
import { parseGraph } from '../../graph/file/read.ts'
import { serializeGraph } from '../../graph/file/write.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { GraphDoor, Sharing } from '../sharing/sharing.ts'
import type { DocumentStore } from '../store/document.ts'
import type { PreviewStore } from '../store/preview.ts'
import type { ViewStore } from '../store/view.ts'
import { text } from '../text/text.ts'
import { createVersions, type Version } from './earlier-versions.ts'
import { createKeeper, type KeptEntry } from './unsaved-graphs.ts'

export type { KeptEntry } from './unsaved-graphs.ts'

const words = text.files

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly preview: PreviewStore
  readonly view: ViewStore
  readonly tell: (problems: readonly Problem[]) => void
  readonly sharing: Sharing
}

interface SavePicker {
  showSaveFilePicker?(options: {
    suggestedName: string
    types: readonly { description: string; accept: Readonly<Record<string, readonly string[]>> }[]
  }): Promise<FileSystemFileHandle>
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Exports carry their graph. */
const carriers = /\.(mp4|webm|mkv|mov|png)$/i

/** Graphs are text of some kilobytes; what is larger is a film that got the wrong name. */
const largestGraph = 50e6

/** Of all levels: beyond this a canvas answers no more (3,000 took seconds a step). */
const mostNodes = 2000

/** Why a document may not get as many nodes more; `undefined` where it may. */
export function crowdProblem(document: GraphDocument, more: Graph): Problem | undefined {
  const count = countNodes(document) + countNodes(more)
  if (count <= mostNodes) return undefined
  return {
    code: 'not-kept',
    severity: 'error',
    message: text.subgraphs.tooManyNodes(count, mostNodes),
    hint: text.subgraphs.tooManyNodesHint,
  }
}

export function createFiles({ specs, document, preview, view, tell, sharing }: Parts) {
  const keeper = createKeeper()
  let handle: FileSystemFileHandle | null = null
  /** When the file was last written, as far as this tab knows: another tab may write it too. */
  let writtenAt = 0
  /** Each once, since a full store would say it with every change. */
  const told = new Set<string>()
  function tellOnce(message: string) {
    if (told.has(message)) return
    told.add(message)
    view.toast({
      tone: 'error',
      message,
      hint: words.storeHint,
    })
  }
  const storeRefuses = () => tellOnce(words.storeFull)
  const versions = createVersions((error) => {
    console.warn('A version could not be kept:', error)
    tellOnce(words.noVersions)
  })
  const noteVersion = (
    graph: GraphDocument,
    { label = document.getState().undoLabel ?? '', ...options }: { now?: boolean; label?: string } = {},
  ) => {
    if (Object.keys(graph.nodes).length === 0) return
    void versions.note(
      {
        graph: keeper.key(),
        title: graph.title,
        label,
        nodes: countNodes(graph),
        text: serializeGraph(graph, specs),
      },
      options,
    )
  }

  const current = () => document.getState().document
  const edited = () => document.getState().edited && Object.keys(current().nodes).length > 0

  /** Puts `next` on the canvas. What was there unsaved stays among the kept graphs. `unsaved`: `next` lies in no file. */
  function show(next: GraphDocument, { unsaved = false } = {}) {
    if (edited()) noteVersion(current(), { now: true })
    const left = edited() ? keeper.leave(serializeGraph(current(), specs), current().title) : null
    handle = null
    preview.pause()
    document.open(next, unsaved ? emptyDocument : next)
    if (unsaved) {
      keeper.keep(serializeGraph(next, specs), next.title)
      noteVersion(next, { label: words.beforeFirstChange })
    }
    view.select([])
    preview.setState({ frame: 0, inPoint: null, outPoint: null })
    preview.choose(null)
    view.reveal(null)
    if (left)
      view.toast({
        tone: 'info',
        message: words.earlierKept,
        action: { label: text.common.bringBack, run: () => openKept(left) },
      })
  }

  function read(text: string, name: string): GraphDocument | null {
    const outcome = parseGraph(text, specs)
    if (!outcome.ok) {
      tell([{ ...outcome.error, message: words.notOpened(name, outcome.error.message) }])
      return null
    }
    const count = countNodes(outcome.document)
    if (count > mostNodes) {
      view.toast({
        tone: 'error',
        message: words.tooManyNodes(name, count, mostNodes),
        hint: words.tooManyNodesHint,
      })
      return null
    }
    const { notices } = outcome
    const [note] = notices
    if (note)
      view.toast({
        tone: 'info',
        message: words.notices(note.message, notices.length - 1),
        hint: note.hint,
      })
    return outcome.document
  }

  const door: GraphDoor = {
    read,
    show(next) {
      show(next, { unsaved: true })
      sharing.expectMissing()
    },
    fetchShipped,
  }

  async function openFile(file: File) {
    if (carriers.test(file.name)) return sharing.openGraphIn(door, file)
    const next = await readFile(file)
    if (!next) return
    show(next)
    sharing.expectMissing()
  }

  /** The graph in a file: its own, or one that an export carries. */
  async function readFile(file: File): Promise<GraphDocument | null> {
    if (carriers.test(file.name)) {
      let carried: GraphDocument | null = null
      await sharing.openGraphIn(
        {
          ...door,
          show(found) {
            carried = found
          },
        },
        file,
      )
      return carried
    }
    if (file.size > largestGraph) {
      view.toast({
        tone: 'error',
        message: words.tooLarge(file.name),
        hint: words.tooLargeHint,
      })
      return null
    }
    try {
      return read(await file.text(), file.name)
    } catch (error) {
      view.toast({
        tone: 'error',
        message: words.unreadable(file.name, why(error)),
        hint: words.unreadableHint,
      })
      return null
    }
  }

  /** Another graph in the place of this one, as a step of its history; what was there is noted as a version. */
  function replace(label: string, next: GraphDocument) {
    noteVersion(current(), { now: true })
    document.editWhole(label, (draft) => replaceBy(draft, next))
    view.select([])
    view.reveal(null)
  }

  function openPicker() {
    // Browsers open a file dialog only right after a click or a key that they count; Ctrl+O alone may not be one.
    if (navigator.userActivation?.isActive !== false) return pickFile()
    view.toast({
      tone: 'info',
      message: words.wantsClick,
      action: { label: words.chooseFile, run: pickFile },
    })
  }

  function pickFile() {
    const input = window.document.createElement('input')
    input.type = 'file'
    // An exported file carries its graph.
    input.accept = '.json,application/json,.mp4,.webm,.mkv,.mov,.png'
    input.hidden = true
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      input.remove()
      if (file) void openFile(file)
    })
    input.addEventListener('cancel', () => input.remove())
    // Outside the page it could be garbage before the person has chosen, and the choice would be lost.
    window.document.body.append(input)
    input.click()
  }

  async function fetchShipped(name: string): Promise<GraphDocument | null> {
    try {
      const response = await fetch(new URL(`graphs/${name}.json`, window.document.baseURI))
      if (!response.ok) throw new Error(words.serverAnswered(response.status))
      return read(await response.text(), name)
    } catch (error) {
      view.toast({
        tone: 'error',
        message: words.recipeNotLoaded(name, why(error)),
        hint: words.recipeNotLoadedHint,
      })
      return null
    }
  }

  async function openShipped(name: string) {
    const next = await fetchShipped(name)
    if (next) show(next)
  }

  function openKept(key: string) {
    const entry = keeper.read(key)
    const next = entry && read(entry.text, entry.title)
    if (next) show(next)
  }

  function download(text: string, name: string) {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    const link = window.document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
  }

  async function save({ overwrite = false } = {}) {
    document.drop()
    const text = serializeGraph(current(), specs)
    const stem =
      current()
        .title.toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || 'graph'
    const picker = (window as SavePicker).showSaveFilePicker
    try {
      if (picker) {
        const fresh = handle === null
        handle ??= await picker.call(window, {
          suggestedName: `${stem}.json`,
          types: [{ description: words.kind, accept: { 'application/json': ['.json'] } }],
        })
        if (!fresh && !overwrite && (await handle.getFile()).lastModified !== writtenAt) {
          view.toast({
            tone: 'error',
            message: words.changedElsewhere(handle.name),
            hint: words.changedElsewhereHint,
            action: { label: words.overwrite, run: () => void save({ overwrite: true }) },
          })
          return
        }
        const stream = await handle.createWritable()
        await stream.write(text)
        await stream.close()
        writtenAt = (await handle.getFile()).lastModified
        view.toast({ tone: 'info', message: words.saved(handle.name) })
      } else {
        download(text, `${stem}.json`)
      }
      document.markSaved()
      keeper.drop()
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      handle = null
      view.toast({
        tone: 'error',
        message: words.notSaved(why(error)),
        hint: words.notSavedHint,
      })
    }
  }

  /** Notes every change, and at the latest when the page goes. */
  function keep() {
    let timer: ReturnType<typeof setTimeout> | undefined
    const write = () => {
      clearTimeout(timer)
      timer = undefined
      if (!edited()) {
        keeper.drop()
        return
      }
      if (!keeper.keep(serializeGraph(current(), specs), current().title)) storeRefuses()
      noteVersion(current())
    }
    document.subscribe((state, before) => {
      if (state.document === before.document) return
      // What it was before the first change.
      if (state.edited && !before.edited && state.saved === before.saved)
        noteVersion(before.document, { label: words.beforeFirstChange })
      clearTimeout(timer)
      timer = setTimeout(write, 500)
    })
    window.addEventListener('pagehide', () => {
      if (timer !== undefined) write()
    })
  }

  return {
    openNew: () => show({ ...emptyDocument }),
    openPicker,
    openFile,
    readFile,
    read,
    fetchShipped,
    replace,
    openShipped,
    openKept,
    save,
    /** Opens a graph that lies in no file: a recipe of one's own. */
    openText(text: string, name: string) {
      const next = read(text, name)
      if (next) door.show(next)
    },
    offerGraphIn: (file: File) => sharing.offerGraphIn(door, file),
    kept: (): readonly KeptEntry[] => keeper.others(),
    versions: versions.list,
    /** A version of this very graph comes back as a step of its history, one of another in its place. */
    bringBack(version: Version) {
      const next = read(version.text, version.title)
      if (!next) return
      if (version.graph !== keeper.key()) {
        show(next, { unsaved: true })
        return
      }
      replace(words.bringBackVersion, next)
    },
    /** The first graph: what the address asks for, else what this tab last held, else the default recipe. */
    async start() {
      const mine = await keeper.claim()
      const restored = mine && read(mine.text, mine.title)
      if (restored) document.open(restored, emptyDocument)
      const asked = await sharing.asked(door)
      if (asked?.document) {
        door.show(asked.document)
      } else if (restored) {
        view.toast({
          tone: 'info',
          message: words.restored,
          action: { label: words.openDefault, run: () => void openShipped('default') },
        })
      } else {
        const first = await fetchShipped('default')
        if (first) document.open(first)
      }
      view.reveal(null)
      keep()
      sharing.followAddress(door)
    },
  }
}

export type Files = ReturnType<typeof createFiles>
