/** A dialog over the dimmed page. */
import * as Dialog from 'radix-ui/dialog'
import type { ComponentProps } from 'react'
import { keepTakenFocus } from '../kit/focus-back.ts'
import { DialogToasts } from './Toasts.tsx'

export function DialogContent({ className = '', children, ...rest }: ComponentProps<typeof Dialog.Content>) {
  return (
    <Dialog.Portal>
      <Dialog.Overlay className="scrim" />
      <Dialog.Content
        onCloseAutoFocus={keepTakenFocus}
        className={`dialog ${className}`}
        // What a dialog holds is not one text to be read out at once.
        aria-describedby={undefined}
        {...rest}
      >
        {children}
        <DialogToasts />
      </Dialog.Content>
    </Dialog.Portal>
  )
}
