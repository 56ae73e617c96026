/** How the pictures that are really there lie on the canvas. */

import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { CompareLayout } from '../../engine/door/api.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import { useEditor } from '../editor.ts'
import { isOutdated } from '../store/preview.ts'
import { showsPart } from '../store/view-request.ts'
import { layoutOf } from './viewport.ts'

export interface Arrangement {
  readonly layout: CompareLayout
  /** Pictures, A among them: up to the last that there is. */
  readonly count: number
}

/**
 * Whether the picture on the canvas is of before the last change, and another is on its way: from the moment on in which a
 * file is chosen, before anything can be rendered of it. While something plays or is dragged, the picture follows, and nothing
 * is told.
 */
export function useOutdated(): boolean {
  const { preview, document, facts } = useEditor()
  const dragged = useStore(document, ({ history }) => history.pending !== null)
  const reading = useStore(facts, ({ assets }) => [...assets.media.values()].some(({ state }) => state === 'asking'))
  return (
    useStore(preview, ({ busy, opening, playing, result }) =>
      isOutdated({ busy, opening, playing, result: result }, reading),
    ) && !dragged
  )
}

export function useLayout(): Arrangement {
  const { preview, viewerSettings } = useEditor()
  const count = useStore(preview, ({ result }) => {
    const there = result?.others.map(({ desc }) => isPicture(desc)) ?? []
    return 1 + there.lastIndexOf(true) + 1
  })
  const how = useStore(
    viewerSettings,
    useShallow((state) => {
      const { mode, position, gain, tone, mix, flicker } = state
      return { mode, position, gain, tone, mix, flicker, part: showsPart(state) ? state.part : 'all' }
    }),
  )
  const inOneRow = useStore(viewerSettings, ({ variants }) => variants !== null)
  return useMemo(() => ({ layout: layoutOf(how, count, inOneRow), count }), [how, count, inOneRow])
}
