/** What of a subgraph is to be seen from outside: its inputs, its outputs, and the settings on its card. */

import { ArrowDown, ArrowUp, Boxes, Maximize2, Plus, Save, Trash2, Ungroup } from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { useStore } from 'zustand'
import type { Graph, PortSide } from '../../graph/document/document.ts'
import type { Path } from '../../graph/document/levels.ts'
import { titleOf } from '../../graph/document/naming.ts'
import { portsOf } from '../../graph/document/subgraph.ts'
import { portTypes } from '../../graph/node/value-types.ts'
import { PortMark } from '../canvas/PortMark.tsx'
import { shortTitleOf } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { MenuContent } from '../kit/MenuContent.tsx'
import { Tip } from '../kit/Tip.tsx'
import { text } from '../text/text.ts'
import { TextEntry } from './SimpleControls.tsx'

const words = text.subgraphs.panel

interface RowProps {
  /** What its name is called to whoever hears it. */
  readonly label: string
  readonly title: string
  readonly first: boolean
  readonly last: boolean
  readonly mark?: React.ReactNode
  readonly note?: string
  readonly rename: (title: string) => void
  readonly move: (by: number) => void
  readonly remove: () => void
  readonly removeText: string
}

function Row({ label, title, first, last, mark, note, rename, move, remove, removeText }: RowProps) {
  return (
    <li className="port-row">
      {mark}
      <TextEntry label={label} value={title} maxLength={60} accept={(text) => text.trim() !== ''} onChange={rename} />
      {note && <span className="port-note">{note}</span>}
      <button
        type="button"
        className="icon-button tiny"
        aria-label={words.moveUp(title)}
        disabled={first}
        onClick={() => move(-1)}
      >
        <ArrowUp size={13} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button tiny"
        aria-label={words.moveDown(title)}
        disabled={last}
        onClick={() => move(1)}
      >
        <ArrowDown size={13} aria-hidden />
      </button>
      <IconButton label={words.remove(title)} tip={removeText} side="left" look="tiny" onClick={remove}>
        <Trash2 size={13} aria-hidden />
      </IconButton>
    </li>
  )
}

/** The ports of one side of the subgraph whose body lies at `path`: added, named, put in order, removed. */
export function PortList({ body, path, side }: { body: Graph; path: Path; side: PortSide }) {
  const { commands } = useEditor()
  const ports = portsOf(body, side)
  const { subgraphs } = commands
  return (
    <section className="port-list" aria-label={words.ports[side]}>
      <header>
        <h3>{words.ports[side]}</h3>
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger asChild>
            <button type="button" className="button" aria-label={words.addPort(side)}>
              <Plus size={13} aria-hidden />
              {words.add}
            </button>
          </DropdownMenu.Trigger>
          <MenuContent align="end">
            {portTypes.map((type) => (
              <DropdownMenu.Item key={type} className="menu-item" onSelect={() => subgraphs.addPort(path, side, type)}>
                <PortMark type={type} filled={false} />
                {text.subgraphs.ports[type]}
              </DropdownMenu.Item>
            ))}
          </MenuContent>
        </DropdownMenu.Root>
      </header>
      {ports.length === 0 && <p className="muted">{words.noPorts[side]}</p>}
      <ul>
        {ports.map((port, n) => (
          <Row
            key={port.name}
            label={words.portName(side, port.title)}
            title={port.title}
            first={n === 0}
            last={n === ports.length - 1}
            mark={<PortMark type={port.type} filled />}
            rename={(title) => subgraphs.renamePort(path, side, port.name, title)}
            move={(by) => subgraphs.movePort(path, side, port.name, by)}
            remove={() => subgraphs.removePort(path, side, port.name)}
            removeText={words.removePortHint(side)}
          />
        ))}
      </ul>
    </section>
  )
}

function PromotedList({ body, path }: { body: Graph; path: Path }) {
  const { specs, commands } = useEditor()
  const { subgraphs } = commands
  const promotions = body.promoted ?? []
  return (
    <section className="port-list" aria-label={words.settings}>
      <header>
        <h3>{words.settings}</h3>
      </header>
      {promotions.length === 0 && <p className="muted">{words.noSettings}</p>}
      <ul>
        {promotions.map((entry, n) => (
          <Row
            key={entry.name}
            label={words.settingName(entry.title)}
            title={entry.title}
            note={titleOf(body, specs, entry.node)}
            first={n === 0}
            last={n === promotions.length - 1}
            rename={(title) => subgraphs.renamePromoted(path, entry.name, title)}
            move={(by) => subgraphs.movePromoted(path, entry.name, by)}
            remove={() => subgraphs.demote(path, entry.name)}
            removeText={words.removeSettingHint}
          />
        ))}
      </ul>
    </section>
  )
}

/** Everything that can be done to a subgraph. `open`: it is the one on the canvas. */
export function SubgraphParts({ body, path, open = false }: { body: Graph; path: Path; open?: boolean }) {
  const { commands } = useEditor()
  return (
    <>
      <PortList body={body} path={path} side="inputs" />
      <PortList body={body} path={path} side="outputs" />
      <PromotedList body={body} path={path} />
      <div className="several">
        {!open && (
          <>
            <Tip text={words.openHint} keys={keysOf('edit.open')}>
              <button type="button" className="button" onClick={() => commands.run('edit.open')}>
                <Maximize2 size={14} aria-hidden />
                {words.open}
              </button>
            </Tip>
            <Tip text={words.unfoldHint} keys={keysOf('edit.unfold')}>
              <button type="button" className="button" onClick={() => commands.run('edit.unfold')}>
                <Ungroup size={14} aria-hidden />
                {words.unfold}
              </button>
            </Tip>
          </>
        )}
        <Tip text={text.subgraphs.piece.saveHint}>
          <button type="button" className="button" onClick={() => commands.run('edit.savePiece')}>
            <Save size={14} aria-hidden />
            {shortTitleOf('edit.savePiece')}
          </button>
        </Tip>
      </div>
    </>
  )
}

/** Nothing is selected within an open subgraph: the subgraph itself. */
export function OpenSubgraphPanel({ path }: { path: Path }) {
  const { document, specs, commands } = useEditor()
  const body = useStore(document, (state) => state.level)
  const title = useStore(document, (state) => {
    const around = path.slice(0, -1).reduce<Graph | undefined>((at, id) => at?.nodes[id]?.body, state.document)
    const id = path.at(-1)
    return around && id ? titleOf(around, specs, id) : ''
  })
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <Boxes size={18} aria-hidden />
        <TextEntry
          label={words.title}
          value={title}
          maxLength={80}
          accept={(text) => text.trim() !== ''}
          onChange={(text) => commands.subgraphs.rename(path, text)}
        />
      </header>
      <p className="inspector-summary">{words.isOpen}</p>
      <SubgraphParts body={body} path={path} open />
    </div>
  )
}
