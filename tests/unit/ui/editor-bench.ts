/** The whole editor with the nodes and recipes that ship, an engine that is played, and no browser. */
import { readFile } from 'node:fs/promises'
import { vi } from 'vitest'
import type { LutFacts } from '../../../src/assets/lut.asset.ts'
import type { Engine, EngineStatus, Outcome, PreviewRequest, PreviewResult } from '../../../src/engine/door/api.ts'
import { viewedOutput } from '../../../src/graph/analysis/viewed-output.ts'
import type { EdgeId, NodeId } from '../../../src/graph/document/document.ts'
import type { AssetKind, MediaFacts, ModelFacts } from '../../../src/graph/node/facts.ts'
import type { AssetRef } from '../../../src/graph/node/params.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'
import { cardFacts, parseCatalog } from '../../../src/models/catalog.ts'
import { createEditor } from '../../../src/ui/create-editor.ts'
import type { CreateVersions, Version } from '../../../src/ui/files/earlier-versions.ts'
import { facts as known } from '../graph/specs.ts'

const specs = await loadSpecs()
const shipped = new URL('../../../public/', import.meta.url)
const cards = parseCatalog(JSON.parse(await readFile(new URL('models/catalog.json', shipped), 'utf8')))
const models: readonly ModelFacts[] = cards.map((card) => cardFacts(card, cards))

/** Of 320×180 and 96 frames, with sound, as the sample clip is. */
const sample = known.media({ id: 'movie' })!

const ok = <T>(value: T): Outcome<T> => ({ ok: true, value })
const refused = (message: string) =>
  ({
    ok: false,
    problems: [{ code: 'media-failed', severity: 'error', message, hint: 'Choose it again.' }],
  }) as const

const playedLut = async (file: File): Promise<LutFacts> => ({
  ...{ title: await file.text(), dimensions: 3, size: 17, domain: { min: [0, 0, 0], max: [1, 1, 1] } },
  ...{ sha256: 'c'.repeat(64), bytes: file.size },
})

/** Shows any frame at once; knows the sample clip, the models that ship, and what is added. */
function playedEngine(): Engine {
  const status: EngineStatus = {
    ...{ adapter: { description: 'Played', software: true, maxTextureSize: 8192 }, reason: null },
    ...{ isolated: true, wasmThreads: 4, rebuilds: 0 },
  }
  const media = new Map<string, MediaFacts>([['samples/field-guide.mp4', sample]])
  const luts = new Map<string, LutFacts>()
  const of = <T>(found: T | undefined, { id }: AssetRef): Outcome<T> =>
    found ? ok(found) : refused(`“${id}” is not open here.`)
  const engine: Partial<Engine> = {
    status: async () => status,
    models: async () => models,
    assetFacts: (async (kind: AssetKind, ref: AssetRef) =>
      kind === 'media'
        ? of(media.get(ref.id), ref)
        : kind === 'model'
          ? of(
              models.find(({ id, sha256 }) => id === ref.id && (ref.sha256 ?? sha256) === sha256),
              ref,
            )
          : of(luts.get(ref.id), ref)) as Engine['assetFacts'],
    /** A picture says of itself in its name how large it is: `64x48 white.png`; of a LUT its text is its title. */
    addAsset: (async (kind: AssetKind, id: string, files: readonly File[]) => {
      if (kind === 'lut') {
        const facts = await playedLut(files[0]!)
        luts.set(id, facts)
        return ok({ ref: { id, sha256: facts.sha256, size: facts.bytes }, facts })
      }
      const [width = 64, height = 48] = files[0]?.name.match(/\d+/g)?.map(Number) ?? []
      const facts: MediaFacts = {
        ...sample,
        ...(files.length > 1 ? { kind: 'sequence' as const, frameCount: files.length, audio: null } : {}),
        ...{ width, height },
      }
      media.set(id, facts)
      return ok({ ref: { id, size: files.reduce((sum, { size }) => sum + size, 0) }, facts })
    }) as Engine['addAsset'],
    /** Exports carry their graph as it stands; a clip is no text. */
    async readComment(file) {
      const content = await file.text()
      return ok(content.startsWith('{') ? content : null)
    },
    async preview({ frame, draft = 1, others = [] }: PreviewRequest) {
      const desc = { type: 'image', format: 'rgba16float', width: 640, height: 360, frameRate: 24 } as const
      const clock = { node: null, first: 0, last: 95, index: frame, timestamp: frame / 24, duration: 1 / 24 }
      const value: PreviewResult = {
        ...{
          state: 'shown',
          desc,
          others: others.map(() => ({ desc, problems: [] })),
          clock,
          nodes: {},
          milliseconds: 0,
        },
        ...{ cacheBytes: 0, gpuBytes: 0, draft, region: null, drivenValues: {}, readyRuns: [], stoppedCode: {} },
      }
      return ok(value)
    },
    allowCode: async () => undefined,
    compileCode: async () => ok(null),
    thumbnail: async () => ok(null),
    stopBackground: async () => undefined,
    setCacheBudget: async () => undefined,
    keptExports: async () => [],
  }
  return engine as Engine
}

