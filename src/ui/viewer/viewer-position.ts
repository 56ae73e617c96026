/** Where the viewer looks. Apart from all else, so that moving about draws nothing anew but what moves along. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Placement } from './placement.ts'
import type { Zoom } from './viewport.ts'

export interface ViewerPosition {
  readonly zoom: Zoom
  /** Where the pictures lie by that; `null` while there are none. */
  readonly placement: Placement | null
}

export type ViewerPositionStore = StoreApi<ViewerPosition>

export const createViewerPosition = (): ViewerPositionStore =>
  createStore<ViewerPosition>(() => ({ zoom: { mode: 'fit' }, placement: null }))
