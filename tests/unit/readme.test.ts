/** The README's examples of a node are nodes: kept as files, which are type-checked, they become the shaders that they say. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pixelNode } from '../../src/engine/run/prepare-step.ts'
import { generatePixelUnit } from '../../src/gpu/pixel.ts'
import type { EdgeId, GraphDocument, NodeId, OutermostId } from '../../src/graph/document/document.ts'
import { needOf } from '../../src/graph/node/needs.ts'
import { defaultLimits, plan } from '../../src/graph/plan/plan.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import oneFrame from '../fixtures/readme/one-frame.ts'
import threeFrames from '../fixtures/readme/three-frames.ts'
import trail from '../fixtures/readme/trail.ts'

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')

test('the README’s examples of a node are those that are type-checked', () => {
  const readme = read('../../README.md')
  const [, whole] = /```ts\n(\/\/ src\/nodes\/exposure\.node\.ts\n[\s\S]*?)```/.exec(readme) ?? []
  const [, kernel] = /```ts\n( {2}kernel: \{[\s\S]*?)```/.exec(readme) ?? []
  const inPlace = (text: string) => text.replace("'../../../src/nodes/define.ts'", "'./define.ts'")
  expect(inPlace(read('../fixtures/readme/one-frame.ts'))).toBe(whole)
  // The same node with the kernel that looks at other frames.
  const windowed = whole?.replace(/ {2}kernel: \{[\s\S]*?\n {2}\},\n/, () => kernel ?? '')
  expect(inPlace(read('../fixtures/readme/three-frames.ts'))).toBe(windowed)
})

test('CONTRIBUTING’s example of a node that looks back is one that is type-checked, and short', () => {
  const [, kernel = ''] = /```ts\n( {4}kernel: \{[\s\S]*?) {2}```/.exec(read('../../CONTRIBUTING.md')) ?? []
  const lines = kernel.replace(/^ {2}/gm, '').trimEnd()
  expect(lines.split('\n').length).toBeLessThanOrEqual(14)
  expect(read('../fixtures/readme/trail.ts')).toContain(`\n${lines}\n`)
  expect(
    needOf(trail, 'image', { back: 3 }, { ratio: 1, facts: { media: () => undefined, model: () => undefined } }),
  ).toMatchObject({
    reach: 0,
    frames: { before: 3, after: 0 },
  })
})

function unitOf(definition: NodeDefinition) {
  expect(definition.type).toBe('exposure')
  const { kernel } = definition
  if (kernel.kind !== 'pixel') throw new Error('not a pixel node')

  const source: NodeDefinition = {
    type: 'source',
    title: 'Source',
    category: 'io',
    summary: '',
    inputs: {},
    outputs: { image: { type: 'image', label: 'Image' } },
    params: {},
    infer: () => ({ image: { type: 'image', width: 4, height: 2, format: 'rgba16float', frameRate: 24 } }),
    kernel: { kind: 'source', prepare: () => Promise.reject(new Error('never run')) },
  }
  const node = (id: string, type: string) => ({ id: id as NodeId, type, params: {}, position: { x: 0, y: 0 } })
  const wire = {
    id: 'wire' as EdgeId,
    from: { node: 'a' as NodeId, port: 'image' },
    to: { node: 'b' as NodeId, port: 'image' },
  }
  const document: GraphDocument = {
    title: '',
    description: '',
    nodes: { ['a' as NodeId]: node('a', 'source'), ['b' as NodeId]: node('b', definition.type) },
    edges: { [wire.id]: wire },
  }
  const planned = plan({
    document,
    specs: new Map([source, definition].map((one) => [one.type, one])),
    facts: { media: () => undefined, model: () => undefined },
    targets: [{ node: 'b' as OutermostId, port: 'image' }],
    limits: defaultLimits,
  })
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join(' '))
  const step = planned.plan.steps.at(-1)!
  expect(step.kind).toBe('pixel')
  const written = new Map([['b.image', { value: step.writes[0]!, format: 'rgba16float' as const }]])
  return { step, unit: generatePixelUnit(step, () => pixelNode(definition, {}), written) }
}

test('the README’s example of a node is one', () => {
  const { unit } = unitOf(oneFrame)
  expect(unit.spec.wgsl).toContain('image.rgb * pow(2.0, p.stops)')
})

test('the README’s example of a node that looks at other frames is given the frames before and after', () => {
  const { step, unit } = unitOf(threeFrames)
  expect(step.reads).toMatchObject([{ frames: { before: 1, after: 1 } }])
  expect(unit.textures.map(({ offset }) => offset).sort()).toEqual([-1, 0, 1])
  expect(unit.spec.wgsl).toContain('n0_image_before1_at(at) + 2.0 * image + n0_image_after1_at(at)')
})
