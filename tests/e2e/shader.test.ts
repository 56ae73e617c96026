/** A graph with somebody else's code, dropped on the page; and numbers that are dropped on the settings of its node. */
import { expect, test } from 'vitest'
import { difference, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener({ looks: 'taken' })

const code = 'return mix(image, vec4f(1.0 - image.rgb, image.a), n1);'
const wired = (from: string, to: string) => ({ from: { node: from, port: 'image' }, to: { node: to, port: 'image' } })
const graph = {
  format: 'framewright-graph',
  versions: { document: 2, nodes: { decode: 0, shader: 0, encode: 0, curve: 0 } },
  ...{ title: 'Theirs', description: '' },
  nodes: {
    decode: { type: 'decode', position: { x: 0, y: 0 }, params: { media: { id: 'samples/field-guide.mp4' } } },
    shader: { type: 'shader', position: { x: 300, y: 0 }, params: { code, n1: 1 } },
    encode: { type: 'encode', position: { x: 600, y: 0 }, params: {} },
    curve: {
      ...{ type: 'curve', position: { x: 0, y: 220 } },
      params: { keys: [{ frame: 0, value: 0, next: 'hold' }] },
    },
  },
  edges: { a: wired('decode', 'shader'), b: wired('shader', 'encode') },
}

test('code in a dropped graph is asked of and passed over after a no, runs after a yes, and follows numbers that are dropped on its settings', async () => {
  const editor = await openEditor()
  const { page } = editor
  const transfer = await page.evaluateHandle((text) => {
    const made = new DataTransfer()
    made.items.add(new File([text], 'theirs.json', { type: 'application/json' }))
    return made
  }, JSON.stringify(graph))
  await page.dispatchEvent('.canvas', 'drop', { dataTransfer: transfer })
  const question = page.getByRole('dialog', { name: 'This graph carries code' })
  await question.locator('pre').filter({ hasText: code }).waitFor()
  await question.getByRole('button', { name: 'Leave it off' }).click()
  await editor.still()
  await editor.node('shader').locator('h3').click()
  const source = await editor.lookUntil(() => true)
  await page.getByText('This code came with the graph and does not run.').waitFor()
  await page.getByRole('button', { name: 'Let it run' }).click()
  await editor.lookUntil((look) => difference(look, source) > 60)

  // On the setting of a card: the curve says 0 for n1.
  const number = editor.output('curve', 'number')
  await editor.drag(number, editor.node('shader').locator('[data-param="n1"]'))
  await editor.lookUntil((look) => difference(look, source) < 6)
  // On the card itself, near the canvas's edge, which does not move from under it: what it is to drive is chosen.
  const view = () => page.locator('.react-flow__viewport').getAttribute('style')
  await editor.still()
  const before = await view()
  await editor.drag(number, editor.node('shader').locator('h3'))
  const offered = page.getByRole('menuitem')
  await soon(() => offered.allTextContents().then((all) => all.map((one) => one.trim()))).toEqual(['n2', 'n3', 'n4'])
  expect(await view()).toBe(before)
  await offered.filter({ hasText: 'n3' }).click()
  // Beside the canvas.
  await editor.drag(number, page.locator('.side [data-param="n2"]'))
  const wires = page.locator('[aria-label="Wire from Curve to Shader"]')
  await soon(() => wires.count()).toBe(3)
})
