/** Keys and clipboard events of the whole page: who takes them, the control that has the focus or the commands. */
import type { Editor } from '../editor.ts'
import { focusedByPointer, followFocus } from '../kit/focus-origin.ts'
import { commandTable } from './command-table.ts'
import { commandOf, type KeyPress, keyOf } from './key-names.ts'
import { onKeysStored } from './keymap.ts'

/** What of an element says whether it takes a key: an element, or what stands for one. */
type Target = Pick<Element, 'closest'>
const isElement = (target: EventTarget | null): target is EventTarget & Target => target !== null && 'closest' in target

/** What belongs to a control that was reached by keyboard; the rest is the commands' anyway. */
const controlKeys = ['Space', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Tab']

/**
 * Fields take every key but those that count everywhere. Other controls take Space, Enter, arrows, Home and End where
 * they were reached by keyboard. After a click they do not: whoever has pressed a button with the mouse means the
 * viewer by the next key. A slider keeps the keys that set its value, for the last step after a drag.
 * `byPointer`: the focus came to the target by a click.
 */
export function takesKey(target: Target, event: KeyPress, byPointer: boolean): boolean {
  if (target.closest('input, textarea, select, [contenteditable="true"], [role="menu"], [role="listbox"]')) {
    const command = commandOf(event)
    return !(command && commandTable[command].everywhere)
  }
  if (target.closest('[role="dialog"]')) return true
  const key = keyOf(event)
  if (!controlKeys.includes(key)) return false
  if (target.closest('[role="slider"]')) return key !== 'Space' && key !== 'Enter'
  // Enter does again what was clicked, and means nothing to the viewer.
  if (target.closest('button, a, [role="tab"]')) return !byPointer || key === 'Enter'
  return target.closest('[role="separator"], .react-flow__node') !== null && !byPointer
}

/** What handles keys by itself before the page's listener hears of them, such as the buttons of a group. */
const handlesKeys = (target: Target): boolean => target.closest('button, a, [role="tab"], [role="separator"]') !== null

const inField = (target: EventTarget | null): boolean =>
  isElement(target) && target.closest('input, textarea, [contenteditable="true"], [role="dialog"]') !== null

/** Whether the person has marked text on the page, which copying then means. */
const textMarked = (): boolean => !(window.getSelection()?.isCollapsed ?? true)

/** What keys reach. */
interface Listening extends Pick<Editor, 'commands' | 'view' | 'viewerSettings'> {
  readonly idle: Pick<Editor['idle'], 'wake'>
}

/** What a page does with keys, and with what is copied and pasted by them. */
class PageKeys {
  readonly #editor: Listening
  /** The browser tells of pasting without saying which keys asked for it. */
  #shifted = false
  /** The release of a Space that called a command must not press the button that still has the focus. */
  #spaceSpent = false

  constructor(editor: Listening) {
    this.#editor = editor
  }

  /** Before a clicked control hears of the key: a group of buttons would take the arrows and a button the Space. */
  beforeControls(event: KeyboardEvent): void {
    this.#editor.idle.wake()
    this.#spaceSpent = false
    const { target } = event
    if (!isElement(target) || !focusedByPointer(target) || !handlesKeys(target)) return
    if (!controlKeys.includes(keyOf(event)) || event.key === 'Tab' || takesKey(target, event, true)) return
    this.pressed(event)
    if (!event.defaultPrevented) return
    this.#spaceSpent = event.key === ' '
    event.stopPropagation()
  }

  pressed(event: KeyboardEvent): void {
    const { commands, view } = this.#editor
    this.#shifted = event.shiftKey
    if (event.defaultPrevented || event.isComposing) return
    if (event.key === 'Tab') {
      if (event.shiftKey || event.ctrlKey || event.altKey || !commands.canvasHasTab()) return
      if (view.getState().dialog !== null) return
    } else if (event.key === 'Escape') {
      if (inField(event.target)) return
      // First what is chosen is let go, then the subgraph that is open.
      const { selection, selectedEdges, selectedMarks } = view.getState()
      if (selection.size + selectedEdges.size + selectedMarks.size > 0) view.select([])
      else commands.run('edit.leave')
      return
    } else if (isElement(event.target) && takesKey(event.target, event, focusedByPointer(event.target))) return
    const command = commandOf(event)
    if (!command) return
    event.preventDefault()
    commands.run(command)
  }

  /** A key came up, or the page lost the keys. */
  released(event: Event): void {
    const { viewerSettings } = this.#editor
    if (this.#spaceSpent && event.type === 'keyup') event.preventDefault()
    if (viewerSettings.getState().flicker) viewerSettings.setState({ flicker: false })
  }

  copied(event: ClipboardEvent): void {
    const { clipboard } = this.#editor.commands
    if (inField(event.target) || textMarked()) return
    const text = clipboard.text()
    if (text === null) return
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
    if (event.type === 'cut') clipboard.remove()
  }

  pasted(event: ClipboardEvent): void {
    const { commands } = this.#editor
    if (inField(event.target)) return
    const files = [...(event.clipboardData?.files ?? [])]
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (files.length === 0 && text.trim() === '') return
    event.preventDefault()
    if (files.length > 0) void commands.dropFiles({ files, problems: [] })
    else commands.clipboard.insert(text, { wired: this.#shifted })
  }
}

/** Returns what takes the listeners off again. */
export function listenToKeys(editor: Listening): () => void {
  const keys = new PageKeys(editor)
  const listening = new AbortController()
  const { signal } = listening
  followFocus(signal)
  window.addEventListener('storage', onKeysStored, { signal })
  window.addEventListener('keydown', (event) => keys.beforeControls(event), { signal, capture: true })
  window.addEventListener('keydown', (event) => keys.pressed(event), { signal })
  for (const type of ['keyup', 'blur'] as const)
    window.addEventListener(type, (event) => keys.released(event), { signal })
  window.addEventListener('pointerdown', () => editor.idle.wake(), { signal, capture: true })
  for (const type of ['copy', 'cut'] as const)
    document.addEventListener(type, (event) => keys.copied(event), { signal })
  document.addEventListener('paste', (event) => keys.pasted(event), { signal })
  return () => listening.abort()
}
