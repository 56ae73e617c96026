/** The editor in a real browser, driven as a hand drives it. Waits are for what a person would wait for. */

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { afterEach, expect, inject } from 'vitest'
import { browserArguments, findBrowser, findTestBrowser } from '../../src/host/browser.ts'

/** Mean of R, G and B over a grid of cells laid over the viewer, row by row, in [0,255]. */
export type Look = readonly number[]

export interface EditorPage {
  readonly page: Page
  node(id: string): Locator
  /** The round, square or three-cornered thing a wire begins or ends on. */
  input(node: string, port: string): Locator
  output(node: string, port: string): Locator
  /** Once nothing moves, drags with the mouse from the middle of one thing to that of another (or to a point of the page). */
  drag(from: Locator, to: Locator | { x: number; y: number }): Promise<void>
  /** Waits until the viewer shows what is asked for. */
  settled(): Promise<void>
  look(): Promise<Look>
  /** Waits until the look satisfies `is`; gives the look. */
  lookUntil(is: (look: Look) => boolean): Promise<Look>
  /** Opens a shipped recipe and waits until its nodes lie still. */
  openRecipe(title: RegExp): Promise<void>
  newGraph(): Promise<void>
  /** By the menu: a browser lets files be chosen only right after a click. */
  chooseFile(file: { name: string; mimeType: string; buffer: Buffer }): Promise<void>
  /** Lets a white picture of 64×48 pixels, `white.png`, fall onto the canvas. */
  dropWhite(): Promise<void>
  /** Waits until nothing on the canvas moves any more. */
  still(): Promise<void>
  /** Ids of the cards on the canvas, sorted; for `soon`. */
  readonly nodes: () => Promise<string[]>
  /** Ids of the wires on the canvas, sorted; for `expect.poll`, since the canvas draws after the document has changed. */
  readonly wires: () => Promise<string[]>
  /** What went wrong on the page without anybody being told. */
  readonly errors: string[]
  close(): Promise<void>
}

export const launch = (args: readonly string[] = browserArguments): Promise<Browser> =>
  chromium.launch({ executablePath: findTestBrowser(), args: [...args] })

/** Whether tests look at the pixels of the viewer, or only at what stands on the page. */
type Looks = 'none' | 'taken'

interface Shared {
  readonly browser: Promise<Browser>
  readonly contexts: Map<string, Promise<BrowserContext>>
}
const shared = new Map<Looks, Shared>()

/**
 * Those of all files of tests, which run one after another in one process and end them with that: a browser starts, and its
 * first page fetches and compiles the editor, in more time than most tests take. Where nobody looks at pixels, pages are
 * put together without the software GPU, which takes a third less of its time; what WebGPU draws is computed all the same, but
 * no screenshot has it.
 */
function sharedBy(looks: Looks): Shared {
  const present = shared.get(looks)
  if (present) return present
  const browser = launch(looks === 'none' ? [...browserArguments, '--disable-gpu-compositing'] : browserArguments).then(
    (started) => {
      // One that fell over is not asked again.
      started.once('disconnected', () => shared.delete(looks))
      return started
    },
  )
  const made = { browser, contexts: new Map() }
  shared.set(looks, made)
  return made
}

/** As renders without a window start it. */
export const sharedBrowser = (): Promise<Browser> => sharedBy('taken').browser

/** The browser that people have, for what only that can do. */
export const launchWhole = (): Promise<Browser> =>
  chromium.launch({ executablePath: findBrowser(), args: [...browserArguments] })

/** Polls as long as a person with a slow machine would wait. */
export const soon = <T>(what: () => T) => expect.poll(what, { timeout: 60_000 })

/** The largest difference of two looks in any cell, 0…255. */
export const difference = (a: Look, b: Look): number =>
  Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 0))))

/** Waits until something is on the page; looks more often than a locator does, which after a while waits half seconds. */
const onPage = (page: Page, selector: string) =>
  page.waitForFunction((what) => document.querySelector(what) !== null, selector, { polling: 50, timeout: 120_000 })

/** Size of the grid of a look. */
const grid = { columns: 64, rows: 36 }

export interface OpenOptions extends BrowserContextOptions {
  /** The recipe that opens. The plain one answers at once; the default one is what a visitor finds. */
  recipe?: 'bicubic' | 'default'
  wait?: 'picture' | 'nodes'
  /** Arranges the page before it is opened. */
  before?: ((page: Page) => Promise<void>) | undefined
  address?: string
  /** 'never': nothing is rendered beside a test that looks at no picture. */
  clip?: 'never'
  /** What save dialogs answer with: nothing, as in browsers that have none, or files of the browser's private store. */
  dialogs?: 'none' | 'private files'
  /** Renders ahead while nobody asks for anything, as it does for people; most tests would only wait for it. */
  ahead?: boolean
  /** Begins as the very first visit does, with the tour. */
  firstVisit?: boolean
}

