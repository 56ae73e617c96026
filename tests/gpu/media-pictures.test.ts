/** Pictures of every kind, against what Pillow reads out of them (`make-pictures.py`). */
import { describe, expect, test } from 'vitest'
import type { FrameSource } from '../../src/media/types.ts'
import expected from '../fixtures/media/expected-pictures.json'
import { fixture, mediaErrorOf, never, openLibrary, pixelsOf, testMediaBench } from './media-support.ts'

const bench = testMediaBench()

async function open(...names: string[]): Promise<FrameSource> {
  const media = openLibrary()
  const files = await Promise.all(names.map((name) => fixture(`pictures/${name}`)))
  await media.add('pictures', files)
  return media.open({ id: 'pictures' })
}

/** Every pixel within `tolerance` of rows of R, G, B. */
async function compare(source: FrameSource, rows: readonly (readonly (readonly number[])[])[], tolerance: number) {
  expect([source.facts.width, source.facts.height]).toEqual([rows[0]?.length, rows.length])
  using frame = await source.frame(0, never)
  const at = await pixelsOf(bench, frame, source.facts)
  let worst = 0
  rows.forEach((row, y) => {
    row.forEach((rgb, x) => {
      const found = at(x, y)
      for (const [c, value] of rgb.entries()) worst = Math.max(worst, Math.abs((found[c] ?? Number.NaN) - value))
    })
  })
  expect(worst).toBeLessThanOrEqual(tolerance)
}

test.each(['adobe.png', 'adobe.webp', 'adobe.tif', 'adobe-deep.png'])(
  '%s: its colour profile is honoured, and told',
  async (name) => {
    await using source = await open(name)
    // Pillow's conversion rounds to 8 bits on its way, the browser's too.
    await compare(source, expected.adobe, 3)
    expect(source.facts.notes).toEqual(['Its colours are converted to sRGB from its own profile, Adobe RGB (1998).'])
  },
)

describe('sixteen bits', () => {
  test('of a PNG all arrive', async () => {
    await using source = await open('deep.png')
    expect(source.facts.samples).toMatchObject({ bits: 16, alpha: false })
    using frame = await source.frame(0, never)
    const at = await pixelsOf(bench, frame, source.facts)
    const reds = new Set(Array.from({ length: 64 }, (_, x) => at(x, 1)[0]))
    expect(reds.size).toBe(64)
    for (const x of [0, 31, 63]) {
      expect(Math.abs((at(x, 2)[0] ?? 0) / 255 - (30000 + 16 * x) / 65535)).toBeLessThan(2 ** -12)
      expect(Math.abs((at(x, 2)[1] ?? 0) / 255 - (1000 * x) / 65535)).toBeLessThan(2 ** -11)
      expect(at(x, 2)[2]).toBe(255)
    }
  })

  test('of a grey TIFF all arrive', async () => {
    await using source = await open('deep-grey.tif')
    expect(source.facts).toMatchObject({ kind: 'image', width: 16, height: 4, samples: { bits: 16 } })
    using frame = await source.frame(0, never)
    const at = await pixelsOf(bench, frame, source.facts)
    for (const [x, y] of [
      [0, 0],
      [5, 1],
      [15, 3],
    ] as const)
      for (const c of [0, 1, 2])
        expect(Math.abs((at(x, y)[c] ?? 0) / 255 - ((y * 16 + x) * 1000 + 7) / 65535)).toBeLessThan(2 ** -11)
  })
})

test('a colour of sixteen bits that a PNG names is transparent', async () => {
  await using source = await open('keyed.png')
  expect(source.facts.samples).toMatchObject({ bits: 16, alpha: true })
  using frame = await source.frame(0, never)
  const at = await pixelsOf(bench, frame, source.facts)
  expect([at(5, 3)[3], at(5, 4)[3], at(4, 3)[3]]).toEqual([0, 255, 255])
})

test.each([
  ['tiles.tif', 'tiles', 0.2],
  ['planes.tif', 'tiles', 0.2],
  // Decoders of JPEG round differently.
  ['jpeg.tif', 'jpeg', 4],
  ['inks.tif', 'inks', 0.6],
  ['white-is-zero.tif', 'greys', 0.2],
  ['fax.tif', 'fax', 0.2],
] as const)('%s has the values that Pillow and tifffile read', async (name, rows, tolerance) => {
  await using source = await open(name)
  await compare(source, expected[rows], tolerance)
})

test('a TIFF of a kind that is not read is refused by what it is', async () => {
  const bytes = new Uint8Array(await (await fixture('pictures/rgb.tif')).arrayBuffer())
  // Its compression (tag 259), said to be JPEG 2000.
  const entry = bytes.findIndex((_, at) => [3, 1, 3, 0, 1, 0, 0, 0, 5, 0].every((byte, i) => bytes[at + i] === byte))
  bytes.set([34712 & 255, 34712 >> 8], entry + 8)
  const told = await mediaErrorOf(openLibrary().add('scan.tif', [new File([bytes], 'scan.tif')]))
  expect(told.message).toBe('“scan.tif” is a TIFF compressed by JPEG 2000, which is not read.')
})

