/**
 * The canvas. React Flow's nodes and edges are a one-way projection of the document: a drag lives here, and is
 * committed once, when the hand lets go.
 */
import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  type ReactFlowProps,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react'
import { type KeyboardEvent, type MouseEvent, Suspense, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import type { EdgeId, NodeId } from '../../graph/document/document.ts'
import { useEditor } from '../editor.ts'
import { arrowDirections } from '../kit/arrow-keys.ts'
import { focusedByPointer } from '../kit/focus-origin.ts'
import { lazyPart } from '../kit/lazy-part.tsx'
import { text } from '../text/text.ts'
import { AddMenu } from './AddMenu.tsx'
import { CanvasMenu } from './CanvasMenu.tsx'
import { CanvasTools } from './CanvasTools.tsx'
import { CanvasScreen, fitOptions, type PagePoint, zoomRange } from './canvas-screen.ts'
import { CardKeys, focusedOf } from './card-keys.ts'
import { Dots } from './Dots.tsx'
import { LooseWire } from './LooseWire.tsx'
import { MarkCard } from './MarkCard.tsx'
import { NodeCard } from './NodeCard.tsx'
import { PaletteDrop } from './palette-drop.ts'
import type { CanvasNode, WireEdge } from './projection.ts'
import { useStillView } from './still-view.ts'
import { useDrag } from './use-drag.ts'
import { useProjection } from './use-projection.ts'
import { Wire } from './Wire.tsx'
import { WireGestures } from './wire-gestures.ts'

const Breadcrumbs = lazyPart(async () => (await import('./Breadcrumbs.tsx')).Breadcrumbs)
const EmptyHint = lazyPart(async () => (await import('./EmptyHint.tsx')).EmptyHint)

/** What never changes of React Flow. Keys are the editor's own: what it would do on one is switched off. */
const flowOptions = {
  nodeTypes: { card: NodeCard, mark: MarkCard },
  edgeTypes: { wire: Wire },
  connectionLineComponent: LooseWire,
  connectionRadius: 28,
  reconnectRadius: 14,
  selectionMode: SelectionMode.Partial,
  panOnDrag: true,
  panActivationKeyCode: null,
  zoomOnDoubleClick: false,
  deleteKeyCode: null,
  disableKeyboardA11y: true,
  multiSelectionKeyCode: ['Shift', 'Control', 'Meta'],
  selectionKeyCode: 'Shift',
  minZoom: zoomRange.min,
  maxZoom: zoomRange.max,
  attributionPosition: 'bottom-right',
  fitView: true,
  fitViewOptions: fitOptions,
  elevateNodesOnSelect: false,
  snapGrid: [8, 8] as [number, number],
} as const satisfies Partial<ReactFlowProps<CanvasNode, WireEdge>>

const cardAt = ({ x, y }: PagePoint): NodeId | undefined =>
  (window.document.elementFromPoint(x, y)?.closest('.react-flow__node')?.getAttribute('data-id') as NodeId | null) ??
  undefined

const settingAt = ({ x, y }: PagePoint): { node: NodeId; name: string } | undefined => {
  const row = window.document.elementFromPoint(x, y)?.closest('[data-param]')
  const node =
    row?.closest('.react-flow__node')?.getAttribute('data-id') ?? row?.closest('[data-node]')?.getAttribute('data-node')
  const name = row?.getAttribute('data-param')
  return node && name ? { node: node as NodeId, name } : undefined
}

const DrivingMenu = lazyPart(async () => (await import('./DrivingMenu.tsx')).DrivingMenu)

/** What hands and keys do on the canvas, and what commands ask of it. */
function useCanvas() {
  const { commands, view } = useEditor()
  const host = useRef<HTMLDivElement>(null)
  const pagePointer = useRef<PagePoint | null>(null)
  const moving = useRef<ReadonlySet<string>>(new Set())
  const flow = useReactFlow<CanvasNode, WireEdge>()
  useStillView()
  const { nodes, edges, setNodes, onNodesChange, onEdgesChange } = useProjection(moving)
  const { land, handlers } = useDrag(host, setNodes, moving)
  const screen = useMemo(() => new CanvasScreen({ flow, view, host, pagePointer }), [flow, view])
  useEffect(() => commands.attach('canvas', screen), [commands, screen])

  const reveal = useStore(view, (state) => state.reveal)
  useEffect(() => {
    if (reveal.count === 0) return
    // Two frames: the first measures new cards, the second knows their sizes.
    const handle = requestAnimationFrame(() => requestAnimationFrame(() => screen.reveal(reveal.nodes)))
    return () => cancelAnimationFrame(handle)
  }, [reveal, screen])

  const wires = useMemo(() => new WireGestures({ commands, view, screen, cardAt, settingAt }), [commands, view, screen])
  const palette = useMemo(() => new PaletteDrop({ commands, view, screen, land }), [commands, view, screen, land])
  const keys = useMemo(
    () => new CardKeys({ commands, view, focusCanvas: () => host.current?.focus({ preventScroll: true }) }),
    [commands, view],
  )
  const flowProps = { nodes, edges, onNodesChange, onEdgesChange, ...handlers }
  return { host, pagePointer, screen, wires, palette, keys, flowProps }
}

export function Canvas() {
  const { document, view, commands } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const addMenu = useStore(view, (state) => state.addMenu)
  const driving = useStore(view, (state) => state.driving)
  const handedType = useStore(view, (state) => state.draggedWireType)
  const theme = useStore(view, (state) => state.theme)
  const snap = useStore(view, (state) => state.snap)
  const map = useStore(view, (state) => state.map)
  const { host, pagePointer, screen, wires, palette, keys, flowProps } = useCanvas()
  const onKeyDown = (event: KeyboardEvent) => {
    const element = event.target as Element
    const focus = focusedOf(element)
    if (focus && !focusedByPointer(element) && keys.press(event, focus)) event.preventDefault()
  }
  const onPaneDoubleClick = (event: MouseEvent) => {
    if ((event.target as Element).classList.contains('react-flow__pane'))
      screen.openMenu({ x: event.clientX, y: event.clientY }, null)
  }
  return (
    <section
      className="canvas"
      data-hand={handedType ?? undefined}
      aria-label={text.canvas.label}
      ref={host}
      tabIndex={-1}
      onDoubleClick={onPaneDoubleClick}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (arrowDirections[event.key]) commands.endDrag()
      }}
      onPointerMove={(event) => {
        pagePointer.current = { x: event.clientX, y: event.clientY }
      }}
      onPointerLeave={() => {
        pagePointer.current = null
      }}
      onDragOver={(event) => palette.over(event)}
      onDragLeave={() => palette.leave()}
      onDrop={(event) => palette.drop(event)}
    >
      <CanvasMenu>
        <ReactFlow<CanvasNode, WireEdge>
          {...flowOptions}
          {...flowProps}
          colorMode={theme}
          onNodeDoubleClick={(_, node) => {
            const id = node.id as NodeId
            if (!commands.subgraphs.open(id)) commands.view(id)
          }}
          isValidConnection={wires.isValidConnection}
          onConnect={wires.onConnect}
          onConnectStart={wires.onConnectStart}
          onConnectEnd={wires.onConnectEnd}
          onReconnect={wires.onReconnect}
          onReconnectStart={(_, edge) => wires.pull(graph, edge)}
          onReconnectEnd={(_, edge, __, end) => wires.letGo(edge, end)}
          onPaneClick={() => host.current?.focus({ preventScroll: true })}
          onlyRenderVisibleElements={flowProps.nodes.length > 120}
          onEdgeDoubleClick={(event, edge) =>
            commands.rerouting.bend(edge.id as EdgeId, screen.toCanvas({ x: event.clientX, y: event.clientY }))
          }
          snapToGrid={snap}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} />
          <Controls showInteractive={false} orientation="horizontal" position="top-right" fitViewOptions={fitOptions}>
            <CanvasTools />
          </Controls>
          <Dots screen={screen} />
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
      <Suspense fallback={null}>
        <Breadcrumbs />
      </Suspense>
      <Suspense fallback={null}>
        <EmptyHint />
      </Suspense>
      {driving && (
        <Suspense fallback={null}>
          <DrivingMenu request={driving} />
        </Suspense>
      )}
      {addMenu && <AddMenu key={`${addMenu.page.x}/${addMenu.page.y}`} request={addMenu} />}
    </section>
  )
}
