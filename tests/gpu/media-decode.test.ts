import { describe, expect, test } from 'vitest'
import { pictureColour } from '../../src/media/colour.ts'
import type { Frame } from '../../src/media/types.ts'
import expected from '../fixtures/media/expected.json'
import { fixture, libraryWith, never, openLibrary, pixelsOf, testMediaBench, watchFrames } from './media-support.ts'

const bench = testMediaBench()

const pixels = (frame: Frame, width: number, height: number, toneMap = false) =>
  pixelsOf(bench, frame, { width, height }, toneMap)

async function firstFrame(name: string, toneMap = false, index = 0) {
  const media = await libraryWith(name)
  await using source = await media.open({ id: name })
  using frame = await source.frame(index, never)
  const at = await pixels(frame, source.facts.width, source.facts.height, toneMap)
  return { at, facts: source.facts, timeline: source.timeline }
}

const near = (actual: readonly number[], wanted: readonly number[], within: number, where: string): void => {
  wanted.forEach((value, c) => {
    expect(Math.abs((actual[c] ?? Number.NaN) - value), `${where}: ${actual} for ${wanted}`).toBeLessThanOrEqual(within)
  })
}

/** What frames made by hand have in common. */
const first = { index: 0, timestamp: 0, duration: 1, crop: null, mirrored: false, chromaSite: 'left' } as const

/** BT.2087: BT.2020 primaries to BT.709. */
const primaries = [
  [1.6605, -0.5876, -0.0728],
  [-0.1246, 1.1329, -0.0083],
  [-0.0182, -0.1006, 1.1187],
] as const
const gamma = 2.4
/** Gamma-encoded SDR R, G, B of 255. */
const toBt709 = (rgb: readonly number[]): number[] =>
  primaries.map((row) => {
    const value = row.reduce((sum, weight, i) => sum + weight * ((rgb[i] ?? 0) / 255) ** gamma, 0)
    return 255 * Math.min(1, Math.max(0, value)) ** (1 / gamma)
  })

describe('colours', () => {
  test.each(expected.bars.files)('%s: every bar as the stream means it', async (name) => {
    const { at, facts } = await firstFrame(name)
    const tags = expected.bars.tags[name as keyof typeof expected.bars.tags]
    // WebCodecs knows one name for the curve that BT.709 and BT.2020 share.
    const transfer = tags.transfer === 'bt2020-10' ? 'bt709' : tags.transfer
    expect(facts.colour).toEqual({ ...tags, transfer, tagged: true })
    expect(facts.hdr).toBe(tags.transfer === 'pq' || tags.transfer === 'hlg' ? tags.transfer : null)
    const wide = tags.primaries === 'bt2020' && facts.hdr === null
    expected.bars.rgb.forEach((rgb, bar) => {
      near(at(8 + 16 * bar, 36), [...(wide ? toBt709(rgb) : rgb), 255], 2, `bar ${bar}`)
    })
  })

  test('what a stream does not say is guessed by its size, and told', async () => {
    const { facts } = await firstFrame('vfr.mp4')
    expect(facts.colour).toMatchObject({ matrix: 'smpte170m', tagged: false })
    expect(facts.notes.join()).toContain('BT.601')
  })

  test('a picture keeps its exact values', async () => {
    const { at, facts } = await firstFrame('one.png')
    expect(facts).toMatchObject({ kind: 'image', width: 1, height: 1, frameCount: 1, frameRate: 0 })
    near(at(0, 0), [...expected['one.png'].rgb, 255], 0.2, 'one.png')
  })

  /** A frame of one colour in `format`, from codes of each plane. */
  const flat = (format: string, size: number, fill: (bytes: Uint8Array<ArrayBuffer>) => void): Frame => {
    const bytes = new Uint8Array(size)
    fill(bytes)
    const picture = new VideoFrame(bytes, {
      format: format as VideoPixelFormat,
      codedWidth: 4,
      codedHeight: 4,
      timestamp: 0,
    })
    const close = () => picture.close()
    const colour = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false, tagged: true }
    const own = format.startsWith('I') || format === 'NV12' ? colour : pictureColour
    return { ...first, picture, rotation: 0, colour: own, close, [Symbol.dispose]: close }
  }
  // BT.709 limited codes of R'G'B' (191, 0, 0): Y' 51.0, Cb 109.1, Cr 212.0 (H.273).
  const red = [51, 109, 212] as const
  test.each([
    ['I420', 16 + 4 + 4],
    ['I422', 16 + 8 + 8],
    ['I444', 16 * 3],
  ])('%s planes', async (format, size) => {
    using frame = flat(format, size, (bytes) => {
      const chroma = (size - 16) / 2
      bytes
        .fill(red[0], 0, 16)
        .fill(red[1], 16, 16 + chroma)
        .fill(red[2], 16 + chroma)
    })
    near((await pixels(frame, 4, 4))(1, 2), [191, 0, 0, 255], 1, format)
  })
  test('NV12: interleaved chroma', async () => {
    using frame = flat('NV12', 24, (bytes) => {
      bytes.fill(red[0], 0, 16)
      for (let i = 16; i < 24; i += 2) bytes.set([red[1], red[2]], i)
    })
    near((await pixels(frame, 4, 4))(3, 3), [191, 0, 0, 255], 1, 'NV12')
  })
  test.each([
    ['RGBA', [10, 20, 30, 128], [10, 20, 30, 128]],
    ['BGRA', [10, 20, 30, 128], [30, 20, 10, 128]],
    ['RGBX', [10, 20, 30, 0], [10, 20, 30, 255]],
  ])('%s: order and straight alpha', async (format, stored, wanted) => {
    using frame = flat(format, 64, (bytes) => {
      for (let i = 0; i < 64; i += 4) bytes.set(stored, i)
    })
    near((await pixels(frame, 4, 4))(2, 1), wanted, 0.2, format)
  })
})

