/** What of a subgraph is to be seen from outside: its inputs, its outputs, and the settings on its card. */
import { ArrowDown, ArrowUp, Boxes, Maximize2, Plus, Save, Trash2, Ungroup } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useStore } from 'zustand'
import type { Graph, PortSide } from '../../graph/document.ts'
import type { Path } from '../../graph/levels.ts'
import { titleOf } from '../../graph/naming.ts'
import type { PortType } from '../../graph/ports.ts'
import { portsOf } from '../../graph/subgraph.ts'
import { PortMark } from '../canvas/PortMark.tsx'
import { useEditor } from '../editor.ts'
import { Tip } from '../shell/Tip.tsx'
import { keysOf } from '../shortcuts.ts'
import { TextEntry } from './SimpleControls.tsx'

const sideTitles: Readonly<Record<PortSide, string>> = { inputs: 'Input ports', outputs: 'Output ports' }
const one: Readonly<Record<PortSide, string>> = { inputs: 'input', outputs: 'output' }
const types: readonly { readonly type: PortType; readonly title: string }[] = [
  { type: 'image', title: 'Image' },
  { type: 'mask', title: 'Mask' },
  { type: 'audio', title: 'Sound' },
]

interface RowProps {
  readonly what: string
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

function Row({ what, title, first, last, mark, note, rename, move, remove, removeText }: RowProps) {
  return (
    <li className="port-row">
      {mark}
      <TextEntry
        label={`Name of the ${what} ${title}`}
        value={title}
        maxLength={60}
        accept={(text) => text.trim() !== ''}
        onChange={rename}
      />
      {note && <span className="port-note">{note}</span>}
      <button
        type="button"
        className="icon-button tiny"
        aria-label={`Move ${title} up`}
        disabled={first}
        onClick={() => move(-1)}
      >
        <ArrowUp size={13} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button tiny"
        aria-label={`Move ${title} down`}
        disabled={last}
        onClick={() => move(1)}
      >
        <ArrowDown size={13} aria-hidden />
      </button>
      <Tip text={removeText} side="left">
        <button type="button" className="icon-button tiny" aria-label={`Remove ${title}`} onClick={remove}>
          <Trash2 size={13} aria-hidden />
        </button>
      </Tip>
    </li>
  )
}

/** The ports of one side of the subgraph whose body lies at `path`: added, named, put in order, removed. */
export function PortList({ body, path, side }: { body: Graph; path: Path; side: PortSide }) {
  const { commands } = useEditor()
  const ports = portsOf(body, side)
  const { subgraphs } = commands
  return (
    <section className="port-list" aria-label={sideTitles[side]}>
      <header>
        <h3>{sideTitles[side]}</h3>
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger asChild>
            <button type="button" className="button" aria-label={`Add an ${one[side]}`}>
              <Plus size={13} aria-hidden />
              Add
            </button>
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
              {types.map(({ type, title }) => (
                <DropdownMenu.Item
                  key={type}
                  className="menu-item"
                  onSelect={() => subgraphs.addPort(path, side, type)}
                >
                  <PortMark type={type} filled={false} />
                  {title}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      </header>
      {ports.length === 0 && <p className="muted">{side === 'inputs' ? 'Nothing comes in.' : 'Nothing goes out.'}</p>}
      <ul>
        {ports.map((port, n) => (
          <Row
            key={port.name}
            what={one[side]}
            title={port.title}
            first={n === 0}
            last={n === ports.length - 1}
            mark={<PortMark type={port.type} filled />}
            rename={(title) => subgraphs.renamePort(path, side, port.name, title)}
            move={(by) => subgraphs.movePort(path, side, port.name, by)}
            remove={() => subgraphs.removePort(path, side, port.name)}
            removeText={`Remove the ${one[side]} with its wires, inside and outside`}
          />
        ))}
      </ul>
    </section>
  )
}

function PromotedList({ body, path }: { body: Graph; path: Path }) {
  const { specs, commands } = useEditor()
  const { subgraphs } = commands
  const promoted = body.promoted ?? []
  return (
    <section className="port-list" aria-label="Settings on the card">
      <header>
        <h3>Settings on the card</h3>
      </header>
      {promoted.length === 0 && (
        <p className="muted">
          None yet. Open the subgraph and choose a node: each of its settings has a button for it.
        </p>
      )}
      <ul>
        {promoted.map((entry, n) => (
          <Row
            key={entry.name}
            what="setting"
            title={entry.title}
            note={titleOf(body, specs, entry.node)}
            first={n === 0}
            last={n === promoted.length - 1}
            rename={(title) => subgraphs.renamePromoted(path, entry.name, title)}
            move={(by) => subgraphs.movePromoted(path, entry.name, by)}
            remove={() => subgraphs.demote(path, entry.name)}
            removeText="Take it off the card; its value stays"
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
            <Tip text="See and change what is inside" keys={keysOf('edit.open')}>
              <button type="button" className="button" onClick={() => commands.run('edit.open')}>
                <Maximize2 size={14} aria-hidden />
                Open
              </button>
            </Tip>
            <Tip text="Put the nodes inside in its place" keys={keysOf('edit.unfold')}>
              <button type="button" className="button" onClick={() => commands.run('edit.unfold')}>
                <Ungroup size={14} aria-hidden />
                Unfold
              </button>
            </Tip>
          </>
        )}
        <Tip text="Keep a copy in this browser, to be added to any graph">
          <button type="button" className="button" onClick={() => commands.run('edit.savePiece')}>
            <Save size={14} aria-hidden />
            Save as a piece
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
          label="Title of the subgraph"
          value={title}
          maxLength={80}
          accept={(text) => text.trim() !== ''}
          onChange={(text) => commands.subgraphs.rename(path, text)}
        />
      </header>
      <p className="inspector-summary">
        This subgraph is open. Wires from the Inputs card bring in what its card reads; what ends on the Outputs card
        goes out. Escape leads back.
      </p>
      <SubgraphParts body={body} path={path} open />
    </div>
  )
}
