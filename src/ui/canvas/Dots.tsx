/**
 * The dots that wires run through, each drawn once however many wires share it. By hand or by arrow keys a dot is held
 * and shown where it would be, and moved in the document when it is let go.
 */
import { EdgeLabelRenderer, useReactFlow, useStoreApi } from '@xyflow/react'
import { XYHandle } from '@xyflow/system'
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type TouchEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useStore } from 'zustand'
import type { EdgeId, Endpoint, Point } from '../../graph/document/document.ts'
import { titleOf } from '../../graph/document/naming.ts'
import {
  type Dot,
  dotKey,
  dotNear,
  dotsOf,
  leadTo,
  movedPoints,
  type Stop,
  strandToward,
  wiresOf,
} from '../../graph/edits/dots.ts'
import { useEditor } from '../editor.ts'
import { arrowDirections } from '../kit/arrow-keys.ts'
import { text } from '../text/text.ts'
import type { CanvasScreen } from './canvas-screen.ts'

const words = text.canvas.dot

/** How near a dot must come to another to join it: for a hand in pixels of the page, for keys in canvas units. */
const reach = { hand: 12, keys: 6 }

interface Props {
  readonly screen: Pick<CanvasScreen, 'endsOf' | 'openMenuAt'>
}

interface Lain {
  readonly from: Endpoint
  readonly at: Point
}

export function Dots({ screen }: Props) {
  const { document } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const dots = useMemo(() => {
    // A wire to a node that is not there is not drawn, nor are its points.
    const isDrawn = (edge: EdgeId) => graph.nodes[graph.edges[edge]!.to.node] !== undefined
    return dotsOf(graph).filter(({ from, stops }) => graph.nodes[from.node] && stops.some(({ edge }) => isDrawn(edge)))
  }, [graph])
  // A dot that joins another is drawn as that one from then on: the focus goes with it.
  const host = useRef<HTMLDivElement>(null)
  const lying = useRef<Lain | null>(null)
  useEffect(() => {
    const { current } = lying
    lying.current = null
    const there = current && dots.find(({ from, at }) => dotKey(from, at) === dotKey(current.from, current.at))
    if (there) host.current?.querySelector<HTMLElement>(`[data-dot="${CSS.escape(nameOf(there))}"]`)?.focus()
  }, [dots])
  const onMoved = useCallback((dot: Lain) => {
    lying.current = dot
  }, [])
  return (
    <EdgeLabelRenderer>
      <div ref={host}>
        {dots.map((dot) => (
          <DotHandle key={nameOf(dot)} dot={dot} screen={screen} onMoved={onMoved} />
        ))}
      </div>
    </EdgeLabelRenderer>
  )
}

/** The same wherever the dot is moved. */
const nameOf = ({ stops: [first] }: Dot): string => `${first?.index} ${first?.edge}`

/** What is held, where, and whether it is a part of the dot. */
interface DotDrag {
  readonly stops: readonly Stop[]
  readonly at: Point
  readonly part: boolean
  readonly joins: boolean
}

