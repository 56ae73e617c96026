import { describe, expect, test } from 'vitest'
import type { CompareLayout, OverlayLook, Viewport } from '../../../../src/engine/door/api.ts'
import { layersOf, type Pictures } from '../../../../src/engine/viewer/layers.ts'
import { Programs } from '../../../../src/engine/viewer/viewer-shaders.ts'
import type { GpuPicture } from '../../../../src/gpu/types.ts'

const size = { width: 100, height: 50 }
const picture = (part = { x: 0, y: 0, ...size }) =>
  ({ desc: { type: 'image', ...size }, part }) as unknown as GpuPicture
/** Ten canvas pixels a side more than the picture, which lies in the middle. */
const viewport = (layout?: CompareLayout): Viewport => ({
  width: 120,
  height: 70,
  zoom: 1,
  centre: { x: 50, y: 25 },
  background: [0, 0, 0],
  ...(layout ? { layout } : {}),
})
const places = (layout: CompareLayout | undefined, pictures: Pictures, ground: Pictures = []) =>
  layersOf(viewport(layout), pictures, ground, size).map(({ within, pictures: of, dimmed, mode }) => ({
    within: [within.left, within.top, within.right, within.bottom],
    of: of.length,
    ...(dimmed ? { dimmed } : {}),
    ...(mode ? { mode } : {}),
  }))
const whole = { within: [10, 10, 110, 60], of: 1 }

describe('layers', () => {
  test('one picture lies in the middle; a comparison without its other shows it alone', () => {
    expect(places(undefined, [picture()])).toEqual([whole])
    for (const layout of [
      { mode: 'wipe', position: 0.5 },
      { mode: 'onion', mix: 0.5 },
      { mode: 'side' },
      { mode: 'single', show: 1 },
    ] as const)
      expect(places(layout, [picture(), null])).toEqual([whole])
  })

  test('a part lies where it belongs, over the dimmed whole', () => {
    const part = picture({ x: 20, y: 10, width: 30, height: 20 })
    expect(places(undefined, [part], [picture()])).toEqual([
      { ...whole, dimmed: true },
      { within: [30, 20, 60, 40], of: 1 },
    ])
  })

  test('a wipe divides at its line, which is drawn last', () => {
    expect(places({ mode: 'wipe', position: 0.25 }, [picture(), picture()])).toEqual([
      { within: [10, 10, 30, 60], of: 1 },
      { within: [30, 10, 110, 60], of: 1 },
      { within: [29, 0, 31, 70], of: 0 },
    ])
  })

  test('side by side, pictures stand in two columns, or in as many as are asked for, with lines where they meet', () => {
    const fields = (columns: number | undefined, count: number) => {
      const all = Array.from({ length: count }, () => picture())
      const layers = layersOf(viewport({ mode: 'side', ...(columns && { columns }) }), all, [], size)
      const box = ({ left, top, right, bottom }: { left: number; top: number; right: number; bottom: number }) =>
        [left, top, right, bottom].map(Math.round)
      return {
        fields: layers.flatMap(({ field }) => (field ? [box(field)] : [])),
        lines: layers.flatMap(({ field, within }) => (field ? [] : [box(within)])),
      }
    }
    expect(fields(undefined, 2)).toEqual({
      fields: [
        [0, 0, 60, 70],
        [60, 0, 120, 70],
      ],
      lines: [[60, 0, 61, 70]],
    })
    expect(fields(undefined, 3).fields.at(-1)).toEqual([0, 35, 60, 70])
    const row = fields(3, 3)
    expect(row.fields).toEqual([
      [0, 0, 40, 70],
      [40, 0, 80, 70],
      [80, 0, 120, 70],
    ])
    expect(row.lines).toEqual([
      [40, 0, 41, 70],
      [80, 0, 81, 70],
    ])
    expect(fields(4, 4).lines).toHaveLength(3)
  })

  test('two are mixed in one drawing', () => {
    expect(places({ mode: 'onion', mix: 0.5 }, [picture(), picture()])).toEqual([{ ...whole, of: 2, mode: 'onion' }])
    const signed = { mode: 'difference', gain: 4, tone: 'signed' } as const
    expect(places(signed, [picture(), picture()])).toEqual([{ ...whole, of: 2, mode: 'signed' }])
  })

  test('a difference may be of others than A and B, and shows A alone until both are there', () => {
    const invention = { mode: 'difference', gain: 4, tone: 'heat', of: [0, 2] } as const
    const [a, b, c] = [picture(), picture(), picture()]
    const [layer] = layersOf(viewport(invention), [a, b, c], [], size)
    expect([layer?.pictures[0] === a, layer?.pictures[1] === c, layer?.mode]).toEqual([true, true, 'heat'])
    expect(places(invention, [a, b])).toEqual([whole])
  })

  test('a difference beyond another is of three pictures, and shows A alone until they are there', () => {
    const contradiction = { mode: 'difference', gain: 4, tone: 'heat', of: [2, 1], beyond: 3 } as const
    const all = [picture(), picture(), picture(), picture()]
    const [layer] = layersOf(viewport(contradiction), all, [], size)
    expect(layer?.pictures.map((one) => all.indexOf(one))).toEqual([2, 1, 3])
    expect(places(contradiction, all.slice(0, 3))).toEqual([whole])
  })

  test('a map lies over A alone, or in its place, where the viewport says how', () => {
    const [a, b, map] = [picture(), picture(), picture()]
    const look = { tint: 'red', opacity: 0.5, gain: 2, alone: false } as const
    const drawn = (layout: CompareLayout, overlay?: OverlayLook) =>
      layersOf({ ...viewport(layout), ...(overlay && { overlay }) }, [a, b], [], size, map)
        .filter(({ pictures }) => pictures.length > 0)
        .map(({ pictures, mode }) => [pictures.map((one) => [a, b, map].indexOf(one)), mode])
    const wipe = { mode: 'wipe', position: 0.5 } as const
    expect(drawn(wipe, look)).toEqual([
      [[0, 2], 'tinted'],
      [[1], undefined],
    ])
    expect(drawn({ mode: 'single', show: 0 }, { ...look, tint: 'heat', alone: true })).toEqual([[[2], 'heat map']])
    expect(drawn({ mode: 'single', show: 1 }, look)).toEqual([[[1], undefined]])
    expect(drawn({ mode: 'difference', gain: 1, tone: 'amount' }, look)).toEqual([[[0, 1], 'amount']])
    expect(drawn(wipe)).toEqual([
      [[0], undefined],
      [[1], undefined],
    ])
  })

  test('three stand in two rows, with a line between columns and rows', () => {
    const layers = places({ mode: 'side' }, [picture(), picture(), picture()])
    expect(layers.map(({ of }) => of)).toEqual([1, 1, 1, 0, 0])
    expect(layers[2]?.within).toEqual([0, 35, 60, 70])
  })
})

test('a program is compiled once', () => {
  let modules = 0
  const device = {
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createRenderPipeline: () => ({}),
    createShaderModule() {
      modules += 1
      return {}
    },
  } as unknown as GPUDevice
  ;(globalThis as { GPUShaderStage?: unknown }).GPUShaderStage ??= { FRAGMENT: 2 }
  const programs = new Programs(device, 'bgra8unorm')
  const plain = { readings: [], mode: 'plain', grid: false, dimmed: false } as const
  expect(programs.get(plain)).toBe(programs.get({ ...plain }))
  expect(programs.get({ ...plain, dimmed: true })).not.toBe(programs.get(plain))
  expect(modules).toBe(2)
})
