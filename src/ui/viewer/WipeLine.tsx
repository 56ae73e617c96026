/** The line between A and B: dragged, or moved by arrow keys. The engine draws it; this is where a hand takes it. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'
import { useLayout } from './use-layout.ts'

const clamp = (position: number) => Math.min(1, Math.max(0, position))

export function WipeLine() {
  const { viewerSettings } = useEditor()
  const { layout } = useLayout()
  const position = useStore(viewerSettings, (state) => state.position)
  const isDragging = useRef(false)
  if (layout.mode !== 'wipe') return null
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const stage = event.currentTarget.parentElement?.getBoundingClientRect()
    if (isDragging.current && stage)
      viewerSettings.setState({ position: clamp((event.clientX - stage.x) / stage.width) })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.01
    const to = { ArrowLeft: position - step, ArrowRight: position + step, Home: 0, End: 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    viewerSettings.setState({ position: clamp(to) })
  }
  return (
    <div
      className="wipe-line"
      role="slider"
      tabIndex={0}
      aria-label={text.viewer.wipeLine}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(position * 100)}
      style={{ left: `${position * 100}%` }}
      onPointerDown={(event) => {
        isDragging.current = true
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        isDragging.current = false
      }}
      onPointerCancel={() => {
        isDragging.current = false
      }}
      onDoubleClick={() => viewerSettings.setState({ position: 0.5 })}
      onKeyDown={onKeyDown}
    >
      <span className="wipe-grip" aria-hidden />
    </div>
  )
}
