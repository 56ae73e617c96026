/** Instruments of the viewer that are switched on and left on. */
import { SlidersHorizontal } from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { Suspense } from 'react'
import { lazyPart } from '../kit/lazy-part.tsx'
import { MenuContent } from '../kit/MenuContent.tsx'
import { text } from '../text/text.ts'

const words = text.viewer.instruments

const LookMenuItems = lazyPart(async () => (await import('./LookMenuItems.tsx')).LookMenuItems)

export function LookMenu() {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon-button" aria-label={words.title} title={words.title}>
          <SlidersHorizontal size={15} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <MenuContent align="end">
        <Suspense fallback={null}>
          <LookMenuItems />
        </Suspense>
      </MenuContent>
    </DropdownMenu.Root>
  )
}
