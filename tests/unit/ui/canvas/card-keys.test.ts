import { beforeEach, describe, expect, test } from 'vitest'
import type { EdgeId, MarkId } from '../../../../src/graph/document/document.ts'
import { CardKeys, type Focused, focusedOf } from '../../../../src/ui/canvas/card-keys.ts'
import { id } from '../../graph/specs.ts'

const node = (name: string): Focused => ({ kind: 'node', id: id(name) })
const mark = (name: string): Focused => ({ kind: 'mark', id: name as MarkId })
const edge = (name: string): Focused => ({ kind: 'edge', id: name as EdgeId })
const press = (key: string, held: { shiftKey?: boolean; ctrlKey?: boolean } = {}) => ({
  ...{ key, shiftKey: false, ctrlKey: false, metaKey: false },
  ...held,
})

interface Selected {
  selection: readonly string[]
  selectedEdges: readonly string[]
  selectedMarks: readonly string[]
  writing?: string
}

let selected: Selected
let log: unknown[]
let keys: CardKeys

beforeEach(() => {
  selected = { selection: [], selectedEdges: [], selectedMarks: [] }
  log = []
  keys = new CardKeys({
    commands: {
      nudge: (places, x, y) => void log.push({ ...places, x, y }),
      subgraphs: {
        open(name) {
          log.push(`open ${name}`)
          return name === 'look'
        },
      },
    },
    view: {
      getState: () =>
        ({
          selection: new Set(selected.selection),
          selectedEdges: new Set(selected.selectedEdges),
          selectedMarks: new Set(selected.selectedMarks),
        }) as never,
      setState: (next: object) => void Object.assign(selected, next),
      select(nodes, edges = [], marks = []) {
        selected = { selection: [...nodes], selectedEdges: [...edges], selectedMarks: [...marks] }
      },
    },
    focusCanvas: () => void log.push('focus canvas'),
  })
})

describe('keys on a card', () => {
  test('Enter and Space select what is focused, and with a modifier add it', () => {
    expect(keys.press(press('Enter'), node('grain'))).toBe(true)
    expect(selected).toEqual({ selection: ['grain'], selectedEdges: [], selectedMarks: [] })
    keys.press(press(' '), edge('e1'))
    expect(selected).toEqual({ selection: [], selectedEdges: ['e1'], selectedMarks: [] })
    keys.press(press(' ', { shiftKey: true }), mark('note'))
    keys.press(press('Enter', { ctrlKey: true }), node('grain'))
    expect(selected).toEqual({ selection: ['grain'], selectedEdges: ['e1'], selectedMarks: ['note'] })
  })

  test('Enter once more opens a subgraph and leaves any other card selected', () => {
    selected.selection = ['look', 'grain']
    keys.press(press('Enter'), node('look'))
    expect(log).toEqual(['open look', 'focus canvas'])
    expect(selected.selection).toEqual(['look', 'grain'])
    keys.press(press('Enter'), node('grain'))
    expect(selected.selection).toEqual(['grain'])
    // One that is not selected yet is selected first.
    log = []
    keys.press(press('Enter'), node('look'))
    expect([selected.selection, log]).toEqual([['look'], []])
  })

  test('Enter once more writes in a mark; Space does not', () => {
    selected.selectedMarks = ['note']
    keys.press(press(' '), mark('note'))
    expect(selected.writing).toBeUndefined()
    keys.press(press('Enter'), mark('note'))
    expect(selected.writing).toBe('note')
  })

  test('arrows move what is focused, in coarser steps with Shift', () => {
    expect(keys.press(press('ArrowLeft'), node('grain'))).toBe(true)
    keys.press(press('ArrowDown', { shiftKey: true }), mark('note'))
    expect(log).toEqual([
      { nodes: ['grain'], marks: [], x: -8, y: 0 },
      { nodes: [], marks: ['note'], x: 0, y: 64 },
    ])
  })

  test('arrows move all that is selected along with what is focused', () => {
    selected = { selection: ['grain', 'scale'], selectedEdges: [], selectedMarks: ['note'] }
    keys.press(press('ArrowUp'), node('grain'))
    keys.press(press('ArrowUp'), node('clip'))
    expect(log).toEqual([
      { nodes: ['grain', 'scale'], marks: ['note'], x: 0, y: -8 },
      { nodes: ['clip'], marks: [], x: 0, y: -8 },
    ])
  })

  test('a wire stays where it is, and other keys go on', () => {
    expect(keys.press(press('ArrowUp'), edge('e1'))).toBe(false)
    expect(keys.press(press('b'), node('grain'))).toBe(false)
    expect(log).toEqual([])
  })

  test('what is focused is told by its element', () => {
    const element = (classes: string, name: string | null) =>
      ({
        getAttribute: () => name,
        matches: (selector: string) => selector.split(', ').includes(classes),
      }) as unknown as Element
    expect(focusedOf(element('.react-flow__node', 'grain'))).toEqual(node('grain'))
    expect(focusedOf(element('.react-flow__node', 'mark:note'))).toEqual(mark('note'))
    expect(focusedOf(element('.react-flow__edge', 'e1'))).toEqual(edge('e1'))
    expect(focusedOf(element('button', 'grain'))).toBeUndefined()
    expect(focusedOf(element('.react-flow__node', null))).toBeUndefined()
  })
})
