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

/** Returns what takes the listeners off again. */
export function listenToKeys({ commands, view, idle, viewerSettings }: Listening): () => void {
  // The browser tells of pasting without saying which keys asked for it.
  let shifted = false
  const onKeyDown = (event: KeyboardEvent) => {
    shifted = event.shiftKey
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
  /** The release of a Space that called a command must not press the button that still has the focus. */
  let spaceSpent = false
  /** Before a clicked control hears of the key: a group of buttons would take the arrows and a button the Space. */
  const onKeyFirst = (event: KeyboardEvent) => {
    idle.wake()
    spaceSpent = false
    const { target } = event
    if (!isElement(target) || !focusedByPointer(target) || !handlesKeys(target)) return
    if (!controlKeys.includes(keyOf(event)) || event.key === 'Tab' || takesKey(target, event, true)) return
    onKeyDown(event)
    if (!event.defaultPrevented) return
    spaceSpent = event.key === ' '
    event.stopPropagation()
  }
  const onCopy = (event: ClipboardEvent) => {
    if (inField(event.target) || textMarked()) return
    const text = commands.clipboard.text()
    if (text === null) return
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
    if (event.type === 'cut') commands.clipboard.remove()
  }
  const onPaste = (event: ClipboardEvent) => {
    if (inField(event.target)) return
    const files = [...(event.clipboardData?.files ?? [])]
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (files.length === 0 && text.trim() === '') return
    event.preventDefault()
    if (files.length > 0) void commands.dropFiles({ files, problems: [] })
    else commands.clipboard.insert(text, { wired: shifted })
  }
  const onKeyUp = (event: Event) => {
    if (spaceSpent && event.type === 'keyup') event.preventDefault()
    if (viewerSettings.getState().flicker) viewerSettings.setState({ flicker: false })
  }
  const onHand = () => idle.wake()
  const stopFocus = followFocus()
  window.addEventListener('storage', onKeysStored)
  window.addEventListener('keydown', onKeyFirst, { capture: true })
  window.addEventListener('keydown', onKeyDown)
  window.addEventListener('keyup', onKeyUp)
  window.addEventListener('blur', onKeyUp)
  window.addEventListener('pointerdown', onHand, { capture: true })
  document.addEventListener('copy', onCopy)
  document.addEventListener('cut', onCopy)
  document.addEventListener('paste', onPaste)
  return () => {
    stopFocus()
    window.removeEventListener('storage', onKeysStored)
    window.removeEventListener('keydown', onKeyDown)
    window.removeEventListener('keyup', onKeyUp)
    window.removeEventListener('blur', onKeyUp)
    window.removeEventListener('pointerdown', onHand, { capture: true })
    window.removeEventListener('keydown', onKeyFirst, { capture: true })
    document.removeEventListener('copy', onCopy)
    document.removeEventListener('cut', onCopy)
    document.removeEventListener('paste', onPaste)
  }
}