test('a TIFF of eight bits, compressed, has its exact values', async () => {
  await using source = await open('rgb.tif')
  const rows = Array.from({ length: 12 }, (_, y) =>
    Array.from({ length: 16 }, (_, x) => [16 * x, 21 * y, (255 - 8 * x - 8 * y + 256) % 256]),
  )
  await compare(source, rows, 0.2)
})

describe('EXIF’s orientation', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8] as const
  test.each(all)('%i in a WebP', async (orientation) => {
    await using source = await open(`turned-${orientation}.webp`)
    await compare(source, expected[`turned-${orientation}`], 0.2)
  })
  test.each(['turned-5.png', 'turned-6.png', 'turned-5.jpg', 'turned-6.jpg'] as const)('in %s', async (name) => {
    await using source = await open(name)
    await compare(
      source,
      expected[name.startsWith('turned-5') ? 'turned-5' : 'turned-6'],
      name.endsWith('jpg') ? 6 : 0.2,
    )
  })
})

test.each([
  ['moving.gif', 'GIF'],
  ['moving.webp', 'WebP'],
  ['moving.png', 'APNG'],
] as const)('%s is a clip with its own times', async (name, codec) => {
  await using source = await open(name)
  expect(source.facts).toMatchObject({ kind: 'video', codec, frameCount: 4, width: 16, height: 12 })
  const { milliseconds } = expected.moving
  let begin = 0
  // Backwards too: each frame is found by its index.
  for (const index of [0, 1, 2, 3, 1]) {
    using frame = await source.frame(index, never)
    const at = await pixelsOf(bench, frame, source.facts)
    for (let bar = 0; bar < 4; bar++)
      at(4 * bar + 2, 6).forEach((value, c) => {
        const wanted = bar === index ? [255, 60 * index, 0, 255][c] : [0, 0, 0, 255][c]
        expect(Math.abs(value - (wanted ?? 0)), `frame ${index}, bar ${bar}: ${at(4 * bar + 2, 6)}`).toBeLessThan(1)
      })
  }
  milliseconds.forEach((duration, index) => {
    expect(source.timeline.timestamp(index)).toBeCloseTo(begin / 1000, 6)
    expect(source.timeline.duration(index)).toBeCloseTo(duration / 1000, 6)
    begin += duration
  })
})

describe('a sequence', () => {
  test('of other sizes is refused when it is opened', async () => {
    const told = await mediaErrorOf(open('turned-1.webp', 'turned-2.webp', 'turned-6.webp', 'turned-8.webp'))
    expect(told.message).toBe(
      '“turned-6.webp” is 12×16, the first picture of the sequence 16×12; 1 more differ from it.',
    )
  })

  test('of other kinds is one', async () => {
    await using source = await open('adobe.png', 'rgb.tif', 'turned-1.webp')
    expect(source.facts).toMatchObject({ kind: 'sequence', frameCount: 3 })
    for (let index = 0; index < 3; index++) {
      using frame = await source.frame(index, never)
      await pixelsOf(bench, frame, source.facts)
    }
  })

  test('tells that what moves stands still in it', async () => {
    await using source = await open('moving.gif', 'turned-1.webp')
    expect(source.facts.notes.join()).toContain('“moving.gif” moves; in a sequence the first frame alone is shown.')
  })
})

test('a TIFF that is cut off is told', async () => {
  const whole = await fixture('pictures/rgb.tif')
  const told = await mediaErrorOf(openLibrary().add('cut.tif', [new File([whole.slice(0, 60)], 'cut.tif')]))
  expect(told.message).toContain('“cut.tif” cannot be read as a picture')
})

describe('an OpenEXR picture', () => {
  test('of linear light, multiplied with its transparency, is sRGB with transparency beside it', async () => {
    await using source = await open('light.exr')
    expect(source.facts).toMatchObject({ kind: 'image', width: 16, height: 8, samples: { bits: 16, alpha: true } })
    expect(source.facts.notes.join(' ')).toContain('linear light')
    using frame = await source.frame(0, never)
    const at = await pixelsOf(bench, frame, source.facts)
    const srgb = (linear: number): number =>
      linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
    for (const y of [1, 6])
      for (const x of [0, 1, 7, 15]) {
        const [red = 0, , blue = 0, alpha = 0] = at(x, y)
        expect(Math.abs(red / 255 - srgb(x / 15))).toBeLessThan(2 ** -9)
        expect(Math.abs(blue / 255 - srgb(0.25))).toBeLessThan(2 ** -9)
        expect(Math.abs(alpha / 255 - (y < 4 ? 1 : 0.5))).toBeLessThan(2 ** -9)
      }
  })

  test('that is cut off is told, in pixels or in its head', async () => {
    const whole = await fixture('pictures/light.exr')
    for (const size of [12, 200, 500, whole.size - 1]) {
      const told = await mediaErrorOf(openLibrary().add('cut.exr', [new File([whole.slice(0, size)], 'cut.exr')]))
      expect(told.message).toContain('“cut.exr” cannot be read as a picture')
    }
  })
})
