/** The viewer by hand: compare, look closely, measure, try values, play. */
import { expect, test } from 'vitest'
import { difference, type EditorPage, editorOpener, type Look, type OpenOptions, soon } from './editor-page.ts'

const openEditor = editorOpener({ looks: 'taken' })
let editor: EditorPage

/** The cell of a look (64 × 36) at a place of the stage, both in [0,1]. */
const at = (look: Look, x: number, y: number) => look[Math.floor(y * 36) * 64 + Math.floor(x * 64)] ?? 0

async function open(options: OpenOptions = {}) {
  editor = await openEditor(options)
  return editor.page
}

const white = (page: EditorPage['page']) =>
  page.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 36)
    const context = canvas.getContext('2d')
    if (!context) throw new Error('This browser has no 2D canvas.')
    context.fillStyle = '#fff'
    context.fillRect(0, 0, 64, 36)
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]
  })

test('compares with a reference file by a line that is dragged and by a held key, tells the pixels of both; shows differences, fields side by side, and single pixels', async () => {
  const page = await open()
  const alone = await editor.look()
  await page.getByRole('button', { name: /^Wipe/ }).click()
  await page.locator('.compared-choice [role="combobox"]').click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('option', { name: 'Reference file…' }).click()
  await (await choosing).setFiles({ name: 'white.png', mimeType: 'image/png', buffer: Buffer.from(await white(page)) })
  // Right of the line lies the white picture; low down, where no label covers it.
  await editor.lookUntil((look) => at(look, 0.62, 0.7) > 245 && at(look, 0.38, 0.7) < 245)
  const line = page.getByRole('slider', { name: 'Line between A and B' })
  const stage = (await page.locator('.viewer-stage').boundingBox())!
  await editor.drag(line, { x: stage.x + stage.width * 0.3, y: stage.y + stage.height * 0.5 })
  await editor.lookUntil((look) => at(look, 0.38, 0.7) > 245)

  const middle = { x: stage.x + stage.width * 0.5, y: stage.y + stage.height * 0.6 }
  await page.mouse.move(middle.x, middle.y)
  const row = (index: number) => page.locator('.pixel-readout tr').nth(index)
  await soon(() => row(1).locator('.code').allInnerTexts()).toEqual(['255', '255', '255'])
  expect(await row(1).locator('.float').allInnerTexts()).toEqual(['1.0000', '1.0000', '1.0000'])
  expect((await row(0).locator('.float').allInnerTexts()).every((text) => /^0\.\d{4}$/.test(text))).toBe(true)
  await page.mouse.move(0, 0)

  await page.getByRole('button', { name: /^A alone/ }).click()
  await editor.lookUntil((look) => difference(look, alone) < 2)
  await page.locator('.viewer-surface').focus()
  await page.keyboard.down('x')
  await editor.lookUntil((look) => at(look, 0.38, 0.7) > 245 && at(look, 0.62, 0.7) > 245)
  await page.keyboard.up('x')
  await editor.lookUntil((look) => Math.abs(at(look, 0.38, 0.7) - at(alone, 0.38, 0.7)) < 2)

  // The difference of a picture from itself is black.
  await page.getByRole('button', { name: /^Difference/ }).click()
  await page.locator('.compared-choice [role="combobox"]').click()
  await page.getByRole('option', { name: 'Bicubic', exact: true }).click()
  await editor.lookUntil((look) => at(look, 0.4, 0.5) < 2 && at(look, 0.6, 0.7) < 2)
  await page.getByRole('button', { name: 'Signed' }).click()
  await editor.lookUntil((look) => Math.abs(at(look, 0.4, 0.5) - 128) < 3)
  await page.getByRole('button', { name: /^Side/ }).click()
  const side = await editor.lookUntil((look) => at(look, 0.25, 0.5) > 20)
  expect(Math.abs(at(side, 0.25, 0.55) - at(side, 0.75, 0.55))).toBeLessThan(3)
  await page.getByRole('button', { name: 'Add a picture' }).click()
  await page.locator('.picture-label', { hasText: 'Source' }).waitFor()
  expect(await page.locator('.picture-label').allInnerTexts()).toHaveLength(3)

  // In a small window the size is told whole, and what is shown over time takes no picture's place.
  await page.getByRole('button', { name: /^A alone/ }).click()
  const usual = page.viewportSize()!
  await page.setViewportSize({ width: 1024, height: 700 })
  const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!
  expect(await page.locator('.viewer-facts span').first().textContent()).toBe('640 × 360')
  // Both places of one moment: the window may still be laying itself out.
  const beyond = () =>
    page.locator('.viewer-facts').evaluate((facts) => {
      const size = facts.querySelector('span')!
      return size.getBoundingClientRect().right - facts.getBoundingClientRect().right
    })
  await soon(beyond).toBeLessThanOrEqual(0)
  await page.locator('.viewer-surface').focus()
  await page.keyboard.press('w')
  await page.locator('.viewer-stage[data-mode="difference"]').waitFor()
  for (const strip of ['slit', 'strip']) {
    await page.keyboard.press('w')
    await page.locator(`.time-panel ${strip === 'slit' ? '.slit-scan' : '.film-strip'}`).waitFor()
    const [panel, viewed] = [await box('.time-panel'), await box('.viewer-stage')]
    expect(panel.y).toBeGreaterThanOrEqual(viewed.y + viewed.height)
    expect(viewed.height, strip).toBeGreaterThan(panel.height)
  }
  await page.keyboard.press('w')
  await page.locator('.time-panel').waitFor({ state: 'detached' })
  await page.setViewportSize(usual)

  // At 3200 % single pixels stand apart; a picture that is dragged keeps its pixel under the hand.
  await page.getByRole('button', { name: /^A alone/ }).click()
  await page.locator('.viewer-stage[data-mode="single"]').waitFor()
  await page.getByRole('button', { name: /^Zoom, now/ }).click()
  await page.getByRole('menuitem', { name: '3200 %' }).click()
  await page.getByRole('button', { name: 'Zoom, now 3200 %' }).waitFor()
  const surface = (await page.locator('.viewer-surface').boundingBox())!
  const place = async (x: number) => {
    await page.mouse.move(surface.x + surface.width / 2 + x, surface.y + surface.height / 2)
    const text = async () => (await page.locator('.pixel-readout .place').first().textContent()) ?? ''
    await soon(text).toMatch(/^\d+, \d+$/)
    return text
  }
  const first = await (await place(2))()
  const column = Number(first.split(',')[0])
  const second = await place(2 + 32)
  await soon(second).toMatch(new RegExp(`^${column + 1},`))
  const held = await second()
  const places: string[] = []
  await page.mouse.down()
  for (let step = 1; step <= 8; step++) {
    await page.mouse.move(surface.x + surface.width / 2 + 34 - 20 * step, surface.y + surface.height / 2)
    places.push(await second())
  }
  await page.mouse.up()
  expect(new Set(places)).toEqual(new Set([held]))
  await soon(await place(2 + 32)).toMatch(new RegExp(`^${column + 6},`))
})

