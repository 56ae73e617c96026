import { describe, expect, test } from 'vitest'
import { seriesNames } from '../../../../src/engine/measure/series-name.ts'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import type { GraphDocument } from '../../../../src/graph/document/document.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { at, facts, id, sketch, specs } from '../../graph/specs.ts'

function nameOf(graph: GraphDocument, output: string, version: (id: string) => number = () => 0): string {
  const { document } = expand(graph, specs)
  const outcome = plan({ document, specs, facts, targets: [at(output)], limits: defaultLimits })
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  const { plan: planned } = outcome
  return seriesNames(planned, document, specs, version).get(planned.targets[0]!)!
}

const grained = (amount: number) =>
  sketch({ clip: {}, grain: { params: { amount } }, writer: {} }, [
    'clip.image > grain.image',
    'grain.image > writer.image',
  ])

describe('the name of a number over a clip', () => {
  const name = nameOf(grained(0.1), 'grain.image')

  test('is the same for the same graph, whatever stands beside it and where its nodes lie', () => {
    const { nodes, edges } = grained(0.1)
    const beside = { ...grained(0.1), nodes: { ...nodes, [id('clip-2')]: { ...nodes[id('clip')]!, id: id('clip-2') } } }
    expect(nameOf(beside, 'grain.image')).toBe(name)
    const moved = {
      ...grained(0.1),
      nodes: { ...nodes, [id('grain')]: { ...nodes[id('grain')]!, position: { x: 9, y: 9 } } },
    }
    expect(nameOf(moved, 'grain.image')).toBe(name)
    expect(Object.keys(edges)).toHaveLength(2)
  })

  test('changes with any setting, with the file, and with the output', () => {
    expect(nameOf(grained(0.2), 'grain.image')).not.toBe(name)
    expect(nameOf(grained(0.1), 'grain.image', () => 1)).not.toBe(name)
    expect(nameOf(grained(0.1), 'clip.image')).not.toBe(name)
  })
})
