import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { pixelNode } from '../../src/engine/run/prepare-step.ts'
import { generatePixelUnit } from '../../src/gpu/pixel.ts'
import type { EdgeId, GraphDocument, NodeId, OutermostId } from '../../src/graph/document/document.ts'
import { defaultLimits, plan } from '../../src/graph/plan/plan.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.cache', `readme-${process.pid}`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The README's example of a node, read as if it stood in `src/nodes/`. */
async function example(): Promise<{ fileName: string; definition: NodeDefinition }> {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const code = /```ts\n(\/\/ src\/nodes\/([a-z-]+)\.node\.ts\n[\s\S]*?)```/.exec(text)
  if (!code?.[1] || !code[2]) throw new Error('The README has no example of a node.')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${code[2]}.node.ts`)
  writeFileSync(file, code[1].replace("'./define.ts'", JSON.stringify(join(root, 'src/nodes/define.ts'))))
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default: NodeDefinition }
  return { fileName: code[2], definition: module.default }
}

test('the README’s example of a node is one', async () => {
  const { fileName, definition } = await example()
  expect(definition.type).toBe(fileName)
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
  const written = new Map([['b' as OutermostId, { value: step.writes[0]!, format: 'rgba16float' as const }]])
  const unit = generatePixelUnit(step, () => pixelNode(definition, {}), written)
  expect(unit.spec.wgsl).toContain('image.rgb * pow(2.0, p.stops)')
})
