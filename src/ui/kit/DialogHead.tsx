import { X } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { text } from '../text/text.ts'

export function DialogHead({ title }: { title: string }) {
  return (
    <header>
      <Dialog.Title asChild>
        <h2>{title}</h2>
      </Dialog.Title>
      <Dialog.Close asChild>
        <button type="button" className="icon-button" aria-label={text.common.close}>
          <X size={16} aria-hidden />
        </button>
      </Dialog.Close>
    </header>
  )
}
