/** Graphs of other programs are told by name, with what of them there is here. */
import { expect, test } from 'vitest'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'

const specs = await loadSpecs()
const refusal = (file: unknown): string => {
  const parsed = parseGraph(JSON.stringify(file), specs)
  if (parsed.ok) throw new Error('It was read.')
  return parsed.error.message
}

const chain = (...schemas: string[]) => ({
  version: '0.24.1',
  content: { nodes: schemas.map((schemaId, n) => ({ id: String(n), data: { schemaId, inputData: {} } })), edges: [] },
})

test('chaiNNer', () => {
  expect(refusal(chain('chainner:image:load', 'chainner:onnx:load_model', 'chainner:onnx:upscale_image'))).toBe(
    'This is a chaiNNer graph with 3 nodes, not a Framewright graph. What it does can be built here: load as Decode, upscale_image as SR Model.',
  )
  expect(refusal(chain('chainner:image:load', 'chainner:utility:math'))).toContain('There is nothing here for math.')
})

test('ComfyUI, as its editor saves it and as its server is sent it', () => {
  const nodes = [
    { id: 1, type: 'LoadImage' },
    { id: 2, type: 'ImageUpscaleWithModel' },
    { id: 3, type: 'KSampler' },
  ]
  const sentence =
    'This is a ComfyUI graph with 3 nodes, not a Framewright graph. What it does can be built here: LoadImage as Decode, ImageUpscaleWithModel as SR Model. There is nothing here for KSampler.'
  expect(refusal({ last_node_id: 3, nodes, links: [], version: 0.4 })).toBe(sentence)
  expect(refusal(Object.fromEntries(nodes.map(({ id, type }) => [id, { class_type: type, inputs: {} }])))).toBe(
    sentence,
  )
})

test('what is only a little like them is not taken for them', () => {
  for (const file of [{}, { nodes: {} }, { nodes: [], links: [] }, { content: { nodes: [1, null] } }, { a: 1 }])
    expect(refusal(file)).toContain('not a Framewright graph')
})
