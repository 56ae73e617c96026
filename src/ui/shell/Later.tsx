/** Parts of the editor that the first paint does not need: fetched when they are first wanted. */
import { type ComponentType, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import type { ViewState } from '../store/view.ts'
import { text } from '../text/text.ts'

interface LaterProps {
  /** Whether it is wanted now. Must be the same function every time, as `load`. */
  readonly when: (state: ViewState) => boolean
  readonly load: () => Promise<ComponentType>
}

/** Shows what `load` gives while it is wanted. */
export function Later({ when, load }: LaterProps) {
  const { view } = useEditor()
  const open = useStore(view, when)
  const [loadedPart, setLoadedPart] = useState<{ readonly Part: ComponentType } | null>(null)
  useEffect(() => {
    if (!open || loadedPart) return
    load().then(
      (Part) => setLoadedPart({ Part }),
      (error: unknown) => {
        console.warn('A part of the editor could not be fetched:', error)
        view.setState({ dialog: null, touring: false })
        view.toast({
          tone: 'error',
          message: text.shell.partNotFetched,
          hint: text.shell.partNotFetchedHint,
        })
      },
    )
  }, [open, loadedPart, load, view])
  return open && loadedPart ? <loadedPart.Part /> : null
}
