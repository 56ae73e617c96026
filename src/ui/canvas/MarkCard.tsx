/** Frames and notes. A frame's inside lets the pointer through to the canvas; its title is what one takes hold of. */
import { type NodeProps, NodeResizer } from '@xyflow/react'
import { memo, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { MarkRecord } from '../../graph/document/document.ts'
import { minSize } from '../../graph/edits/marks.ts'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'
import { type MarkNode, markIdOf } from './projection.ts'

const words = text.canvas.mark

export const MarkCard = memo(function MarkCard({ id, selected }: NodeProps<MarkNode>) {
  const { document, view, commands } = useEditor()
  const mark = markIdOf(id)
  const record = useStore(document, (state) => (mark ? state.level.marks?.[mark] : undefined))
  const writing = useStore(view, (state) => state.writing === mark)
  if (!mark || !record) return null
  const Tag = record.kind === 'frame' ? 'section' : 'aside'
  return (
    <>
      <NodeResizer
        isVisible={selected}
        minWidth={minSize.width}
        minHeight={minSize.height}
        lineClassName="mark-line"
        handleClassName="mark-handle"
        onResizeEnd={(_, { x, y, width, height }) =>
          commands.changeMark(mark, { position: { x, y }, size: { width, height } })
        }
      />
      <Tag
        className={`mark ${record.kind}`}
        data-colour={record.colour}
        data-selected={selected}
        aria-label={record.kind === 'frame' ? words.frame(record.text) : words.note}
      >
        {writing ? (
          <Writing record={record} />
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: Enter on the mark does the same, and so does its panel.
          <div className="mark-grip" onDoubleClick={() => view.setState({ writing: mark })}>
            {record.text || <span className="mark-empty">{words.write}</span>}
          </div>
        )}
      </Tag>
    </>
  )
})

function Writing({ record: { id, kind, text: savedText } }: { record: MarkRecord }) {
  const { view, commands } = useEditor()
  const field = useRef<HTMLTextAreaElement & HTMLInputElement>(null)
  const finishEditing = (keep: boolean) => {
    if (keep && field.current) commands.changeMark(id, { text: field.current.value })
    if (view.getState().writing === id) view.setState({ writing: null })
  }
  useEffect(() => {
    // The canvas takes the focus of what was just added; this is what the person wants to write in.
    const handle = requestAnimationFrame(() => field.current?.select())
    return () => cancelAnimationFrame(handle)
  }, [])
  const fieldProps = {
    ref: field,
    className: 'mark-writing nodrag nopan nowheel',
    defaultValue: savedText,
    'aria-label': kind === 'frame' ? words.frameTitle : words.noteText,
    onBlur: () => finishEditing(true),
  }
  return kind === 'frame' ? (
    <input
      {...fieldProps}
      maxLength={120}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') finishEditing(event.key === 'Enter')
        event.stopPropagation()
      }}
    />
  ) : (
    <textarea
      {...fieldProps}
      maxLength={4000}
      onKeyDown={(event) => {
        if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey)))
          finishEditing(event.key === 'Enter')
        event.stopPropagation()
      }}
    />
  )
}
