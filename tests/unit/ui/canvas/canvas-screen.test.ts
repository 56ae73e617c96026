import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Point } from '../../../../src/graph/document/document.ts'
import { CanvasScreen, type Flow, type PagePoint } from '../../../../src/ui/canvas/canvas-screen.ts'
import type { CanvasNode, WireEdge } from '../../../../src/ui/canvas/projection.ts'
import type { ViewState } from '../../../../src/ui/store/view.ts'
import { id } from '../../graph/specs.ts'

/** A canvas of 800 × 600 at (100, 50) of the page, zoomed to one half; its origin lies in its corner. */
function createScreen({
  cards = 1,
  pointer = null as PagePoint | null,
  there = true,
  dots = [] as readonly Point[],
} = {}) {
  const zoom = 0.5
  const asked: unknown[] = []
  const host = {
    getBoundingClientRect: () => ({ x: 100, y: 50, width: 800, height: 600, right: 900, bottom: 650 }),
    contains: (element: unknown) => element === inside,
    focus: () => void asked.push('focus'),
    querySelector: () => null,
  }
  const inside = { matches: () => false }
  const card = { measured: { width: 180, height: 90 } } as CanvasNode
  const flow: Flow = {
    getNodes: () => Array.from({ length: cards }, () => card),
    getNode: (name) => (name === 'there' ? card : ({} as CanvasNode)),
    getZoom: () => zoom,
    getNodesBounds: () => ({ x: 0, y: 0, width: 180, height: 90 }),
    getEdges: () => [{ id: 'a', source: 'b', target: 'c', data: { type: 'image', via: dots } } as unknown as WireEdge],
    setViewport: async (viewport) => asked.push(viewport) > 0,
    fitView: async (options) => asked.push(options) > 0,
    zoomIn: async () => asked.push('in') > 0,
    zoomOut: async () => asked.push('out') > 0,
    screenToFlowPosition: ({ x, y }) => ({ x: (x - 100) / zoom, y: (y - 50) / zoom }),
    flowToScreenPosition: ({ x, y }) => ({ x: x * zoom + 100, y: y * zoom + 50 }),
  }
  const state: Partial<ViewState> = {}
  const screen = new CanvasScreen({
    flow,
    view: { setState: (next: object) => void Object.assign(state, next) },
    host: { current: there ? (host as unknown as HTMLElement) : null },
    pagePointer: { current: pointer },
  })
  return { screen, state, asked, host: host as unknown as Element, inside: inside as unknown as Element }
}

let lessMotion = false
beforeEach(() => {
  lessMotion = false
  vi.stubGlobal('window', { matchMedia: () => ({ matches: lessMotion }) })
})
afterEach(() => void vi.unstubAllGlobals())

describe('the canvas on screen', () => {
  test('adds where the pointer is, else in the middle of its upper part', () => {
    const pointed = createScreen({ pointer: { x: 300, y: 150 } })
    pointed.screen.openAddMenu()
    expect(pointed.state.addMenu).toEqual({
      page: { x: 300, y: 150 },
      canvas: { x: 400, y: 200 },
      wire: null,
      unplaced: true,
    })
    const left = createScreen()
    left.screen.openAddMenu()
    expect(left.state.addMenu).toEqual({
      page: { x: 500, y: 250 },
      canvas: { x: 800, y: 400 },
      wire: null,
      unplaced: true,
    })
    const gone = createScreen({ there: false })
    gone.screen.openAddMenu()
    expect(gone.state).toEqual({})
  })

  test('knows its middle and the pointer in its own units', () => {
    const { screen } = createScreen({ pointer: { x: 110, y: 60 } })
    expect([screen.middle(), screen.pointer(), screen.hovered()]).toEqual([{ x: 800, y: 600 }, { x: 20, y: 20 }, true])
    const left = createScreen({ there: false }).screen
    expect([left.middle(), left.pointer(), left.hovered()]).toEqual([{ x: 0, y: 0 }, null, false])
  })

  test('a place is in sight where a card fits to its right and below', () => {
    const { screen } = createScreen()
    expect(screen.visible({ x: 10, y: 10 })).toBe(true)
    expect(screen.visible({ x: -1, y: 10 })).toBe(false)
    // 800 pixels are 1,600 units, of which a card takes 180; below, 60 pixels are 120 units.
    expect(screen.visible({ x: 1419, y: 1079 })).toBe(true)
    expect(screen.visible({ x: 1421, y: 1079 })).toBe(false)
    expect(screen.visible({ x: 1419, y: 1081 })).toBe(false)
    expect(createScreen({ there: false }).screen.visible({ x: 10, y: 10 })).toBe(false)
  })

  test('fits what there is, gliding unless less motion is asked for', () => {
    const { screen, asked } = createScreen()
    screen.fit()
    lessMotion = true
    screen.fit()
    expect(asked).toEqual([
      expect.objectContaining({ duration: 200, maxZoom: 1 }),
      expect.objectContaining({ duration: 0 }),
    ])
    const empty = createScreen({ cards: 0 })
    empty.screen.fit()
    empty.screen.reveal(null)
    expect(empty.asked).toEqual([])
  })

  test('fits the dots of wires as well, with the tools above', () => {
    const { screen, asked } = createScreen({ dots: [{ x: 90, y: 900 }] })
    screen.fit()
    const [{ y, zoom }] = asked as [{ y: number; zoom: number }]
    expect(y).toBeGreaterThanOrEqual(52)
    expect(y + 900 * zoom).toBeLessThanOrEqual(600 - 24)
  })

  test('brings nodes into sight without zooming in on them', () => {
    const { screen, asked } = createScreen()
    screen.reveal([id('grain')])
    screen.reveal(null)
    expect(asked).toEqual([
      expect.objectContaining({ nodes: [{ id: 'grain' }], maxZoom: 0.8 }),
      expect.objectContaining({ maxZoom: 1 }),
    ])
    expect(asked[1]).not.toHaveProperty('nodes')
  })

  test('knows the size of a card once it was measured', () => {
    const { screen } = createScreen()
    expect(screen.size(id('there'))).toEqual({ width: 180, height: 90 })
    expect(screen.size(id('new'))).toBeUndefined()
  })

  test('has the keys when it is focused itself, not when a field in it is', () => {
    const { screen, host, inside } = createScreen()
    expect([screen.contains(host), screen.contains(inside), screen.contains(null)]).toEqual([true, false, false])
  })
})
