/** The half of `npm run bench:fuzz` that needs a browser: broken clips and models through the engine as the editor has it. */
import type { Engine, Outcome } from '../src/engine/door/api.ts'
import type { EdgeId, EdgeRecord, GraphDocument, NodeId, NodeRecord } from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import '../src/host/headless-page.ts'

/** What became of one broken file. */
export type Fate =
  | { readonly kind: 'rendered'; readonly frames: number; readonly bytes: number }
  | { readonly kind: 'refused'; readonly sentences: readonly string[] }

declare global {
  interface Window {
    renderClip?: (name: string, base64: string) => Promise<Fate>
    renderModel?: (name: string, base64: string) => Promise<Fate>
  }
}

const row = (nodes: readonly (readonly [type: string, params: JsonObject])[]): GraphDocument => {
  const records = nodes.map(([type, params]): [NodeId, NodeRecord] => [
    type as NodeId,
    { id: type as NodeId, type, params, position: { x: 0, y: 0 } },
  ])
  const edges = records.slice(1).map(([to], i): [EdgeId, EdgeRecord] => {
    const id = `${to}.image` as EdgeId
    return [id, { id, from: { node: records[i]![0], port: 'image' }, to: { node: to, port: 'image' } }]
  })
  return { title: '', description: '', nodes: Object.fromEntries(records), edges: Object.fromEntries(edges) }
}

const refusalOf = (outcome: Outcome<unknown> & { readonly ok: false }): Fate => ({
  kind: 'refused',
  sentences: outcome.problems.map(({ message, hint }) => `${message} ${hint}`.trim()),
})

async function rendered(engine: Engine, document: GraphDocument, fileName: string): Promise<Fate> {
  const outputs = { encode: { fileName, target: { kind: 'store' } as const } }
  const outcome = await engine.export({ document, outputs }, () => undefined)
  if (!outcome.ok) return refusalOf(outcome)
  const { frames, outputs: written } = outcome.value
  const bytes = Object.values(written).reduce((sum, each) => sum + each.bytes, 0)
  await engine.releaseOutput(fileName)
  return { kind: 'rendered', frames, bytes }
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
const own = window.framewright
if (!own) throw new Error('The page has no engine.')
const { engine } = own

window.renderClip = async (name, base64) => {
  const added = await engine.addAsset('media', name, [new File([bytesOf(base64)], name)])
  if (!added.ok) return refusalOf(added)
  const params = { media: { id: name }, toneMap: true }
  return rendered(
    engine,
    row([
      ['decode', params],
      ['encode', { fileName: 'fuzz.webm', codec: 'vp8' }],
    ]),
    'fuzz.webm',
  )
}

/** A picture with an edge, a slope and three colours. */
async function still(): Promise<File> {
  const canvas = new OffscreenCanvas(40, 30)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('There is no canvas to draw on.')
  for (const [i, colour] of ['#c33', '#3a4', '#46d', '#eee'].entries()) {
    context.fillStyle = colour
    context.fillRect(i * 10, 0, 10, 30 - i * 4)
  }
  return new File([await canvas.convertToBlob({ type: 'image/png' })], 'still.png')
}

window.renderModel = async (name, base64) => {
  const added = await engine.addAsset('model', name, [new File([bytesOf(base64)], name)])
  if (!added.ok) return refusalOf(added)
  const { ref } = added.value
  const picture = await engine.addAsset('media', 'still.png', [await still()])
  if (!picture.ok) throw new Error('The picture was refused.')
  return rendered(
    engine,
    row([
      ['decode', { media: { id: 'still.png' } }],
      ['sr-model', { model: { ...ref } }],
      ['encode', { fileName: 'fuzz.png' }],
    ]),
    'fuzz.png',
  )
}