function DotHandle({ dot, screen, onMoved }: Props & { dot: Dot; onMoved: (dot: Lain) => void }) {
  const { document, specs, view, commands } = useEditor()
  const flow = useReactFlow()
  const [dragHold, setDragHold] = useState<DotDrag | null>(null)
  const graph = () => document.getState().level
  const wires = wiresOf(dot)
  const shared = wires.length > 1
  const { from, stops } = dot

  /** The wires of a shared dot that go alone: the selected ones, or else the one that leads that way. */
  const partToward = (toward: Point): readonly Stop[] => {
    const { selectedEdges } = view.getState()
    const selectedStops = stops.filter(({ edge }) => selectedEdges.has(edge))
    const some = selectedStops.length > 0 && selectedStops.length < stops.length
    return some ? selectedStops : strandToward(graph(), dot, toward, (edge) => screen.endsOf(edge)?.end)
  }
  const hold = (its: readonly Stop[], place: Point, near: number): DotDrag => {
    const target = dotNear(graph(), its, place, near)
    const next = { stops: its, at: target?.at ?? place, part: its.length < stops.length, joins: target !== undefined }
    setDragHold(next)
    view.setState({ dragWays: movedPoints(graph(), its, next.at) })
    return next
  }
  const letGo = (last: DotDrag | null) => {
    setDragHold(null)
    view.setState({ dragWays: null })
    if (!last) return
    onMoved({ from, at: last.at })
    commands.rerouting.move(last.stops, last.at, last.part)
  }

  const grab = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return
    event.stopPropagation()
    const button = event.currentTarget
    button.setPointerCapture(event.pointerId)
    const { clientX: fromX, clientY: fromY, altKey: apart } = event
    let latest: DotDrag | null = null
    const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
      const [x, y] = [clientX - fromX, clientY - fromY]
      // A hand that clicks trembles.
      if (!latest && Math.hypot(x, y) < 3) return
      const its = latest?.stops ?? (apart && shared ? partToward({ x, y }) : stops)
      const at = flow.screenToFlowPosition({ x: clientX, y: clientY }, { snapToGrid: view.getState().snap })
      latest = hold(its, { x: Math.round(at.x), y: Math.round(at.y) }, reach.hand / flow.getZoom())
    }
    const over = new AbortController()
    const end = (last: DotDrag | null) => {
      over.abort()
      letGo(last)
    }
    const listening = { signal: over.signal }
    button.addEventListener('pointermove', move, listening)
    button.addEventListener('pointerup', () => end(latest), listening)
    button.addEventListener('pointercancel', () => end(null), listening)
    const breakOff = (key: globalThis.KeyboardEvent) => {
      if (key.key !== 'Escape') return
      key.stopPropagation()
      end(null)
    }
    window.addEventListener('keydown', breakOff, { ...listening, capture: true })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const [dx, dy] = arrowDirections[event.key] ?? [0, 0]
    const by = event.shiftKey ? 64 : 8
    if (dx || dy) {
      const its = dragHold?.stops ?? (event.altKey && shared ? partToward({ x: dx, y: dy }) : stops)
      const { x, y } = dragHold?.at ?? dot.at
      const at = { x: x + dx * by, y: y + dy * by }
      // On its way over another dot it does not join that one: only where it is let go.
      const next = { stops: its, at, part: its.length < stops.length, joins: false }
      setDragHold(next)
      view.setState({ dragWays: movedPoints(graph(), its, at) })
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      commands.rerouting.remove(stops)
      focusWire(wires[0])
    } else if (event.key === 'Enter') {
      screen.openMenuAt(
        { x: dot.at.x + 64, y: dot.at.y - 16 },
        { end: from, side: 'source', via: leadTo(graph(), dot) },
      )
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const settle = () => {
    if (!dragHold) return
    const target = dotNear(graph(), dragHold.stops, dragHold.at, reach.keys)
    letGo(target ? { ...dragHold, at: target.at } : dragHold)
  }

  const { x, y } = dragHold?.at ?? dot.at
  const type = commands.portType({ end: from, side: 'source' })
  return (
    <>
      {dragHold?.part && <span className="wire-dot ghost" data-type={type} style={{ left: dot.at.x, top: dot.at.y }} />}
      <div className="wire-dot nodrag nopan" data-type={type} style={{ left: x, top: y }}>
        <button
          type="button"
          className="wire-point"
          data-dot={nameOf(dot)}
          data-shared={wiresOf(dragHold ?? dot).length > 1}
          data-joins={dragHold?.joins ?? false}
          aria-label={words.label((stops[0]?.index ?? 0) + 1, wires.length, titleOf(graph(), specs, from.node))}
          aria-description={words.keys}
          title={dragHold ? undefined : shared ? words.sharedHint : words.hint}
          onPointerDown={grab}
          onDoubleClick={(event) => {
            event.stopPropagation()
            commands.rerouting.remove(stops)
          }}
          onKeyDown={onKeyDown}
          onKeyUp={(event) => {
            if (arrowDirections[event.key]) settle()
          }}
          onBlur={settle}
        />
        {!dragHold && <Pull from={from} via={() => leadTo(graph(), dot)} />}
      </div>
    </>
  )
}

function focusWire(edge: EdgeId | undefined) {
  if (!edge) return
  window.document
    .querySelector<SVGGElement>(`.react-flow__edge[data-id="${CSS.escape(edge)}"]`)
    ?.focus({ preventScroll: true })
}

/** Where a wire is pulled out of a dot: as out of the output itself, so it ends wherever one of those may. */
function Pull({ from, via }: { from: Endpoint; via: () => readonly Point[] }) {
  const { view } = useEditor()
  const store = useStoreApi()
  const pull = (event: MouseEvent | TouchEvent) => {
    if ('button' in event && event.button !== 0) return
    event.stopPropagation()
    const flow = store.getState()
    XYHandle.onPointerDown(event.nativeEvent, {
      nodeId: from.node,
      handleId: from.port,
      isTarget: false,
      handleDomNode: event.currentTarget as Element,
      domNode: flow.domNode,
      nodeLookup: flow.nodeLookup,
      lib: flow.lib,
      flowId: flow.rfId,
      autoPanOnConnect: flow.autoPanOnConnect,
      autoPanSpeed: flow.autoPanSpeed,
      connectionMode: flow.connectionMode,
      connectionRadius: flow.connectionRadius,
      dragThreshold: flow.connectionDragThreshold,
      panBy: flow.panBy,
      updateConnection: flow.updateConnection,
      cancelConnection: flow.cancelConnection,
      getTransform: () => store.getState().transform,
      getFromHandle: () => store.getState().connection.fromHandle,
      isValidConnection: (connection) => store.getState().isValidConnection?.(connection) ?? true,
      onConnectStart: (...args) => {
        view.setState({ dragPoints: via() })
        store.getState().onConnectStart?.(...args)
      },
      onConnect: (connection) => store.getState().onConnect?.(connection),
      onConnectEnd: (...args) => {
        store.getState().onConnectEnd?.(...args)
        view.setState({ dragPoints: null })
      },
    })
  }
  return (
    // The dot itself takes the keys: Enter adds a node to it. `source` is how React Flow knows the side of a port.
    <span className="wire-pull source" aria-hidden title={words.pull} onMouseDown={pull} onTouchStart={pull} />
  )
}
