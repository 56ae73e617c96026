/** A button that is an icon alone: it has a name to be heard, and a tip that says more. */
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { Tip } from './Tip.tsx'

/** In a bar; within a line of text; beside the name of a setting, where it must not shout. */
const classes = { tool: 'icon-button', tiny: 'icon-button tiny', setting: 'help' } as const

export function IconButton({
  label,
  tip = label,
  keys,
  side = 'bottom',
  look = 'tool',
  children,
  ...button
}: {
  label: string
  /** Absent: the name says all. */
  tip?: string
  keys?: string | undefined
  side?: 'top' | 'bottom' | 'left' | 'right'
  look?: keyof typeof classes
  children: ReactNode
} & Omit<ComponentPropsWithoutRef<'button'>, 'type' | 'className' | 'aria-label' | 'title'>) {
  return (
    <Tip text={tip} keys={keys} side={side}>
      <button type="button" className={classes[look]} aria-label={label} {...button}>
        {children}
      </button>
    </Tip>
  )
}
