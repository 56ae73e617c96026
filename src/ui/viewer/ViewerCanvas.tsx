/**
 * The canvas that the engine draws on, and the hand that moves the picture about. The canvas element is made
 * here and not by React, because its control can be handed to the worker only once.
 */

import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { isPicture } from '../../graph/analysis/infer.ts'
import { useEditor } from '../editor.ts'
import { useLayout, useOutdated } from './use-layout.ts'
import type { ViewerPositionStore } from './viewer-position.ts'
import {
  fieldOf,
  gridOf,
  inField,
  panBy,
  pixelAt,
  resolve,
  type Size,
  viewport,
  type Zoom,
  zoomAbout,
} from './viewport.ts'

/** Which way the picture goes when the view moves by an arrow key. */
const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}

const margin = () => 12 * devicePixelRatio

function sameSize(a: Size | null, b: Size | null): boolean {
  return a?.width === b?.width && a?.height === b?.height
}

/** Device pixels from the corner of the field that the pointer is in. */
function placeOf(event: { clientX: number; clientY: number }, holder: Element, field: Size) {
  const box = holder.getBoundingClientRect()
  return inField(
    { x: (event.clientX - box.x) * devicePixelRatio, y: (event.clientY - box.y) * devicePixelRatio },
    field,
  )
}

/**
 * Puts a canvas into `host` and hands it to the engine. `size`: of the host in device pixels, `null` before it is known;
 * `attached`: the engine has the canvas.
 */
function useEngineCanvas(host: RefObject<HTMLDivElement | null>) {
  const { engine } = useEditor()
  const [size, setSize] = useState<Size | null>(null)
  const [attached, setAttached] = useState(false)

  useEffect(() => {
    const holder = host.current
    if (!holder) return
    const canvas = document.createElement('canvas')
    canvas.className = 'viewer-canvas'
    canvas.setAttribute('aria-hidden', 'true')
    holder.append(canvas)
    let gone = false
    engine.attachCanvas(canvas.transferControlToOffscreen()).then(
      () => {
        if (!gone) setAttached(true)
      },
      (error: unknown) => console.warn('The viewer’s canvas could not be handed to the engine:', error),
    )
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect
      if (!box) return
      setSize({
        width: Math.max(1, Math.round(box.width * devicePixelRatio)),
        height: Math.max(1, Math.round(box.height * devicePixelRatio)),
      })
    })
    observer.observe(holder)
    return () => {
      gone = true
      observer.disconnect()
      canvas.remove()
    }
  }, [engine, host])

  return { size, attached }
}

