/**
 * The canvas. React Flow's nodes and edges are a one-way projection of the document: a drag lives here, and is
 * committed once, when the hand lets go.
 */
import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react'
import {
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useStore } from 'zustand'
import type { EdgeId, Endpoint, NodeId, Point } from '../../graph/document/document.ts'
import { leadOf } from '../../graph/edits/dots.ts'
import { useEditor } from '../editor.ts'
import { focusedByPointer } from '../kit/focus-origin.ts'
import { paletteDragType } from '../palette/Palette.tsx'
import type { LooseWire as LooseEnd } from '../store/view.ts'
import { text } from '../text/text.ts'
import { AddMenu } from './AddMenu.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { CanvasMenu } from './CanvasMenu.tsx'
import { CanvasTools } from './CanvasTools.tsx'
import { Dots } from './Dots.tsx'
import { EmptyHint } from './EmptyHint.tsx'
import { LooseWire } from './LooseWire.tsx'
import { MarkCard } from './MarkCard.tsx'
import { NodeCard } from './NodeCard.tsx'
import { type CanvasNode, markIdOf, projectEdges, projectMarks, projectNodes, type WireEdge } from './projection.ts'
import { useDrag } from './use-drag.ts'
import { Wire } from './Wire.tsx'

const nodeTypes = { card: NodeCard, mark: MarkCard }
const edgeTypes = { wire: Wire }
const fitOptions = { padding: { x: '40px', y: '24px' }, maxZoom: 1, minZoom: 0.2 } as const

const ends = (connection: Connection | WireEdge): { from: Endpoint; to: Endpoint } => ({
  from: { node: connection.source as NodeId, port: connection.sourceHandle ?? '' },
  to: { node: connection.target as NodeId, port: connection.targetHandle ?? '' },
})

/** Milliseconds of an animation; none for people who asked their system for less motion. */
const glide = (milliseconds: number): number =>
  window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds

/** Canvas units around the pointer within which a node from the palette takes a wire. */
const reach = 24

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

const byMouse = (element: Element): boolean => element.matches('.react-flow__node') && focusedByPointer(element)

const pathOf = (host: Element | null, edge: EdgeId) =>
  host?.querySelector<SVGPathElement>(`.react-flow__edge[data-id="${CSS.escape(edge)}"] .wire`)

const pagePoint = (event: globalThis.MouseEvent | TouchEvent): { x: number; y: number } => {
  const touch = 'changedTouches' in event ? event.changedTouches[0] : event
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 }
}

