/** Everything that was done since the graph was opened: a click goes back, or forth, to just after it. */
import { History as HistoryIcon } from 'lucide-react'
import * as Popover from 'radix-ui/popover'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { keepTakenFocus } from '../kit/focus-back.ts'
import { Tip } from '../kit/Tip.tsx'
import { text } from '../text/text.ts'

/** A list of thousands helps nobody; older steps are reached by undo. */
const maxEntries = 200

export function HistoryList() {
  const { commands } = useEditor()
  const [open, setOpen] = useState(false)
  useEffect(() => commands.attach('history', { open: () => setOpen(true) }), [commands])
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Tip text={text.shell.history.hint} keys={keysOf('edit.history')}>
        <Popover.Trigger asChild>
          <button type="button" className="icon-button" aria-label={text.shell.history.title}>
            <HistoryIcon size={15} aria-hidden />
          </button>
        </Popover.Trigger>
      </Tip>
      <Popover.Portal>
        <Popover.Content
          onCloseAutoFocus={keepTakenFocus}
          className="menu history-list"
          align="start"
          sideOffset={4}
          aria-label={text.shell.history.title}
        >
          <Steps />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Steps() {
  const { document } = useEditor()
  const { past, future, pending } = useStore(document, (state) => state.history)
  const list = useRef<HTMLOListElement>(null)
  const entriesDone = [...past, ...(pending ? [pending] : [])]
  const now = entriesDone.length
  const first = Math.max(0, now - maxEntries)
  const labels = [text.shell.history.opened, ...[...entriesDone, ...future].map((entry) => entry.label)]
  useEffect(() => {
    list.current?.querySelector<HTMLElement>('[aria-current="step"]')?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <ol ref={list}>
      {labels.slice(first, now + maxEntries).map((label, index) => {
        const step = first + index
        return (
          <li key={step}>
            <button
              type="button"
              className="menu-item"
              aria-current={step === now ? 'step' : undefined}
              data-undone={step > now}
              onClick={() => document.jump(step - now)}
            >
              {label}
            </button>
          </li>
        )
      })}
    </ol>
  )
}
