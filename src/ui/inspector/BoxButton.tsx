/** Sets where something lies by a box drawn over the picture. */
import { SquareDashedMousePointer } from 'lucide-react'
import type { NodeId } from '../../graph/document/document.ts'
import { text } from '../text/text.ts'
import { usePainting } from './use-painting.ts'

const words = text.inspector.drawing

export function BoxButton({ node }: { node: NodeId }) {
  const { painting, begin, end } = usePainting(node)
  return (
    <button
      type="button"
      className="button draw-box"
      aria-pressed={painting !== null}
      onClick={() => (painting ? end() : begin({ tool: 'box', param: null, erase: false, radius: 0.03 }))}
    >
      <SquareDashedMousePointer size={14} aria-hidden />
      {painting ? words.boxEnd : words.box}
    </button>
  )
}
