/** Every command with its keys as they are now; a click on the keys, and the next press is the key. */
import { RotateCcw } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type KeyboardEvent, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { assignKey, clearKeys, commandFor, keymap, keysFor, refusal, resetKeys } from '../keymap.ts'
import type { Shortcut } from '../shortcut-table.ts'
import { keyOf, keyText, shortcuts, titleOfCommand } from '../shortcuts.ts'
import { DialogHead } from './DialogHead.tsx'

const groups = ['Graph', 'Arrange', 'Edit', 'Viewer', 'File and help'] as const

const withMouse = [
  ['Double-click the canvas', 'Add a node there'],
  ['Drag from a port into space', 'Add a node that fits, wired'],
  ['Drop a node onto a wire', 'Put it into the wire'],
  ['Drag the end of a wire', 'Wire it elsewhere; let go in space to remove it'],
  ['Double-click a wire', 'Give it a point to run through; drag the point, double-click it to take it away'],
  ['Drag a frame by its title', 'Move it with what lies in it; with Alt, alone'],
  ['Double-click a node', 'Show it in the viewer'],
  ['Shift and drag on the canvas', 'Select everything in a box'],
  ['Wheel over the picture', 'Zoom; drag to move, double-click to fit'],
] as const

const modifiers = ['Control', 'Shift', 'Alt', 'Meta', 'CapsLock', 'AltGraph', 'Dead', 'Process', 'Unidentified']

export function ShortcutsDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'shortcuts')
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'shortcuts' : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog wide" aria-describedby={undefined}>
          <DialogHead title="Keys and gestures" />
          <Lists />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface Asked {
  readonly shortcut: Shortcut
  /** A key that was pressed and cannot be had just like that: why, and whether it can be had by taking it away. */
  readonly refused?: { readonly key: string; readonly why: string; readonly takeable: boolean }
}

function Lists() {
  const changed = useStore(keymap, (state) => Object.keys(state.custom).length > 0)
  const [asked, setAsked] = useState<Asked | null>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    if (!asked) return
    if (modifiers.includes(event.key)) return
    // Enter and Space must still press the buttons that a refused key offers.
    if (asked.refused && ['Enter', ' ', 'Tab'].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    const { shortcut } = asked
    const key = keyOf(event.nativeEvent)
    if (key === 'Escape') return setAsked(null)
    const why = refusal(shortcut.command, key)
    if (why) return setAsked({ shortcut, refused: { key, why, takeable: false } })
    const holder = commandFor(key)
    if (holder && holder !== shortcut.command)
      return setAsked({
        shortcut,
        refused: { key, why: `${keyText(key)} already means “${titleOfCommand(holder)}”.`, takeable: true },
      })
    assignKey(shortcut.command, key)
    setAsked(null)
  }
  return (
    <div className="dialog-body shortcut-groups" onKeyDownCapture={onKeyDown}>
      <p className="muted shortcut-note">
        Click a command’s keys to set another; this browser remembers it.
        <button type="button" className="button" disabled={!changed} onClick={() => resetKeys()}>
          Reset all keys
        </button>
      </p>
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {shortcuts
              .filter((shortcut) => shortcut.group === group)
              .map((shortcut) => (
                <Row
                  key={shortcut.command}
                  shortcut={shortcut}
                  asked={asked?.shortcut === shortcut ? asked : null}
                  ask={setAsked}
                />
              ))}
          </dl>
        </section>
      ))}
      <section className="gestures">
        <h3>With the mouse</h3>
        <dl>
          {withMouse.map(([gesture, does]) => (
            <div key={gesture}>
              <dt>{gesture}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  )
}

interface RowProps {
  readonly shortcut: Shortcut
  readonly asked: Asked | null
  readonly ask: (asked: Asked | null) => void
}

function Row({ shortcut, asked, ask }: RowProps) {
  const { command, title, byBrowser } = shortcut
  const own = useStore(keymap, (state) => state.custom[command] !== undefined)
  const keys = keysFor(command)
  // With a space between, so that what is read aloud is what is seen.
  const shown = keys.length > 0 ? keys.flatMap((key) => [<kbd key={key}>{keyText(key)}</kbd>, ' ']) : <span>none</span>
  return (
    <div data-command={command}>
      <dt>{title}</dt>
      <dd>
        {own && !asked && (
          <button
            type="button"
            className="help"
            aria-label={`Reset the keys of ${title}`}
            title="Back to the editor’s own"
            onClick={() => resetKeys(command)}
          >
            <RotateCcw size={12} aria-hidden />
          </button>
        )}
        {byBrowser ? (
          <span className="key-fixed" title="The browser keeps these keys">
            {shown}
          </span>
        ) : (
          <button
            type="button"
            className="key-button"
            aria-label={`Keys of ${title}: ${keys.map(keyText).join(', ') || 'none'}. Set another`}
            data-asked={asked !== null}
            onClick={() => ask(asked ? null : { shortcut })}
            onBlur={(event) => {
              if (!event.currentTarget.closest('[data-command]')?.contains(event.relatedTarget)) ask(null)
            }}
          >
            {asked ? 'Press a key' : shown}
          </button>
        )}
      </dd>
      {asked && (
        <p className="key-refused" role="status">
          {asked.refused ? asked.refused.why : 'Escape leaves it as it is.'}
          {asked.refused?.takeable && (
            <button
              type="button"
              className="button"
              onClick={() => {
                if (asked.refused) assignKey(command, asked.refused.key)
                ask(null)
              }}
            >
              Use it here instead
            </button>
          )}
          {!asked.refused && keys.length > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => {
                clearKeys(command)
                ask(null)
              }}
            >
              No key
            </button>
          )}
        </p>
      )}
    </div>
  )
}
