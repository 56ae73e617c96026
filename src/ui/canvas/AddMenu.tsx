/** The menu that adds a node where the pointer is; with a loose wire, only nodes that can take it. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { titleOf } from '../../graph/document/naming.ts'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { useEditor } from '../editor.ts'
import { categories, iconOf } from '../kit/categories.ts'
import { absentFor, fittingPort, inOrder, searchNodes } from '../kit/node-search.ts'
import { summaryOf } from '../kit/node-summary.ts'
import type { AddMenuRequest } from '../store/view.ts'
import { text } from '../text/text.ts'

const words = text.canvas.add

const width = 264
const height = 320

export function AddMenu({ request }: { request: AddMenuRequest }) {
  const { specs, view, commands, pieces, document } = useEditor()
  const ownPieces = useStore(pieces, (state) => state.pieces)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const box = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const { wire, replaces } = request
  const replacedTitle = useStore(document, ({ level }) => (replaces ? titleOf(level, specs, replaces) : null))
  const type = wire && commands.portType(wire)
  const fitting = useMemo(
    () =>
      [...inOrder(specs), ...ownPieces.map(({ spec }) => spec)].filter(
        (spec) => !wire || (type && fittingPort(spec, type, wire.side) !== undefined),
      ),
    [specs, ownPieces, wire, type],
  )
  const matches = useMemo(() => searchNodes(fitting, query), [fitting, query])
  const close = () => {
    view.setState({ addMenu: null })
    commands.focusCanvas()
  }
  const choose = (spec: NodeSpec | undefined) => {
    if (!spec) return
    view.setState({ addMenu: null })
    const at = request.canvas
    const id = replaces
      ? commands.replaceNode(replaces, spec.type)
      : commands.addNode(spec.type, wire ? { at, wire } : { at, behind: request.unplaced === true })
    commands.focusCanvas(id)
  }
  // Before anything is painted: what is typed right after the key that opened it is meant for the field.
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), [])
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) view.setState({ addMenu: null })
    }
    window.addEventListener('pointerdown', outside, true)
    return () => window.removeEventListener('pointerdown', outside, true)
  }, [view])
  useLayoutEffect(() => {
    box.current?.querySelector(`[data-index="${active}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [active])
  const onKeyDown = (event: KeyboardEvent) => {
    const towards = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (towards) {
      event.preventDefault()
      setActive((now) => (now + towards + matches.length) % Math.max(1, matches.length))
    } else if (event.key === 'Enter') choose(matches[active])
    else if (event.key === 'Escape' || event.key === 'Tab') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const searching = query.trim() !== ''
  const label = replacedTitle === null ? words.label : words.replacing(replacedTitle)
  return (
    <div
      ref={box}
      className="menu add-menu"
      role="dialog"
      aria-label={wire ? words.toWire : label}
      style={{
        left: Math.max(8, Math.min(request.page.x - 8, window.innerWidth - width - 8)),
        top: Math.max(8, Math.min(request.page.y - 8, window.innerHeight - height - 8)),
        width,
        maxHeight: height,
      }}
    >
      <input
        ref={field}
        className="field"
        placeholder={type ? (wire.side === 'source' ? words.taking : words.giving)(type) : label}
        aria-label={text.palette.search}
        role="combobox"
        aria-expanded
        aria-controls="add-menu-list"
        aria-activedescendant={matches[active] ? `add-${matches[active].type}` : undefined}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id="add-menu-list" role="listbox" aria-label={text.palette.label} className="add-list">
        {matches.length === 0 && (
          <p className="palette-none">
            {words.none(query.trim())} {absentFor(text.palette.absent, query)?.instead}
          </p>
        )}
        {matches.map((spec, index) => {
          const Icon = iconOf(spec)
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above holds the focus and chooses by arrows and Enter.
            <div
              key={spec.type}
              id={`add-${spec.type}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="menu-item"
              data-index={index}
              data-active={index === active}
              data-category={spec.category}
              title={summaryOf(spec)}
              onPointerMove={() => setActive(index)}
              onClick={() => choose(spec)}
            >
              <Icon size={15} aria-hidden />
              <span>{spec.title}</span>
              <span className="trailing">{!searching && categories[spec.category]}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
