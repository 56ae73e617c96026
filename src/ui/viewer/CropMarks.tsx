/**
 * Marks over the pictures: the middle, the safe areas, and what other screens would cut away. They lie in the
 * editor, over whatever the engine draws, and follow zoom and place.
 */
import { Fragment } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { type CropAspect, cropAspects, type CropMarks as Marks } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import { type Box, fieldBox, onField, type Placement } from './placement.ts'
import type { ViewerPositionStore } from './viewer-position.ts'
import type { Size } from './viewport.ts'

/**
 * Shares of the picture's sides. 93 % and 90 % are EBU R 95 and SMPTE ST 2046-1 for wide pictures; the older 90 % and
 * 80 % are what most editors still draw, and what people mean by action and title safe.
 */
const safeAreas = [
  { share: 0.9, name: 'action', corner: 'bottom left' },
  { share: 0.8, name: 'title', corner: 'bottom right' },
] as const

/** The largest rectangle of this aspect in the middle of a picture, in its pixels. */
export function cropOf(picture: Size, aspect: CropAspect): Box {
  const ratio = cropAspects[aspect]
  const width = Math.min(picture.width, picture.height * ratio)
  const height = Math.min(picture.height, picture.width / ratio)
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height }
}

const within = ({ x, y, width, height }: Box, share: number): Box => ({
  x: x + (width * (1 - share)) / 2,
  y: y + (height * (1 - share)) / 2,
  width: width * share,
  height: height * share,
})

export function CropMarks({ position }: { position: ViewerPositionStore }) {
  const { viewerSettings } = useEditor()
  const placement = useStore(position, (state) => state.placement)
  const marks = useStore(viewerSettings, (state) => state.marks)
  if (!placement || !marks.on) return null
  return Array.from({ length: placement.fields }, (_, index) => index).map((index) => {
    const { x, y, width, height } = fieldBox(placement, index)
    return (
      <svg key={index} className="crop-marks" aria-hidden style={{ left: x, top: y, width, height }}>
        <Field placement={placement} marks={marks} />
      </svg>
    )
  })
}

function Field({ placement, marks }: { placement: Placement; marks: Marks }) {
  const { picture } = placement
  const whole = onField(placement, { x: 0, y: 0, ...picture })
  const crop = marks.aspect === null ? { x: 0, y: 0, ...picture } : cropOf(picture, marks.aspect)
  const frame = onField(placement, crop)
  const middle = { x: whole.x + whole.width / 2, y: whole.y + whole.height / 2 }
  const arm = Math.min(16, whole.width / 8)
  return (
    <>
      {marks.aspect !== null && (
        <>
          <path className="crop-outside" d={`${rectangle(whole)} ${rectangle(frame)}`} fillRule="evenodd" />
          <Rectangle box={frame} mark={marks.aspect} name={marks.aspect} corner="top left" />
        </>
      )}
      {/* Of the screen that the picture is cut for. */}
      {marks.safe &&
        safeAreas.map(({ share, name, corner }) => (
          <Rectangle
            key={name}
            box={onField(placement, within(crop, share))}
            mark={name}
            name={text.viewer.marks.areas[name]}
            corner={corner}
          />
        ))}
      {marks.middle &&
        (['crop-shadow', 'crop-line'] as const).map((layer) => (
          <path
            key={layer}
            className={layer}
            d={`M ${middle.x - arm} ${middle.y} H ${middle.x + arm} M ${middle.x} ${middle.y - arm} V ${middle.y + arm}`}
          />
        ))}
    </>
  )
}

const rectangle = ({ x, y, width, height }: Box) => `M ${x} ${y} h ${width} v ${height} h ${-width} Z`

type Corner = 'top left' | 'bottom left' | 'bottom right'

/** A light line on a dark one, which is seen on every picture. Names stand in corners of their own, never on each other. */
function Rectangle({ box, mark, name, corner }: { box: Box; mark: string; name: string; corner: Corner }) {
  const right = corner.endsWith('right')
  return (
    <Fragment>
      <path className="crop-shadow" d={rectangle(box)} />
      <path className="crop-line" d={rectangle(box)} data-mark={mark} />
      <text
        className="crop-name"
        textAnchor={right ? 'end' : 'start'}
        x={right ? box.x + box.width - 5 : box.x + 5}
        y={corner.startsWith('top') ? box.y + 14 : box.y + box.height - 5}
      >
        {name}
      </text>
    </Fragment>
  )
}
