import { describe, expect, it } from 'vitest'
import type { EdgeId, GraphDocument, MarkId } from '../../../../src/graph/document/document.ts'
import { connect, moveNodes, setVia } from '../../../../src/graph/edits/edit.ts'
import { duplicate, fragmentOf, paste } from '../../../../src/graph/edits/fragments.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { addMark, around, marksWith, membersOf, removeMarks, setMark } from '../../../../src/graph/edits/marks.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import { at, id, recipe, sketch, specs } from '../specs.ts'

const frame = { kind: 'frame', text: 'Look', colour: 'blue' } as const
const mark = (text: string) => text as MarkId

/** Three nodes side by side, the first two in a frame. */
function framed(): GraphDocument {
  const before = sketch({ clip: {}, grain: {}, writer: {} }, ['clip.image > grain.image', 'grain.image > writer.image'])
  return edit(newHistory(before), 'Frame', (draft) => {
    moveNodes(draft, {
      [id('clip')]: { x: 0, y: 0 },
      [id('grain')]: { x: 288, y: 0 },
      [id('writer')]: { x: 576, y: 0 },
    })
    addMark(draft, { ...frame, position: { x: -24, y: -56 }, size: { width: 600, height: 240 } })
    addMark(draft, {
      ...frame,
      kind: 'note',
      text: 'Why',
      position: { x: 0, y: 120 },
      size: { width: 100, height: 50 },
    })
    addMark(draft, { ...frame, position: { x: 400, y: -56 }, size: { width: 500, height: 240 } })
  }).history.document
}

describe('a frame', () => {
  it('takes along the nodes whose head lies in it, and the marks that lie in it as a whole', () => {
    expect(membersOf(framed(), mark('frame'))).toEqual({ nodes: ['clip', 'grain'], marks: ['note'] })
    expect(membersOf(framed(), mark('frame-2'))).toEqual({ nodes: ['writer'], marks: [] })
    expect(membersOf(framed(), mark('note'))).toEqual({ nodes: [], marks: [] })
    expect(membersOf(framed(), mark('toString'))).toEqual({ nodes: [], marks: [] })
  })

  it('leaves its nodes when it goes; the last mark leaves no trace in the document', () => {
    const before = framed()
    const { history } = edit(newHistory(before), 'Delete', (draft) =>
      removeMarks(draft, [mark('frame'), mark('note'), mark('frame-2'), mark('nobody')]),
    )
    expect(history.document.marks).toBeUndefined()
    expect(Object.keys(history.document.nodes)).toHaveLength(3)
    expect(undo(history).document).toEqual(before)
  })

  it('cannot become too small to be taken hold of, nor be put nowhere', () => {
    const { history } = edit(newHistory(framed()), 'Resize', (draft) =>
      setMark(draft, mark('frame'), { size: { width: 1, height: Number.NaN }, position: { x: Number.NaN, y: 0 } }),
    )
    const { position, size } = history.document.marks![mark('frame')]!
    expect(size).toEqual({ width: 96, height: 48 })
    expect(position).toEqual({ x: -24, y: -56 })
  })

  it('changed to what it is, is no step of history', () => {
    const before = newHistory(framed())
    const same = edit(before, 'Nothing', (draft) => setMark(draft, mark('frame'), { text: 'Look', colour: 'blue' }))
    expect(same.history).toBe(before)
  })

  it('goes around what is given, with room for a title', () => {
    const box = around([
      { x: 0, y: 0, width: 200, height: 100 },
      { x: 300, y: 50, width: 200, height: 100 },
    ])
    expect(box).toEqual({ x: -24, y: -56, width: 548, height: 230 })
  })
})

