/** Everything the editor can do, found by typing: commands, nodes to add, nodes to go to. */
import * as Dialog from 'radix-ui/dialog'
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { allNodes, placeOf } from '../../graph/document/levels.ts'
import { titleOfRecord } from '../../graph/document/naming.ts'
import { sideOf } from '../../graph/document/subgraph.ts'
import { commandNames, commandTable, titleOfCommand } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { type Editor, useEditor } from '../editor.ts'
import { shippedGraphs } from '../files/shipped-recipes.ts'
import { keepTakenFocus } from '../kit/focus-back.ts'
import { absentFor, inOrder, searchTexts } from '../kit/node-search.ts'
import { namesWithPersonality } from '../kit/personality.ts'
import { assetFacts } from '../store/facts-store.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'

const words = dialogText.help.commands

interface Entry {
  readonly id: string
  readonly title: string
  /** Beside the title: what kind of thing it is, or its keys. */
  readonly note: string
  readonly words?: readonly string[]
  readonly run: () => void
}

function entriesOf({ specs, document, derived, facts, pieces, commands }: Editor): readonly Entry[] {
  const flat = derived.getState().expansion.document
  const { model } = assetFacts(facts.getState())
  const nodeNames = namesWithPersonality(flat, specs, model)
  const all = [...allNodes(document.getState().document)].filter(([, record]) => !sideOf(record))
  return [
    ...commandNames
      .filter((name) => name !== 'help.commands')
      .map((name) => ({
        id: name,
        title: titleOfCommand(name),
        note: keysOf(name) ?? text.commands.groups[commandTable[name].group],
        run: () => commands.run(name),
      })),
    ...inOrder(specs).map((spec) => ({
      id: `add/${spec.type}`,
      title: words.add(spec.title),
      note: words.node,
      words: spec.keywords ?? [],
      run: () => void commands.addNode(spec.type),
    })),
    ...pieces.getState().pieces.map(({ key, title }) => ({
      id: `add/${key}`,
      title: words.add(title),
      note: text.common.categories.subgraph,
      words: text.subgraphs.piece.keywords,
      run: () => void commands.addNode(key),
    })),
    ...shippedGraphs.map(({ name, title, keywords }) => ({
      id: `recipe/${name}`,
      title: words.openRecipe(title),
      note: words.recipe,
      words: keywords,
      run: () => void commands.openShipped(name),
    })),
    ...commands.sharing.ownRecipes.list().map(({ key, title, purpose, text: source }) => ({
      id: key,
      title: words.openRecipe(title),
      note: words.recipe,
      words: [purpose],
      run: () => commands.openOwn(source, title),
    })),
    ...all.map(([id, record]) => ({
      id: `go/${id}`,
      title: words.goTo(flat.nodes[id] ? nodeNames.node(id) : titleOfRecord(specs, record)),
      note: placeOf(id).path.length > 0 ? words.inSubgraph : words.inGraph,
      run: () => commands.goTo(id),
    })),
  ]
}

export function CommandPalette() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'commands')
  const chosenRun = useRef<(() => void) | null>(null)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'commands' : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim light" />
        <Dialog.Content
          className="menu command-palette"
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            keepTakenFocus(event)
            // Only now is the focus back where it was, as commands expect it.
            const run = chosenRun.current
            chosenRun.current = null
            if (run) requestAnimationFrame(run)
          }}
        >
          <Dialog.Title className="visually-hidden">{words.title}</Dialog.Title>
          <Finder
            choose={(run) => {
              chosenRun.current = run
              view.setState({ dialog: null })
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Finder({ choose }: { choose: (run: () => void) => void }) {
  const editor = useEditor()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const all = useMemo(() => entriesOf(editor), [editor])
  const matches = useMemo(() => searchTexts(all, query), [all, query])
  useLayoutEffect(() => {
    list.current?.querySelector(`[data-index="${active}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [active])
  const pick = (entry: Entry | undefined) => {
    if (entry) choose(entry.run)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const towards = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (towards) setActive((now) => (now + towards + matches.length) % Math.max(1, matches.length))
    else if (event.key === 'Enter') pick(matches[active])
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        className="field"
        placeholder={words.field}
        aria-label={words.title}
        role="combobox"
        aria-expanded
        aria-controls="command-list"
        aria-activedescendant={matches[active] ? `command-${active}` : undefined}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id="command-list" role="listbox" aria-label={words.list} className="add-list" ref={list}>
        {matches.length === 0 && (
          <p className="palette-none">
            {words.none(query.trim())} {absentFor(text.palette.absent, query)?.instead}
          </p>
        )}
        {matches.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above holds the focus and chooses by arrows and Enter.
          <div
            key={entry.id}
            id={`command-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="menu-item"
            data-index={index}
            data-active={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => pick(entry)}
          >
            <span className="ellipsis">{entry.title}</span>
            <span className="keys">{entry.note}</span>
          </div>
        ))}
      </div>
    </>
  )
}
