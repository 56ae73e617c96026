import { expect, test } from 'vitest'
import type { Graph, MarkRecord } from '../../../../../src/graph/document/document.ts'
import { edit, newHistory } from '../../../../../src/graph/edits/history.ts'
import { fitFrames, framesOf, groupsOf, withDots } from '../../../../../src/ui/commands/edits/layout-frames.ts'
import { id, sketch } from '../../../graph/specs.ts'

const mark = (name: string, kind: MarkRecord['kind'], [x, y, width, height]: [number, number, number, number]) =>
  ({ id: name, kind, text: name, colour: 'blue', position: { x, y }, size: { width, height } }) as MarkRecord

/** A card in a frame in a frame, and a note in the outer one. */
const level = (): Graph => {
  const graph = sketch({ clip: {}, grain: {} }, ['clip.image > grain.image'])
  const clip = { ...graph.nodes[id('clip')]!, position: { x: 100, y: 100 } }
  const grain = { ...graph.nodes[id('grain')]!, position: { x: 2000, y: 100 } }
  const marks = [
    mark('outer', 'frame', [0, 0, 900, 700]),
    mark('inner', 'frame', [50, 50, 400, 300]),
    mark('note', 'note', [500, 500, 200, 90]),
  ]
  return {
    ...graph,
    nodes: { [clip.id]: clip, [grain.id]: grain },
    marks: Object.fromEntries(marks.map((one) => [one.id, one])),
  }
}

test('a frame within another comes first, and its members are its own', () => {
  const frames = framesOf(level())
  expect(frames.map(({ frame }) => frame.id)).toEqual(['inner', 'outer'])
  const groups = groupsOf(frames)
  expect(groups.get('clip')).toBe('mark:inner')
  expect(groups.get('mark:inner')).toBe('mark:outer')
  expect(groups.get('mark:note')).toBe('mark:outer')
  expect(groups.has('grain')).toBe(false)
})

test('frames go along with their cards, and notes keep their place in the frame', () => {
  const before = level()
  const card = { id: id('clip'), x: 100, y: 100, width: 180, height: 90 }
  const frameAround = (x: number, y: number) => {
    const { history } = edit(newHistory(before as never), 'Lay out', (draft) =>
      fitFrames(draft, before, framesOf(before), [card], { [id('clip')]: { x, y } }),
    )
    const marks = history.document.marks as Readonly<Record<string, MarkRecord>>
    return { outer: marks.outer!, inner: marks.inner!, note: marks.note! }
  }
  const one = frameAround(100, 100)
  const other = frameAround(1100, 400)
  for (const name of ['outer', 'inner', 'note'] as const) {
    expect(other[name].position.x - one[name].position.x).toBe(1000)
    expect(other[name].position.y - one[name].position.y).toBe(300)
    expect(other[name].size).toEqual(one[name].size)
  }
  const { outer, inner, note } = one
  expect(inner.position.x).toBeLessThan(100)
  expect(outer.position.x).toBeLessThan(inner.position.x)
  expect(note.position.x - outer.position.x).toBe(500)
  expect(outer.position.x + outer.size.width).toBeGreaterThanOrEqual(note.position.x + note.size.width)
  expect(outer.position.y + outer.size.height).toBeGreaterThanOrEqual(note.position.y + note.size.height)
})

test('a dot lies in the frame that all ends of its wires lie in, and in none between frames', () => {
  const groups = new Map([
    ['clip', 'one'],
    ['grain', 'one'],
    ['blur', 'two'],
  ])
  const dot = (name: string, ...ends: string[]) => ({ id: id(name), nodes: new Set(ends.map(id)) })
  const dots = [
    dot('within', 'clip', 'grain'),
    dot('between', 'clip', 'blur'),
    dot('half', 'clip', 'alone'),
    dot('outside', 'alone', 'apart'),
  ]
  expect([...withDots(groups, dots)]).toEqual([...groups, ['within', 'one']])
})
