/** All nodes there are: search, click or Enter to add, or drag onto the canvas. The search finds recipes too. */
import { BookOpen, EllipsisVertical, PanelLeftClose, PanelLeftOpen, Search, Trash2 } from 'lucide-react'
import * as Popover from 'radix-ui/popover'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { type Editor, useEditor } from '../editor.ts'
import { shippedGraphs } from '../files/shipped-recipes.ts'
import { TextEntry } from '../inspector/SimpleControls.tsx'
import { categories, iconOf } from '../kit/categories.ts'
import { keepTakenFocus } from '../kit/focus-back.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { Marked } from '../kit/Marked.tsx'
import { absentFor, inOrder, searchNodes, searchRecipes } from '../kit/node-search.ts'
import { summaryOf } from '../kit/node-summary.ts'
import { paletteDragType } from '../kit/palette-drag.ts'
import { Tip } from '../kit/Tip.tsx'
import { text } from '../text/text.ts'

const words = text.palette
const pieceWords = text.subgraphs.piece

export function Palette() {
  const { view, specs, commands, pieces } = useEditor()
  const ownPieces = useStore(pieces, (state) => state.pieces)
  const open = useStore(view, (state) => state.paletteOpen)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const all = useMemo(() => [...inOrder(specs), ...ownPieces.map(({ spec }) => spec)], [specs, ownPieces])
  const matches = useMemo(() => searchNodes(all, query), [all, query])
  const recipes = useMemo(() => recipesFor(commands, query), [commands, query])
  const count = matches.length + recipes.length
  const absent = absentFor(words.absent, query)
  useEffect(
    () =>
      commands.attach('palette', {
        search() {
          if (!view.getState().paletteOpen) flushSync(() => view.setPaletteOpen(true))
          field.current?.select()
        },
      }),
    [commands, view],
  )
  if (!open)
    return (
      <aside className="palette closed" aria-label={words.label}>
        <IconButton label={words.show} side="right" aria-expanded={false} onClick={() => view.setPaletteOpen(true)}>
          <PanelLeftOpen size={16} aria-hidden />
        </IconButton>
        {all.map((spec) => (
          <Row key={spec.type} spec={spec} compact active={false} />
        ))}
      </aside>
    )
  const onKeyDown = (event: KeyboardEvent) => {
    const towards = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (towards) {
      event.preventDefault()
      setActive((now) => (now + towards + count) % Math.max(1, count))
    }
    if (event.key === 'Enter') {
      const spec = matches[active]
      if (spec) commands.addNode(spec.type)
      else recipes[active - matches.length]?.open()
    }
    if (event.key === 'Escape' && query !== '') {
      event.stopPropagation()
      setQuery('')
    }
  }
  const searching = query.trim() !== ''
  return (
    <aside className="palette" aria-label={words.label}>
      <div className="palette-head">
        <div className="search">
          <Search size={14} aria-hidden />
          <input
            ref={field}
            className="field"
            type="search"
            placeholder={words.search}
            aria-label={words.search}
            title={words.searchHint}
            aria-controls="palette-list"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value)
              setActive(0)
            }}
            onKeyDown={onKeyDown}
          />
        </div>
        <IconButton label={words.hide} aria-expanded onClick={() => view.setPaletteOpen(false)}>
          <PanelLeftClose size={16} aria-hidden />
        </IconButton>
      </div>
      <div className="palette-list" id="palette-list" ref={list}>
        {count === 0 && (
          <p className="palette-none">
            {words.none(query.trim())} {!absent && <Marked>{words.noneHint}</Marked>}
          </p>
        )}
        {absent && <p className="palette-none">{absent.instead}</p>}
        {matches.map((spec, index) => (
          <div key={spec.type}>
            {!searching && matches[index - 1]?.category !== spec.category && (
              <h3 className="palette-category">{categories[spec.category]}</h3>
            )}
            <Row spec={spec} compact={false} active={searching && index === active} />
          </div>
        ))}
        {recipes.length > 0 && <h3 className="palette-category">{words.recipes}</h3>}
        {recipes.map((recipe, index) => (
          <Tip key={recipe.key} text={recipe.purpose} side="right">
            <button
              type="button"
              className="palette-row"
              data-active={matches.length + index === active}
              aria-label={words.openRecipe(recipe.title)}
              onClick={recipe.open}
            >
              <BookOpen size={15} aria-hidden />
              <span>{recipe.title}</span>
            </button>
          </Tip>
        ))}
      </div>
    </aside>
  )
}

/** The recipes, shipped and own, that fit what is typed. */
function recipesFor(commands: Editor['commands'], query: string) {
  const shippedRecipes = shippedGraphs.map(({ name, ...recipe }) => ({
    ...recipe,
    key: name,
    open: () => void commands.openShipped(name),
  }))
  const ownRecipes = commands.sharing.ownRecipes.list().map(({ key, title, purpose, text: source }) => ({
    ...{ key, title, purpose },
    open: () => commands.openOwn(source, title),
  }))
  return searchRecipes([...shippedRecipes, ...ownRecipes], query)
}

function Row(props: { spec: NodeSpec; compact: boolean; active: boolean }) {
  if (props.compact || props.spec.category !== 'subgraph') return <AddButton {...props} />
  return (
    <div className="piece-row">
      <AddButton {...props} />
      <PieceMenu spec={props.spec} />
    </div>
  )
}

/** What can be done with a piece besides adding it. */
function PieceMenu({ spec }: { spec: NodeSpec }) {
  const { commands } = useEditor()
  const [naming, setNaming] = useState(false)
  return (
    <Popover.Root open={naming} onOpenChange={setNaming}>
      <Popover.Trigger asChild>
        <button type="button" className="icon-button tiny" aria-label={pieceWords.edit(spec.title)}>
          <EllipsisVertical size={13} aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          onCloseAutoFocus={keepTakenFocus}
          className="menu piece-menu"
          side="right"
          align="start"
          sideOffset={6}
        >
          <TextEntry
            label={pieceWords.name}
            value={spec.title}
            maxLength={80}
            accept={(title) => title.trim() !== ''}
            onChange={(title) => void commands.subgraphs.renamePiece(spec.type, title.trim())}
          />
          <button
            type="button"
            className="button"
            onClick={() => {
              setNaming(false)
              void commands.subgraphs.removePiece(spec.type)
            }}
          >
            <Trash2 size={13} aria-hidden />
            {pieceWords.delete}
          </button>
          <p className="muted">{pieceWords.deleteHint}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function AddButton({ spec, compact, active }: { spec: NodeSpec; compact: boolean; active: boolean }) {
  const { commands, view } = useEditor()
  const Icon = iconOf(spec)
  const summary = summaryOf(spec)
  return (
    <Tip text={compact ? words.hint(spec.title, summary) : summary} side="right">
      <button
        type="button"
        className={compact ? 'icon-button' : 'palette-row'}
        data-category={spec.category}
        data-active={active}
        aria-label={words.add(spec.title)}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(paletteDragType, spec.type)
          event.dataTransfer.effectAllowed = 'copy'
          // What is dragged may be read only where it is let go, and the wires want to know before.
          view.setState({ draggedNodeType: spec.type })
        }}
        onDragEnd={() => view.setState({ draggedNodeType: null, landing: null })}
        onClick={() => commands.addNode(spec.type)}
      >
        <Icon size={15} aria-hidden />
        {!compact && <span>{spec.title}</span>}
      </button>
    </Tip>
  )
}
