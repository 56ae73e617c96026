/** Checking a clip by hand: what stands out, worst first; one click to the place, one to mend it, and out it goes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { screenStates } from '../../scripts/screen-states.ts'
import { seriousInBothSchemes } from './axe.ts'
import { type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()

/** A part of the sample’s picture, enlarged and smoothed until skin and cloth are wax. */
const waxy = {
  format: 'framewright-graph',
  versions: { document: 2, nodes: { decode: 0, crop: 0, bicubic: 0, denoise: 0, encode: 0 } },
  title: 'Waxy',
  description: '',
  nodes: {
    decode: {
      type: 'decode',
      position: { x: 0, y: 0 },
      params: { media: { id: 'samples/field-guide.mp4' }, start: 1, end: 1.08 },
    },
    crop: { type: 'crop', position: { x: 300, y: 0 }, params: { left: 80, right: 80, top: 45, bottom: 45 } },
    bicubic: { type: 'bicubic', position: { x: 600, y: 0 }, params: {} },
    denoise: { type: 'denoise', position: { x: 900, y: 0 }, params: { luma: 16 } },
    encode: { type: 'encode', position: { x: 1200, y: 0 }, params: {} },
  },
  edges: {
    'crop.image': { from: { node: 'decode', port: 'image' }, to: { node: 'crop', port: 'image' } },
    'bicubic.image': { from: { node: 'crop', port: 'image' }, to: { node: 'bicubic', port: 'image' } },
    'denoise.image': { from: { node: 'bicubic', port: 'image' }, to: { node: 'denoise', port: 'image' } },
    'encode.image': { from: { node: 'denoise', port: 'image' }, to: { node: 'encode', port: 'image' } },
  },
}

test('a newcomer gets from opening it to a better export in six actions: open, check, look, fix, and export in two; with a waxy result, and with a clip that is waxy itself, which is told', async () => {
  // One page for both, in which the measures are compiled once.
  const editor = await openEditor({ wait: 'nodes' })
  await mendWaxyResult(editor)
  await editor.chooseFile({
    name: 'bicubic.json',
    mimeType: 'application/json',
    buffer: readFileSync(join(import.meta.dirname, '../../public/graphs/bicubic.json')),
  })
  await editor.page.locator('.document-title', { hasText: 'Bicubic' }).waitFor()
  await mendWaxyClip(editor)
})

async function mendWaxyResult(editor: EditorPage): Promise<void> {
  const { page } = editor
  // 1: open it.
  await editor.chooseFile({
    name: 'waxy.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(waxy)),
  })
  await page.locator('.document-title', { hasText: 'Waxy' }).waitFor()
  await editor.settled()
  // 2: check it.
  await page.getByRole('button', { name: 'Check this clip' }).first().click()
  await page.locator('.check-panel[data-phase="done"]').waitFor({ timeout: 300_000 })
  const times = await page.locator('.check-figures em').allInnerTexts()
  const numbers = times.map((text) => Number.parseFloat(text))
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
  const finding = page.locator('.check-finding[data-symptom="waxy"]')
  await finding.locator('canvas').waitFor()
  // In a low window, too, what mends the worst is in sight without scrolling.
  await page.setViewportSize({ width: 1280, height: 720 })
  const side = (await page.locator('.side').boundingBox())!
  const fix = (await page.locator('.check-finding').first().locator('.fix').first().boundingBox())!
  expect(fix.y + fix.height).toBeLessThanOrEqual(side.y + side.height)
  await page.setViewportSize({ width: 1440, height: 900 })
  // 3: look where.
  await finding.locator('.check-where').click()
  await page.getByRole('combobox', { name: 'Mask or map' }).filter({ hasText: 'Texture Loss' }).waitFor()
  await editor.settled()
  // 4: fix it.
  await finding.getByRole('button', { name: 'Fix with Detail Return' }).click()
  await finding.locator('.check-fixed canvas').nth(1).waitFor({ timeout: 300_000 })
  const score = async (which: number) =>
    Number.parseFloat((await finding.locator('.check-fixed figcaption strong').nth(which).textContent()) ?? '')
  expect(await score(1)).toBeLessThan(0.6 * (await score(0)))
  await soon(editor.wires).toContain('encode.image')
  expect(await editor.nodes()).toContain('detail-return')
  expect(await seriousInBothSchemes(page, 'check')).toEqual({})
  // 5: export it; the dialog asks once more.
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('link', { name: 'Download' }).waitFor({ timeout: 300_000 })
  await page.keyboard.press('Escape')
  // One step takes the fix back.
  await page.locator('.top-bar').getByRole('button', { name: 'Undo' }).click()
  await soon(editor.nodes).toEqual(['bicubic', 'crop', 'decode', 'denoise', 'encode'])
  // Two graphs are compared by the same measures, which are compiled by now.
  await screenStates.find(({ name }) => name === 'comparison')!.reach(page)
  expect(await seriousInBothSchemes(page, 'comparison')).toEqual({})
}

async function mendWaxyClip(editor: EditorPage): Promise<void> {
  const { page } = editor
  // 1: open it.
  await editor.chooseFile({
    name: 'waxy.mp4',
    mimeType: 'video/mp4',
    buffer: readFileSync(join(import.meta.dirname, '../fixtures/media/waxy.mp4')),
  })
  await page.getByText('Decode now opens “waxy.mp4”.').waitFor()
  await page.locator('.frame-last', { hasText: '/ 2' }).waitFor()
  await editor.settled()
  // 2: check it.
  await page.getByRole('button', { name: 'Check this clip' }).first().click()
  await page.locator('.check-panel[data-phase="done"]').waitFor({ timeout: 300_000 })
  const finding = page.locator('.check-finding[data-symptom="smooth"]')
  await finding.locator('.check-inherited').waitFor()
  // 3: look where.
  await finding.locator('.check-where').click()
  await page.getByRole('combobox', { name: 'Mask or map' }).filter({ hasText: 'Smoothness' }).waitFor()
  await editor.settled()
  // 4: fix it.
  await finding.getByRole('button', { name: 'Fix with Grain' }).click()
  await finding.locator('.check-fixed canvas').nth(1).waitFor({ timeout: 300_000 })
  const score = async (which: number) =>
    Number.parseFloat((await finding.locator('.check-fixed figcaption strong').nth(which).textContent()) ?? '')
  expect(await seriousInBothSchemes(page, 'waxy-clip')).toEqual({})
  expect(await score(0)).toBeGreaterThan(0.45)
  expect(await score(1)).toBeLessThan(0.45)
  // 5 and 6: export it; the dialog asks once more.
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  // Where nothing was exported before, the dialog opens with the form.
  await page.getByRole('button', { name: 'New export…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('link', { name: 'Download' }).nth(1).waitFor({ timeout: 300_000 })
}
