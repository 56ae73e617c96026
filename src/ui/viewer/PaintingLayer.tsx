/** Lies over the picture while somebody paints: a drag is a stroke, and each stroke one step of the history. */
import { type PointerEvent, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Json } from '../../graph/document/json.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import { maxStrokes } from '../../graph/node/drawing.ts'
import { paramValues } from '../../graph/node/values.ts'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'
import { boxValues, strokeOf, withPlace, withStroke } from './painted-strokes.ts'
import { fieldBox, inPicture, onField } from './placement.ts'
import type { ViewerPositionStore } from './viewer-position.ts'
import type { Point } from './viewport.ts'

const words = text.viewer.painting

export function PaintingLayer({ position }: { position: ViewerPositionStore }) {
  const { viewerSettings, document, specs, commands, view } = useEditor()
  const placement = useStore(position, (state) => state.placement)
  const painting = useStore(viewerSettings, (state) => state.painting)
  const record = useStore(document, ({ level }) => (painting ? level.nodes[painting.node] : undefined))
  const selected = useStore(view, ({ selection }) => (painting ? selection.has(painting.node) : false))
  const [places, setPlaces] = useState<readonly Point[]>([])
  const [index, setIndex] = useState(0)
  // Whoever turns to another node, or deletes this one, has ended.
  useEffect(() => {
    if (painting && (!record || !selected)) viewerSettings.setState({ painting: null })
  }, [painting, record, selected, viewerSettings])
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return
      if (event.target instanceof Element && event.target.closest('input, textarea, [role="menu"], [role="dialog"]'))
        return
      viewerSettings.setState({ painting: null })
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [viewerSettings])
  const spec = specOf(specs, record)
  if (!placement || !painting || !record || !spec) return null
  const { picture, fields } = placement
  const placeOf = (event: PointerEvent): Point => {
    const stage = event.currentTarget.getBoundingClientRect()
    return inPicture(placement, { x: event.clientX - stage.x, y: event.clientY - stage.y })
  }
  const commit = () => {
    const [from, to] = [places[0], places.at(-1)]
    setPlaces([])
    if (!from || !to) return
    if (painting.tool === 'box') {
      const [one, ...others] = Object.entries(boxValues(spec.params, from, to, picture))
      if (one && from !== to) commands.setParam(record.id, one[0], one[1], Object.fromEntries(others))
      return
    }
    if (painting.param === null || (painting.tool === 'area' && places.length < 3)) return
    const stroke = strokeOf(places, picture, { ...painting, tool: painting.tool })
    const next = withStroke(paramValues(spec, record)[painting.param], stroke, picture)
    if (next) commands.setParam(record.id, painting.param, next as unknown as Json)
    else view.toast({ tone: 'info', message: words.full(maxStrokes), hint: words.fullHint })
  }
  const field = fieldBox(placement, Math.min(index, fields - 1))
  const fieldPlaces = places.map(({ x, y }) => onField(placement, { x, y, width: 0, height: 0 }))
  const points = fieldPlaces.map(({ x, y }) => `${x},${y}`).join(' ')
  const [first, last] = [fieldPlaces[0], fieldPlaces.at(-1)]
  const thick = onField(placement, { x: 0, y: 0, width: 0, height: 2 * painting.radius * picture.height }).height
  return (
    <div
      className="region-drawing painting"
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const stage = event.currentTarget.getBoundingClientRect()
        const at = { x: event.clientX - stage.x, y: event.clientY - stage.y }
        const fieldIndex = Array.from({ length: fields }, (_, i) => fieldBox(placement, i)).findIndex(
          ({ x, y, width, height }) => at.x >= x && at.y >= y && at.x < x + width && at.y < y + height,
        )
        setIndex(Math.max(0, fieldIndex))
        setPlaces([placeOf(event)])
      }}
      onPointerMove={(event) => {
        if (places.length > 0) setPlaces(withPlace(places, placeOf(event), picture))
      }}
      onPointerUp={commit}
      onPointerCancel={() => setPlaces([])}
    >
      <span className="region-hint" role="status">
        {words.hints[painting.tool]}
      </span>
      {first && last && (
        <svg
          className="painting-stroke"
          data-erase={painting.erase}
          aria-hidden
          style={{ left: field.x, top: field.y, width: field.width, height: field.height }}
        >
          {painting.tool === 'brush' && (
            <polyline points={fieldPlaces.length > 1 ? points : `${points} ${points}`} style={{ strokeWidth: thick }} />
          )}
          {painting.tool === 'area' && <polygon points={points} />}
          {painting.tool === 'box' && (
            <rect
              x={Math.min(first.x, last.x)}
              y={Math.min(first.y, last.y)}
              width={Math.abs(last.x - first.x)}
              height={Math.abs(last.y - first.y)}
            />
          )}
        </svg>
      )}
    </div>
  )
}
