/** Reroute dots by hand and by key: one dot for several wires of an output. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

/** Decode is read by Bicubic and by SR Model, and Bicubic by two nodes more. */
async function open() {
  editor = await openEditor({
    recipe: 'default',
    clip: 'never',
    viewport: { width: 1440, height: 900 },
  })
  const { page } = editor
  await editor.node('grain').waitFor()
  await editor.still()
  const dots = page.locator('.wire-point')
  const wire = (id: string) => page.locator(`.react-flow__edge[data-id="${id}"]`)
  return {
    page,
    dots,
    wire,
    dot: (name: string | RegExp) => page.getByRole('button', { name }),
    middle: async (id: string, part = 0.5) =>
      wire(id)
        .locator('.react-flow__edge-path')
        .evaluate((line, along) => {
          const path = line as SVGPathElement
          const matrix = path.getScreenCTM()
          if (!matrix) throw new Error('The wire is not on the page.')
          const { x, y } = path.getPointAtLength(path.getTotalLength() * along).matrixTransform(matrix)
          return { x, y }
        }, part),
    labels: () => dots.evaluateAll((all) => all.map((dot) => dot.getAttribute('aria-label')).sort()),
    place: async (name: string | RegExp) => {
      const box = await page.getByRole('button', { name }).boundingBox()
      if (!box) throw new Error('There is no such dot.')
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    },
    /** What lies in the file of the graph. */
    saved: async () => {
      const download = page.waitForEvent('download')
      await page.keyboard.press('Control+s')
      return JSON.parse(await readFile(await (await download).path(), 'utf8'))
    },
    choose: async (...wires: string[]) => {
      for (const [n, id] of wires.entries()) {
        await wire(id).focus()
        await page.keyboard.press(n === 0 ? 'Enter' : 'Shift+Enter')
      }
    },
  }
}

type Canvas = Awaited<ReturnType<typeof open>>

/** Dots are joined, moved together, taken apart and removed by hand; each is one step. */
async function byHand({ page, dots, dot, middle, labels, place }: Canvas) {
  for (const [n, id] of ['bicubic.image', 'sr-model.image'].entries()) {
    const { x, y } = await middle(id)
    await page.mouse.dblclick(x, y)
    await soon(() => dots.count()).toBe(n + 1)
  }
  // Dropped near another of the same output, it joins that one.
  const [first, second] = [dots.nth(0), dots.nth(1)]
  const target = await first.boundingBox()
  if (!target) throw new Error('The wire has no dot.')
  await editor.drag(second, { x: target.x + 14, y: target.y + 2 })
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
  await page.keyboard.press('Control+z')
  await soon(() => dots.count()).toBe(2)
  await page.keyboard.press('Control+y')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])

  const shared = dot('Dot of 2 wires from Decode')
  const before = await place('Dot of 2 wires from Decode')
  await editor.drag(shared, { x: before.x + 8, y: before.y + 72 })
  await soon(async () => Math.round((await place('Dot of 2 wires from Decode')).y)).toBeGreaterThan(before.y + 60)
  await page.getByRole('button', { name: 'History' }).click()
  const steps = page.getByRole('dialog', { name: 'History' }).getByRole('button')
  await soon(() => steps.allInnerTexts()).toEqual([
    'As opened',
    'Bend a wire',
    'Bend a wire',
    'Join dots',
    'Move a dot of 2 wires',
  ])
  // A click goes back to a step, and forth again.
  await steps.first().click()
  await soon(() => dots.count()).toBe(0)
  await steps.last().click()
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await soon(async () => Math.round((await place('Dot of 2 wires from Decode')).y)).toBe(Math.round(before.y))

  // What Escape breaks off is no step.
  await shared.hover()
  await page.mouse.down()
  await page.mouse.move(before.x, before.y + 90, { steps: 3 })
  await soon(async () => Math.round((await place('Dot of 2 wires from Decode')).y)).toBeGreaterThan(before.y + 60)
  await page.keyboard.press('Escape')
  await page.mouse.up()
  await soon(async () => Math.round((await place('Dot of 2 wires from Decode')).y)).toBe(Math.round(before.y))

  // With Alt the strand goes alone that leads where the hand pulls: SR Model lies below Bicubic.
  await page.keyboard.down('Alt')
  await editor.drag(shared, { x: before.x, y: before.y + 72 })
  await page.keyboard.up('Alt')
  await soon(labels).toEqual(['Dot 1 of the wire from Decode', 'Dot 1 of the wire from Decode'])
  await page.keyboard.press('Control+z')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])

  await shared.dblclick()
  await soon(() => dots.count()).toBe(0)
  await page.keyboard.press('Control+z')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
}

