/** A dialog over the dimmed page. */
import { Dialog } from 'radix-ui'
import type { ComponentProps } from 'react'
import { keepTakenFocus } from './focus-back.ts'

export function DialogContent({ className = '', ...rest }: ComponentProps<typeof Dialog.Content>) {
  return (
    <Dialog.Portal>
      <Dialog.Overlay className="scrim" />
      <Dialog.Content
        onCloseAutoFocus={keepTakenFocus}
        className={`dialog ${className}`}
        // What a dialog holds is not one text to be read out at once.
        aria-describedby={undefined}
        {...rest}
      />
    </Dialog.Portal>
  )
}
