/** How far the picture is that takes the old one's place: a bar over the viewer. Until the engine knows, one that sweeps. */
import { type CSSProperties, useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PreviewProgress } from '../../engine/door/api.ts'
import { type Editor, useEditor } from '../editor.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'

const words = dialogText.viewer.progress

interface Progress {
  readonly stretch: PreviewProgress | null
}

const progressStores = new WeakMap<Editor, StoreApi<Progress>>()

/** Asks the engine once for an editor. */
function progressOf(editor: Editor): StoreApi<Progress> {
  const existing = progressStores.get(editor)
  if (existing) return existing
  const store = createStore<Progress>(() => ({ stretch: null }))
  progressStores.set(editor, store)
  editor.engine
    .followPreview((stretch) => store.setState({ stretch }))
    .catch((error: unknown) => console.warn('The engine does not tell how far it is:', error))
  return store
}

/** Of a stretch that takes longer than expected, the end is not shown before it is reached. */
const nearly = 0.95

/** As a length of the bar. */
const percent = (share: number) => `${(100 * share).toFixed(1)}%`

export function FrameProgress() {
  const store = progressOf(useEditor())
  const stretch = useStore(store, (state) => state.stretch)
  // What is told of one picture says nothing of the next.
  useEffect(() => () => store.setState({ stretch: null }), [store])
  if (!stretch) return <div className="viewer-progress" role="progressbar" aria-label={words.rendering} />
  const { from, to, milliseconds } = stretch
  const length = {
    '--from': percent(from),
    '--to': percent(from + nearly * (to - from)),
    '--expected': `${Math.round(milliseconds)}ms`,
  }
  return (
    <div
      className="viewer-progress"
      role="progressbar"
      aria-label={words.rendering}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * from)}
      aria-valuetext={words.share(number(100 * from))}
    >
      <div key={from} className="viewer-progress-done" style={length as CSSProperties} />
    </div>
  )
}