/** SMPTE ST 2084 and ITU-R BT.2100/BT.2390 in double precision; the shader's are single. */
describe('tone mapping', () => {
  const [m1, m2, c1, c2, c3] = [2610 / 16384, (2523 / 4096) * 128, 3424 / 4096, (2413 / 4096) * 32, (2392 / 4096) * 32]
  const pqToNits = (e: number): number =>
    10000 * (Math.max(e ** (1 / m2) - c1, 0) / (c2 - c3 * e ** (1 / m2))) ** (1 / m1)
  const nitsToPq = (nits: number): number => {
    const y = (nits / 10000) ** m1
    return ((c1 + c2 * y) / (1 + c3 * y)) ** m2
  }
  /** BT.2390-10, 5.4.1, black level 0. */
  const eetf = (nits: number): number => {
    const peak = nitsToPq(1000)
    const e1 = Math.min(1, nitsToPq(nits) / peak)
    const maxLum = nitsToPq(203) / peak
    const ks = 1.5 * maxLum - 0.5
    const t = (e1 - ks) / (1 - ks)
    const p =
      (2 * t ** 3 - 3 * t ** 2 + 1) * ks + (t ** 3 - 2 * t ** 2 + t) * (1 - ks) + (-2 * t ** 3 + 3 * t ** 2) * maxLum
    return pqToNits((e1 < ks ? e1 : p) * peak)
  }
  const hlgToNits = ([r, g, b]: readonly number[]): number[] => {
    const scene = [r, g, b].map((e = 0) =>
      e <= 0.5 ? e ** 2 / 3 : (Math.exp((e - 0.55991073) / 0.17883277) + 0.28466892) / 12,
    )
    const y = 0.2627 * (scene[0] ?? 0) + 0.678 * (scene[1] ?? 0) + 0.0593 * (scene[2] ?? 0)
    return scene.map((value) => 1000 * y ** 0.2 * value)
  }
  const toSdr = (nits: readonly number[]): number[] => {
    const peak = Math.max(...nits)
    const scaled = nits.map((value) => (peak > 0 ? (value * eetf(peak)) / peak / 203 : 0))
    return primaries.map((row) => {
      const value = row.reduce((sum, weight, i) => sum + weight * (scaled[i] ?? 0), 0)
      return 255 * Math.min(1, Math.max(0, value)) ** (1 / 2.4)
    })
  }

  test.each([
    ['pq.webm', (rgb: readonly number[]) => rgb.map(pqToNits)],
    ['hlg.webm', hlgToNits],
  ])('%s follows BT.2390', async (name, toNits) => {
    const { at } = await firstFrame(name, true)
    expected.bars.rgb.forEach((rgb, bar) => {
      const wanted = toSdr(toNits(rgb.map((value) => value / 255)))
      near(at(8 + 16 * bar, 36), wanted, 3, `bar ${bar}`)
    })
  })
})

