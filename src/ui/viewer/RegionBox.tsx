/** The box that is rendered alone, at full quality: drawn, moved, resized and cleared by hand or by keys. */
import { X } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { inPixels } from '../../graph/plan/region.ts'
import { useEditor } from '../editor.ts'
import { arrowDirections } from '../kit/arrow-keys.ts'
import { text } from '../text/text.ts'
import {
  type Box,
  boxBetween,
  fieldBox,
  inPicture,
  movedBox,
  onField,
  type Placement,
  resizedBox,
  type Side,
  shareOf,
} from './placement.ts'
import type { ViewerPositionStore } from './viewer-position.ts'
import type { Point } from './viewport.ts'

const words = text.viewer.region

const handles = [
  { at: [-1, -1], cursor: 'nwse-resize' },
  { at: [0, -1], cursor: 'ns-resize' },
  { at: [1, -1], cursor: 'nesw-resize' },
  { at: [-1, 0], cursor: 'ew-resize' },
  { at: [1, 0], cursor: 'ew-resize' },
  { at: [-1, 1], cursor: 'nesw-resize' },
  { at: [0, 1], cursor: 'ns-resize' },
  { at: [1, 1], cursor: 'nwse-resize' },
] as const satisfies readonly { at: readonly [Side, Side]; cursor: string }[]

/** What is shorter, in CSS pixels, was a click. */
const shortest = 4

const fieldNumbers = (count: number) => Array.from({ length: count }, (_, index) => index)

const style = ({ x, y, width, height }: Box) => ({ left: x, top: y, width, height })

export function RegionBox({ position }: { position: ViewerPositionStore }) {
  const { viewerSettings, preview } = useEditor()
  const placement = useStore(position, (state) => state.placement)
  const boxing = useStore(viewerSettings, (state) => state.boxing)
  const playing = useStore(preview, (state) => state.playing)
  const region = useStore(viewerSettings, (state) => state.region)
  if (!placement) return null
  const { picture, fields } = placement
  const box = region && inPixels(region, picture)
  return (
    <>
      {box && fieldNumbers(fields).map((index) => <Outline key={index} {...{ box, placement, index }} />)}
      {box && playing && !boxing && (
        <span className="region-hint" role="status">
          {words.playingHint}
        </span>
      )}
      {boxing && <Drawing placement={placement} />}
    </>
  )
}

/** The next drag over the picture draws a box. */
function Drawing({ placement }: { placement: Placement }) {
  const { viewerSettings } = useEditor()
  const [from, setFrom] = useState<{ page: Point; place: Point; index: number } | null>(null)
  const [box, setBox] = useState<Box | null>(null)
  const { picture, fields } = placement
  useEffect(() => {
    // Escape is told to whoever has the focus, which need not be the picture.
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest('input, textarea, [role="menu"], [role="dialog"]'))
        return
      if (event.key === 'Enter') {
        const { width, height } = picture
        const middle = boxBetween({ x: width / 4, y: height / 4 }, { x: width * 0.75, y: height * 0.75 }, picture)
        viewerSettings.setState({ region: shareOf(middle, picture), boxing: false })
      } else if (event.key === 'Escape') viewerSettings.setState({ boxing: false })
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [viewerSettings, picture])
  const placeOf = (event: PointerEvent) => {
    const stage = event.currentTarget.getBoundingClientRect()
    const at = { x: event.clientX - stage.x, y: event.clientY - stage.y }
    const index = fieldNumbers(fields).findIndex((i) => {
      const { x, y, width, height } = fieldBox(placement, i)
      return at.x >= x && at.y >= y && at.x < x + width && at.y < y + height
    })
    return { place: inPicture(placement, at), index }
  }
  const far = (event: PointerEvent) =>
    from !== null && Math.hypot(event.clientX - from.page.x, event.clientY - from.page.y) >= shortest
  const field = from && fieldBox(placement, Math.max(0, from.index))
  const drawnBox = box && onField(placement, box)
  return (
    <div
      className="region-drawing"
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setFrom({ page: { x: event.clientX, y: event.clientY }, ...placeOf(event) })
      }}
      onPointerMove={(event) => {
        if (from && far(event)) setBox(boxBetween(from.place, placeOf(event).place, picture))
      }}
      onPointerUp={() => {
        if (box) viewerSettings.setState({ region: shareOf(box, picture), boxing: false })
        setFrom(null)
        setBox(null)
      }}
      onPointerCancel={() => {
        setFrom(null)
        setBox(null)
      }}
    >
      <span className="region-hint" role="status">
        {words.drawHint}
      </span>
      {field && box && drawnBox && (
        <div className="region-field" style={style(field)}>
          <div className="region-box" style={style(drawnBox)}>
            <span className="region-label" data-place={placeOfLabel(drawnBox, field)}>
              <span className="region-size">{words.size(box.width, box.height)}</span>
            </span>
          </div>
        </div>
      )}
    </div>
  )
}

