/** What a menu's button opens. */
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import type { ComponentProps } from 'react'
import { keepTakenFocus } from './focus-back.ts'

export function MenuContent({ className = '', ...rest }: ComponentProps<typeof DropdownMenu.Content>) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        onCloseAutoFocus={keepTakenFocus}
        className={`menu ${className}`}
        sideOffset={4}
        {...rest}
      />
    </DropdownMenu.Portal>
  )
}
