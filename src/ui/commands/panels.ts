/** The panels on screen as the commands see them, whoever draws them. */
import type { CanvasDoor } from './edits/canvas-door.ts'

export interface Panels {
  readonly canvas: CanvasDoor
  readonly viewer: {
    fit(): void
    /** @param scale screen pixels a picture pixel */
    zoomTo(scale: number): void
    /** Zooms in to `scale` where the picture is fitted or smaller; keeps a closer look. */
    zoomToAtLeast(scale: number): void
    /** Brings a place of the picture, as a share of its sides, into the middle, at least `closer` times as large as fitted. */
    lookAt(spot: { readonly x: number; readonly y: number }, closer: number): void
    /** What lies in the middle of it, as a share of the picture's sides. */
    spot(): { readonly x: number; readonly y: number }
  }
  readonly palette: { search(): void }
  readonly history: { open(): void }
}