/** A wire is pulled out of a dot and runs through it, to an input or to a new node. */
async function pulled({ page, wire, dots, labels, choose, middle, saved }: Canvas) {
  await choose('bicubic.image')
  await page.keyboard.press('j')
  await soon(labels).toEqual(['Dot 1 of the wire from Decode'])
  await page.keyboard.press('Escape')
  const { x, y } = await middle('sr-model.image', 0.9)
  expect(await wire('sr-model.image').count()).toBe(1)

  await dots.hover()
  await editor.drag(page.locator('.wire-pull'), editor.input('sr-model', 'image'))
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
  const { edges } = await saved()
  expect(edges['sr-model.image'].via).toEqual(edges['bicubic.image'].via)

  // Let go in space, it asks what is to be added.
  await dots.hover()
  await editor.drag(page.locator('.wire-pull'), { x: x - 40, y: y + 160 })
  await page.getByRole('dialog', { name: 'Add a node to this wire' }).waitFor()
  await page.keyboard.type('grain')
  await page.keyboard.press('Enter')
  await soon(labels).toEqual(['Dot of 3 wires from Decode'])
  await page.keyboard.press('Control+z')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])

  // A copy that reads what another node reads is reached the same way.
  await editor.node('bicubic').locator('h3').click()
  await page.keyboard.press('Control+d')
  await soon(labels).toEqual(['Dot of 3 wires from Decode'])
  await page.keyboard.press('Control+z')

  // And a wire whose end is led elsewhere goes on running through it.
  await editor.node('bicubic').locator('h3').click()
  await page.keyboard.press('Control+Shift+D')
  await editor.node('bicubic-2').waitFor()
  await editor.still()
  // Near enough that the dot does not lie on the end of its own wire, in a window where both ports stay in sight.
  await page.setViewportSize({ width: 1440, height: 1300 })
  await editor.still()
  const ports = [editor.input('sr-model', 'image'), editor.input('bicubic-2', 'image')]
  const [from, to] = await Promise.all(ports.map((each) => each.boundingBox()))
  if (!from || !to) throw new Error('There are no ports.')
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2)
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, -30)
  await page.keyboard.up('Control')
  // Away from the upper edge, close to which the canvas follows the hand that leads a wire.
  await page.mouse.move(250, 1100)
  await page.mouse.down()
  await page.mouse.move(250, 1220, { steps: 4 })
  await page.mouse.up()
  await editor.still()
  // Beside the port, where the wire can be taken; what the card tells may come late, and move it.
  await soon(async () => {
    const end = await editor.input('sr-model', 'image').boundingBox()
    if (!end) return 'no port'
    const hand = { x: end.x - 10, y: end.y + end.height / 2 }
    await page.mouse.move(hand.x, hand.y)
    return page.evaluate(({ x, y }) => {
      const found = document.elementFromPoint(x, y)
      return found?.tagName === 'circle' ? 'the end of the wire' : found?.outerHTML.slice(0, 200)
    }, hand)
  }).toBe('the end of the wire')
  const goal = await editor.input('bicubic-2', 'image').boundingBox()
  if (!goal) throw new Error('There is no port.')
  await page.mouse.down()
  await page.mouse.move(goal.x - 20, goal.y + goal.height / 2, { steps: 4 })
  await page.mouse.move(goal.x + goal.width / 2, goal.y + goal.height / 2, { steps: 4 })
  await page.mouse.up()
  await soon(editor.wires).not.toContain('sr-model.image')
  const led = await saved()
  expect(led.edges['bicubic-2.image'].via).toEqual(led.edges['bicubic.image'].via)
}

/** By key alone several wires get one dot, it is moved, taken apart, read and added to; it is in the file. */
async function byKey({ page, dots, dot, labels, choose, saved, place }: Canvas) {
  await choose('bicubic.image', 'sr-model.image')
  await page.keyboard.press('j')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
  const shared = dot('Dot of 2 wires from Decode')
  const before = await saved()
  expect(before.edges['bicubic.image'].via).toHaveLength(1)
  expect(before.edges['sr-model.image'].via).toEqual(before.edges['bicubic.image'].via)

  const [at] = before.edges['bicubic.image'].via
  await shared.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+ArrowLeft')
  expect(await shared.evaluate((button) => button === document.activeElement)).toBe(true)
  const moved = await saved()
  expect(moved.edges['sr-model.image'].via).toEqual([{ x: at.x - 64, y: at.y + 8 }])
  expect(moved.edges['bicubic.image'].via).toEqual(moved.edges['sr-model.image'].via)

  // A key that is held is one step.
  await shared.focus()
  const held = await place('Dot of 2 wires from Decode')
  for (let n = 0; n < 4; n += 1) await page.keyboard.down('ArrowDown')
  await page.keyboard.up('ArrowDown')
  await soon(async () => Math.round((await place('Dot of 2 wires from Decode')).y)).toBeGreaterThan(held.y + 4)
  await page.keyboard.press('Control+z')
  await soon(async () => Math.round((await place('Dot of 2 wires from Decode')).y)).toBe(Math.round(held.y))

  // The wire that is chosen goes alone, and comes back.
  await choose('bicubic.image')
  await shared.focus()
  await page.keyboard.press('Alt+ArrowUp')
  await soon(() => dots.count()).toBe(2)
  const apart = await saved()
  expect(apart.edges['sr-model.image'].via).toEqual(moved.edges['sr-model.image'].via)
  expect(apart.edges['bicubic.image'].via).toEqual([{ x: at.x - 64, y: at.y }])
  await dots.first().focus()
  await page.keyboard.press('ArrowDown')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
  expect(await shared.evaluate((button) => button === document.activeElement)).toBe(true)

  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Add a node to this wire' }).waitFor()
  await page.keyboard.type('grain')
  await page.keyboard.press('Enter')
  await soon(labels).toEqual(['Dot of 3 wires from Decode'])

  await choose('bicubic.image')
  await page.keyboard.press('Shift+J')
  await soon(labels).toEqual(['Dot of 2 wires from Decode'])
  await shared.focus()
  await page.keyboard.press('Delete')
  await soon(() => dots.count()).toBe(0)
}

test('dots are joined, moved, taken apart, pulled from and removed by hand, and by key alone', async () => {
  for (const work of [byHand, pulled, byKey]) {
    const canvas = await open()
    await work(canvas)
    await canvas.page.close()
  }
})
