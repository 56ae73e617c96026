/** A bar between two panels: dragged, or moved with the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'

export function Splitter({
  direction,
  label,
  value,
  min,
  max,
  onChange,
}: {
  /** `row`: a horizontal bar that moves up and down. `column`: a vertical one that moves sideways. */
  direction: 'row' | 'column'
  label: string
  /** Pixels. For a `column` it is the width of what lies right of the bar. */
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}) {
  const start = useRef<{ at: number; value: number } | null>(null)
  const sign = direction === 'column' ? -1 : 1
  const clamp = (next: number) => Math.round(Math.min(max, Math.max(min, next)))
  const at = (event: PointerEvent) => (direction === 'column' ? event.clientX : event.clientY)
  const onKeyDown = (event: KeyboardEvent) => {
    const towards = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
    if (!towards) return
    event.preventDefault()
    event.stopPropagation()
    onChange(clamp(value + towards * sign * (event.shiftKey ? 64 : 16)))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a movable separator has no element of its own; <hr> cannot hold the grip.
    <div
      className="splitter"
      data-direction={direction}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={direction === 'row' ? 'horizontal' : 'vertical'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { at: at(event), value }
      }}
      onPointerMove={(event) => {
        if (start.current) onChange(clamp(start.current.value + sign * (at(event) - start.current.at)))
      }}
      onPointerUp={() => {
        start.current = null
      }}
      onPointerCancel={() => {
        start.current = null
      }}
    />
  )
}
