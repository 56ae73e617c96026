/** Pictures held against the first by their measures: what counts as a difference, and shots. */
import { describe, expect, test } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import { change, comparedRows, cutsGraph, shotsOf, shotsSeen } from '../../../../src/graph/measures/comparison.ts'
import type { MeasuredFrame } from '../../../../src/graph/measures/findings.ts'
import { readingKey } from '../../../../src/graph/measures/measured-graph.ts'
import { type SymptomId, symptoms } from '../../../../src/graph/measures/symptoms.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'
import { sketch } from '../specs.ts'

const reading = (id: SymptomId, value: number) => {
  const { measure, score, of } = symptoms.find((each) => each.id === id)!
  return [readingKey({ of, measure, output: score }), value] as const
}
const frames = (...values: readonly (readonly (readonly [string, number])[])[]): readonly MeasuredFrame[] =>
  values.map((each, n) => ({ frame: n * 10, values: new Map(each) }))

test('a difference counts from a tenth of the level and of the larger score', () => {
  const halo = { from: 0.01 }
  expect(change(0.02, 0.005, halo)).toBe('better')
  expect(change(0.005, 0.02, halo)).toBe('worse')
  expect(change(0.02, 0.0195, halo)).toBe('same')
  expect(change(0.0001, 0.0009, halo)).toBe('same')
})

describe('rows', () => {
  const whole = { first: 0, last: 100 }

  test('hold each picture against the first, by means over the frames of the shot', () => {
    const a = { frames: frames([reading('halo', 0.02)], [reading('halo', 0.04)]) }
    const b = { frames: frames([reading('halo', 0.01)], [reading('halo', 0.01)]) }
    const c = { frames: frames([reading('halo', 0.05)], [reading('halo', 0.05)]) }
    const [halo, ...rest] = comparedRows(whole, [a, b, c])
    expect(rest).toEqual([])
    expect(halo?.symptom.id).toBe('halo')
    expect(halo?.scores).toEqual([0.03, 0.01, 0.05])
    expect(halo?.changes).toEqual([null, 'better', 'worse'])
    expect(comparedRows({ first: 0, last: 9 }, [a, b])[0]?.scores).toEqual([0.02, 0.01])
  })

  test('tell nothing where one of the two could not be measured, or its score says nothing', () => {
    const textured = (value: number) =>
      [readingKey({ of: 'result', measure: 'texture-loss', output: 'textured' }), value] as const
    const a = { frames: frames([reading('waxy', 0.5), textured(0.01)]) }
    const b = { frames: frames([reading('waxy', 0.2), textured(0.4)]) }
    expect(comparedRows(whole, [a, b])[0]).toMatchObject({ scores: [null, 0.2], changes: [null, null] })
    expect(comparedRows(whole, [a, a])).toEqual([])
  })
})

describe('shots', () => {
  test('begin with the clip and at each cut; those without a measured frame are left out', () => {
    const shots = shotsOf({ first: 4, values: [0, 0, 1, 0, null, 1] })
    expect(shots).toEqual([
      { first: 4, last: 5 },
      { first: 6, last: 8 },
      { first: 9, last: 9 },
    ])
    expect(shotsSeen(shots, [4, 9])).toEqual([shots[0], shots[2]])
    expect(shotsOf({ first: 0, values: [] })).toEqual([])
  })

  test('are found by a Scene Cut on the source, beside a graph that stays as it was', async () => {
    const specs = await loadSpecs()
    const { document } = expand(sketch({ decode: {}, encode: {} }, ['decode.image > encode.image']), specs)
    const before = structuredClone(document)
    const cutting = cutsGraph(document, { node: 'decode' as FlatId, port: 'image' })
    expect(cutting.document.nodes[cutting.cut.node]?.type).toBe('scene-cut')
    expect(specs.get('scene-cut')?.outputs[cutting.cut.port]?.type).toBe('number')
    expect(document).toEqual(before)
  })
})
