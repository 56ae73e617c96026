/** A wire, with the size of what travels along it standing on it. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, useStore as useFlow } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import type { EdgeId } from '../../graph/document/document.ts'
import { useEditor } from '../editor.ts'
import { describe } from '../kit/value-text.ts'
import { isFar } from './NodeCard.tsx'
import type { WireEdge } from './projection.ts'
import { routeOf } from './wire-route.ts'

/** Of a label, CSS pixels on screen. */
const smallest = 9

/** Font size of labels in canvas units. */
const fontSize = 10.5

/** How much larger than usual labels are drawn, in steps, so that far out they can still be read. */
export const labelScale = (zoom: number): number => Math.max(1, Math.ceil((smallest / (fontSize * zoom)) * 20) / 20)

/** Room that a label needs between two ports, in canvas units: its padding, and some half of the font's size for a digit. */
export const labelRoom = (text: string, zoom: number): number => (text.length * 0.5 * fontSize + 8) * labelScale(zoom)

export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { derived, view } = useEditor()
  const { sourceX, sourceY, targetX, targetY, selected } = props
  const bentWay = useStore(view, (state) => state.dragWays?.get(props.id as EdgeId))
  const via = bentWay ?? props.data?.via ?? []
  const desc = useStore(derived, (state) => state.inference.descs.get(`${props.source}.${props.sourceHandleId}`))
  const wrong = useStore(derived, (state) => state.wrongEdges.has(props.id))
  const landing = useStore(view, (state) => state.landing === props.id)
  const { path, label, room } = routeOf([{ x: sourceX, y: sourceY }, ...via, { x: targetX, y: targetY }])
  const what = desc ? describe(desc) : ''
  // One question to the canvas for each wire and each move of it, and the same answer wherever no label is drawn.
  const scale = useFlow((state) => {
    const zoom = state.transform[2]
    return isFar(state) || room < labelRoom(what, zoom) ? null : labelScale(zoom)
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
      {desc && scale !== null && (
        <EdgeLabelRenderer>
          <span
            className="wire-label"
            data-type={props.data?.type}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px) scale(${scale})` }}
          >
            {what}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  )
})
