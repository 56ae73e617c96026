/** How a hand brings the editor into each state that people meet; `screenshots.ts` takes the pictures. */
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

export interface ScreenState {
  readonly name: string
  /** Needs a browser without WebGPU. */
  readonly noGpu?: boolean
  /** The shipped recipe it begins with, if not the default one. */
  readonly recipe?: 'bicubic'
  /** A dialog that covers the graph: any recipe may lie beneath. */
  readonly covered?: true
  /** What is arranged before the page is opened; then nothing waits for a picture. */
  readonly before?: (page: Page) => Promise<void>
  /** From the page just opened; waits for what it needs. */
  readonly reach: (page: Page) => Promise<void>
  /** Back to where another state of the same recipe can be reached from. */
  readonly leave?: (page: Page) => Promise<void>
}

const waitForPicture = (page: Page) => page.locator('.viewer-stage[data-state="shown"]').waitFor({ timeout: 120_000 })
const file = async (page: Page, item: RegExp | string) => {
  await page.getByRole('button', { name: 'File', exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
const closeDialog = async (page: Page) => {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}
const openExport = (page: Page) => page.getByRole('button', { name: 'Export', exact: true }).first().click()
const begin = async (page: Page, name: string) => {
  await page.getByRole('textbox', { name: 'File name' }).fill(name)
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'to', exact: true }).fill('23')
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
}

const wired = (wires: readonly (readonly [string, string])[]) =>
  Object.fromEntries(
    wires.map((ends, i) => {
      const [from, to] = ends.map((end) => ({ node: end.split('.')[0], port: end.split('.')[1] }))
      return [`e${i}`, { from, to }]
    }),
  )

/** A part of the sample’s picture enlarged, and then one node that does it harm. */
const chainOf = (title: string, part: object, type: string, params: object) => ({
  format: 'framewright-graph',
  versions: { document: 2, nodes: {} },
  title,
  description: '',
  nodes: {
    decode: { type: 'decode', params: part, position: { x: 0, y: 0 } },
    crop: { type: 'crop', params: { left: 80, right: 80, top: 45, bottom: 45 }, position: { x: 300, y: 0 } },
    bicubic: { type: 'bicubic', params: {}, position: { x: 600, y: 0 } },
    [type]: { type, params, position: { x: 900, y: 0 } },
    encode: { type: 'encode', params: {}, position: { x: 1200, y: 0 } },
  },
  edges: wired([
    ['decode.image', 'crop.image'],
    ['crop.image', 'bicubic.image'],
    ['bicubic.image', `${type}.image`],
    [`${type}.image`, 'encode.image'],
    ['decode.audio', 'encode.audio'],
  ]),
})

/** A few frames of a cut from the sample, enlarged and smoothed until they are wax: quickly measured. */
const waxyGraph = chainOf('Smoothed', { start: 1, end: 1.08 }, 'denoise', { luma: 16 })

/** A part of two shots of the sample, with grain that a curve sets, and what there is to measure about it. */
const measuredGraph = {
  format: 'framewright-graph',
  versions: { document: 2, nodes: {} },
  title: 'Grain by shot',
  description: '',
  nodes: {
    decode: { type: 'decode', params: { start: 0.875, end: 1.125 }, position: { x: 0, y: 0 } },
    cuts: { type: 'scene-cut', params: {}, position: { x: 300, y: 220 } },
    curve: { type: 'curve', params: { keys: [{ frame: 0, value: 0.05, next: 'linear' }] }, position: { x: 0, y: 300 } },
    crop: { type: 'crop', params: { left: 80, right: 80, top: 45, bottom: 45 }, position: { x: 0, y: 150 } },
    grain: { type: 'grain', params: {}, position: { x: 300, y: 0 } },
    blocks: { type: 'blocks', params: {}, position: { x: 600, y: 220 } },
    encode: { type: 'encode', params: {}, position: { x: 600, y: 0 } },
  },
  edges: wired([
    ['decode.image', 'crop.image'],
    ['crop.image', 'grain.image'],
    ['curve.number', 'grain.amount'],
    ['grain.image', 'encode.image'],
    ['crop.image', 'cuts.image'],
    ['grain.image', 'blocks.image'],
  ]),
}

/** A cut from the sample enlarged and then blurred, so that it loses texture against a plain upscale. */
const softGraph = chainOf('Softened', { start: 0.95, end: 1.04 }, 'blur', {})

/** A graph of somebody else's, with code of its own. */
const foreignCode = {
  format: 'framewright-graph',
  versions: { document: 2, nodes: {} },
  title: 'Edges',
  description: '',
  nodes: {
    decode: { type: 'decode', params: {}, position: { x: 0, y: 0 } },
    shader: {
      type: 'shader',
      params: {
        code: 'let beside = image_at(vec2i(px.at) + vec2i(1, 0));\nreturn vec4f(abs(beside.rgb - image.rgb) * 4.0, 1.0);\n',
      },
      position: { x: 300, y: 0 },
    },
    encode: { type: 'encode', params: {}, position: { x: 600, y: 0 } },
  },
  edges: wired([
    ['decode.image', 'shader.image'],
    ['shader.image', 'encode.image'],
  ]),
}

const openGraph = async (page: Page, graph: object) => {
  const chooser = page.waitForEvent('filechooser')
  await file(page, /^Open/)
  const buffer = Buffer.from(JSON.stringify(graph))
  await (await chooser).setFiles({ name: 'graph.json', mimeType: 'application/json', buffer })
}

export const screenStates: readonly ScreenState[] = [
  {
    name: 'editor',
    async reach(page) {
      // With a node chosen, the inspector shows what can be set.
      await page.locator('.react-flow__node', { hasText: 'Residual Blend' }).click()
      await page.locator('.inspector-body[data-node="residual-blend"]').waitFor()
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
    leave: (page) => page.locator('.viewer-surface').focus(),
  },
  {
    name: 'subgraph',
    async reach(page) {
      // The middle of the default recipe as one node, opened: its boundary, the way back, a setting on its card.
      const names = ['Bicubic', 'SR Model', 'Text-Protect Mask', 'Residual Blend', 'Grain']
      for (const [n, text] of names.entries())
        await page.locator('.react-flow__node h3', { hasText: text }).click(n === 0 ? {} : { modifiers: ['Shift'] })
      await page.keyboard.press('Shift+G')
      await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Clean and grainy')
      await page.keyboard.press('Enter')
      await page.locator('.react-flow__node[data-id="subgraph"] h3').dblclick()
      await page.locator('.react-flow__node[data-id="grain"]').click()
      await page.getByRole('button', { name: 'Show Amount on the subgraph’s card' }).click()
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'region',
    async reach(page) {
      await waitForPicture(page)
      await page.keyboard.press('c')
      await page.keyboard.press('Shift+R')
      await page.keyboard.press('Enter')
      await page.locator('.region-box').waitFor()
      await waitForPicture(page)
    },
    async leave(page) {
      await page.keyboard.press('Shift+R')
      await page.locator('.region-box').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: /^A alone/ }).click()
      await page.locator('.viewer-stage[data-mode="single"]').waitFor()
    },
  },
  {
    name: 'predicted',
    async reach(page) {
      await waitForPicture(page)
      await page.keyboard.press('d')
      await page.keyboard.press('d')
      await page.keyboard.press('2')
      await page.getByRole('button', { name: 'Heat' }).click()
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'overlay',
    async reach(page) {
      await waitForPicture(page)
      await page.keyboard.press('q')
      await page.getByRole('combobox', { name: 'Mask or map' }).click()
      await page.getByRole('option', { name: /Background/ }).click()
      await page.keyboard.press('c')
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'check',
    recipe: 'bicubic',
    async reach(page) {
      await openGraph(page, waxyGraph)
      await page.getByText('Smoothed').first().waitFor()
      await waitForPicture(page)
      await page.keyboard.press('e')
      await page.locator('.check-panel[data-phase="done"]').waitFor({ timeout: 300_000 })
      await page.locator('.check-where').first().click()
      await page.locator('.check-finding .fix').first().click()
      await page.locator('.check-fixed canvas').nth(1).waitFor({ timeout: 120_000 })
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'waxy-clip',
    recipe: 'bicubic',
    // A clip that is faulty itself: what stands out, where, and what stands in for what is lost.
    async reach(page) {
      await waitForPicture(page)
      const chooser = page.waitForEvent('filechooser')
      await file(page, /^Open/)
      await (await chooser).setFiles(fileURLToPath(new URL('../tests/fixtures/media/waxy.mp4', import.meta.url)))
      await page.locator('.frame-last', { hasText: '/ 2' }).waitFor()
      await waitForPicture(page)
      await page.getByRole('button', { name: 'Check this clip' }).first().click()
      await page.locator('.check-panel[data-phase="done"]').waitFor({ timeout: 300_000 })
      await page.locator('.check-finding[data-symptom="smooth"] .check-where').click()
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'personalities',
    async reach(page) {
      await waitForPicture(page)
      await page.getByRole('button', { name: 'Personalities' }).click()
      await page.locator('.viewer-stage[data-mode="side"]').waitFor()
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
    async leave(page) {
      await page.getByRole('button', { name: 'Personalities' }).click()
      await page.locator('.viewer-stage[data-mode="single"]').waitFor()
    },
  },
  {
    name: 'over-time',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      await page.keyboard.press('w')
      await page.keyboard.press('w')
      await page.locator('.time-panel canvas').first().waitFor({ timeout: 120_000 })
      await page.mouse.move(0, 0)
    },
    async leave(page) {
      await page.keyboard.press('w')
      await page.keyboard.press('w')
      await page.locator('.time-panel').waitFor({ state: 'detached' })
    },
  },
  {
    name: 'comparison',
    recipe: 'bicubic',
    async reach(page) {
      await openGraph(page, softGraph)
      await page.getByText('Softened').first().waitFor()
      await waitForPicture(page)
      await page.locator('.viewer-surface').focus()
      await page.keyboard.press('Shift+E')
      await page.locator('.check-panel[data-phase="done"]').waitFor({ timeout: 300_000 })
      await page.locator('.comparison-crops canvas').nth(1).waitFor({ timeout: 120_000 })
      await page.getByRole('button', { name: /^A: at worst/ }).click()
      await page.locator('.viewer-stage[data-mode="side"]').waitFor()
      await waitForPicture(page)
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'numbers',
    recipe: 'bicubic',
    async reach(page) {
      await openGraph(page, measuredGraph)
      await page.getByText('Grain by shot').first().waitFor()
      await waitForPicture(page)
      await page.locator('.viewer-surface').focus()
      await page.keyboard.press('u')
      await page.getByRole('button', { name: 'Measure the whole clip' }).click()
      await page.getByText('The whole clip is measured').waitFor({ timeout: 120_000 })
      await page.getByRole('button', { name: /A value for each shot/ }).click()
      await page.getByText('1 of 6 frames measured').waitFor()
      await page.mouse.move(0, 0)
    },
  },
  {
    name: 'painting',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      await page.locator('.react-flow__node', { hasText: 'Decode' }).click()
      await page.getByRole('button', { name: 'Add node' }).click()
      await page.keyboard.type('painted mask')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Area', exact: true }).click()
      const stage = (await page.locator('.painting').boundingBox())!
      const at = (x: number, y: number) => [stage.x + x * stage.width, stage.y + y * stage.height] as const
      const stroke = async (...places: readonly (readonly [number, number])[]) => {
        const [first, ...path] = places
        await page.mouse.move(...at(...first!))
        await page.mouse.down()
        for (const place of path) await page.mouse.move(...at(...place), { steps: 8 })
        await page.mouse.up()
      }
      await stroke([0.4, 0.2], [0.55, 0.2], [0.6, 0.5], [0.45, 0.6], [0.38, 0.4])
      await page.getByRole('button', { name: 'Brush', exact: true }).click()
      await stroke([0.3, 0.75], [0.5, 0.8], [0.7, 0.7])
      await page.getByText('2 strokes').waitFor()
      await waitForPicture(page)
    },
  },
  {
    name: 'lut',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      await page.locator('.react-flow__node', { hasText: 'Bicubic' }).click()
      const chooser = page.waitForEvent('filechooser')
      await file(page, /^Open/)
      await (await chooser).setFiles(fileURLToPath(new URL('../tests/fixtures/lut/graded-3d.cube', import.meta.url)))
      await page.getByText('3D, 6 × 6 × 6 colours').waitFor()
      await waitForPicture(page)
    },
  },
  {
    name: 'shader',
    recipe: 'bicubic',
    // Code that is wrong in its second line, which its editor, the card and the list of problems tell.
    async reach(page) {
      await waitForPicture(page)
      await page.locator('.react-flow__node', { hasText: 'Bicubic' }).click()
      await page.getByRole('button', { name: 'Add node' }).click()
      await page.keyboard.type('shader')
      await page.keyboard.press('Enter')
      await page.locator('.cm-content').click()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('let doubled = image.rgb * 2.0;\nreturn vec4f(doubled, alpha);')
      await page.getByText('there is no “alpha” here').waitFor()
      await waitForPicture(page)
    },
    async leave(page) {
      await page.locator('.react-flow__node', { hasText: 'Shader' }).locator('h3').click()
    },
  },
  {
    name: 'code',
    recipe: 'bicubic',
    async reach(page) {
      await openGraph(page, foreignCode)
      await page.getByRole('dialog', { name: 'This graph carries code' }).waitFor()
    },
    leave: closeDialog,
  },
  {
    name: 'models',
    async reach(page) {
      await waitForPicture(page)
      await page.locator('.react-flow__node', { hasText: 'SR Model' }).click()
      await page.locator('.model-current').click()
      await page.locator('.dialog canvas.crop').first().waitFor({ timeout: 120_000 })
    },
    leave: closeDialog,
  },
  {
    name: 'problems',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      await page.locator('.react-flow__edge[data-id="encode.image"] .react-flow__edge-interaction').click()
      await page.keyboard.press('Delete')
      await page.getByRole('button', { name: '1 problem' }).click()
      await page.locator('.problem-row').first().waitFor()
    },
  },
  {
    name: 'recipes',
    covered: true,
    async reach(page) {
      await file(page, 'All recipes…')
      // Of the frame that is seen; the recipes' own pictures may still be on their way.
      await page.locator('.dialog canvas.crop').first().waitFor({ timeout: 120_000 })
    },
    leave: closeDialog,
  },
  {
    name: 'shortcuts',
    covered: true,
    async reach(page) {
      await page.getByRole('button', { name: 'Keys and gestures' }).click()
      await page.getByRole('dialog').waitFor()
    },
    leave: closeDialog,
  },
  {
    name: 'export',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      await openExport(page)
      await page.locator('.estimate[data-state="known"]').waitFor({ timeout: 120_000 })
    },
    leave: closeDialog,
  },
  {
    name: 'export-queue',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      await openExport(page)
      await begin(page, 'garden-2x.mp4')
      await page.getByRole('link', { name: 'Download' }).waitFor({ timeout: 120_000 })
      for (const name of ['street-2x.webm', 'letters.mkv']) {
        await page.getByRole('button', { name: 'New export…' }).click()
        await page.getByRole('textbox', { name: 'File name' }).waitFor()
        await page.getByRole('textbox', { name: 'File name' }).fill(name)
        await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
      }
      await page
        .getByText(/ fps · /)
        .first()
        .waitFor({ timeout: 60_000 })
    },
  },
  {
    name: 'export-failed',
    recipe: 'bicubic',
    async reach(page) {
      await waitForPicture(page)
      // A file that another program holds, which no system dialog is needed for.
      await page.evaluate(async () => {
        const root = await navigator.storage.getDirectory()
        const handle = await root.getFileHandle('garden-2x.mp4', { create: true })
        const options = { mode: 'exclusive' } as FileSystemCreateWritableOptions
        Object.assign(window, { held: await handle.createWritable(options) })
        // Bound and not written as a function: the compiler's helper for names is not known in the page.
        for (const name of ['showSaveFilePicker', 'showDirectoryPicker'])
          Object.defineProperty(window, name, { value: Promise.resolve.bind(Promise, handle) })
      })
      await openExport(page)
      await page.getByRole('textbox', { name: 'File name' }).fill('garden-2x.mp4')
      await page.getByRole('radio', { name: 'A part' }).click()
      await page.getByRole('textbox', { name: 'to', exact: true }).fill('23')
      await page.getByRole('button', { name: 'Choose file and export…' }).click()
      await page.getByText(/^(It failed; |The export failed)/).waitFor({ timeout: 120_000 })
    },
  },
  {
    name: 'tour',
    async reach(page) {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').getByRole('combobox').fill('tour')
      await page.keyboard.press('Enter')
      await page.locator('.tour').waitFor()
    },
    async leave(page) {
      await page.getByRole('button', { name: 'End the tour' }).click()
      await page.locator('.tour').waitFor({ state: 'detached' })
    },
  },
  {
    name: 'loading',
    // A clip that never arrives.
    async before(page) {
      await page.route(/field-guide\.mp4$/, () => new Promise<void>(() => undefined))
    },
    async reach(page) {
      await page.locator('.react-flow__node').first().waitFor()
      await page.locator('.viewer-stage[data-state="busy"] .viewer-message').waitFor()
    },
  },
  {
    name: 'empty',
    recipe: 'bicubic',
    async reach(page) {
      await file(page, 'New graph')
      await page.locator('.empty-hint').waitFor()
    },
  },
  {
    name: 'no-webgpu',
    noGpu: true,
    async reach(page) {
      await page.getByRole('alert').filter({ hasText: 'WebGPU' }).waitFor()
    },
  },
]
