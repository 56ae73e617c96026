/** All nodes there are: search, click or Enter to add, or drag onto the canvas. */
import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import type { NodeSpec } from '../../graph/spec.ts'
import { categories, iconOf } from '../categories.ts'
import { useEditor } from '../editor.ts'
import { inOrder, searchNodes } from '../search.ts'
import { Tip } from '../shell/Tip.tsx'

/** The kind of data that a node dragged from the palette carries. */
export const paletteDragType = 'application/x-framewright-node'

export function Palette() {
  const { view, specs, commands } = useEditor()
  const open = useStore(view, (state) => state.paletteOpen)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const all = useMemo(() => inOrder(specs), [specs])
  const found = useMemo(() => searchNodes(all, query), [all, query])
  useEffect(
    () =>
      commands.provide({
        'palette.search': () => {
          if (!view.getState().paletteOpen) flushSync(() => view.setPaletteOpen(true))
          field.current?.select()
        },
      }),
    [commands, view],
  )
  if (!open)
    return (
      <aside className="palette closed" aria-label="Nodes">
        <Tip text="Show the nodes" side="right">
          <button
            type="button"
            className="icon-button"
            aria-label="Show the nodes"
            aria-expanded={false}
            onClick={() => view.setPaletteOpen(true)}
          >
            <PanelLeftOpen size={16} aria-hidden />
          </button>
        </Tip>
        {all.map((spec) => (
          <Row key={spec.type} spec={spec} compact active={false} />
        ))}
      </aside>
    )
  const onKeyDown = (event: KeyboardEvent) => {
    const towards = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (towards) {
      event.preventDefault()
      setActive((now) => (now + towards + found.length) % Math.max(1, found.length))
    }
    if (event.key === 'Enter') {
      const spec = found[active]
      if (spec) commands.addNode(spec.type)
    }
    if (event.key === 'Escape' && query !== '') {
      event.stopPropagation()
      setQuery('')
    }
  }
  const searching = query.trim() !== ''
  return (
    <aside className="palette" aria-label="Nodes">
      <div className="palette-head">
        <div className="search">
          <Search size={14} aria-hidden />
          <input
            ref={field}
            className="field"
            type="search"
            placeholder="Search nodes"
            aria-label="Search nodes"
            aria-controls="palette-list"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value)
              setActive(0)
            }}
            onKeyDown={onKeyDown}
          />
        </div>
        <Tip text="Hide the nodes">
          <button
            type="button"
            className="icon-button"
            aria-label="Hide the nodes"
            aria-expanded
            onClick={() => view.setPaletteOpen(false)}
          >
            <PanelLeftClose size={16} aria-hidden />
          </button>
        </Tip>
      </div>
      <div className="palette-list" id="palette-list" ref={list}>
        {found.length === 0 && (
          <p className="palette-none">
            No node is called “{query.trim()}”. Try what it should do: <em>scale</em>, <em>text</em>, <em>grain</em>.
          </p>
        )}
        {found.map((spec, index) => (
          <div key={spec.type}>
            {!searching && found[index - 1]?.category !== spec.category && (
              <h3 className="palette-category">{categories[spec.category]}</h3>
            )}
            <Row spec={spec} compact={false} active={searching && index === active} />
          </div>
        ))}
      </div>
    </aside>
  )
}

function Row({ spec, compact, active }: { spec: NodeSpec; compact: boolean; active: boolean }) {
  const { commands, view } = useEditor()
  const Icon = iconOf(spec)
  return (
    <Tip text={compact ? `${spec.title}. ${spec.summary}` : spec.summary} side="right">
      <button
        type="button"
        className={compact ? 'icon-button' : 'palette-row'}
        data-category={spec.category}
        data-active={active}
        aria-label={`Add ${spec.title}`}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(paletteDragType, spec.type)
          event.dataTransfer.effectAllowed = 'copy'
          // What is dragged may be read only where it is let go, and the wires want to know before.
          view.setState({ carried: spec.type })
        }}
        onDragEnd={() => view.setState({ carried: null, landing: null })}
        onClick={() => commands.addNode(spec.type)}
      >
        <Icon size={15} aria-hidden />
        {!compact && <span>{spec.title}</span>}
      </button>
    </Tip>
  )
}
