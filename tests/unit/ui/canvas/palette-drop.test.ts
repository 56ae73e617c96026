import { beforeEach, expect, test } from 'vitest'
import type { EdgeId } from '../../../../src/graph/document/document.ts'
import { PaletteDrop } from '../../../../src/ui/canvas/palette-drop.ts'
import { paletteDragType } from '../../../../src/ui/kit/palette-drag.ts'

let log: unknown[]
let state: { draggedNodeType: string | null; landing: EdgeId | null }
let palette: PaletteDrop

const drag = (type: string) => {
  const event = {
    ...{ clientX: 300, clientY: 200, taken: false },
    dataTransfer: {
      types: [type],
      dropEffect: 'none' as DataTransfer['dropEffect'],
      getData: (asked: string) => (asked === type ? 'grain' : ''),
    },
    preventDefault() {
      event.taken = true
    },
    stopPropagation: () => undefined,
  }
  return event
}

beforeEach(() => {
  log = []
  state = { draggedNodeType: 'grain', landing: null }
  palette = new PaletteDrop({
    commands: {
      addNode(type, options) {
        log.push({ type, ...options })
        return null
      },
    },
    view: { getState: () => state as never, setState: (next: object) => void Object.assign(state, next) },
    screen: { toCanvas: ({ x, y }) => ({ x: x * 2, y: y * 2 }) },
    land: (box, what) => void log.push({ box, what }),
  })
})

test('a node from the palette marks the wire around the pointer', () => {
  const event = drag(paletteDragType)
  palette.over(event)
  expect([event.taken, event.dataTransfer.dropEffect]).toEqual([true, 'copy'])
  expect(log).toEqual([{ box: { x: 576, y: 376, width: 48, height: 48 }, what: { type: 'grain' } }])
})

test('it is added under the pointer, into the wire that was marked', () => {
  state.landing = 'e1' as EdgeId
  const event = drag(paletteDragType)
  palette.drop(event)
  expect(event.taken).toBe(true)
  expect(log).toEqual([{ type: 'grain', at: { x: 510, y: 384 }, apart: true, into: 'e1' }])
  expect(state).toEqual({ draggedNodeType: null, landing: null })
})

test('a drag that leaves marks no wire any more', () => {
  state.landing = 'e1' as EdgeId
  palette.leave()
  expect(state.landing).toBeNull()
})

test('files and other drags are not the canvas’s to take', () => {
  const event = drag('Files')
  palette.over(event)
  palette.drop(event)
  expect([event.taken, log]).toEqual([false, []])
})
