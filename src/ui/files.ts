/**
 * Graph files: opening, saving, the shipped recipes, and what is kept in the browser so that a closed tab or a
 * crash loses nothing. Every tab keeps its own entry; nothing ever writes over another's.
 */
import { emptyDocument, type GraphDocument } from '../graph/document.ts'
import { replaceBy } from '../graph/edit.ts'
import type { Problem } from '../graph/problems.ts'
import { parseGraph, serializeGraph } from '../graph/serialize.ts'
import type { Specs } from '../graph/spec.ts'
import { createKeeper, type KeptEntry } from './keeping.ts'
import type { GraphDoor, Sharing } from './sharing/sharing.ts'
import type { DocumentStore } from './store/document.ts'
import type { PreviewStore } from './store/preview.ts'
import type { ViewStore } from './store/view.ts'
import { createVersions, type Version } from './versions.ts'

export type { KeptEntry } from './keeping.ts'

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

/** Beyond this a canvas answers no more (3,000 took seconds a step). */
const mostNodes = 2000

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
      hint: 'Save the graph to a file; nothing of it is lost while this page stays open.',
    })
  }
  const storeRefuses = () =>
    tellOnce('The browser no longer keeps your changes: its storage for this page is full or switched off.')
  const versions = createVersions((error) => {
    console.warn('A version could not be kept:', error)
    tellOnce('The browser keeps no earlier versions: its storage for this page is full or switched off.')
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
        nodes: Object.keys(graph.nodes).length,
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
    if (unsaved) keeper.keep(serializeGraph(next, specs), next.title)
    view.select([])
    preview.setState({ frame: 0, inPoint: null, outPoint: null })
    preview.choose(null)
    view.reveal(null)
    if (left)
      view.toast({
        tone: 'info',
        message: 'Your earlier graph had changes; it is kept under File.',
        action: { label: 'Bring it back', run: () => openKept(left) },
      })
  }

  function read(text: string, name: string): GraphDocument | null {
    const outcome = parseGraph(text, specs)
    if (!outcome.ok) {
      tell([{ ...outcome.error, message: `“${name}” was not opened. ${outcome.error.message}` }])
      return null
    }
    const count = Object.keys(outcome.document.nodes).length
    if (count > mostNodes) {
      view.toast({
        tone: 'error',
        message: `“${name}” was not opened: it has ${count} nodes, and the editor shows at most ${mostNodes}.`,
        hint: 'Render it from a terminal (npm run render), or split it into smaller graphs.',
      })
      return null
    }
    const { notices } = outcome
    const [note] = notices
    if (note)
      view.toast({
        tone: 'info',
        message: notices.length === 1 ? note.message : `${note.message} (and ${notices.length - 1} more)`,
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
        message: `“${file.name}” is too large to be a graph.`,
        hint: 'Choose a JSON file that this editor saved.',
      })
      return null
    }
    try {
      return read(await file.text(), file.name)
    } catch (error) {
      view.toast({
        tone: 'error',
        message: `“${file.name}” could not be read: ${why(error)}`,
        hint: 'Check that the file still exists, then open it again.',
      })
      return null
    }
  }

  /** Another graph in the place of this one, as a step of its history; what was there is noted as a version. */
  function replace(label: string, next: GraphDocument) {
    noteVersion(current(), { now: true })
    document.edit(label, (draft) => replaceBy(draft, next))
    view.select([])
    view.reveal(null)
  }

  function openPicker() {
    // Browsers open a file dialog only right after a click or a key that they count; Ctrl+O alone may not be one.
    if (navigator.userActivation?.isActive !== false) return pickFile()
    view.toast({
      tone: 'info',
      message: 'The browser wants a click before it lets files be chosen.',
      action: { label: 'Choose a file', run: pickFile },
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
      if (!response.ok) throw new Error(`the server answered ${response.status}`)
      return read(await response.text(), name)
    } catch (error) {
      view.toast({
        tone: 'error',
        message: `The recipe “${name}” could not be loaded: ${why(error)}.`,
        hint: 'Check the connection and reload the page.',
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
          types: [{ description: 'Framewright graph', accept: { 'application/json': ['.json'] } }],
        })
        if (!fresh && !overwrite && (await handle.getFile()).lastModified !== writtenAt) {
          view.toast({
            tone: 'error',
            message: `“${handle.name}” was not saved: another tab or program has changed it since.`,
            hint: 'Open it again to see what changed, or overwrite it with this graph.',
            action: { label: 'Overwrite it', run: () => void save({ overwrite: true }) },
          })
          return
        }
        const stream = await handle.createWritable()
        await stream.write(text)
        await stream.close()
        writtenAt = (await handle.getFile()).lastModified
        view.toast({ tone: 'info', message: `Saved as “${handle.name}”.` })
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
        message: `The graph was not saved: ${why(error)}`,
        hint: 'Save it again under another name.',
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
        noteVersion(before.document, { label: 'before the first change' })
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
      replace('Bring back a version', next)
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
          message: 'Your unsaved graph is back.',
          action: { label: 'Open the default recipe', run: () => void openShipped('default') },
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
