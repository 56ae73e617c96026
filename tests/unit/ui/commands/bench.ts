/** The commands on a small document: real stores, an engine that is played, and no browser. */
import { vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Engine, PreviewRequest, PreviewResult } from '../../../../src/engine/door/api.ts'
import type { GraphDocument, NodeRecord } from '../../../../src/graph/document/document.ts'
import { createCommands } from '../../../../src/ui/commands/commands.ts'
import type { CanvasDoor } from '../../../../src/ui/commands/edits/canvas-door.ts'
import type { PiecesState } from '../../../../src/ui/files/pieces.ts'
import { createDocumentStore } from '../../../../src/ui/store/document-store.ts'
import { createFactsStore } from '../../../../src/ui/store/facts-store.ts'
import { createPreviewStore } from '../../../../src/ui/store/preview.ts'
import { createViewStore } from '../../../../src/ui/store/view.ts'
import { createViewerSettingsStore } from '../../../../src/ui/store/viewer-settings.ts'
import { id, sketch, specs } from '../../graph/specs.ts'

export const chain = (): GraphDocument =>
  sketch({ clip: {}, scale: {}, grain: {}, writer: {} }, [
    'clip.image > scale.image',
    'scale.image > grain.image',
    'grain.image > writer.image',
  ])

/** The clip has ten frames, and each is there at once. */
async function preview(request: PreviewRequest) {
  const clock = { node: null, first: 0, last: 9, index: request.frame, timestamp: 0, duration: 0 }
  const value: PreviewResult = {
    ...{ state: 'shown', desc: null, others: [], numbers: [], clock, nodes: {}, milliseconds: 0 },
    ...{ cacheBytes: 0, gpuBytes: 0, draft: 1, region: null, drivenValues: {}, readyRuns: [], stoppedCode: {} },
  }
  return { ok: true as const, value }
}

/** What a page has that commands reach, as far as they do; `vi.unstubAllGlobals` takes it away. */
export function stubPage() {
  const stored = new Map<string, string>()
  const page = { stored, clipboard: '', saved: '', filePicker: 0, marked: false }
  const input = { addEventListener: () => undefined, click: () => void page.filePicker++, remove: () => undefined }
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
    key: (index: number) => [...stored.keys()][index] ?? null,
    get length() {
      return stored.size
    },
  }
  const file = {
    name: 'graph.json',
    getFile: async () => ({ lastModified: 1 }),
    createWritable: async () => ({
      write: async (text: string) => {
        page.saved = text
      },
      close: async () => undefined,
    }),
  }
  const clipboard = {
    readText: async () => page.clipboard,
    writeText: async (text: string) => {
      page.clipboard = text
    },
  }
  const document = Object.assign(new EventTarget(), { createElement: () => input, body: { append: () => undefined } })
  const window = Object.assign(new EventTarget(), {
    document,
    innerWidth: 1600,
    location: { href: 'https://editor.example/', hash: '', search: '' },
    showSaveFilePicker: async () => file,
    getSelection: () => ({ isCollapsed: !page.marked }),
  })
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('sessionStorage', storage)
  vi.stubGlobal('navigator', { clipboard, platform: 'Linux' })
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  return Object.assign(page, { window, document })
}

export function createBench() {
  const document = createDocumentStore()
  const engine = { preview } as Partial<Engine> as Engine
  const facts = createFactsStore(engine)
  const viewerSettings = createViewerSettingsStore()
  const pictures = createPreviewStore(engine, specs, viewerSettings)
  const view = createViewStore()
  const savedPieces: string[] = []
  const pieces = {
    ...createStore<PiecesState>(() => ({ pieces: [] })),
    start: async () => undefined,
    rename: async () => undefined,
    remove: async () => undefined,
    save: async (_: NodeRecord, title: string) => {
      savedPieces.push(title)
      return undefined
    },
  }
  /** What panels were asked to do. */
  const asked: string[] = []
  const lanes = {
    getState: () => ({
      lanes: [],
      progress: asked.at(-1) === 'measure clip' ? { framesDone: 0, frames: 0 } : null,
      problems: [],
    }),
    measureClip: async () => void asked.push('measure clip'),
    stop: () => void asked.push('stop measuring'),
  }
  const parts = { engine, specs, document, facts, preview: pictures, viewerSettings, lanes, view, pieces }
  const commands = createCommands({
    ...parts,
    createVersions: () => ({ note: async () => undefined, list: async () => [] }),
  })
  const canvas: CanvasDoor = {
    contains: () => false,
    hovered: () => true,
    middle: () => ({ x: 400, y: 300 }),
    pointer: () => null,
    visible: () => true,
    size: () => ({ width: 200, height: 100 }),
    endsOf: () => ({ start: { x: 0, y: 0 }, end: { x: 200, y: 0 } }),
    middleOf: () => ({ x: 100, y: 0 }),
    alongWires: () => [],
    focus: () => undefined,
    openAddMenu: (replaces) => void asked.push(replaces ? `replace ${replaces}` : 'add menu'),
    openDriving: ({ node, from }) => void asked.push(`drive ${node} by ${from.map((each) => each.node)}`),
    fit: () => void asked.push('fit graph'),
    zoomIn: () => void asked.push('zoom in'),
    zoomOut: () => void asked.push('zoom out'),
  }
  commands.attach('canvas', canvas)
  commands.attach('palette', { search: () => void asked.push('search') })
  commands.attach('history', { open: () => void asked.push('history') })
  commands.attach('viewer', {
    fit: () => void asked.push('fit picture'),
    zoomTo: (scale) => void asked.push(`picture at ${scale}`),
    lookAt: ({ x, y }, closer) => void asked.push(`picture at ${x}, ${y}, ${closer} times`),
    zoomToAtLeast: (scale) => void asked.push(`picture at ${scale} or closer`),
    spot: () => ({ x: 0.5, y: 0.5 }),
  })
  document.subscribe((state) => pictures.follow(state.document, { live: false }))
  document.open(chain())
  const level = () => document.getState().level
  const record = (name: string) => {
    const found = level().nodes[id(name)]
    if (!found) throw new Error(`There is no node “${name}” on the open level.`)
    return found
  }
  return {
    ...{
      canvas,
      commands,
      document,
      preview: pictures,
      viewerSettings,
      view,
      pieces,
      asked,
      savedPieces,
      level,
      record,
    },
    select: (...names: string[]) => view.select(names.map(id)),
    nodes: () => Object.keys(level().nodes).sort(),
    wires: () =>
      Object.values(level().edges)
        .map(({ from, to }) => `${from.node} > ${to.node}`)
        .sort(),
    toasts: () => view.getState().toasts.map(({ message }) => message),
  }
}

export type Bench = ReturnType<typeof createBench>
