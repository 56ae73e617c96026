/** The editor under a finger: everything that a mouse does by dragging, a finger does as well. */
import type { Locator } from 'playwright-core'
import { test } from 'vitest'
import { difference, type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

const middle = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (!box) throw new Error('What is to be touched is not on the page.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('a finger wires, moves, chooses, undoes and drags the wipe', async () => {
  editor = await openEditor({ viewport: { width: 1024, height: 700 }, hasTouch: true })
  const { page } = editor
  const session = await page.context().newCDPSession(page)
  const drag = async (from: { x: number; y: number }, to: { x: number; y: number }) => {
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
    await send('touchStart', [from])
    for (let step = 1; step <= 6; step += 1)
      await send('touchMove', [{ x: from.x + ((to.x - from.x) * step) / 6, y: from.y + ((to.y - from.y) * step) / 6 }])
    await send('touchEnd', [])
  }

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
  await page.locator('[data-param="factor"]').waitFor()
  await page.getByRole('button', { name: 'Undo' }).tap()

  await page.getByRole('button', { name: 'Wipe' }).tap()
  await editor.settled()
  const look = await editor.look()
  const stage = await page.locator('.viewer-stage').boundingBox()
  if (!stage) throw new Error('There is no viewer.')
  const y = stage.y + stage.height / 2
  await drag({ x: stage.x + stage.width / 2, y }, { x: stage.x + stage.width / 4, y })
  await editor.lookUntil((now) => difference(look, now) > 2)
})
