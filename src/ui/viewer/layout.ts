/** How the pictures that are really there lie on the canvas. */

import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { CompareLayout } from '../../engine/door/api.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import { useEditor } from '../editor.ts'
import { layoutOf } from './viewport.ts'

export interface Arrangement {
  readonly layout: CompareLayout
  /** Pictures, A among them: up to the last that there is. */
  readonly count: number
}

export function useLayout(): Arrangement {
  const { preview, looking } = useEditor()
  const count = useStore(preview, ({ shown }) => {
    const there = shown?.others.map(({ desc }) => isPicture(desc)) ?? []
    return 1 + there.lastIndexOf(true) + 1
  })
  const how = useStore(
    looking,
    useShallow(({ mode, position, gain, signed, mix, flicker }) => ({ mode, position, gain, signed, mix, flicker })),
  )
  return useMemo(() => ({ layout: layoutOf(how, count), count }), [how, count])
}
