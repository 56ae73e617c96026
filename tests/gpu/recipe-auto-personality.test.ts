/**
 * What Auto Personality is for, held in small on frames of the sample: against the crisp model its
 * recipe lowers what the source denies, halos, letters bent and flicker, and gives up little of what makes the model crisp.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import recipe from '../../public/graphs/auto-personality.json'
import type { Engine, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import type { EdgeId, FlatDocument, FlatEndpoint, FlatId, NodeRecord } from '../../src/graph/document/document.ts'
import { parseGraph } from '../../src/graph/file/read.ts'
import { specs } from '../../src/nodes/registry.ts'

let engine: Engine & AsyncDisposable

beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})
afterAll(() => engine[Symbol.asyncDispose]())

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

const numbers = [
  ['invention', 'contradictionScore'],
  ['invention', 'inventionScore'],
  ['halo', 'score'],
  ['texture-loss', 'score'],
  ['text-drift', 'score'],
] as const
type Scores = Readonly<Record<'contradiction' | 'invention' | 'halo' | 'loss' | 'drift', number>>

const at = (node: string, port = 'image'): FlatEndpoint => ({ node: node as FlatId, port })

/** The recipe with measures on its result and on both renders that it chooses between. */
function measured(types: readonly (readonly [string, string])[]) {
  const parsed = parseGraph(JSON.stringify(recipe), specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const flat = expand(parsed.document, specs).document
  const nodes = { ...flat.nodes }
  const edges = { ...flat.edges }
  const put = (id: string, type: string, wires: Readonly<Record<string, FlatEndpoint>>) => {
    const node: NodeRecord<FlatId> = { id: id as FlatId, type, params: {}, position: { x: 0, y: 0 } }
    nodes[node.id] = node
    for (const [port, from] of Object.entries(wires)) {
      const edge = `${id}.${port}` as EdgeId
      edges[edge] = { id: edge, from, to: { node: node.id, port } }
    }
  }
  const outputs = ['mix', 'faithful', 'inventive'].map((of) =>
    types.map(([type, port]) => {
      put(`${of}-${type}`, type, { image: at(of), source: at('decode') })
      return at(`${of}-${type}`, port)
    }),
  )
  return { document: { ...flat, nodes, edges } satisfies FlatDocument, outputs }
}

/** Of the recipe, of the faithful and of the inventive render. */
async function read(types: readonly (readonly [string, string])[], frame: number): Promise<readonly number[][]> {
  const { document, outputs } = measured(types)
  const request = { document, outputs: outputs.flat() }
  value(await engine.measure({ ...request, frames: [frame], name: 'auto' }, () => undefined))
  const series = value(await engine.knownSeries(request))
  const read = series.map(({ first, values }) => values[frame - first]!)
  return outputs.map((_, i) => read.slice(i * types.length, (i + 1) * types.length))
}

test.each([
  ['text', 60],
  ['edges', 84],
])('on %s it lowers what speaks against the crisp model, and keeps most of its sharpness', async (_, frame) => {
  const [auto, faithful, inventive] = (await read(numbers, frame)).map(
    ([contradiction, invention, halo, loss, drift]) => ({ contradiction, invention, halo, loss, drift }) as Scores,
  ) as [Scores, Scores, Scores]
  expect(auto.contradiction).toBeLessThan(inventive.contradiction)
  expect(auto.halo).toBeLessThan(inventive.halo)
  expect(auto.drift).toBeLessThan(inventive.drift)
  // The faithful model smooths a little more than the crisp one; a mixture lies between them.
  expect(auto.loss).toBeLessThanOrEqual(Math.max(faithful.loss, inventive.loss))
  // Over the whole picture, with the places where it is held back.
  const kept = (auto.invention - faithful.invention) / (inventive.invention - faithful.invention)
  expect(kept).toBeGreaterThan(0.5)
})

test('it flickers less than the crisp model', async () => {
  const [[auto], , [inventive]] = (await read([['flicker', 'score']], 60)) as [number[], number[], number[]]
  expect(auto).toBeLessThan(inventive!)
})