type PageOptions = Pick<OpenOptions, 'recipe' | 'before'> & Required<Pick<OpenOptions, 'wait' | 'address'>>
type ContextOptions = Omit<OpenOptions, keyof PageOptions | 'clip'>

async function newContext(browser: Browser, options: ContextOptions): Promise<BrowserContext> {
  const { dialogs = 'none', ahead = false, firstVisit = false, ...contextOptions } = options
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    // Storing 40 MB would only take time.
    serviceWorkers: 'block',
    ...contextOptions,
  })
  // The system's file dialogs cannot be driven; without these the editor downloads instead.
  await context.addInitScript((answers) => {
    const root = () => navigator.storage.getDirectory()
    const pickers = {
      // As the real dialog does, it leaves an empty file under the name.
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await root()).getFileHandle(suggestedName, { create: true }),
      showDirectoryPicker: async () => (await root()).getDirectoryHandle('chosen', { create: true }),
    }
    for (const [name, picker] of Object.entries(pickers))
      Object.defineProperty(window, name, { value: answers === 'none' ? undefined : picker })
  }, dialogs)
  const remembered: Record<string, string> = {
    ...(!firstVisit && { 'framewright/tour': 'seen' }),
    ...(!ahead && { 'framewright/looking': '{"ahead":false}' }),
  }
  await context.addInitScript((entries) => {
    for (const [key, value] of Object.entries(entries))
      if (localStorage.getItem(key) === null) localStorage.setItem(key, value)
  }, remembered)
  return context
}

/** Closes the pages of a context and takes away all that they stored; what was fetched stays in the browser's cache. */
async function wipe(context: BrowserContext, origin: string): Promise<void> {
  for (const page of context.pages()) await page.close()
  const blank = await context.newPage()
  const session = await context.newCDPSession(blank)
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
  await blank.close()
}

