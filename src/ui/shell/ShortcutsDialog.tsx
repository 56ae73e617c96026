/** Every command with its keys as they are now; a click on the keys, and the next press is the key. */
import { RotateCcw } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { type KeyboardEvent, useState } from 'react'
import { useStore } from 'zustand'
import { type CommandName, commandNames, commandTable, titleOfCommand } from '../commands/command-table.ts'
import { keyOf, keyText } from '../commands/key-names.ts'
import { assignKey, clearKeys, commandFor, keymap, keysFor, refusal, resetKeys } from '../commands/keymap.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { dialogText } from '../text/dialogs.ts'
import { list } from '../text/format.ts'
import { text } from '../text/text.ts'
import { DialogContent } from './DialogContent.tsx'

const { keys: words, mouse } = dialogText.help

/** In the order of the table. */
const groups = [...new Set(commandNames.map((name) => commandTable[name].group))]

const modifiers = ['Control', 'Shift', 'Alt', 'Meta', 'CapsLock', 'AltGraph', 'Dead', 'Process', 'Unidentified']

export function ShortcutsDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'shortcuts')
  const [keyRequest, setKeyRequest] = useState<KeyRequest | null>(null)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'shortcuts' : null })}>
      <DialogContent
        className="wide"
        // It leaves the question, and the dialog only once none is open.
        onEscapeKeyDown={(event) => {
          if (keyRequest) event.preventDefault()
        }}
      >
        <DialogHead title={words.title} />
        <Lists keyRequest={keyRequest} setKeyRequest={setKeyRequest} />
      </DialogContent>
    </Dialog.Root>
  )
}

interface KeyRequest {
  readonly command: CommandName
  /** A key that was pressed and cannot be had just like that: why, and whether it can be had by taking it away. */
  readonly refusal?: { readonly key: string; readonly why: string; readonly takeable: boolean }
}

function Lists({
  keyRequest,
  setKeyRequest,
}: {
  keyRequest: KeyRequest | null
  setKeyRequest: (request: KeyRequest | null) => void
}) {
  const changed = useStore(keymap, (state) => Object.keys(state.custom).length > 0)
  const onKeyDown = (event: KeyboardEvent) => {
    if (!keyRequest) return
    if (modifiers.includes(event.key)) return
    // Enter and Space must still press the buttons that a refused key offers.
    if (keyRequest.refusal && ['Enter', ' ', 'Tab'].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    const { command } = keyRequest
    const key = keyOf(event.nativeEvent)
    if (key === 'Escape') return setKeyRequest(null)
    const why = refusal(command, key)
    if (why) return setKeyRequest({ command, refusal: { key, why, takeable: false } })
    const holder = commandFor(key)
    if (holder && holder !== command)
      return setKeyRequest({
        command,
        refusal: { key, why: words.taken(keyText(key), titleOfCommand(holder)), takeable: true },
      })
    assignKey(command, key)
    setKeyRequest(null)
  }
  return (
    <div className="dialog-body shortcut-groups" onKeyDownCapture={onKeyDown}>
      <p className="muted shortcut-note">
        {words.note}
        <button type="button" className="button" disabled={!changed} onClick={() => resetKeys()}>
          {words.resetAll}
        </button>
      </p>
      {groups.map((group) => (
        <section key={group}>
          <h3>{text.commands.groups[group]}</h3>
          <dl>
            {commandNames
              .filter((name) => commandTable[name].group === group)
              .map((name) => (
                <Row
                  key={name}
                  command={name}
                  keyRequest={keyRequest?.command === name ? keyRequest : null}
                  ask={setKeyRequest}
                />
              ))}
          </dl>
        </section>
      ))}
      <section className="gestures">
        <h3>{mouse.title}</h3>
        <dl>
          {mouse.gestures.map(([gesture, does]) => (
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
  readonly command: CommandName
  readonly keyRequest: KeyRequest | null
  readonly ask: (request: KeyRequest | null) => void
}

function Row({ command, keyRequest, ask }: RowProps) {
  const { byBrowser } = commandTable[command]
  const title = titleOfCommand(command)
  const own = useStore(keymap, (state) => state.custom[command] !== undefined)
  const keys = keysFor(command)
  // With a space between, so that what is read aloud is what is seen.
  const keysText =
    keys.length > 0 ? keys.flatMap((key) => [<kbd key={key}>{keyText(key)}</kbd>, ' ']) : <span>{words.none}</span>
  return (
    <div data-command={command}>
      <dt>{title}</dt>
      <dd>
        {own && !keyRequest && (
          <button
            type="button"
            className="help"
            aria-label={words.reset(title)}
            title={words.resetHint}
            onClick={() => resetKeys(command)}
          >
            <RotateCcw size={12} aria-hidden />
          </button>
        )}
        {byBrowser ? (
          <span className="key-fixed" title={words.fixedHint}>
            {keysText}
          </span>
        ) : (
          <button
            type="button"
            className="key-button"
            aria-label={words.set(title, list(keys.map((key) => keyText(key))) || words.none)}
            data-asked={keyRequest !== null}
            onClick={() => ask(keyRequest ? null : { command })}
            onBlur={(event) => {
              if (!event.currentTarget.closest('[data-command]')?.contains(event.relatedTarget)) ask(null)
            }}
          >
            {keyRequest ? words.press : keysText}
          </button>
        )}
      </dd>
      {keyRequest && (
        <p className="key-refused" role="status">
          {keyRequest.refusal ? keyRequest.refusal.why : words.escape}
          {keyRequest.refusal?.takeable && (
            <button
              type="button"
              className="button"
              onClick={() => {
                if (keyRequest.refusal) assignKey(command, keyRequest.refusal.key)
                ask(null)
              }}
            >
              {words.take}
            </button>
          )}
          {!keyRequest.refusal && keys.length > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => {
                clearKeys(command)
                ask(null)
              }}
            >
              {words.noKey}
            </button>
          )}
        </p>
      )}
    </div>
  )
}
