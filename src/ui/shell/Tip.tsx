/** A tooltip on anything that takes focus; says also which keys do the same. */
import { Tooltip } from 'radix-ui'
import type { ReactElement } from 'react'

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
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" side={side} sideOffset={6} collisionPadding={8}>
          {text}
          {keys && <span className="keys">{keys}</span>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
