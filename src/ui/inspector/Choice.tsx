/** A list to choose from, and how it looks before it is fetched. */
import { ChevronDown } from 'lucide-react'
import { Suspense } from 'react'
import { lazyPart } from '../kit/lazy-part.tsx'
import type { ChoiceProps } from './control.ts'

// Of the controls that are seen at once, this is the largest.
const ChoiceList = lazyPart(async () => (await import('./ChoiceList.tsx')).ChoiceList)

/** A list to choose from: what it reads is seen at once, and it opens as soon as it is fetched. */
export function Choice(props: ChoiceProps) {
  const closedList = (
    <span className="select-trigger">
      {props.valueText}
      <ChevronDown size={14} aria-hidden />
    </span>
  )
  return (
    <Suspense fallback={closedList}>
      <ChoiceList {...props} />
    </Suspense>
  )
}
