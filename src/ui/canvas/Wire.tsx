/** A wire, with the size of what travels along it standing on it. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, useStore as useFlow } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { describe } from '../values.ts'
import { isFar } from './NodeCard.tsx'
import type { WireEdge } from './projection.ts'

/** Shorter wires have no room for their label. */
const roomForLabel = 56

export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { derived, view } = useEditor()
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected } = props
  const desc = useStore(derived, (state) => state.inference.descs.get(`${props.source}.${props.sourceHandleId}`))
  const wrong = useStore(derived, (state) => state.wrongEdges.has(props.id))
  const landing = useStore(view, (state) => state.landing === props.id)
  const far = useFlow(isFar)
  const [path, labelX, labelY] = getBezierPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    curvature: 0.35,
  })
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
      {desc && !far && targetX - sourceX > roomForLabel && (
        <EdgeLabelRenderer>
          <span
            className="wire-label"
            data-type={props.data?.type}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {describe(desc)}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  )
})
