/** A wire, with the size of what travels along it standing on it. */
import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Position,
  useStore as useFlow,
} from '@xyflow/react'
import { memo, useState } from 'react'
import { useStore } from 'zustand'
import type { EdgeId } from '../../graph/document.ts'
import type { Point } from '../../graph/edit.ts'
import { useEditor } from '../editor.ts'
import { describe } from '../values.ts'
import { isFar } from './NodeCard.tsx'
import type { WireEdge } from './projection.ts'
import { WirePoints } from './WirePoints.tsx'

/** Shorter wires have no room for their label. */
const roomForLabel = 56

/** The way over all stops, each stretch as a wire of its own, and where a label stands: in the middle stretch. */
function route(stops: readonly Point[]): { path: string; label: Point; room: number } {
  const stretches = stops.slice(1).map((to, n) => {
    const from = stops[n] ?? to
    const [path, x, y] = getBezierPath({
      sourceX: from.x,
      sourceY: from.y,
      targetX: to.x,
      targetY: to.y,
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
      curvature: 0.35,
    })
    return { path, label: { x, y }, room: to.x - from.x }
  })
  const middle = stretches[Math.floor((stretches.length - 1) / 2)]
  // One line: where a stretch ends the next begins, so only the first moves to its start.
  const path = stretches.map((one, n) => (n === 0 ? one.path : one.path.slice(one.path.indexOf('C')))).join(' ')
  return { path, label: middle?.label ?? { x: 0, y: 0 }, room: middle?.room ?? 0 }
}

export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { derived, view } = useEditor()
  const { sourceX, sourceY, targetX, targetY, selected } = props
  const [held, setHeld] = useState<readonly Point[] | null>(null)
  const via = held ?? props.data?.via ?? []
  const desc = useStore(derived, (state) => state.inference.descs.get(`${props.source}.${props.sourceHandleId}`))
  const wrong = useStore(derived, (state) => state.wrongEdges.has(props.id))
  const landing = useStore(view, (state) => state.landing === props.id)
  const far = useFlow(isFar)
  const { path, label, room } = route([{ x: sourceX, y: sourceY }, ...via, { x: targetX, y: targetY }])
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        className="wire"
        interactionWidth={20}
        data-type={props.data?.type}
        data-selected={selected === true}
        data-wrong={wrong}
        data-landing={landing}
      />
      {desc && !far && room > roomForLabel && (
        <EdgeLabelRenderer>
          <span
            className="wire-label"
            data-type={props.data?.type}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {describe(desc)}
          </span>
        </EdgeLabelRenderer>
      )}
      {via.length > 0 && <WirePoints edge={props.id as EdgeId} via={via} show={setHeld} />}
    </>
  )
})