test('renders ahead while idle, marks it, plays between the points while comparing, and keeps within the budget that is set', async () => {
  const page = await open({ ahead: true })
  const kept = async () => Number(await page.locator('[data-kept]').getAttribute('data-kept'))
  await soon(kept).toBeGreaterThan(3)
  const surface = page.locator('.viewer-surface')
  await surface.focus()
  await page.keyboard.press('c')
  await page.locator('.viewer-stage[data-mode="wipe"]').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('i')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('o')
  await page.locator('.played-range[data-first="1"][data-last="3"]').waitFor()
  const seen = await page.evaluateHandle(() => {
    const frames: string[] = []
    const stage = document.querySelector<HTMLElement>('.viewer-stage')
    if (stage)
      new MutationObserver(() => frames.push(stage.dataset.frame ?? '')).observe(stage, {
        attributeFilter: ['data-frame'],
      })
    return frames
  })
  await page.keyboard.press('Space')
  await page.getByText(/^\d+\.\d of 24 fps$/).waitFor()
  await soon(() => seen.evaluate((frames) => frames.join(' '))).toMatch(/3 1 2 3 1/)
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
  expect(new Set(await seen.evaluate((frames) => frames))).toEqual(new Set(['1', '2', '3']))

  await page.getByRole('button', { name: /of 512 MB kept/ }).click()
  await page.getByRole('menuitemradio', { name: '128 MB' }).click()
  await page.getByRole('button', { name: /of 128 MB kept/ }).waitFor()
  await page.getByRole('button', { name: /of 128 MB kept/ }).click()
  await page.getByRole('menuitem', { name: 'Clear everything kept' }).click()
  await page.getByRole('button', { name: /^0\.0 MB of 128 MB|^\d\.\d MB of 128 MB/ }).waitFor()
})

