import { beforeEach, describe, expect, test } from 'vitest'
import type { EdgeId, NodeId, Point } from '../../../../src/graph/document/document.ts'
import type { WireEdge } from '../../../../src/ui/canvas/projection.ts'
import { type WireEnd, WireGestures } from '../../../../src/ui/canvas/wire-gestures.ts'
import { id, sketch } from '../../graph/specs.ts'

const connection = { source: 'clip', sourceHandle: 'image', target: 'grain', targetHandle: 'image' }
const level = sketch({ clip: {}, grain: {} }, ['clip.image > grain.image'])
const wire = { id: 'e1', type: 'wire', ...connection } as WireEdge
const release = { clientX: 30, clientY: 40 } as MouseEvent
const inSpace: WireEnd = {
  ...{ isValid: null, toNode: null, fromNode: { id: 'clip' } },
  fromHandle: { id: 'image', type: 'source' },
}

let log: unknown[]
let state: { dragPoints: readonly Point[] | null }
let under: NodeId | undefined
let setting: { node: NodeId; name: string } | undefined
let gestures: WireGestures

beforeEach(() => {
  log = []
  state = { dragPoints: null }
  under = undefined
  setting = undefined
  gestures = new WireGestures({
    commands: {
      canConnect: (from, to) => from.node === 'clip' && to.port === 'image',
      connect: (from, to, via) => void log.push(['connect', from, to, via]),
      rewire: (edge, from, to) => void log.push(['rewire', edge, from, to]),
      portType: ({ end }) => (end.port === 'score' ? 'number' : 'image'),
      drivable: (_, node) => (node === 'grain' ? [{ name: 'amount', label: 'Amount' }] : []),
      removeEdges: (edges) => void log.push(['remove', ...edges]),
      subgraphs: {
        openPort(card, loose) {
          log.push(['port', card, loose])
          return card === 'inputs'
        },
      },
    },
    view: { getState: () => state as never, setState: (next: object) => void Object.assign(state, next) },
    screen: {
      openMenu: (page, loose) => void log.push(['menu', page, loose]),
      openDriving: (what) => void log.push(['driving', what]),
    },
    cardAt: () => under,
    settingAt: () => setting,
  })
})

const from = { node: 'clip', port: 'image' }
const to = { node: 'grain', port: 'image' }

describe('a wire in the hand', () => {
  test('is drawn only where it may be, along the points that it was pulled from', () => {
    expect(gestures.isValidConnection(connection)).toBe(true)
    expect(gestures.isValidConnection({ ...connection, source: 'grain' })).toBe(false)
    gestures.onConnect(connection)
    state.dragPoints = [{ x: 1, y: 2 }]
    gestures.onConnect(connection)
    expect(log).toEqual([
      ['connect', from, to, undefined],
      ['connect', from, to, [{ x: 1, y: 2 }]],
    ])
  })

  test('let go in space offers what fits there', () => {
    gestures.onConnectEnd(release, inSpace)
    state.dragPoints = [{ x: 1, y: 2 }]
    gestures.onConnectEnd({ changedTouches: [release] } as unknown as TouchEvent, inSpace)
    const loose = { end: from, side: 'source' }
    expect(log).toEqual([
      ['menu', { x: 30, y: 40 }, loose],
      ['menu', { x: 30, y: 40 }, { ...loose, via: [{ x: 1, y: 2 }] }],
    ])
  })

  test('let go on the boundary of a subgraph makes a port; on any other card, offers what fits', () => {
    under = id('inputs')
    gestures.onConnectEnd(release, { ...inSpace, fromHandle: { id: 'image', type: 'target' } })
    under = id('grain')
    gestures.onConnectEnd(release, inSpace)
    expect(log).toEqual([
      ['port', 'inputs', { end: from, side: 'target' }],
      ['port', 'grain', { end: from, side: 'source' }],
      ['menu', { x: 30, y: 40 }, { end: from, side: 'source' }],
    ])
  })

  test('of a number, let go on a setting, drives it; elsewhere on its card, asks what it is to drive', () => {
    const number: WireEnd = { ...inSpace, fromHandle: { id: 'score', type: 'source' } }
    const score = { node: id('clip'), port: 'score' }
    gestures.onConnectStart(null, { nodeId: 'clip', handleId: 'score', handleType: 'source' })
    expect(state).toMatchObject({ draggedWireType: 'number' })
    setting = { node: id('grain'), name: 'amount' }
    gestures.onConnectEnd(release, number)
    expect(state).toMatchObject({ draggedWireType: null })
    // One that no number may drive is on the card all the same, and so is a port nearby that takes something else.
    setting = { node: id('grain'), name: 'seed' }
    gestures.onConnectEnd(release, number)
    setting = undefined
    under = id('grain')
    gestures.onConnectEnd(release, { ...number, toNode: {} })
    under = id('scale')
    gestures.onConnectEnd(release, number)
    const asked = { page: { x: 30, y: 40 }, node: 'grain', from: [score] }
    expect(log).toEqual([
      ['connect', score, { node: 'grain', port: 'amount' }, undefined],
      ['driving', asked],
      ['driving', asked],
      ['port', 'scale', { end: score, side: 'source' }],
      ['menu', asked.page, { end: score, side: 'source' }],
    ])
  })

  test('that ended at a port, or began nowhere, opens nothing', () => {
    gestures.onConnectEnd(release, { ...inSpace, isValid: true })
    gestures.onConnectEnd(release, { ...inSpace, toNode: {} })
    gestures.onConnectEnd(release, { ...inSpace, fromNode: null })
    gestures.onConnectEnd(release, { ...inSpace, fromHandle: null })
    expect(log).toEqual([])
  })

  test('pulled off is put elsewhere, or gone', () => {
    gestures.pull(level, wire)
    expect(state.dragPoints).not.toBeNull()
    gestures.onReconnect(wire, { ...connection, target: 'scale' })
    gestures.letGo(wire, { isValid: true, toNode: {} })
    expect(state.dragPoints).toBeNull()
    expect(log).toEqual([['rewire', 'e1' as EdgeId, from, { node: 'scale', port: 'image' }]])
    gestures.letGo(wire, { isValid: false, toNode: {} })
    expect(log).toHaveLength(1)
    gestures.letGo(wire, { isValid: null, toNode: null })
    expect(log.at(-1)).toEqual(['remove', 'e1'])
  })
})
