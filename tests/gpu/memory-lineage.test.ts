/** What a node remembers of earlier frames belongs to what fed it then: another picture must not be met with it. */
import { expect, test } from 'vitest'
import type { Engine } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'

const id = (name: string) => name as OutermostId
const graph = (media: string): GraphDocument => ({
  ...emptyDocument,
  nodes: {
    [id('decode')]: { id: id('decode'), type: 'decode', params: { media: { id: media } }, position: { x: 0, y: 0 } },
    [id('text')]: { id: id('text'), type: 'text-protect', params: { detector: 'neural' }, position: { x: 0, y: 0 } },
  },
  edges: {
    ['wire' as EdgeId]: {
      id: 'wire' as EdgeId,
      from: { node: id('decode'), port: 'image' },
      to: { node: id('text'), port: 'image' },
    },
  },
})

async function page(text: string, name: string): Promise<File> {
  const canvas = new OffscreenCanvas(320, 192)
  const context = canvas.getContext('2d')!
  context.fillStyle = '#fff'
  context.fillRect(0, 0, 320, 192)
  context.fillStyle = '#000'
  context.font = '32px sans-serif'
  context.fillText(text, 20, 100)
  return new File([await canvas.convertToBlob()], name, { type: 'image/png' })
}

/** Share of the picture that the mask covers. */
async function covered(engine: Engine, media: string): Promise<number> {
  const outcome = await engine.snapshot({ document: graph(media), view: { node: id('text'), port: 'mask' }, frame: 0 })
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message)
  const { pixels } = outcome.value
  return pixels.filter((value, i) => i % 4 === 0 && value > 128).length / (pixels.length / 4)
}

test('a held text detection is not laid over another file at the same frame', async () => {
  const files = [await page('', 'blank.png'), await page('HELLO WORLD', 'text.png')]
  const openAll = async () => {
    const engine = createSession(`${location.origin}/`)
    for (const file of files) await engine.addAsset('media', file.name, [file])
    return engine
  }
  await using one = await openAll()
  await using fresh = await openAll()
  expect(await covered(one, 'blank.png')).toBe(0)
  const text = await covered(one, 'text.png')
  expect(text).toBeGreaterThan(0.02)
  expect(text).toBe(await covered(fresh, 'text.png'))
})
