/** A region by hand: drawn, looked at, moved, resized, played in and left, by mouse and by keys; and crop marks. */
import { expect, test } from 'vitest'
import { difference, type EditorPage, editorOpener, type Look, soon } from './editor-page.ts'

const openEditor = editorOpener({ looks: 'taken' })
let editor: EditorPage

/** The cell of a look (64 × 36) at a place of the stage, both in [0,1]. */
const at = (look: Look, x: number, y: number) => look[Math.floor(y * 36) * 64 + Math.floor(x * 64)] ?? 0

/** The rendered region: `x,y width×height`; empty where all is rendered. */
const shown = () => editor.page.locator('.viewer-stage').getAttribute('data-region')
const numbers = async () => ((await shown()) ?? '').match(/\d+/g)?.map(Number) ?? []

async function drawBox(from: readonly [number, number], to: readonly [number, number]) {
  const { page } = editor
  const stage = (await page.locator('.viewer-stage').boundingBox())!
  const place = ([x, y]: readonly [number, number]) => [stage.x + stage.width * x, stage.y + stage.height * y] as const
  await page.mouse.move(...place(from))
  await page.mouse.down()
  await page.mouse.move(...place([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), { steps: 3 })
  await page.mouse.move(...place(to), { steps: 3 })
  await page.mouse.up()
  await soon(shown).not.toBe('')
  await page.mouse.move(0, 0)
}

test('a box is drawn: it stays as it was, all around it dims; it is moved, resized, cleared, played in alone; by keys, too, and kept through an edit and another frame; crop marks stay over a reload', async () => {
  editor = await openEditor({ colorScheme: 'dark' })
  const { page } = editor
  const whole = await editor.lookUntil((look) => at(look, 0.3, 0.3) > 60)
  await page.getByRole('button', { name: 'Region', exact: true }).click()
  await drawBox([0.35, 0.35], [0.6, 0.7])
  const [x, y, width, height] = (await numbers()) as [number, number, number, number]
  const label = page.locator('button.region-size')
  await soon(() => label.textContent()).toBe(`${width} × ${height} px`)
  const boxed = await editor.lookUntil((look) => at(look, 0.3, 0.3) < at(whole, 0.3, 0.3) * 0.6)
  for (const [left, top] of [
    [0.4, 0.45],
    [0.5, 0.6],
    [0.55, 0.5],
  ] as const)
    expect(Math.abs(at(boxed, left, top) - at(whole, left, top))).toBeLessThan(2)
  // Values are told of what is rendered alone.
  const stage = (await page.locator('.viewer-stage').boundingBox())!
  await page.mouse.move(stage.x + stage.width * 0.5, stage.y + stage.height * 0.5)
  await page.locator('.pixel-readout').waitFor()
  await page.mouse.move(stage.x + stage.width * 0.3, stage.y + stage.height * 0.5)
  await page.locator('.pixel-readout').waitFor({ state: 'detached' })

  await editor.drag(label, { x: stage.x + stage.width * 0.35, y: stage.y + stage.height * 0.25 })
  await soon(async () => (await numbers()).slice(2)).toEqual([width, height])
  await soon(async () => (await numbers())[1]).not.toBe(y)
  // The label is where the hand let go; the picture follows.
  const held = async () => {
    const [w, h, left, top] = ((await label.getAttribute('aria-label')) ?? '').match(/\d+/g)?.map(Number) ?? []
    return [left, top, w, h]
  }
  const moved = await held()
  await soon(numbers).toEqual(moved)
  const corner = page.locator('.region-handle[data-handle="1,1"]')
  const grip = (await corner.boundingBox())!
  await editor.drag(corner, { x: grip.x + 60, y: grip.y + 48 })
  await soon(async () => (await numbers())[2]).toBeGreaterThan(width)
  expect((await held()).slice(0, 2)).toEqual(moved.slice(0, 2))
  expect(moved[0]).not.toBe(x)

  await page.getByRole('button', { name: 'Clear the region' }).click()
  await soon(shown).toBe('')
  await editor.lookUntil((look) => difference(look, whole) < 2)

  // While it plays nothing is shown around it; after, what lies around it is that of the frame.
  await page.locator('.viewer-surface').focus()
  await page.keyboard.press('Shift+R')
  await page.keyboard.press('Enter')
  await page.locator('.viewer-stage[data-region="160,90 320×180"]').waitFor()
  const beside = await editor.lookUntil((look) => at(look, 0.22, 0.5) > 20)
  await page.getByRole('button', { name: 'Play' }).click()
  await page.getByText('Only the region plays').waitFor()
  const playing = await editor.look()
  // The plain ground of the viewer, while inside something is to be seen.
  expect(at(playing, 0.22, 0.5)).toBeLessThan(14)
  expect(at(playing, 0.5, 0.5)).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Only the region plays').waitFor({ state: 'detached' })
  const after = await editor.lookUntil((look) => at(look, 0.22, 0.5) > 20)
  expect(at(after, 0.5, 0.5)).toBeGreaterThan(20)
  expect(at(beside, 0.5, 0.5)).toBeGreaterThan(20)

  // By keys: a box in the middle, moved by arrows, sized with Alt.
  const surface = page.locator('.viewer-surface')
  await surface.focus()
  await page.keyboard.press('Shift+R')
  await soon(shown).toBe('')
  await page.keyboard.press('Home')
  await page.locator('.viewer-stage[data-frame="0"]').waitFor()
  await page.keyboard.press('Shift+R')
  await page.getByText('Draw a box to render it on its own').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Draw a box to render it on its own').waitFor({ state: 'detached' })
  await page.keyboard.press('Shift+R')
  await page.getByText('Draw a box to render it on its own').waitFor()
  await page.keyboard.press('Shift+R')
  await page.getByText('Draw a box to render it on its own').waitFor({ state: 'detached' })
  expect(await shown()).toBe('')

  await page.keyboard.press('Shift+R')
  await page.keyboard.press('Enter')
  await soon(numbers).toEqual([160, 90, 320, 180])
  await label.focus()
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('ArrowDown')
  await soon(numbers).toEqual([150, 91, 320, 180])
  await page.keyboard.press('Alt+ArrowRight')
  await soon(numbers).toEqual([150, 91, 321, 180])

  const before = await editor.look()
  await editor.node('bicubic').click()
  await page.getByRole('combobox', { name: 'Kernel' }).click()
  await page.getByRole('option', { name: /Nearest/ }).click()
  await editor.lookUntil((look) => difference(look, before) > 1)
  expect(await numbers()).toEqual([150, 91, 321, 180])
  // A later shot: what lies around follows when nobody asks for anything.
  const edited = await editor.look()
  await surface.focus()
  await page.keyboard.press('End')
  await page.locator('.viewer-stage[data-frame="95"]').waitFor()
  const later = await editor.lookUntil((look) => Math.abs(at(look, 0.22, 0.5) - at(edited, 0.22, 0.5)) > 3)
  expect(Math.abs(at(later, 0.5, 0.5) - at(edited, 0.5, 0.5))).toBeGreaterThan(3)

  await surface.focus()
  await page.keyboard.press('Escape')
  await soon(shown).toBe('')
  await page.keyboard.press('Shift+R')
  await page.keyboard.press('Enter')
  await soon(shown).not.toBe('')
  await page.keyboard.press('Shift+R')
  await soon(shown).toBe('')

  // Crop marks, by the key and by the menu.
  await surface.focus()
  await page.keyboard.press('Home')
  await page.locator('.viewer-stage[data-frame="0"]').waitFor()
  const plain = await editor.lookUntil((look) => at(look, 0.22, 0.1) > 30)
  const marks = page.locator('.crop-marks')
  await surface.focus()
  await page.keyboard.press('k')
  await soon(() => marks.locator('[data-mark]').count()).toBe(2)
  const boxOf = async (mark: string) => (await marks.locator(`[data-mark="${mark}"]`).boundingBox())!
  const [action, title] = [await boxOf('action'), await boxOf('title')]
  expect(title.width / action.width).toBeCloseTo(8 / 9, 1)
  await page.keyboard.press('k')
  await marks.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Instruments' }).click()
  await page.getByRole('menuitem', { name: /^Crop marks/ }).click()
  await page.getByRole('menuitemradio', { name: '2.39:1' }).click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const crop = await boxOf('2.39:1')
  expect(crop.width / crop.height).toBeCloseTo(2.39, 1)
  expect(await marks.locator('[data-mark]').count()).toBe(1)
  // What would be cut away lies in the dark; what stays is untouched.
  const cut = await editor.lookUntil((look) => at(look, 0.3, 0.08) < at(plain, 0.3, 0.08) * 0.6)
  expect(Math.abs(at(cut, 0.3, 0.3) - at(plain, 0.3, 0.3))).toBeLessThan(2)

  await page.reload()
  await page.locator('.viewer-stage[data-state="shown"]').waitFor({ timeout: 120_000 })
  await marks.locator('[data-mark="2.39:1"]').waitFor({ state: 'attached' })
})