/** As `localStorage` is: `room` is how many characters fit into it. */
export function storage() {
  const entries = new Map<string, string>()
  const store = {
    entries,
    room: Number.POSITIVE_INFINITY,
    get length() {
      return entries.size
    },
    key: (index: number) => [...entries.keys()][index] ?? null,
    getItem: (key: string) => entries.get(key) ?? null,
    removeItem: (key: string) => void entries.delete(key),
    setItem(key: string, value: string) {
      if (value.length > store.room) throw new DOMException('There is no room.', 'QuotaExceededError')
      entries.set(key, value)
    },
  }
  return store
}

/** A browser with one tab. */
export interface TestPage {
  /** What the page keeps for good, and for this tab. */
  readonly local: ReturnType<typeof storage>
  readonly tab: ReturnType<typeof storage>
  clipboard: string
  /** The address that the page has now. */
  readonly address: () => URL
  /** Goes to another address of the page, as by hand. */
  go(hash: string): void
  /** What was downloaded last. */
  downloaded: { readonly name: string; readonly text: string } | null
}

const origin = 'https://editor.example/'

/** Of the page that is open: with it they go. */
const timers = new Set<ReturnType<typeof setTimeout>>()

export function closePage(): void {
  for (const timer of timers) clearTimeout(timer)
  timers.clear()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
}

/** What of a page is the same with a document and without: timers that end with it, and the files that are served. */
export function stubServer(): void {
  const later = setTimeout
  vi.stubGlobal('setTimeout', (run: () => void, wait?: number) => {
    const timer = later(run, wait)
    timers.add(timer)
    return timer
  })
  vi.stubGlobal('fetch', async (what: URL | string) => {
    const path = new URL(what, origin).pathname.slice(1)
    return new Response(await readFile(new URL(path, shipped), 'utf8'))
  })
  // Node has no IndexedDB: pieces are not kept, of which the page warns.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
}

/** Puts a page in place of the globals, and of the page that is open. `earlier`: the same tab, reloaded. */
export function openPage(address = '', earlier?: TestPage): TestPage {
  closePage()
  let url = new URL(address, origin)
  const page: TestPage = {
    local: earlier?.local ?? storage(),
    tab: earlier?.tab ?? storage(),
    clipboard: earlier?.clipboard ?? '',
    address: () => url,
    go(hash) {
      url = new URL(hash, url)
      window.dispatchEvent(new Event('hashchange'))
    },
    downloaded: null,
  }
  const blobs = new Map<string, Blob>()
  class Url extends URL {
    static override createObjectURL(blob: Blob): string {
      const name = `blob:${blobs.size}`
      blobs.set(name, blob)
      return name
    }
    static override revokeObjectURL(name: string): void {
      blobs.delete(name)
    }
  }
  const link = () => {
    const element = { href: '', download: '', click: () => undefined as unknown }
    element.click = () =>
      void blobs
        .get(element.href)
        ?.text()
        .then((content) => {
          page.downloaded = { name: element.download, text: content }
        })
    return element
  }
  const document = Object.assign(new EventTarget(), {
    ...{ baseURI: origin, title: 'Framewright', visibilityState: 'visible', hasFocus: () => true },
    createElement: link,
    body: { append: () => undefined },
  })
  const location = {
    get href() {
      return url.href
    },
    get hash() {
      return url.hash
    },
    get search() {
      return url.search
    },
  }
  const history = {
    state: null,
    replaceState: (_: unknown, __: string, to: string | URL) => {
      url = new URL(to, url)
    },
  }
  const clipboard = {
    readText: async () => page.clipboard,
    writeText: async (text: string) => {
      page.clipboard = text
    },
  }
  const window = Object.assign(new EventTarget(), {
    ...{ document, location, history, innerWidth: 1600 },
    getSelection: () => ({ isCollapsed: true }),
  })
  stubServer()
  vi.stubGlobal('URL', Url)
  vi.stubGlobal('localStorage', page.local)
  vi.stubGlobal('sessionStorage', page.tab)
  vi.stubGlobal('navigator', { clipboard, platform: 'Linux' })
  vi.stubGlobal('location', location)
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  return page
}