describe('geometry', () => {
  test.each([0, 90, 180, 270] as const)('turned by %s: the quick way and the general way agree', async (rotation) => {
    const [width, height] = [33, 17]
    const chroma = 17 * 9
    const noise = Uint8Array.from(
      { length: width * height + 2 * chroma },
      (_, i) => Math.imul(i + 1, 2654435761) >>> 24,
    )
    const make = (format: string, bytes: Uint8Array<ArrayBuffer>): Frame => {
      const picture = new VideoFrame(bytes, {
        format: format as VideoPixelFormat,
        codedWidth: width,
        codedHeight: height,
        timestamp: 0,
      })
      const colour = { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: true, tagged: true }
      const close = () => picture.close()
      return { ...first, picture, rotation, colour, close, [Symbol.dispose]: close }
    }
    using quick = make('I420', noise)
    // An alpha plane takes the general way.
    using general = make('I420A', Uint8Array.from([...noise, ...new Uint8Array(width * height).fill(255)]))
    const [w, h] = rotation % 180 === 0 ? [width, height] : [height, width]
    const [a, b] = [await pixels(quick, w, h), await pixels(general, w, h)]
    for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) near(a(x, y), b(x, y), 0.2, `(${x}, ${y})`)
    // Chroma is interpolated: at an odd column and row it is the mean of two columns, three quarters of the nearer row.
    const at = (plane: number, x: number, y: number) => noise[width * height + plane * chroma + y * 17 + x] ?? 0
    const expectedAt = (plane: number) =>
      0.75 * ((at(plane, 2, 3) + at(plane, 3, 3)) / 2) + 0.25 * ((at(plane, 2, 4) + at(plane, 3, 4)) / 2) - 128
    const luma = noise[7 * width + 5] ?? 0
    const wanted = [
      luma + 1.402 * expectedAt(1),
      luma - 0.344136 * expectedAt(0) - 0.714136 * expectedAt(1),
      luma + 1.772 * expectedAt(0),
    ].map((value) => Math.min(255, Math.max(0, value)))
    const places = {
      0: [5, 7],
      90: [w - 1 - 7, 5],
      180: [width - 1 - 5, height - 1 - 7],
      270: [7, h - 1 - 5],
    }
    const [px = 0, py = 0] = places[rotation]
    near(a(px, py), wanted, 0.3, 'the pixel at (5, 7)')
  })

  const corners = { topLeft: [3, 3], topRight: [-4, 3], bottomLeft: [3, -4], bottomRight: [-4, -4] } as const
  test.each(['rotated.mp4', 'sar.mp4', 'still.png'] as const)('%s is shown upright in square pixels', async (name) => {
    const { at, facts } = await firstFrame(name)
    const wanted = expected[name]
    const [width, height] =
      'displayWidth' in wanted ? [wanted.displayWidth, wanted.displayHeight] : [wanted.width, wanted.height]
    expect([facts.width, facts.height]).toEqual([width, height])
    for (const [corner, [x, y]] of Object.entries(corners)) {
      const rgb = wanted.displayed[corner as keyof typeof corners]
      near(at(x < 0 ? width + x : x, y < 0 ? height + y : y), rgb, 3, corner)
    }
  })

  test('wide pixels are interpolated, not repeated', async () => {
    const { at } = await firstFrame('sar.mp4')
    // Left to right the first quarters go from red to green at x = 64: Catmull-Rom passes through values between.
    const between = Array.from({ length: 8 }, (_, i) => at(60 + i, 8)[0] ?? 0).filter((red) => red > 20 && red < 235)
    expect(between.length).toBeGreaterThanOrEqual(2)
  })

  test('odd sizes keep their last column and row', async () => {
    const { at, facts } = await firstFrame('odd.webm')
    expect([facts.width, facts.height]).toEqual([33, 17])
    // The test pattern is bright at the right edge: nothing of it may be missing or black.
    expect(Math.max(...at(32, 3).slice(0, 3))).toBeGreaterThan(100)
  })
})

