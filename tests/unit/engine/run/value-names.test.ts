import { describe, expect, test } from 'vitest'
import { clocksOf } from '../../../../src/engine/run/clocks.ts'
import { type Named, ValueNames } from '../../../../src/engine/run/value-names.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import { type FrameSpan, ownFrame } from '../../../../src/graph/node/needs.ts'
import { oneForOne } from '../../../../src/graph/node/rate.ts'
import type { ValueId } from '../../../../src/graph/plan/execution-plan.ts'
import { withTimes } from '../../../../src/graph/plan/windows.ts'
import { steadyTimeline } from '../../../../src/media/timeline.ts'
import type { NodeDefinition } from '../../../../src/nodes/define.ts'

interface Row {
  readonly id: string
  readonly type: 'source' | 'look' | 'moving'
  readonly params?: object
  readonly reads?: readonly (readonly [value: number, frames?: FrameSpan])[]
}

const frames = 100
const definitions = new Map(
  (['source', 'look', 'moving'] as const).map((type) => [type, { kernel: { readsFrame: type === 'moving' } }]),
) as unknown as ReadonlyMap<string, NodeDefinition>

/** Names of a graph of these nodes in a row, each the maker of the value of its place. @param trim where each source begins */
function namesOf(rows: readonly Row[], trim: Readonly<Record<string, number>> = {}): ValueNames {
  const untimed = rows.map(({ id, type, reads = [] }, at) => ({
    kind: type === 'source' ? 'source' : 'pixel',
    nodes: [id as FlatId],
    rate: oneForOne,
    moves: type !== 'look',
    reads: reads.map(([value, span = ownFrame]) => ({ value: value as ValueId, frames: span })),
    writes: [at as ValueId],
    inputs: { [id]: Object.fromEntries(reads.map(([value], i) => [`in${i}`, { kind: 'value', value }])) },
    needs: { [id]: Object.fromEntries(reads.map(([, span = ownFrame], i) => [`in${i}`, { reach: 0, frames: span }])) },
  }))
  const values = rows.map(({ id }, at) => ({
    id: at as ValueId,
    rate: oneForOne,
    desc: { width: 1, height: 1 },
    producer: { node: id as FlatId, port: 'image' },
  }))
  const plan = { ...withTimes(untimed as never, values as never, [], oneForOne), rate: oneForOne }
  const sourceOf = ({ id }: Row) => {
    const range = { first: trim[id] ?? 0, last: frames - 1 }
    return { timeline: steadyTimeline(frames, 24), range }
  }
  const first = rows.find(({ type }) => type === 'source')!
  const clocks = clocksOf(sourceOf(first), first.id as FlatId)
  const graph = {
    plan,
    steps: plan.steps.map((step) => ({ kind: step.kind, step })),
    clocks,
    clock: clocks.at(oneForOne),
    sources: new Map(rows.filter(({ type }) => type === 'source').map((row) => [row.id, sourceOf(row)])),
    params: new Map(rows.map(({ id, params = {} }) => [id, params])),
    types: new Map(rows.map(({ id, type }) => [id, type])),
  }
  return new ValueNames(graph as unknown as Named, definitions, () => 0)
}

const last = (names: ValueNames, rows: readonly Row[], frame: number) => names.at((rows.length - 1) as ValueId, frame)

describe('names', () => {
  const source: Row = { id: 'a', type: 'source', params: { media: 'a' } }
  const other: Row = { id: 'b', type: 'source', params: { media: 'b' } }
  const around = { before: 1, after: 1 }

  test('each frame has its own, the same in every graph that makes the same', () => {
    const rows: Row[] = [source, { id: 'x', type: 'look', reads: [[0]] }]
    const renamed: Row[] = [{ ...source, id: 'c' }, other, { id: 'y', type: 'look', reads: [[0]] }]
    const names = namesOf(rows)
    const all = Array.from({ length: frames }, (_, frame) => last(names, rows, frame))
    expect(new Set(all).size).toBe(frames)
    expect(last(namesOf(renamed), renamed, 7)).toBe(all[7])
  })

  test('a param, another source or another order of the same inputs make another', () => {
    const of = (rows: readonly Row[]) => last(namesOf(rows), rows, 7)
    const both = (reads: Row['reads'], params = {}): Row[] => [
      source,
      other,
      { id: 'x', type: 'look', params, reads: reads! },
    ]
    const names = [both([[0], [1]]), both([[1], [0]]), both([[0], [0]]), both([[0], [1]], { gain: 2 })].map(of)
    expect(new Set(names).size).toBe(4)
  })

  test('two clips beside one another are told apart by how their frames meet, not by the frame alone', () => {
    const rows: Row[] = [source, other, { id: 'x', type: 'look', reads: [[0], [1]] }]
    const even = namesOf(rows)
    const shifted = namesOf(rows, { b: 3 })
    expect(last(shifted, rows, 7)).not.toBe(last(even, rows, 7))
    expect(last(namesOf(rows, { a: 2, b: 5 }), rows, 7)).toBe(last(shifted, rows, 7))
  })

  test('at the ends of a clip the nearest frame stands in, and the name says so', () => {
    const rows: Row[] = [source, { id: 'x', type: 'look', reads: [[0, around]] }]
    const names = namesOf(rows)
    const all = Array.from({ length: frames }, (_, frame) => last(names, rows, frame))
    expect(new Set(all).size).toBe(frames)
    const trimmed = namesOf(rows, { a: 5 })
    expect([5, 6].map((frame) => last(trimmed, rows, frame) === all[frame])).toEqual([false, true])
  })

  test('what is held has one name for as long as it is held', () => {
    const rows: Row[] = [source, { id: 'x', type: 'look', reads: [[0, { every: 4 }]] }]
    const names = namesOf(rows)
    const [four, six, seven, eight] = [4, 6, 7, 8].map((frame) => last(names, rows, frame))
    expect([six, seven, eight === four]).toEqual([four, four, false])
  })

  test('a held picture in one that moves is another at each frame', () => {
    const rows: Row[] = [
      source,
      { id: 'x', type: 'look', reads: [[0, { every: 4 }]] },
      { id: 'm', type: 'moving', reads: [[1]] },
    ]
    const names = namesOf(rows)
    expect(new Set([4, 5, 6, 7, 8].map((frame) => last(names, rows, frame))).size).toBe(5)
    expect(last(names, rows, 5)).toBe(last(namesOf(rows), rows, 5))
  })

  test('two nodes that make the same have one name and two keys', () => {
    const rows: Row[] = [source, { id: 'x', type: 'look', reads: [[0]] }, { id: 'y', type: 'look', reads: [[0]] }]
    const names = namesOf(rows)
    const [x, y] = [1 as ValueId, 2 as ValueId]
    expect(names.at(x, 3)).toBe(names.at(y, 3))
    expect(names.keyAt(x, 3)).not.toBe(names.keyAt(y, 3))
  })

  test('a long row is named from any frame on, and again once its names are forgotten', () => {
    const rows: Row[] = [
      source,
      ...Array.from({ length: 40 }, (_, i): Row => ({ id: `x${i}`, type: 'look', reads: [[i, around]] })),
    ]
    const names = namesOf(rows)
    const asked = [50, 51, 99, 0, 50]
    const once = asked.map((frame) => last(names, rows, frame))
    expect(once).toEqual(asked.map((frame) => last(namesOf(rows), rows, frame)))
    expect(new Set(once).size).toBe(4)
  })
})
