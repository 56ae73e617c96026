/** The editor's canvas and how the viewer lies on it. Both outlive a device; what is drawn lives on one. */
import type { Viewport } from '../door/api.ts'
import { CanvasViewer, type Viewer } from './canvas-viewer.ts'
import type { VisiblePictures } from './visible-pictures.ts'

/** Where every pixel drawn is work of the CPU, a panned picture is drawn in squares of so many canvas pixels. */
const coarseStep = 2

/** A hand that has panned nothing for so long is idle, and the picture is drawn whole. */
const idleDelayMs = 150

/** Whether all that changes from one view to the next is its place. */
export const isPan = (from: Viewport | undefined, to: Viewport): boolean =>
  from !== undefined &&
  (from.centre.x !== to.centre.x || from.centre.y !== to.centre.y) &&
  JSON.stringify({ ...from, centre: to.centre }) === JSON.stringify(to)

/** What is shown with one device. */
export class Scene implements Disposable {
  readonly visible: VisiblePictures
  readonly device: GPUDevice
  readonly software: boolean
  readonly lossSignal: AbortSignal
  viewer: Viewer | undefined
  /** Whether a drawing is on its way. */
  drawing = false

  constructor(visible: VisiblePictures, device: GPUDevice, software: boolean, lossSignal: AbortSignal) {
    this.visible = visible
    this.device = device
    this.software = software
    this.lossSignal = lossSignal
  }

  [Symbol.dispose](): void {
    this.viewer?.[Symbol.dispose]()
    this.viewer = undefined
  }
}

export interface DrawParts {
  readonly createViewer: (device: GPUDevice, canvas: OffscreenCanvas) => Viewer
  /** Calls back before the next refresh of the screen. */
  readonly beforeRefresh: (draw: () => void) => void
}

const browserParts: DrawParts = {
  createViewer: (device, canvas) => new CanvasViewer(device, canvas),
  beforeRefresh: (draw) => void requestAnimationFrame(draw),
}

export class DrawScheduler {
  readonly #parts: DrawParts
  #canvas: OffscreenCanvas | undefined
  #viewport: Viewport | undefined
  /** Runs from each step of a pan until the hand is idle. */
  #idleTimer: ReturnType<typeof setTimeout> | undefined
  #coarse = false

  constructor(parts: DrawParts = browserParts) {
    this.#parts = parts
  }

  attach(canvas: OffscreenCanvas, scene: Scene): void {
    scene[Symbol.dispose]()
    this.#canvas = canvas
    this.draw(scene)
  }

  /** Takes note of the viewport; `true`: that is a step of a pan. `moved` must follow. */
  place(next: Viewport): boolean {
    const pan = isPan(this.#viewport, next)
    this.#viewport = next
    return pan
  }

  /** Draws after the viewport was placed. One step, as of a key, is drawn whole at once; those of a pan coarsely. */
  moved(pan: boolean, scene: Scene): void {
    this.#coarse = pan && scene.software && this.#idleTimer !== undefined
    clearTimeout(this.#idleTimer)
    this.#idleTimer = pan ? setTimeout(() => this.#idle(scene), idleDelayMs) : undefined
    this.draw(scene)
  }

  /** Draws before the next screen refresh: many moves of the hand between two of them cost one drawing. */
  draw(scene: Scene): void {
    if (!this.#canvas || scene.drawing) return
    scene.drawing = true
    this.#parts.beforeRefresh(() => {
      scene.drawing = false
      if (!this.#canvas || scene.lossSignal.aborted) return
      scene.viewer ??= this.#parts.createViewer(scene.device, this.#canvas)
      if (this.#viewport) scene.viewer.setViewport(this.#viewport, this.#coarse ? coarseStep : 1)
      const { pictures, extent, ground, overlay } = scene.visible
      scene.viewer.draw(pictures, extent, ground, overlay)
    })
  }

  /** Draws nothing of its own accord any longer. */
  close(): void {
    clearTimeout(this.#idleTimer)
  }

  #idle(scene: Scene): void {
    this.#idleTimer = undefined
    if (!this.#coarse) return
    this.#coarse = false
    this.draw(scene)
  }
}
