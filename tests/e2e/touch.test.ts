/** The editor under a finger: everything that a mouse does by dragging, a finger does as well. */
import type { Locator, Page } from 'playwright-core'
import { test } from 'vitest'
import { difference, type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener({ looks: 'taken' })
let editor: EditorPage

const middle = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (!box) throw new Error('What is to be touched is not on the page.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Drags with one finger. */
async function finger(page: Page) {
  const session = await page.context().newCDPSession(page)
  return async (from: { x: number; y: number }, to: { x: number; y: number }) => {
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
    await send('touchStart', [from])
    for (let step = 1; step <= 6; step += 1)
      await send('touchMove', [{ x: from.x + ((to.x - from.x) * step) / 6, y: from.y + ((to.y - from.y) * step) / 6 }])
    await send('touchEnd', [])
  }
}

test('a finger wires, moves, chooses, undoes and drags the wipe; bends a wire, moves its dot, and pulls a wire out of it', async () => {
  editor = await openEditor({ viewport: { width: 1024, height: 700 }, hasTouch: true })
  const { page } = editor
  const drag = await finger(page)

  const wire = page.locator('.react-flow__edge[data-id="encode.image"]')
  await wire.locator('.react-flow__edge-interaction').tap({ force: true })
  await page.keyboard.press('Delete')
  await soon(() => wire.count()).toBe(0)
  await drag(await middle(editor.output('bicubic', 'image')), await middle(editor.input('encode', 'image')))
  await soon(() => page.locator('.react-flow__edge').count()).toBe(3)

  const card = editor.node('bicubic')
  const before = await middle(card)
  const head = await middle(card.locator('h3'))
  await drag(head, { x: head.x, y: head.y - 60 })
  await soon(async () => (await middle(card)).y).toBeLessThan(before.y - 20)

  await card.locator('h3').tap()
  await page.locator('.side [data-param="factor"]').waitFor()
  await page.getByRole('button', { name: 'Undo' }).tap()

  await page.getByRole('button', { name: 'Wipe' }).tap()
  await editor.settled()
  const look = await editor.look()
  const stage = await page.locator('.viewer-stage').boundingBox()
  if (!stage) throw new Error('There is no viewer.')
  const y = stage.y + stage.height / 2
  await drag({ x: stage.x + stage.width / 2, y }, { x: stage.x + stage.width / 4, y })
  await editor.lookUntil((now) => difference(look, now) > 2)

  const other = await openEditor({ viewport: { width: 1024, height: 700 }, hasTouch: true, clip: 'never' })
  const pull = await finger(other.page)
  const line = other.page.locator('.react-flow__edge[data-id="encode.image"] .react-flow__edge-path')
  const half = await line.evaluate((element) => {
    const path = element as SVGPathElement
    const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM()!)
    return { x, y }
  })
  await other.page.touchscreen.tap(half.x, half.y)
  await other.page.touchscreen.tap(half.x, half.y)
  const dot = other.page.getByRole('button', { name: 'Dot 1 of the wire from Bicubic' })
  await soon(() => dot.count()).toBe(1)

  const place = await middle(dot)
  await pull(place, { x: place.x, y: place.y + 70 })
  await soon(async () => (await middle(dot)).y).toBeGreaterThan(place.y + 50)

  // Its ring shows once it is touched.
  await dot.tap()
  const ring = await other.page.locator('.wire-pull').boundingBox()
  if (!ring) throw new Error('The dot has no ring.')
  const empty = { x: ring.x + ring.width / 2, y: ring.y + 150 }
  await pull({ x: ring.x + ring.width / 2, y: ring.y + 2 }, empty)
  await other.page.getByRole('option', { name: /^Grain/ }).waitFor()
  await other.page.keyboard.type('grain')
  await other.page.keyboard.press('Enter')
  await other.node('grain').waitFor()
  await other.page.getByRole('button', { name: 'Dot of 2 wires from Bicubic' }).waitFor()
})
