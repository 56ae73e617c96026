/** The points that a wire runs through: dragged by hand, moved by arrows, taken away by a double-click or Delete. */
import { EdgeLabelRenderer, useReactFlow } from '@xyflow/react'
import type { PointerEvent } from 'react'
import type { EdgeId } from '../../graph/document.ts'
import type { Point } from '../../graph/edit.ts'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

interface Props {
  readonly edge: EdgeId
  readonly via: readonly Point[]
  /** Where the points are while a hand has one of them; `null`: where the document has them. */
  readonly show: (via: readonly Point[] | null) => void
}

export function WirePoints({ edge, via, show }: Props) {
  const { view, commands } = useEditor()
  const flow = useReactFlow()
  const replaced = (index: number, at: Point) => via.map((point, n) => (n === index ? at : point))
  const grab = (index: number) => (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return
    event.stopPropagation()
    const button = event.currentTarget
    button.setPointerCapture(event.pointerId)
    const { clientX: fromX, clientY: fromY } = event
    let latest: readonly Point[] | null = null
    const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
      // A hand that clicks trembles.
      if (!latest && Math.hypot(clientX - fromX, clientY - fromY) < 3) return
      const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY }, { snapToGrid: view.getState().snap })
      latest = replaced(index, { x: Math.round(x), y: Math.round(y) })
      show(latest)
    }
    const end = () => {
      button.removeEventListener('pointermove', move)
      button.removeEventListener('pointerup', end)
      button.removeEventListener('pointercancel', end)
      show(null)
      if (latest) commands.setPoints(edge, latest)
    }
    button.addEventListener('pointermove', move)
    button.addEventListener('pointerup', end)
    button.addEventListener('pointercancel', end)
  }
  return (
    <EdgeLabelRenderer>
      {via.map(({ x, y }, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a point is known by its place in the wire alone.
          key={index}
          type="button"
          className="wire-point nodrag nopan"
          style={{ left: x, top: y }}
          aria-label={text.canvas.point(index + 1)}
          title={text.canvas.pointHint}
          onPointerDown={grab(index)}
          onDoubleClick={(event) => {
            event.stopPropagation()
            commands.setPoints(
              edge,
              via.filter((_, n) => n !== index),
            )
          }}
          onKeyDown={(event) => {
            const [dx, dy] = steps[event.key] ?? [0, 0]
            const by = event.shiftKey ? 64 : 8
            if (dx || dy) commands.setPoints(edge, replaced(index, { x: x + dx * by, y: y + dy * by }))
            else if (event.key === 'Delete' || event.key === 'Backspace')
              commands.setPoints(
                edge,
                via.filter((_, n) => n !== index),
              )
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
        />
      ))}
    </EdgeLabelRenderer>
  )
}