export function Canvas() {
  const { document, specs, view, commands } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const selection = useStore(view, (state) => state.selection)
  const selectedEdges = useStore(view, (state) => state.selectedEdges)
  const reveal = useStore(view, (state) => state.reveal)
  const addMenu = useStore(view, (state) => state.addMenu)
  const theme = useStore(view, (state) => state.theme)
  const selectedMarks = useStore(view, (state) => state.selectedMarks)
  const snap = useStore(view, (state) => state.snap)
  const map = useStore(view, (state) => state.map)
  const [nodes, setNodes] = useState<CanvasNode[]>([])
  const [edges, setEdges] = useState<WireEdge[]>([])
  const host = useRef<HTMLDivElement>(null)
  const flow = useReactFlow<CanvasNode, WireEdge>()
  const { moving, land, handlers } = useDrag(host, setNodes)

  useLayoutEffect(() => {
    setNodes((before) => [
      ...projectMarks(graph, selectedMarks, before, moving.current),
      ...projectNodes(graph, specs, selection, before, moving.current),
    ])
  }, [graph, specs, selection, selectedMarks, moving])
  useLayoutEffect(() => {
    setEdges((before) => projectEdges(graph, specs, selectedEdges, before))
  }, [graph, specs, selectedEdges])

  useEffect(() => {
    if (reveal.count === 0) return
    // Two frames: the first measures new cards, the second knows their sizes.
    const handle = requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        // Asked of an empty canvas, React Flow would fit the first card once it is there, under the hand that put it.
        if (flow.getNodes().length === 0) return
        void flow.fitView({
          ...fitOptions,
          duration: glide(200),
          ...(reveal.nodes && { nodes: reveal.nodes.map((id) => ({ id })), maxZoom: Math.max(0.8, flow.getZoom()) }),
        })
      }),
    )
    return () => cancelAnimationFrame(handle)
  }, [reveal, flow])

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      setNodes((before) => applyNodeChanges(changes, before))
      const picked = changes.filter((change) => change.type === 'select')
      if (picked.length > 0) {
        const selection = new Set(view.getState().selection)
        const selectedMarks = new Set(view.getState().selectedMarks)
        for (const change of picked) {
          const mark = markIdOf(change.id)
          if (mark && change.selected) selectedMarks.add(mark)
          else if (mark) selectedMarks.delete(mark)
          else if (change.selected) selection.add(change.id as NodeId)
          else selection.delete(change.id as NodeId)
        }
        view.setState({ selection, selectedMarks })
      }
    },
    [view],
  )
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WireEdge>[]) => {
      setEdges((before) => applyEdgeChanges(changes, before))
      const picked = changes.filter((change) => change.type === 'select')
      if (picked.length === 0) return
      const next = new Set(view.getState().selectedEdges)
      for (const change of picked) {
        if (change.selected) next.add(change.id as EdgeId)
        else next.delete(change.id as EdgeId)
      }
      view.setState({ selectedEdges: next })
    },
    [view],
  )

  const isValidConnection = useCallback(
    (connection: Connection | WireEdge) => {
      const { from, to } = ends(connection)
      return commands.canConnect(from, to)
    },
    [commands],
  )

  const openMenu = useCallback(
    (page: { x: number; y: number }, wire: LooseEnd | null) =>
      view.setState({ addMenu: { page, canvas: flow.screenToFlowPosition(page), wire } }),
    [view, flow],
  )

  const onConnectEnd = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { fromNode, fromHandle, toNode, isValid } = state
      if (isValid || toNode || !fromNode || !fromHandle?.id) return
      const side = fromHandle.type === 'source' ? 'source' : 'target'
      const { pulled } = view.getState()
      const end = { node: fromNode.id as NodeId, port: fromHandle.id }
      const wire: LooseEnd = { end, side, ...(pulled && { via: pulled }) }
      const page = pagePoint(event)
      const under = window.document.elementFromPoint(page.x, page.y)?.closest('.react-flow__node')
      const card = under?.getAttribute('data-id') as NodeId | null | undefined
      if (!card || !commands.subgraphs.openPort(card, wire)) openMenu(page, wire)
    },
    [commands, view, openMenu],
  )

  const endOf = useCallback((edge: EdgeId) => {
    const path = pathOf(host.current, edge)
    return path?.getPointAtLength(path.getTotalLength())
  }, [])
  const addAt = useCallback(
    (at: Point, wire: LooseEnd) => openMenu(flow.flowToScreenPosition(at), wire),
    [flow, openMenu],
  )

  // The pointer's place is kept so that Tab opens the menu under it.
  const pointer = useRef<{ x: number; y: number } | null>(null)
  useEffect(
    () =>
      commands.attach('canvas', {
        openAddMenu: () => {
          const box = host.current?.getBoundingClientRect()
          if (!box) return
          const middle = { x: box.x + box.width / 2, y: box.y + box.height / 3 }
          openMenu(pointer.current ?? middle, null)
        },
        fit: () => void (flow.getNodes().length > 0 && flow.fitView({ ...fitOptions, duration: glide(200) })),
        zoomIn: () => void flow.zoomIn({ duration: glide(120) }),
        zoomOut: () => void flow.zoomOut({ duration: glide(120) }),
        contains: (element) =>
          element !== null && (element === host.current || (byMouse(element) && !!host.current?.contains(element))),
        hovered: () => pointer.current !== null,
        pointer: () => (pointer.current ? flow.screenToFlowPosition(pointer.current) : null),
        middle: () => {
          const box = host.current?.getBoundingClientRect()
          return box
            ? flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
            : { x: 0, y: 0 }
        },
        visible: (at) => {
          const box = host.current?.getBoundingClientRect()
          const page = flow.flowToScreenPosition(at)
          return (
            !!box &&
            page.x > box.x &&
            page.x < box.right - 180 * flow.getZoom() &&
            page.y > box.y &&
            page.y < box.bottom - 60
          )
        },
        size: (node) => {
          const { width, height } = flow.getNode(node)?.measured ?? {}
          return width && height ? { width, height } : undefined
        },
        endsOf: (edge) => {
          const path = pathOf(host.current, edge)
          return path
            ? { start: path.getPointAtLength(0), end: path.getPointAtLength(path.getTotalLength()) }
            : undefined
        },
        middleOf: (edge) => {
          const path = pathOf(host.current, edge)
          return path?.getPointAtLength(path.getTotalLength() / 2)
        },
        focus: (node) => {
          host.current?.focus({ preventScroll: true })
          if (node === null || pointer.current !== null) return
          // The card is there once React has drawn it.
          requestAnimationFrame(() => {
            const card = host.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`)
            card?.focus({ preventScroll: true })
          })
        },
      }),
    [commands, flow, openMenu],
  )

  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(paletteDragType)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    const { carried } = view.getState()
    if (carried) land({ x: at.x - reach, y: at.y - reach, width: 2 * reach, height: 2 * reach }, { type: carried })
  }
  const onDrop = (event: DragEvent) => {
    const type = event.dataTransfer.getData(paletteDragType)
    if (!type) return
    event.preventDefault()
    event.stopPropagation()
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    const into = view.getState().landing
    view.setState({ carried: null, landing: null })
    commands.addNode(type, { at: { x: at.x - 90, y: at.y - 16 }, apart: true, into })
  }
  // Of what the keyboard has focused: Enter and Space select, arrows move. (Focused by mouse, a card leaves the
  // arrows and Space to the viewer, as people expect who have just clicked somewhere.)
  const onKeyDown = (event: KeyboardEvent) => {
    const focused = event.target as Element
    const id = focused.getAttribute('data-id')
    if (!id || !focused.matches('.react-flow__node, .react-flow__edge') || focusedByPointer(focused)) return
    const isNode = focused.matches('.react-flow__node')
    const mark = markIdOf(id)
    const [x, y] = arrows[event.key] ?? [0, 0]
    if (event.key === 'Enter' || event.key === ' ') {
      const more = event.shiftKey || event.ctrlKey || event.metaKey
      // Enter once more writes in what is selected already.
      if (mark && selectedMarks.has(mark) && event.key === 'Enter') view.setState({ writing: mark })
      // …and opens a subgraph that is.
      else if (
        event.key === 'Enter' &&
        view.getState().selection.has(id as NodeId) &&
        commands.subgraphs.open(id as NodeId)
      )
        host.current?.focus({ preventScroll: true })
      else
        view.select(
          [...(more ? selection : []), ...(isNode && !mark ? [id as NodeId] : [])],
          [...(more ? selectedEdges : []), ...(isNode ? [] : [id as EdgeId])],
          [...(more ? selectedMarks : []), ...(mark ? [mark] : [])],
        )
    } else if (isNode && (x || y)) {
      const step = event.shiftKey ? 64 : 8
      const among = mark ? selectedMarks.has(mark) : selection.has(id as NodeId)
      const nodes = among ? [...selection] : mark ? [] : [id as NodeId]
      commands.nudge({ nodes, marks: among ? [...selectedMarks] : mark ? [mark] : [] }, x * step, y * step)
    } else return
    event.preventDefault()
  }
  const onPaneDoubleClick = (event: MouseEvent) => {
    if ((event.target as Element).classList.contains('react-flow__pane'))
      openMenu({ x: event.clientX, y: event.clientY }, null)
  }

  return (
    <section
      className="canvas"
      aria-label={text.canvas.label}
      ref={host}
      tabIndex={-1}
      onDoubleClick={onPaneDoubleClick}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (arrows[event.key]) commands.endDrag()
      }}
      onPointerMove={(event) => {
        pointer.current = { x: event.clientX, y: event.clientY }
      }}
      onPointerLeave={() => {
        pointer.current = null
      }}
      onDragOver={onDragOver}
      onDragLeave={() => view.setState({ landing: null })}
      onDrop={onDrop}
    >
      <CanvasMenu>
        <ReactFlow<CanvasNode, WireEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          colorMode={theme}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          {...handlers}
          onNodeDoubleClick={(_, node) => {
            const id = node.id as NodeId
            if (!commands.subgraphs.open(id)) commands.view(id)
          }}
          isValidConnection={isValidConnection}
          onConnect={(connection) => {
            const { from, to } = ends(connection)
            commands.connect(from, to, view.getState().pulled ?? undefined)
          }}
          onConnectEnd={onConnectEnd}
          onReconnect={(edge, connection) => {
            const { from, to } = ends(connection)
            commands.rewire(edge.id as EdgeId, from, to)
          }}
          onReconnectStart={(_, edge) => {
            const { from } = ends(edge)
            view.setState({ pulled: leadOf(graph, from, edge.data?.via ?? [], edge.id as EdgeId) })
          }}
          onReconnectEnd={(_, edge, __, state) => {
            view.setState({ pulled: null })
            if (!state.isValid && !state.toNode) commands.removeEdges([edge.id as EdgeId])
          }}
          onPaneClick={() => host.current?.focus({ preventScroll: true })}
          connectionLineComponent={LooseWire}
          connectionRadius={28}
          reconnectRadius={14}
          selectionMode={SelectionMode.Partial}
          panOnDrag
          panActivationKeyCode={null}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          disableKeyboardA11y
          multiSelectionKeyCode={['Shift', 'Control', 'Meta']}
          selectionKeyCode="Shift"
          minZoom={0.15}
          maxZoom={2}
          attributionPosition="bottom-right"
          fitView
          fitViewOptions={fitOptions}
          onlyRenderVisibleElements={nodes.length > 120}
          onEdgeDoubleClick={(event, edge) =>
            commands.rerouting.bend(
              edge.id as EdgeId,
              flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }),
            )
          }
          elevateNodesOnSelect={false}
          snapToGrid={snap}
          snapGrid={[8, 8]}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} />
          <Controls showInteractive={false} orientation="horizontal" position="top-right" fitViewOptions={fitOptions}>
            <CanvasTools />
          </Controls>
          <Dots endOf={endOf} add={addAt} />
          {map && (
            <MiniMap
              pannable
              zoomable
              position="bottom-right"
              style={{ width: 160, height: 100 }}
              ariaLabel={text.canvas.map}
              nodeClassName={(node) => node.type ?? ''}
            />
          )}
        </ReactFlow>
      </CanvasMenu>
      <Breadcrumbs />
      <EmptyHint />
      {addMenu && <AddMenu key={`${addMenu.page.x}/${addMenu.page.y}`} request={addMenu} />}
    </section>
  )
}