describe('time', () => {
  test('timestamps and durations are those of the file', async () => {
    const media = await libraryWith('vfr.mp4')
    await using source = await media.open({ id: 'vfr.mp4' })
    const wanted = expected['vfr.mp4']
    expect(source.timeline.count).toBe(wanted.frames)
    for (let index = 0; index < wanted.frames; index++) {
      using frame = await source.frame(index, never)
      expect(frame.timestamp).toBeCloseTo(wanted.timestamps[index] ?? -1, 6)
      expect(frame.duration).toBeCloseTo(wanted.durations[index] ?? -1, 3)
      // Each frame is a grey of its own, so it is known which one came.
      const at = await pixels(frame, wanted.width, wanted.height)
      near(at(32, 18), [(((wanted.limitedLuma[index] ?? 0) - 16) / 219) * 255], 2, `frame ${index}`)
    }
    expect([-1, 0, 0.039, 0.04, 0.2, 0.4999, 0.5, 0.95, 9].map((s) => source.timeline.indexAt(s))).toEqual([
      0, 0, 0, 1, 4, 4, 5, 7, 7,
    ])
  })

  test('a clip that was trimmed without encoding it again begins where its edit list says, at whatever frame', async () => {
    const whole = await libraryWith('damage.mp4')
    const bytes = await (await fixture('damage.mp4')).arrayBuffer()
    // The first edit begins five frames later, between key frames.
    const at = new TextDecoder('latin1').decode(bytes).indexOf('elst') + 16
    const view = new DataView(bytes)
    view.setUint32(at, view.getUint32(at) + 5 * 512)
    const trimmed = openLibrary()
    const { frameCount, notes } = await trimmed.add('trimmed.mp4', [new File([bytes], 'trimmed.mp4')])
    expect(frameCount).toBe(35)
    expect(notes.join()).not.toContain('key frames')
    await using one = await whole.open({ id: 'damage.mp4' })
    await using other = await trimmed.open({ id: 'trimmed.mp4' })
    for (const index of [0, 7, 0]) {
      using frame = await one.frame(index + 5, never)
      using same = await other.frame(index, never)
      const [wanted, given] = [await pixels(frame, 64, 48), await pixels(same, 64, 48)]
      for (const [x, y] of [
        [3, 5],
        [40, 20],
        [60, 44],
      ] as const)
        expect(given(x, y)).toEqual(wanted(x, y))
    }
  })

  test('a frame is the same however it is come to, and every frame is closed', async () => {
    const watch = watchFrames()
    try {
      const media = openLibrary()
      const ref = { id: 'samples/field-guide.mp4' }
      const sum = async (frame: Frame): Promise<number> => {
        if (!(frame.picture instanceof VideoFrame)) throw new Error('not a video frame')
        const bytes = new Uint8Array(frame.picture.allocationSize())
        await frame.picture.copyTo(bytes)
        return bytes.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 7)
      }
      const ordered: number[] = []
      {
        await using source = await media.open(ref)
        for (let index = 0; index < source.timeline.count; index++) {
          using frame = await source.frame(index, never)
          expect(frame.index).toBe(index)
          ordered.push(await sum(frame))
        }
      }
      expect(ordered.length).toBe(96)
      expect(new Set(ordered).size).toBeGreaterThan(80)
      {
        await using source = await media.open(ref)
        for (const index of [95, 0, 1, 1, 50, 47, 48, 55, 10]) {
          using frame = await source.frame(index, never)
          expect(await sum(frame), `frame ${index}`).toBe(ordered[index])
        }
        // Left in the middle of a run, with frames decoded ahead.
      }
      expect(watch.seen()).toBeGreaterThan(96)
      await expect.poll(() => watch.open()).toBe(0)
    } finally {
      watch.stop()
    }
  })

  test('aborting rejects with the reason and the source goes on', async () => {
    const media = openLibrary()
    await using source = await media.open({ id: 'samples/field-guide.mp4' })
    const abort = new AbortController()
    const reason = new Error('enough')
    const pending = source.frame(90, abort.signal)
    abort.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(source.frame(3, AbortSignal.abort(reason))).rejects.toBe(reason)
    using frame = await source.frame(40, never)
    expect(frame.timestamp).toBeCloseTo(40 / 24, 4)
  })
})

describe('sequences', () => {
  test('pictures come in the natural order of their names', async () => {
    const files = await Promise.all(
      [3, 1, 4, 2].map(async (n) => {
        const file = await fixture(`seq/frame_000${n}.png`, 'image/png')
        // Without zeros in front: 10 must come after 9.
        return new File([file], `frame_${n + 7}.png`, { type: 'image/png' })
      }),
    )
    const media = openLibrary()
    const facts = await media.add('seq', files)
    expect(facts).toMatchObject({ kind: 'sequence', width: 32, height: 18, frameCount: 4, frameRate: 24 })
    await using source = await media.open({ id: 'seq' })
    for (let index = 0; index < 4; index++) {
      using frame = await source.frame(index, never)
      const at = await pixels(frame, 32, 18)
      near(at(9, 7), [40 * (index + 1), 8 * 9, 14 * 7, 255], 0.2, `picture ${index}`)
    }
  })

  test('a picture of another size is named', async () => {
    const media = openLibrary()
    const pictures = [await fixture('seq/frame_0001.png', 'image/png'), await fixture('still.png', 'image/png')]
    await expect(media.add('mixed', pictures)).rejects.toThrow(/still\.png.*64×36.*32×18/)
  })
})
