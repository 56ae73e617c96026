/** What more nodes on the canvas cost the editor: moving about between them, and an edit that changes the picture. */
import type { Browser, CDPSession, Page } from 'playwright-core'
import type { EdgeId, GraphDocument, NodeId } from '../src/graph/document/document.ts'
import { serializeGraph } from '../src/graph/file/write.ts'
import type { Specs } from '../src/graph/node/spec.ts'
import { median } from './bench-editor.ts'

export interface CanvasResult {
  readonly nodes: number
  /** Milliseconds of the page's own thread for each move of a hand that drags the canvas, and of its scripts within. */
  readonly panMilliseconds: number
  readonly panScriptMilliseconds: number
  /** The same for each step of the wheel, which zooms. */
  readonly zoomMilliseconds: number
  readonly zoomScriptMilliseconds: number
  /** From the key that ends an edit to the picture that it makes; the median of the rounds. */
  readonly editMilliseconds: number
}

const canvasSizes = [5, 20, 80, 320] as const

/** Moves of a hand, sixty a second. */
const moves = 60

/** The plain recipe with rows of Levels that read its clip and that nobody looks at: more to draw and to check, no more to render. */
function withNodes(recipe: GraphDocument, count: number): GraphDocument {
  const nodes = { ...recipe.nodes }
  const edges = { ...recipe.edges }
  const decode = Object.values(nodes).find(({ type }) => type === 'decode')
  if (!decode) throw new Error('the recipe has no Decode')
  let from = { node: decode.id, port: 'image' }
  for (let i = Object.keys(nodes).length; i < count; i += 1) {
    const id = `levels-${i}` as NodeId
    const position = { x: (i % 20) * 260, y: 500 + Math.floor(i / 20) * 240 }
    nodes[id] = { id, type: 'levels', params: {}, position }
    const edge = `${id}.image` as EdgeId
    edges[edge] = { id: edge, from, to: { node: id, port: 'image' } }
    from = { node: id, port: 'image' }
  }
  return { ...recipe, nodes, edges }
}

interface Work {
  readonly whole: number
  readonly script: number
}

/** Milliseconds that the page's own thread works for each of `moves`. */
async function workOf(session: CDPSession, hand: (move: number) => Promise<unknown>): Promise<Work> {
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN
    return [of('TaskDuration'), of('ScriptDuration')] as const
  }
  const before = await read()
  for (let move = 0; move < moves; move += 1) {
    await hand(move)
    await new Promise((resolve) => setTimeout(resolve, 1000 / 60))
  }
  const after = await read()
  const each = (index: 0 | 1) => ((after[index] - before[index]) * 1000) / moves
  return { whole: each(0), script: each(1) }
}

const settled = (page: Page) => page.locator('.viewer-stage[data-state="shown"]').waitFor({ timeout: 120_000 })

async function openFile(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'File', exact: true }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: /^Open/ }).first().click()
  await (await choosing).setFiles({ name: 'many.json', mimeType: 'application/json', buffer: Buffer.from(text) })
}

/** Milliseconds from Enter in the field of Bicubic's factor to the picture of that size. */
async function editOf(page: Page, factor: number): Promise<number> {
  await page.locator('.side [data-param="factor"] input').fill(String(factor))
  await page.evaluate(() => addEventListener('keydown', () => performance.mark('edit'), { once: true, capture: true }))
  await page.keyboard.press('Enter')
  const isThere = (wanted: string) =>
    document.querySelector(`.viewer-stage[data-state="shown"] [aria-label*="${wanted}"]`) !== null
  await page.waitForFunction(isThere, `${Math.round(320 * factor)} ×`, { polling: 'raf', timeout: 60_000 })
  return page.evaluate(() => {
    const { startTime } = performance.getEntriesByName('edit').at(-1)!
    return performance.now() - startTime
  })
}

async function measureSize(page: Page, recipe: GraphDocument, specs: Specs, nodes: number): Promise<CanvasResult> {
  const title = `${nodes} nodes`
  await openFile(page, serializeGraph({ ...withNodes(recipe, nodes), title }, specs))
  await page.locator('.document-title', { hasText: title }).waitFor()
  await settled(page)
  // A graph that is opened glides until all of it is in sight: the most that there is to draw.
  await page.waitForTimeout(1500)
  await page.locator('.react-flow__node[data-id="bicubic"]').click()
  const edits: number[] = []
  for (const factor of [1.5, 2, 1.5, 2, 1.5]) edits.push(await editOf(page, factor))
  await page.locator('.viewer-surface').focus()
  const box = await page.locator('.canvas').boundingBox()
  if (!box) throw new Error('the editor shows no canvas')
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const [x, y] = [box.x + 30, box.y + box.height - 60]
  await page.mouse.move(x, y)
  await page.mouse.down()
  const pan = await workOf(session, (move) =>
    page.mouse.move(x + 20 * Math.sin(move / 5), y - 20 + 20 * Math.cos(move / 5)),
  )
  await page.mouse.up()
  const zoom = await workOf(session, (move) => page.mouse.wheel(0, move % 20 < 10 ? 6 : -6))
  await session.detach()
  return {
    nodes,
    panMilliseconds: pan.whole,
    panScriptMilliseconds: pan.script,
    zoomMilliseconds: zoom.whole,
    zoomScriptMilliseconds: zoom.script,
    editMilliseconds: median(edits),
  }
}

/** Every size in one page, and once more the other way round, so that what a page collects over time counts for none of them. */
export async function measureCanvas(
  browser: Browser,
  origin: string,
  recipe: GraphDocument,
  specs: Specs,
): Promise<readonly CanvasResult[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  try {
    const page = await context.newPage()
    await page.addInitScript(() => {
      localStorage.setItem('framewright/tour', 'seen')
      localStorage.setItem('framewright/looking', '{"ahead":false}')
      // Else the system's dialog would be asked.
      Object.defineProperty(window, 'showOpenFilePicker', { value: undefined })
    })
    await page.goto(`${origin}/?graph=bicubic`)
    await settled(page)
    const results = new Map<number, CanvasResult>()
    for (const nodes of [...canvasSizes, ...canvasSizes.toReversed()]) {
      const found = await measureSize(page, recipe, specs, nodes)
      const before = results.get(nodes)
      results.set(nodes, before && before.panMilliseconds < found.panMilliseconds ? before : found)
    }
    return [...results.values()]
  } finally {
    await context.close()
  }
}

const of = (value: number, first: number) => `${value.toFixed(1)} ms (${(value / first).toFixed(1)} ×)`

export const canvasRows = (results: readonly CanvasResult[]): readonly (readonly string[])[] => {
  const first = results[0]
  if (!first) return []
  const cells = (result: CanvasResult) =>
    (
      [
        'panMilliseconds',
        'panScriptMilliseconds',
        'zoomMilliseconds',
        'zoomScriptMilliseconds',
        'editMilliseconds',
      ] as const
    ).map((figure) => of(result[figure], first[figure]))
  return [
    [
      'nodes, all in sight',
      'a move of the canvas',
      'scripts of it',
      'a step of zoom',
      'scripts of it',
      'edit to picture',
    ],
    ...results.map((result) => [String(result.nodes), ...cells(result)]),
  ]
}
