/** A curve over the clip and its keys, which are dragged, added and taken away by hand. */
import { type PointerEvent, useState } from 'react'
import { withKeyAt, withKeyChanged, withoutKeyAt } from '../../graph/node/key-edits.ts'
import { type Keyframe, maxKeys, numberAt } from '../../graph/node/keyframes.ts'
import { text } from '../text/text.ts'
import { measured } from './value-text.ts'

const words = text.inspector.keys

interface KeysChartProps {
  /** Ascending by frame. */
  readonly keys: readonly Keyframe[]
  readonly first: number
  readonly last: number
  /** The one that is seen. */
  readonly frame: number
  readonly onSeek: (frame: number) => void
  /** Many times while a key is dragged. */
  readonly onDrag?: (keys: readonly Keyframe[]) => void
  /** Once, at the end of any change. */
  readonly onChange: (keys: readonly Keyframe[]) => void
}

/** Of the viewBox. */
const [width, height, margin] = [240, 72, 6]
/** CSS pixels from a key within which it is taken hold of. */
const grasp = 9

interface Scale {
  readonly low: number
  readonly high: number
}

/** What the curve reaches, and room above and below to drag a key to. */
function scaleOf(keys: readonly Keyframe[], first: number, last: number): Scale {
  const samples = [...samplesOf(keys, first, last), ...keys.map(({ value }) => value)]
  const [low, high] = [Math.min(...samples), Math.max(...samples)]
  const room = Math.max((high - low) * 0.2, high > low ? 0 : Math.abs(high) * 0.5 || 0.5)
  return { low: low - room, high: high + room }
}

const samplesOf = (keys: readonly Keyframe[], first: number, last: number) =>
  Array.from({ length: width + 1 }, (_, i) => numberAt(keys, first + ((last - first) * i) / width) ?? 0)

/** To as many figures as a hand can tell apart. */
const roundToScale = (value: number, { low, high }: Scale) => {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(high - low)))
  return Number(value.toFixed(Math.min(digits, 12)))
}

interface KeyDrag {
  /** The key taken hold of, and all keys as they were then. */
  readonly key: Keyframe
  readonly keys: readonly Keyframe[]
  readonly scale: Scale
  /** As they are now; `null`: not moved yet. */
  readonly draft: readonly Keyframe[] | null
}

export function KeysChart({ keys: documentKeys, first, last, frame, onSeek, onDrag, onChange }: KeysChartProps) {
  const [dragHold, setDragHold] = useState<KeyDrag | null>(null)
  const keys = dragHold?.draft ?? documentKeys
  const scale = dragHold?.scale ?? scaleOf(keys, first, last)
  const samples = samplesOf(keys, first, last)
  const x = (at: number) => ((at - first) / Math.max(1, last - first)) * width
  const y = (number: number) =>
    height - margin - ((number - scale.low) / (scale.high - scale.low)) * (height - 2 * margin)
  /** Frame and number at the pointer, and how many CSS pixels one of each takes. */
  const under = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect()
    const [acrossFrame, downNumber] = [box.width / Math.max(1, last - first), box.height * (1 - (2 * margin) / height)]
    const share = 1 - (event.clientY - box.top - (box.height * margin) / height) / downNumber
    return {
      frame: Math.min(last, Math.max(first, Math.round(first + (event.clientX - box.left) / acrossFrame))),
      number: scale.low + Math.min(1, Math.max(0, share)) * (scale.high - scale.low),
      near: (key: Keyframe) =>
        Math.hypot(
          event.clientX - box.left - (key.frame - first) * acrossFrame,
          event.clientY - box.top - (y(key.value) / height) * box.height,
        ) <= grasp,
    }
  }
  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return
    const at = under(event)
    const key = keys.find(at.near)
    if (!key) {
      onSeek(at.frame)
      return
    }
    if (event.altKey) {
      if (keys.length > 1) onChange(withoutKeyAt(keys, key.frame))
      return
    }
    event.currentTarget.setPointerCapture(event.pointerId)
    setDragHold({ key, keys, scale, draft: null })
  }
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    if (!dragHold) return
    const at = under(event)
    const change = { frame: at.frame, value: roundToScale(at.number, scale) }
    const draft = withKeyChanged(dragHold.keys, dragHold.key.frame, change)
    setDragHold({ ...dragHold, draft })
    onDrag?.(draft)
  }
  const onPointerUp = () => {
    setDragHold(null)
    if (dragHold?.draft) onChange(dragHold.draft)
  }
  const [low, high] = [Math.min(...samples), Math.max(...samples)]
  return (
    <svg
      className="keys-curve"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words.curve(measured(low, undefined, 'as needed'), measured(high, undefined, 'as needed'))}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setDragHold(null)}
      onDoubleClick={(event) => {
        const at = under(event)
        if (keys.length < maxKeys && !keys.some(at.near)) onChange(withKeyAt(keys, at.frame, 1))
      }}
    >
      <title>{words.byHand}</title>
      <line className="keys-now" x1={x(frame)} x2={x(frame)} y1={0} y2={height} />
      <polyline points={samples.map((number, i) => `${i},${y(number)}`).join(' ')} />
      {keys.map((key) => (
        <line
          key={key.frame}
          className="keys-key"
          x1={x(key.frame)}
          x2={x(key.frame)}
          y1={y(key.value)}
          y2={y(key.value)}
        />
      ))}
    </svg>
  )
}
