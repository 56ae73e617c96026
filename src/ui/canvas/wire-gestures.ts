/** Wires in the person's hand: drawn from port to port, let go in space, pulled off and put elsewhere. */
import type { Connection, FinalConnectionState, OnConnectStartParams } from '@xyflow/react'
import type { EdgeId, Endpoint, Graph, NodeId } from '../../graph/document/document.ts'
import { leadOf } from '../../graph/edits/dots.ts'
import { isNumberType } from '../../graph/node/value-types.ts'
import type { Commands } from '../commands/commands.ts'
import type { LooseWire, ViewStore } from '../store/view.ts'
import type { CanvasScreen, PagePoint } from './canvas-screen.ts'
import type { WireEdge } from './projection.ts'

export const endsOf = (
  connection: Pick<Connection, 'source' | 'sourceHandle' | 'target' | 'targetHandle'> | WireEdge,
): { from: Endpoint; to: Endpoint } => ({
  from: { node: connection.source as NodeId, port: connection.sourceHandle ?? '' },
  to: { node: connection.target as NodeId, port: connection.targetHandle ?? '' },
})

const pagePoint = (event: MouseEvent | TouchEvent): PagePoint => {
  const touch = 'changedTouches' in event ? event.changedTouches[0] : event
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 }
}

interface Parts {
  readonly commands: Pick<Commands, 'canConnect' | 'connect' | 'drivable' | 'portType' | 'rewire' | 'removeEdges'> & {
    readonly subgraphs: Pick<Commands['subgraphs'], 'openPort'>
  }
  readonly view: Pick<ViewStore, 'getState' | 'setState'>
  readonly screen: Pick<CanvasScreen, 'openMenu' | 'openDriving'>
  /** The card at a place of the page. */
  cardAt(page: PagePoint): NodeId | undefined
  /** The setting at a place of the page, on a card or in the panel of a node. */
  settingAt(page: PagePoint): { readonly node: NodeId; readonly name: string } | undefined
}

/** Where a drag of a wire ended; what React Flow tells of it beside that is not needed. */
export type WireEnd = Pick<FinalConnectionState, 'isValid'> & {
  readonly fromNode: { readonly id: string } | null
  readonly fromHandle: { readonly id?: string | null; readonly type: 'source' | 'target' } | null
  readonly toNode: object | null
}

/** Handlers for React Flow, which passes them on unbound. */
export class WireGestures {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  readonly isValidConnection = (connection: Connection | WireEdge): boolean => {
    const { from, to } = endsOf(connection)
    return this.#parts.commands.canConnect(from, to)
  }

  readonly onConnect = (connection: Connection): void => {
    const { from, to } = endsOf(connection)
    this.#parts.commands.connect(from, to, this.#parts.view.getState().dragPoints ?? undefined)
  }

  readonly onConnectStart = (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams): void => {
    const { commands, view } = this.#parts
    if (!nodeId || !handleId || handleType !== 'source') return
    const type = commands.portType({ end: { node: nodeId as NodeId, port: handleId }, side: handleType })
    view.setState({ draggedWireType: type ?? null })
  }

  /**
   * Let go over a setting that it can drive, a number drives that; elsewhere on its card, what it is to drive is chosen. Over
   * the boundary of a subgraph, a wire gets a port there; in space, the menu offers what fits.
   */
  readonly onConnectEnd = (
    event: MouseEvent | TouchEvent,
    { fromNode, fromHandle, toNode, isValid }: WireEnd,
  ): void => {
    const { commands, view, screen, cardAt } = this.#parts
    view.setState({ draggedWireType: null })
    if (isValid || !fromNode || !fromHandle?.id) return
    const { dragPoints } = view.getState()
    const wire: LooseWire = {
      end: { node: fromNode.id as NodeId, port: fromHandle.id },
      side: fromHandle.type,
      ...(dragPoints && { via: dragPoints }),
    }
    const page = pagePoint(event)
    if (this.#drive(wire, page) || toNode) return
    const card = cardAt(page)
    if (!card || !commands.subgraphs.openPort(card, wire)) screen.openMenu(page, wire)
  }

  /** Whether the wire is a number's that drives what lies there, or is asked what it is to drive. */
  #drive(wire: LooseWire, page: PagePoint): boolean {
    const { commands, screen, cardAt, settingAt } = this.#parts
    const type = commands.portType(wire)
    if (wire.side !== 'source' || !type || !isNumberType(type)) return false
    const setting = settingAt(page)
    const node = setting?.node ?? cardAt(page)
    const drivable = node ? commands.drivable(wire.end, node) : []
    if (!node || drivable.length === 0) return false
    if (setting && drivable.some(({ name }) => name === setting.name))
      commands.connect(wire.end, { node, port: setting.name }, wire.via)
    else screen.openDriving({ page, node, from: [wire.end], ...(wire.via && { via: wire.via }) })
    return true
  }

  readonly onReconnect = (edge: WireEdge, connection: Connection): void => {
    const { from, to } = endsOf(connection)
    this.#parts.commands.rewire(edge.id as EdgeId, from, to)
  }

  /** @param level that is open: other wires of the same output may lead a part of the way. */
  pull(level: Graph, edge: WireEdge): void {
    const { from } = endsOf(edge)
    this.#parts.view.setState({ dragPoints: leadOf(level, from, edge.data?.via ?? [], edge.id as EdgeId) })
  }

  /** Pulled off and let go in space, a wire is gone. */
  letGo(edge: Pick<WireEdge, 'id'>, { isValid, toNode }: Pick<WireEnd, 'isValid' | 'toNode'>): void {
    this.#parts.view.setState({ dragPoints: null })
    if (!isValid && !toNode) this.#parts.commands.removeEdges([edge.id as EdgeId])
  }
}
