/** Export: a form that says what to write, and the queue of what is being written. It may be closed at any time. */
import * as Dialog from 'radix-ui/dialog'
import { useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { DialogContent } from '../shell/DialogContent.tsx'
import { dialogText } from '../text/dialogs.ts'
import { ExportForm } from './ExportForm.tsx'
import { Queue } from './Queue.tsx'

const words = dialogText.export

export function ExportDialog() {
  const { view } = useEditor()
  return (
    <Dialog.Root open onOpenChange={() => view.setState({ dialog: null })}>
      <DialogContent
        className="export-dialog"
        onOpenAutoFocus={(event) => {
          const field = (event.target as HTMLElement).querySelector<HTMLInputElement>('input.field')
          if (!field) return
          event.preventDefault()
          field.focus()
        }}
      >
        <Panes />
      </DialogContent>
    </Dialog.Root>
  )
}

function Panes() {
  const { exportQueue } = useEditor()
  const count = useStore(exportQueue.store, ({ jobs }) => jobs.length)
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