test('scopes, times and pictures on the nodes come and go, an old picture says so; of several values side by side one is picked', async () => {
  const page = await open()
  const drawn = (selector: string) =>
    page.locator(selector).evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      return new Set(data.filter((_, i) => i % 4 === 0)).size
    })
  await page.locator('.viewer-surface').focus()
  for (const name of ['Histogram', 'Waveform', 'Vectorscope']) {
    await page.keyboard.press('h')
    await page.getByRole('region', { name, exact: true }).waitFor()
    await soon(() => drawn('.scopes canvas')).toBeGreaterThan(12)
  }
  await page.keyboard.press('t')
  const row = page.locator('.times tr[data-node="bicubic"]')
  expect(await row.locator('td').first().textContent()).toMatch(/\d (ms|s)$/)
  await row.getByRole('button', { name: 'Bicubic' }).click()
  await page.locator('.inspector-body[data-node="bicubic"]').waitFor()

  await page.getByRole('button', { name: 'Instruments' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Pictures on the nodes' }).click()
  await page.getByRole('menuitemradio', { name: 'Draft at half size' }).click()
  await page.keyboard.press('Escape')
  await page.getByText('Draft, 1/2 size').waitFor()
  await soon(() => page.locator('.viewer-facts').textContent()).toContain('640 × 360')
  const card = '.react-flow__node[data-id="bicubic"] .node-thumbnail'
  await page.locator(`${card}[data-stale="false"]`).waitFor()
  expect(await drawn(`${card} canvas`)).toBeGreaterThan(40)
  const staled = page.waitForFunction(
    (selector) => document.querySelector(selector)?.getAttribute('data-stale') === 'true',
    card,
  )
  await page.locator('.side [data-param="factor"] input').fill('1.5')
  await page.keyboard.press('Enter')
  await staled
  await page.locator(`${card}[data-stale="false"]`).waitFor()

  // Several values of a parameter side by side: the one picked becomes the value. Grain reads what was selected.
  await editor.node('bicubic').locator('h3').click()
  await page.getByRole('button', { name: 'Add Grain' }).click()
  const amount = page.locator('.side [data-param="amount"] input')
  const before = await amount.inputValue()
  await page.locator('.react-flow__node[data-id^="grain"] .eye').click()
  await page.getByRole('button', { name: 'Compare values of Amount' }).click()
  const third = page.getByRole('textbox', { name: 'Value 3 of Amount' })
  await third.fill('0.5')
  await page.keyboard.press('Enter')
  const label = page.locator('.picture-label', { hasText: 'Amount 0.5' })
  await label.waitFor()
  await editor.settled()
  await label.getByRole('button', { name: 'Use this' }).click()
  await soon(() => amount.inputValue()).toBe('0.5')
  expect(await page.locator('.picture-label').count()).toBe(0)
  await page.keyboard.press('Control+z')
  await soon(() => amount.inputValue()).toBe(before)
})