/** Versions as long as the editor is there: Node has no IndexedDB. */
const memoryVersions: CreateVersions = () => {
  const versions: Version[] = []
  return {
    note: async (version) => void versions.unshift({ ...version, id: versions.length, at: Date.now() }),
    list: async () => versions,
  }
}

/** An editor that shows its first graph, in the page that `openPage` gave. `engine`: what its engine does otherwise. */
export async function openTestEditor(engine: Partial<Engine> = {}) {
  const editor = createEditor({ ...playedEngine(), ...engine }, specs, memoryVersions)
  await editor.start()
  const { document, view, derived, preview, facts } = editor
  const level = () => document.getState().level
  /** Resolves once nothing the graph names is still being looked for. */
  const looked = () =>
    vi.waitUntil(() => {
      const known = Object.values(facts.getState().assets).flatMap((each) => [...each.values()])
      return known.every(({ state }) => state !== 'asking')
    })
  await looked()
  return {
    ...editor,
    looked,
    level,
    title: () => document.getState().document.title,
    nodes: () => Object.keys(level().nodes).sort(),
    wires: () => Object.keys(level().edges).sort(),
    /** Each wire as `from > to`. */
    chain: () =>
      Object.values(level().edges)
        .map(({ from, to }) => `${from.node} > ${to.node}`)
        .sort(),
    record(id: string) {
      const found = level().nodes[id as NodeId]
      if (!found) throw new Error(`There is no node “${id}” on the open level.`)
      return found
    },
    param: (id: string, name: string) => level().nodes[id as NodeId]?.params[name],
    /** The size of what is shown in the viewer, as `width × height`. */
    viewed() {
      const { expansion, all } = derived.getState()
      const output = viewedOutput(expansion.document, specs, preview.getState().chosenOutput)
      const desc = output && all.descs.get(`${output.node}.${output.port}`)
      return desc && 'width' in desc ? `${desc.width} × ${desc.height}` : null
    },
    select: (...ids: string[]) => view.select(ids.map((id) => id as NodeId)),
    selectWires: (...ids: string[]) =>
      view.select(
        [],
        ids.map((id) => id as EdgeId),
      ),
    problems: () => derived.getState().problems.map(({ message }) => message),
    resting: () => [...derived.getState().inference.resting].sort(),
    /** What the person is told. */
    toasts: () => view.getState().toasts.map(({ message }) => message),
    /** Presses the button of the last toast that says this. */
    act(message: RegExp) {
      const toast = view.getState().toasts.findLast((each) => message.test(each.message))
      if (!toast?.action) throw new Error(`No toast with a button says ${message}.`)
      toast.action.run()
    },
    /** Steps of the history, with those that were undone. */
    steps() {
      const { past, future } = document.getState().history
      return [...past, ...future].map(({ label }) => label)
    },
  }
}

export type TestEditor = Awaited<ReturnType<typeof openTestEditor>>

/** A file as a person gives it. */
export const fileOf = (name: string, content: string, type = '') => new File([content], name, { type })