/** @param close called with the origin of the page, in place of closing the context */
async function openEditor(
  context: BrowserContext,
  options: PageOptions & { readonly looks: Looks },
  close: (origin: string) => Promise<void>,
): Promise<EditorPage> {
  const { recipe = 'bicubic', wait, before, address, looks } = options
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  const stage = page.locator('.viewer-stage')
  const editor: EditorPage = {
    page,
    errors,
    node: (id) => page.locator(`.react-flow__node[data-id="${id}"]`),
    input: (node, port) => page.locator(`.target[data-nodeid="${node}"][data-handleid="${port}"]`),
    output: (node, port) => page.locator(`.source[data-nodeid="${node}"][data-handleid="${port}"]`),
    async drag(from, to) {
      // Where the view still glides to what was added, a place is past by the time the hand is there.
      await editor.still()
      const start = await from.boundingBox()
      const box = 'x' in to ? { ...to, width: 0, height: 0 } : await to.boundingBox()
      if (!start || !box) throw new Error('What is to be dragged, or where to, is not on the page.')
      const [x, y] = [start.x + start.width / 2, start.y + start.height / 2]
      const [toX, toY] = [box.x + box.width / 2, box.y + box.height / 2]
      await page.mouse.move(x, y)
      await page.mouse.down()
      await page.mouse.move(x + (toX - x) / 2, y + (toY - y) / 2, { steps: 4 })
      await page.mouse.move(toX, toY, { steps: 4 })
      await page.mouse.up()
    },
    async settled() {
      await onPage(page, '.viewer-stage[data-state="shown"]')
    },
    async look() {
      if (looks === 'none') throw new Error('A test that looks at pixels asks editorOpener for them: looks: ‘taken’.')
      const png = await stage.screenshot({ timeout: 60_000 })
      return page.evaluate(
        async ([base64, columns, rows]) => {
          const image = new Image()
          image.src = `data:image/png;base64,${base64}`
          await image.decode()
          const canvas = new OffscreenCanvas(image.width, image.height)
          const context = canvas.getContext('2d')
          if (!context) throw new Error('This browser has no 2D canvas.')
          context.drawImage(image, 0, 0)
          const { data } = context.getImageData(0, 0, image.width, image.height)
          const sums = new Array<number>(columns * rows).fill(0)
          const counts = new Array<number>(columns * rows).fill(0)
          for (let y = 0; y < image.height; y += 1)
            for (let x = 0; x < image.width; x += 1) {
              const cell = Math.floor((y * rows) / image.height) * columns + Math.floor((x * columns) / image.width)
              const at = (y * image.width + x) * 4
              sums[cell] = (sums[cell] ?? 0) + ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3
              counts[cell] = (counts[cell] ?? 0) + 1
            }
          return sums.map((sum, cell) => sum / (counts[cell] ?? 1))
        },
        [png.toString('base64'), grid.columns, grid.rows] as const,
      )
    },
    async lookUntil(is) {
      const deadline = performance.now() + 60_000
      for (;;) {
        await editor.settled()
        const look = await editor.look()
        if (is(look)) return look
        if (performance.now() > deadline) throw new Error('The viewer never showed what was waited for.')
      }
    },
    async openRecipe(title) {
      await page.getByRole('button', { name: 'File', exact: true }).click()
      const before = await page.locator('.document-title').textContent()
      await page.getByRole('menuitem', { name: title }).click()
      await page.waitForFunction((old) => document.querySelector('.document-title')?.textContent !== old, before)
      await editor.still()
    },
    async still() {
      await page.evaluate(async () => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
        const place = () =>
          [...document.querySelectorAll<HTMLElement>('.react-flow__viewport, .react-flow__node')]
            .map((element) => element.style.transform)
            .join()
        for (let still = 0, last = place(); still < 6; still += 1) {
          await frame()
          if (place() !== last) still = 0
          last = place()
        }
      })
    },
    async chooseFile(file) {
      await page.getByRole('button', { name: 'File', exact: true }).click()
      const choosing = page.waitForEvent('filechooser')
      await page.getByRole('menuitem', { name: /^Open/ }).first().click()
      // Where the click came too late for the browser, the page offers one of its own.
      const offer = page.locator('.toast').getByRole('button', { name: 'Choose a file' })
      const offered = offer.click({ timeout: 50_000 }).then(
        () => choosing,
        () => choosing,
      )
      await (await Promise.race([choosing, offered])).setFiles(file)
    },
    async newGraph() {
      await page.getByRole('button', { name: 'File', exact: true }).click()
      await page.getByRole('menuitem', { name: 'New graph' }).click()
      await page.locator('.empty-hint').waitFor()
    },
    async dropWhite() {
      const transfer = await page.evaluateHandle(async () => {
        const canvas = new OffscreenCanvas(64, 48)
        const context = canvas.getContext('2d')
        if (!context) throw new Error('This browser has no 2D canvas.')
        context.fillStyle = '#fff'
        context.fillRect(0, 0, 64, 48)
        const dropped = new DataTransfer()
        dropped.items.add(new File([await canvas.convertToBlob()], 'white.png', { type: 'image/png' }))
        return dropped
      })
      await page.dispatchEvent('.canvas', 'drop', { dataTransfer: transfer })
    },
    nodes: () =>
      page
        .locator('.react-flow__node')
        .evaluateAll((all) => all.map((node) => node.getAttribute('data-id') ?? '').sort()),
    wires: () =>
      page
        .locator('.react-flow__edge')
        .evaluateAll((edges) => edges.map((edge) => edge.getAttribute('data-id') ?? '').sort()),
    close: () => close(new URL(address).origin),
  }
  await before?.(page)
  await page.goto(recipe === 'default' ? address : `${address}?graph=${recipe}`)
  await onPage(page, '.react-flow__node, .empty-hint')
  if (wait === 'picture') await editor.settled()
  await editor.still()
  return editor
}

/**
 * Opens editors for the tests of a file: a new page for each test, closed after it, in the browser that all share. Those
 * that ask for the same kind of context share it too, emptied in between: a page opens in half the time where the browser
 * has fetched and compiled it before. Unless `errors` are 'expected', a page that complains in its console fails its test.
 */
export function editorOpener({
  errors = 'none',
  looks = 'none',
}: {
  errors?: 'none' | 'expected'
  looks?: Looks
} = {}) {
  const open: EditorPage[] = []
  afterEach(async () => {
    for (const editor of open.splice(0)) {
      await editor.close()
      if (errors === 'none') expect(editor.errors).toEqual([])
    }
  })
  return async ({ on, recipe, wait, before, clip, ...more }: OpenOptions & { on?: Browser | undefined } = {}) => {
    const { address = `${inject(clip === 'never' ? 'clipless' : 'appAddress')}/`, ...options } = more
    const waits = wait ?? (clip === 'never' ? 'nodes' : 'picture')
    const opening = { ...(recipe && { recipe }), wait: waits, before, address, looks }
    const editor = await (on ? alone(on) : inShared())
    open.push(editor)
    return editor

    async function alone(other: Browser) {
      const context = await newContext(other, options)
      return openEditor(context, opening, () => context.close())
    }
    async function inShared() {
      const { browser, contexts } = sharedBy(looks)
      const key = JSON.stringify(options)
      const making = contexts.get(key) ?? browser.then((started) => newContext(started, options))
      contexts.set(key, making)
      const context = await making
      return openEditor(context, opening, (origin) => wipe(context, origin))
    }
  }
}
