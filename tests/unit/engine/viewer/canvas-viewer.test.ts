import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Viewport } from '../../../../src/engine/door/api.ts'
import type { PinnedPicture } from '../../../../src/engine/run/result-cache.ts'
import type { Viewer } from '../../../../src/engine/viewer/canvas-viewer.ts'
import { DrawScheduler, isPan, Scene } from '../../../../src/engine/viewer/draw-scheduler.ts'
import { VisiblePictures } from '../../../../src/engine/viewer/visible-pictures.ts'
import type { GpuPicture } from '../../../../src/gpu/types.ts'

const freed: string[] = []
const held = (name: string): PinnedPicture => ({
  picture: { name } as unknown as GpuPicture,
  [Symbol.dispose]: () => void freed.push(name),
})
const namesOf = (pictures: readonly (GpuPicture | null)[]) =>
  pictures.map((one) => (one as { name?: string } | null)?.name)
const size = { width: 64, height: 36 }
const viewport: Viewport = { width: 64, height: 36, zoom: 1, centre: { x: 8, y: 8 }, background: [0, 0, 0] }
const at = (x: number): Viewport => ({ ...viewport, centre: { x, y: 8 } })

beforeEach(() => {
  freed.length = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the pictures shown', () => {
  test('whole ones are let go of when others come, and have nothing around them', () => {
    const visible = new VisiblePictures()
    visible.show([held('a'), null], size, false)
    visible.show([held('b')], size, false)
    expect([freed, namesOf(visible.pictures), visible.ground, visible.extent]).toEqual([['a'], ['b'], [], size])
  })

  test('around a part lies what was whole, however many parts follow, until all is whole again', () => {
    const visible = new VisiblePictures()
    visible.show([held('whole')], size, false)
    visible.show([held('part 1')], size, true)
    visible.show([held('part 2')], size, true)
    expect([freed, namesOf(visible.pictures), namesOf(visible.ground)]).toEqual([['part 1'], ['part 2'], ['whole']])
    visible.showAround([held('ground')])
    expect([freed, namesOf(visible.ground)]).toEqual([['part 1', 'whole'], ['ground']])
    visible.show([held('next')], size, false)
    expect([freed, visible.ground]).toEqual([['part 1', 'whole', 'part 2', 'ground'], []])
  })
})

describe('drawing', () => {
  function setUp({ software = true } = {}) {
    const refreshes: (() => void)[] = []
    const steps: number[] = []
    const viewer = {
      setViewport: (_: Viewport, step = 1) => void steps.push(step),
      draw: vi.fn(),
      [Symbol.dispose]: vi.fn(),
    } satisfies Viewer
    const drawing = new DrawScheduler({
      createViewer: () => viewer,
      beforeRefresh: (draw) => void refreshes.push(draw),
    })
    const loss = new AbortController()
    const scene = new Scene(new VisiblePictures(), {} as GPUDevice, software, loss.signal)
    const refresh = () => {
      for (const draw of refreshes.splice(0)) draw()
    }
    const pan = (x: number) => {
      drawing.moved(drawing.place(at(x)), scene)
      refresh()
    }
    return { drawing, viewer, scene, loss, steps, refreshes, refresh, pan }
  }

  test('a pan is a change of place alone', () => {
    expect([
      isPan(undefined, at(1)),
      isPan(at(1), at(1)),
      isPan(at(1), at(2)),
      isPan(at(1), { ...at(2), zoom: 2 }),
    ]).toEqual([false, false, true, false])
  })

  test('happens once a refresh, and not before there is a canvas', () => {
    const { drawing, viewer, scene, refreshes, refresh } = setUp()
    drawing.draw(scene)
    expect(refreshes).toHaveLength(0)
    drawing.attach({} as OffscreenCanvas, scene)
    drawing.draw(scene)
    drawing.draw(scene)
    refresh()
    expect(viewer.draw).toHaveBeenCalledTimes(1)
  })

  test('is coarse from the second step of a pan until the hand is idle', () => {
    const { drawing, scene, steps, refresh, pan } = setUp()
    drawing.attach({} as OffscreenCanvas, scene)
    for (const x of [1, 2, 3]) pan(x)
    expect(steps).toEqual([1, 1, 2])
    vi.advanceTimersByTime(150)
    refresh()
    expect(steps.at(-1)).toBe(1)
  })

  test('is whole throughout where a GPU draws', () => {
    const { drawing, scene, steps, pan } = setUp({ software: false })
    drawing.attach({} as OffscreenCanvas, scene)
    for (const x of [1, 2, 3, 4]) pan(x)
    expect(new Set(steps)).toEqual(new Set([1]))
  })

  test('ends with the device, and draws no more by itself once closed', () => {
    const { drawing, viewer, scene, loss, refresh, refreshes, pan } = setUp()
    drawing.attach({} as OffscreenCanvas, scene)
    for (const x of [1, 2, 3]) pan(x)
    drawing.close()
    vi.advanceTimersByTime(1000)
    expect(refreshes).toHaveLength(0)
    const drawn = viewer.draw.mock.calls.length
    drawing.draw(scene)
    loss.abort()
    refresh()
    expect(viewer.draw).toHaveBeenCalledTimes(drawn)
  })
})