describe('the points of a wire', () => {
  const wired = edit(newHistory(framed()), 'Bend', (draft) => {
    setVia(draft, 'e0' as EdgeId, [
      { x: 240, y: 80 },
      { x: Number.NaN, y: 0 },
    ])
  }).history

  it('go along when both its ends move alike, and stay otherwise', () => {
    const both = edit(wired, 'Move', (draft) =>
      moveNodes(draft, { [id('clip')]: { x: 10, y: 20 }, [id('grain')]: { x: 298, y: 20 } }),
    ).history.document
    expect(both.edges['e0' as EdgeId]?.via).toEqual([{ x: 250, y: 100 }])
    const one = edit(wired, 'Move', (draft) => moveNodes(draft, { [id('clip')]: { x: 10, y: 20 } })).history.document
    expect(one.edges['e0' as EdgeId]?.via).toEqual([{ x: 240, y: 80 }])
  })

  it('go when the wire comes from elsewhere, and with the last one the field goes', () => {
    const other = sketch({ clip: {}, 'clip-2': {}, grain: {} }, ['clip.image > grain.image'])
    const bent = edit(newHistory(other), 'Bend', (draft) => setVia(draft, 'e0' as EdgeId, [{ x: 1, y: 2 }])).history
    const rewired = edit(bent, 'Rewire', (draft) => connect(draft, specs, at('clip-2.image'), at('grain.image')))
    expect(rewired.history.document.edges['e0' as EdgeId]).not.toHaveProperty('via')
    const straight = edit(bent, 'Straighten', (draft) => setVia(draft, 'e0' as EdgeId, []))
    expect(straight.history.document).toEqual(other)
  })

  it('and marks are pasted where the nodes are', () => {
    const document = wired.document
    const fragment = {
      ...fragmentOf(document, [id('clip'), id('grain')]),
      marks: { [mark('frame')]: document.marks![mark('frame')]! },
    }
    const { history } = edit(newHistory(recipe()), 'Paste', (draft) => paste(draft, fragment, { x: 100, y: 40 }))
    const pasted = Object.values(history.document.edges).find((edge) => edge.to.node === id('grain-2'))
    expect(pasted?.via).toEqual([{ x: 340, y: 120 }])
    expect(history.document.marks?.[mark('frame')]?.position).toEqual({ x: 76, y: -16 })
  })

  it('are written and read with the marks', () => {
    const text = serializeGraph(wired.document, specs)
    expect(parseGraph(text, specs)).toEqual({ ok: true, document: wired.document, notices: [] })
    expect(text).toContain('"via": [{ "x": 240, "y": 80 }] }')
  })

  it('and fields of marks that nobody knows are told of', () => {
    const file = JSON.parse(serializeGraph(wired.document, specs))
    file.marks.note.font = 'serif'
    file.edges.e0.via[0].z = 3
    const parsed = parseGraph(JSON.stringify(file), specs)
    expect(parsed.ok && parsed.notices.map((notice) => notice.message)).toEqual([
      'The file has a field edges.e0.via.0.z that this version does not know; saving leaves it out.',
      'The file has a field marks.note.font that this version does not know; saving leaves it out.',
    ])
    file.marks.note.colour = 'pink'
    expect(parseGraph(JSON.stringify(file), specs)).toMatchObject({ ok: false, error: { code: 'bad-file' } })
  })
})

describe('a copy', () => {
  const chosen = (...names: string[]) => new Set(names.map(id))
  const marks = (...names: string[]) => new Set(names.map(mark))

  it('takes along marks that are selected, and frames whose nodes all are, with the notes in them', () => {
    expect(marksWith(framed(), chosen('clip', 'grain'), marks())).toEqual(['frame', 'note'])
    expect(marksWith(framed(), chosen('clip'), marks())).toEqual([])
    expect(marksWith(framed(), chosen('clip', 'writer'), marks())).toEqual(['frame-2'])
    expect(marksWith(framed(), chosen(), marks('note', 'frame-2', 'gone'))).toEqual(['note', 'frame-2'])
  })

  it('lies beside what it is of, marks as well, and is undone as one', () => {
    const start = newHistory(framed())
    const nodes = chosen('clip', 'grain')
    const done = edit(start, 'Duplicate', (draft) =>
      duplicate(draft, nodes, { marks: marksWith(start.document, nodes, marks()), offset: { x: 10, y: 20 } }),
    ).history
    const copies = done.document.marks ?? {}
    expect(Object.keys(copies)).toHaveLength(5)
    const copy = Object.values(copies).find(({ id, text }) => text === 'Why' && id !== 'note')
    expect(copy?.position).toEqual({ x: 10, y: 140 })
    expect(undo(done).document).toEqual(start.document)
  })
})
