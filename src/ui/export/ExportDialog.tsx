/** Export: a form that says what to write, and the queue of what is being written. It may be closed at any time. */
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { keepTakenFocus } from '../focus-back.ts'
import { DialogHead } from '../shell/DialogHead.tsx'
import { dialogText } from '../text/dialogs.ts'
import { ExportForm } from './ExportForm.tsx'
import { Queue } from './Queue.tsx'

const words = dialogText.export

export function ExportDialog() {
  const { view } = useEditor()
  return (
    <Dialog.Root open onOpenChange={() => view.setState({ dialog: null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          onCloseAutoFocus={keepTakenFocus}
          className="dialog export-dialog"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            const field = (event.target as HTMLElement).querySelector<HTMLInputElement>('input.field')
            if (!field) return
            event.preventDefault()
            field.focus()
          }}
        >
          <Panes />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Panes() {
  const { exporting } = useEditor()
  const count = useStore(exporting, ({ jobs }) => jobs.length)
  const [pane, setPane] = useState<'form' | 'queue'>(count > 0 ? 'queue' : 'form')
  if (pane === 'queue')
    return (
      <>
        <DialogHead title={words.queueTitle} />
        <Queue onNew={() => setPane('form')} />
      </>
    )
  return (
    <>
      <DialogHead title={words.title} />
      <ExportForm onBegun={() => setPane('queue')}>
        {count > 0 && (
          <button type="button" className="button" onClick={() => setPane('queue')}>
            {words.toQueue(count)}
          </button>
        )}
      </ExportForm>
    </>
  )
}
