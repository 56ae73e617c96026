/**
 * The dial as its users reach it: through the engine, on the sample, with models of the shipped size. And what the
 * trained families promise: sharper and less faithful from end to end.
 */
import { expect, test } from 'vitest'
import type { Engine, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { familyOf, parseCatalog } from '../../src/models/catalog.ts'
import { sha256Hex } from '../../src/models/model-store.ts'
import { readOnnx, writeOnnx } from '../../src/models/onnx/onnx-file.ts'
import { dimsOf, floatTensor, readFloats } from '../../src/models/onnx/tensor-data.ts'
import { serve } from './models-dial-support.ts'

const id = (name: string) => name as OutermostId
const catalog = parseCatalog(await (await fetch('/models/catalog.json')).json())
const small = catalog.find((card) => card.id === 'framewright-s-coded-x2')!

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

/** Decode → SR Model, or Decode alone. */
function graph(media: string, params?: JsonObject): GraphDocument {
  const position = { x: 0, y: 0 }
  const decode = { id: id('decode'), type: 'decode', params: { media: { id: media } }, position }
  if (!params) return { ...emptyDocument, nodes: { [decode.id]: decode } }
  const edge = 'wire' as EdgeId
  return {
    ...emptyDocument,
    nodes: { [decode.id]: decode, [id('sr')]: { id: id('sr'), type: 'sr-model', params, position } },
    edges: {
      [edge]: { id: edge, from: { node: decode.id, port: 'image' }, to: { node: id('sr'), port: 'image' } },
    },
  }
}

/** Three models of the shipped size: the shipped one, and two whose weights were shifted from it. */
async function serveFamily(base: string): Promise<void> {
  const bytes = new Uint8Array(await (await fetch(`/models/${small.file}`)).arrayBuffer())
  const models = []
  for (const place of [0, 1, 2]) {
    const model = readOnnx(small.name, bytes)
    model.graph.initializer = model.graph.initializer.map((tensor) =>
      tensor.name.endsWith('.weight')
        ? floatTensor(
            tensor.name,
            'float32',
            dimsOf(tensor),
            readFloats(tensor).map((weight) => weight * (1 + 0.02 * place)),
          )
        : tensor,
    )
    const file = `s-${place}.onnx`
    const written = writeOnnx(model)
    serve(`${base}models/${file}`, written)
    models.push({
      ...{ ...small, id: `s-${place}`, name: `S ${place}`, file, family: 's', place, personality: null, replaces: [] },
      ...{ sha256: await sha256Hex(written), bytes: written.byteLength },
    })
  }
  serve(`${base}models/catalog.json`, JSON.stringify({ models }))
  const clip = await (await fetch('/samples/field-guide.mp4')).blob()
  serve(`${base}samples/field-guide.mp4`, clip)
}

test('a turn of the dial runs the model alone, and a position it had is not run again', async () => {
  const base = `${location.origin}/dial/`
  await serveFamily(base)
  await using engine = createSession(base)
  const media = await (await fetch('/samples/field-guide.mp4')).blob()
  value(await engine.addAsset('media', 'clip.mp4', [new File([media], 'clip.mp4')]))
  const show = async (personality: number, frame: number) => {
    const document = graph('clip.mp4', { model: { id: 's-0' }, personality })
    const shown = value(
      await engine.preview({ document, view: { node: id('sr'), port: 'image' }, frame, runtime: 'wasm' }),
    )
    expect(shown).toMatchObject({ state: 'shown', desc: { width: 640, height: 360 } })
    return shown.nodes
  }
  await show(0.5, 30)
  for (const position of [0.1, 0.45, 0.9, 1.3, 1.75]) {
    const nodes = await show(position, 30)
    // The frame stood in the cache: what is above the model is not done again.
    expect(nodes[id('decode')]?.cached).toBe(true)
    expect(nodes[id('sr')]?.cached).toBe(false)
  }
  // Back where it was, nothing is computed at all.
  expect((await show(0.1, 30))[id('sr')]?.cached).toBe(true)
})

const luma = (pixels: Uint8ClampedArray, i: number): number =>
  0.2126 * pixels[i * 4]! + 0.7152 * pixels[i * 4 + 1]! + 0.0722 * pixels[i * 4 + 2]!

type Picture = Awaited<ReturnType<Engine['snapshot']>> extends Outcome<infer P> ? P : never

/** Mean squared difference of luma between neighbours, along rows and columns. */
function sharpness({ width, height, pixels }: Picture): number {
  let sum = 0
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const i = y * width + x
      sum += (luma(pixels, i + 1) - luma(pixels, i)) ** 2 + (luma(pixels, i + width) - luma(pixels, i)) ** 2
    }
  }
  return sum / ((width - 1) * (height - 1))
}

function psnr(a: Picture, b: Picture): number {
  let sum = 0
  const count = a.width * a.height
  for (let i = 0; i < count; i++) sum += (luma(a.pixels, i) - luma(b.pixels, i)) ** 2
  return 10 * Math.log10(255 ** 2 / (sum / count))
}

test.each([0, 0.5, 1])(
  'along Personality, at Source damage %d, the texture shot grows sharper and less faithful at every step',
  async (sourceDamage) => {
    const model = catalog.find(({ id }) => id === 'framewright-s-clean-x2')!
    expect(familyOf(model, catalog)?.members).toHaveLength(6)
    await using engine = createSession(`${location.origin}/`)
    const shots: { name: string; firstFrame: number; frameCount: number }[] = await (
      await fetch('/samples/field-guide.json')
    ).json()
    const { firstFrame, frameCount } = shots.find(({ name }) => name === 'texture')!
    const frame = firstFrame + frameCount - 4
    const take = async (document: GraphDocument, node: string) =>
      value(await engine.snapshot({ document, view: { node: id(node), port: 'image' }, frame, runtime: 'wasm' }))
    const original = await take(graph('samples/field-guide-reference.mp4'), 'decode')
    const rows: { position: number; sharpness: number; psnr: number }[] = []
    for (const position of [0, 0.5, 1, 1.5, 2]) {
      const document = graph('samples/field-guide.mp4', {
        ...{ model: { id: model.id }, source: 'hand', sourceDamage },
        personality: position,
      })
      const picture = await take(document, 'sr')
      rows.push({ position, sharpness: sharpness(picture), psnr: psnr(picture, original) })
    }
    console.log(
      rows
        .map((row) => `${row.position}: sharpness ${row.sharpness.toFixed(1)}, PSNR ${row.psnr.toFixed(2)} dB`)
        .join('\n'),
    )
    for (const [i, row] of rows.slice(1).entries()) {
      expect(row.sharpness).toBeGreaterThan(rows[i]!.sharpness)
      expect(row.psnr).toBeLessThan(rows[i]!.psnr)
    }
  },
)