/** Above the box where there is room, else under it, else in its corner. */
function placeOfLabel(box: Box, field: Box): 'above' | 'below' | 'inside' {
  if (box.y >= 30) return 'above'
  return box.y + box.height + 30 <= field.height ? 'below' : 'inside'
}

function Outline({ box, placement, index }: { box: Box; placement: Placement; index: number }) {
  const { viewerSettings, preview } = useEditor()
  // A picture that stands still around one that plays would be taken for what the graph makes of this moment.
  const plain = useStore(preview, (state) => state.leftBehind)
  const dragHold = useRef<{
    readonly page: Point
    readonly box: Box
    readonly sides: readonly [Side, Side] | null
  } | null>(null)
  const { picture, scale } = placement
  const set = (next: Box) => viewerSettings.setState({ region: shareOf(next, picture) })
  const clear = () => viewerSettings.setState({ region: null })
  const take = (sides: readonly [Side, Side] | null) => ({
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return
      event.stopPropagation()
      event.currentTarget.setPointerCapture(event.pointerId)
      dragHold.current = { page: { x: event.clientX, y: event.clientY }, box, sides }
    },
    onPointerMove(event: PointerEvent) {
      const from = dragHold.current
      if (!from) return
      const perPixel = scale / devicePixelRatio
      const [dx, dy] = [(event.clientX - from.page.x) / perPixel, (event.clientY - from.page.y) / perPixel]
      set(from.sides ? resizedBox(from.box, from.sides, dx, dy, picture) : movedBox(from.box, dx, dy, picture))
    },
    onPointerUp() {
      dragHold.current = null
    },
    onPointerCancel() {
      dragHold.current = null
    },
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = arrowDirections[event.key]
    if (arrow) {
      const [dx, dy] = arrow.map((step) => step * (event.shiftKey ? 10 : 1)) as [number, number]
      set(event.altKey ? resizedBox(box, [1, 1], dx, dy, picture) : movedBox(box, dx, dy, picture))
    } else if (event.key === 'Delete' || event.key === 'Backspace') clear()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const field = fieldBox(placement, index)
  const drawnBox = onField(placement, box)
  return (
    <div className="region-field" style={style(field)}>
      <div className="region-box" data-plain={plain} style={style(drawnBox)}>
        {(['top', 'right', 'bottom', 'left'] as const).map((side) => (
          <span key={side} className="region-edge" data-side={side} aria-hidden {...take(null)} />
        ))}
        {handles.map(({ at, cursor }) => (
          <span
            key={at.join()}
            className="region-handle"
            data-handle={at.join()}
            aria-hidden
            style={{ left: `${50 + at[0] * 50}%`, top: `${50 + at[1] * 50}%`, cursor }}
            {...take(at)}
          />
        ))}
        <span className="region-label" data-place={placeOfLabel(drawnBox, field)}>
          <button
            type="button"
            className="region-size"
            aria-label={words.label(box.width, box.height, box.x, box.y)}
            title={words.moveHint}
            onKeyDown={onKeyDown}
            {...take(null)}
          >
            {words.size(box.width, box.height)}
          </button>
          <button type="button" className="region-clear" aria-label={words.clear} title={words.clear} onClick={clear}>
            <X size={13} aria-hidden />
          </button>
        </span>
      </div>
    </div>
  )
}
