/** The small picture on a node's card, while they are switched on; dimmed and named as old until a fresh one is there. */
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import { useEditor } from '../editor.ts'
import { shownBy, useFlatId } from '../open-level.ts'
import { text } from '../text/text.ts'

const words = text.viewer.thumbnail

export function NodeThumbnail({ id: nodeId }: { id: NodeId }) {
  const { idle, viewerSettings, derived, document, specs } = useEditor()
  const flat = useFlatId(nodeId)
  // A subgraph shows what the node inside shows that makes its picture.
  const id = useStore(derived, ({ expansion }) =>
    expansion.document.nodes[flat] ? flat : shownBy(expansion, document.getState().level, specs, nodeId, flat)?.node,
  )
  const on = useStore(viewerSettings, (state) => state.thumbnails)
  const thumbnail = useStore(idle, (state) => (id ? state.thumbnails.get(id) : undefined))
  const stale = useStore(idle, (state) => id !== undefined && state.keys.get(id) !== state.thumbnails.get(id)?.key)
  const canvas = useRef<HTMLCanvasElement>(null)
  const picture = thumbnail?.picture
  useEffect(() => {
    if (!picture) return
    const context = canvas.current?.getContext('2d')
    context?.putImageData(new ImageData(picture.pixels, picture.width, picture.height), 0, 0)
  }, [picture])
  if (!on || !picture) return null
  return (
    <div className="node-thumbnail" data-stale={stale}>
      <canvas
        ref={canvas}
        width={picture.width}
        height={picture.height}
        role="img"
        aria-label={stale ? words.stale : words.label}
      />
      {stale && <span>{words.old}</span>}
    </div>
  )
}
