/** A tooltip on anything that takes focus; says also which keys do the same. */
import * as Tooltip from 'radix-ui/tooltip'
import { type ReactElement, useRef, useState } from 'react'

export function Tip({
  text,
  keys,
  side = 'bottom',
  children,
}: {
  text: string
  keys?: string | undefined
  side?: 'top' | 'bottom' | 'left' | 'right'
  children: ReactElement
}) {
  const [open, setOpen] = useState(false)
  // The wait for a tip goes on under a pressed button, and a tip that opens then lies where a drag is to end.
  const isPressed = useRef(false)
  return (
    <Tooltip.Root open={open} onOpenChange={(next) => setOpen(next && !isPressed.current)}>
      <Tooltip.Trigger
        asChild
        onPointerDown={() => {
          isPressed.current = true
          setOpen(false)
        }}
        onPointerEnter={() => {
          isPressed.current = false
        }}
        onBlur={() => {
          isPressed.current = false
        }}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" side={side} sideOffset={6} collisionPadding={8}>
          {text}
          {keys && <span className="keys">{keys}</span>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