export function ViewerCanvas({ position, label }: { position: ViewerPositionStore; label: string }) {
  const { engine, preview, view, viewerSettings } = useEditor()
  const zoom = useStore(position, (state) => state.zoom)
  const onZoom = useCallback((next: Zoom) => position.setState({ zoom: next }), [position])
  const host = useRef<HTMLDivElement>(null)
  const { size, attached } = useEngineCanvas(host)
  const desc = useStore(preview, (state) => state.result?.desc ?? null)
  const picture = useRef<Size | null>(null)
  const knownSize: Size | null = isPicture(desc) ? { width: desc.width, height: desc.height } : null
  if (!sameSize(picture.current, knownSize)) picture.current = knownSize
  const pictureSize = picture.current
  const stale = useStore(preview, (state) => state.problems.length > 0)
  const outdated = useOutdated()
  const theme = useStore(view, (state) => state.theme)
  const grid = useStore(viewerSettings, (state) => state.grid)
  const overlay = useStore(viewerSettings, (state) => (state.overlay ? state.overlayLook : null))
  const { layout, count } = useLayout()

  // biome-ignore lint/correctness/useExhaustiveDependencies: `theme` changes the surround that the styles give.
  useEffect(() => {
    if (!size || !attached) return
    const field = fieldOf(size, layout, count)
    const now = pictureSize ? resolve(zoom, field, pictureSize, margin()) : { scale: 1, centre: { x: 0, y: 0 } }
    position.setState({
      placement: pictureSize && {
        ...{ picture: pictureSize, field, fields: layout.mode === 'side' ? count : 1 },
        ...{ columns: gridOf(layout, count).columns, ...now },
      },
    })
    void engine
      .setViewport(viewport(now, size, surround(host.current), layout, grid, overlay))
      .catch((error: unknown) => console.error('The viewer could not be moved:', error))
  }, [engine, attached, size, pictureSize, zoom, position, theme, layout, count, grid, overlay])

  const current = useCallback(() => {
    if (!size || !pictureSize) return null
    const field = fieldOf(size, layout, count)
    return { field, picture: pictureSize, now: resolve(zoom, field, pictureSize, margin()) }
  }, [size, pictureSize, zoom, layout, count])

  // Wheel listeners of React are passive; this one must keep the page from scrolling and the browser from zooming.
  useEffect(() => {
    const holder = host.current
    if (!holder) return
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const state = current()
      if (!state) return
      const at = placeOf(event, holder, state.field)
      const notches = event.deltaMode === 1 ? event.deltaY / 3 : event.deltaY / 100
      onZoom(zoomAbout(state.now, state.field, at, 2 ** (-notches * (event.ctrlKey ? 1.5 : 0.5))))
    }
    holder.addEventListener('wheel', onWheel, { passive: false })
    return () => holder.removeEventListener('wheel', onWheel)
  }, [current, onZoom])

  const drag = useRef<{ x: number; y: number } | null>(null)
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button > 1) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, y: event.clientY }
  }
  const onPointerMove = (event: PointerEvent) => {
    const state = current()
    if (!state) return
    const at = placeOf(event, event.currentTarget, state.field)
    let { now } = state
    const dx = drag.current ? (event.clientX - drag.current.x) * devicePixelRatio : 0
    const dy = drag.current ? (event.clientY - drag.current.y) * devicePixelRatio : 0
    if (drag.current && !(zoom.mode === 'fit' && Math.hypot(dx, dy) < 4)) {
      drag.current = { x: event.clientX, y: event.clientY }
      const movedView = panBy(now, state.picture, dx, dy)
      onZoom(movedView)
      now = movedView
    }
    // After the move: a held picture has the same pixel under the hand, and nothing is read anew.
    point(pixelAt(at, state.field, now), state.picture)
  }
  const point = (at: { x: number; y: number }, picture: Size) => {
    const inside = at.x >= 0 && at.y >= 0 && at.x < picture.width && at.y < picture.height
    const before = viewerSettings.getState().cursor
    if (inside ? before?.x === at.x && before.y === at.y : before === null) return
    viewerSettings.setState({ cursor: inside ? at : null })
  }
  const onPointerUp = () => {
    drag.current = null
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const state = current()
    if (!state || event.ctrlKey || event.metaKey || event.altKey) return
    const middle = { x: state.field.width / 2, y: state.field.height / 2 }
    const step = 48 * devicePixelRatio
    const factor = event.key === '-' ? 0.8 : event.key === '+' || event.key === '=' ? 1.25 : 0
    const [x, y] = (event.shiftKey && directions[event.key]) || [0, 0]
    if (factor === 0 && x === 0 && y === 0) return
    event.preventDefault()
    event.stopPropagation()
    onZoom(
      factor ? zoomAbout(state.now, state.field, middle, factor) : panBy(state.now, state.picture, x * step, y * step),
    )
  }

  return (
    <div
      ref={host}
      className="viewer-surface"
      data-empty={pictureSize === null}
      data-stale={stale}
      data-outdated={outdated}
      role="img"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is zoomed and moved with the keyboard.
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onPointerLeave={() => viewerSettings.setState({ cursor: null })}
      onDoubleClick={() => onZoom({ mode: 'fit' })}
      onKeyDown={onKeyDown}
    />
  )
}

/** The surround's colour as the styles have it, sRGB in [0,1]. */
function surround(element: HTMLElement | null): readonly [number, number, number] {
  const colour = element ? getComputedStyle(element).backgroundColor : ''
  const parts = colour.match(/\d+(\.\d+)?/g)?.map(Number) ?? []
  const [r = 11, g = 11, b = 11] = parts
  return [r / 255, g / 255, b / 255]
}
