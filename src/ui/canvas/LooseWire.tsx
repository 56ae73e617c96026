/** The wire in the person's hand. Where it will run through dots it is drawn from the last of them: the rest is there. */
import type { ConnectionLineComponentProps } from '@xyflow/react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import type { CanvasNode } from './projection.ts'
import { routeOf } from './wire-route.ts'

export function LooseWire({ fromX, fromY, toX, toY, fromHandle }: ConnectionLineComponentProps<CanvasNode>) {
  const { view } = useEditor()
  const pullPath = useStore(view, (state) => state.dragPoints)
  const hand = { x: toX, y: toY }
  const port = { x: fromX, y: fromY }
  // A wire is drawn from its output on, whichever end is in the hand.
  const stops = fromHandle.type === 'source' ? [pullPath?.at(-1) ?? port, hand] : [hand, port]
  return <path className="react-flow__connection-path" fill="none" d={routeOf(stops).path} />
}
