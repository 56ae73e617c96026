/**
 * Steady Detail on a photograph that moves, with a residual made for it: a texture that goes along, and flicker that does not.
 * What it should do to them is known without any other program.
 */
import { describe, expect, it } from 'vitest'
import steadyDetail from '../../src/nodes/steady-detail.node.ts'
import { download, draw, largestDifference, type Numbers, prepareNode, upload } from './harness.ts'
import { frameOf, normals, shift } from './support/moving-photo.ts'
import { testBench, testPhoto } from './support/test-bench.ts'

const bench = testBench()
const photo = testPhoto()

const small = { width: 112, height: 64 }
const large = { width: 224, height: 128 }

interface Moment {
  readonly source: Numbers
  readonly base: Numbers
  readonly detail: Numbers
}

/** Pixels of the base that the photograph moves by in a frame. */
const speed = 2.5

/** Texture that belongs to the photograph and moves with it. */
const texture = (x: number, y: number) => 0.03 * Math.sin(x * 1.1) * Math.sin(y * 1.3)

/** Frame `t` of a shot that begins at `origin` in the photograph; `flicker` is its deviation, in grey levels. */
function moment(t: number, { origin = 0, flicker = 8 } = {}): Moment {
  const left = origin + speed * t
  const source = frameOf(photo, (x, y) => [2 * x + left, 2 * y], { size: small })
  const base = frameOf(photo, shift(left, 0), { size: large })
  const random = normals(1000 * origin + t + 77)
  const detail = draw(large.width, large.height, (x, y) => {
    const added = texture(x + left, y) + (flicker / 255) * random()
    const tone = Math.min(1, Math.max(0, base.data[4 * (y * large.width + x)]! + added))
    return [tone, tone, tone]
  })
  return { source, base, detail }
}

/** The middle of five moments as it comes out. */
async function steadied(
  moments: readonly Moment[],
  params: Record<string, number> = {},
  mask?: Numbers,
): Promise<Numbers> {
  const uploaded = new Map(moments.map((each) => [each, upload(bench, each.source)]))
  const bases = new Map(moments.map((each) => [each, upload(bench, each.base)]))
  const details = new Map(moments.map((each) => [each, upload(bench, each.detail)]))
  const around = <T>(pictures: ReadonlyMap<Moment, T>) =>
    new Map(moments.map((each, i) => [i - (moments.length >> 1), pictures.get(each)!]))
  const own = moments[moments.length >> 1]!
  const masks = mask && upload(bench, mask)
  const node = await prepareNode(
    bench,
    steadyDetail,
    {
      source: uploaded.get(own)!.desc,
      base: bases.get(own)!.desc,
      detail: details.get(own)!.desc,
      ...(masks && { mask: masks.desc }),
    },
    { params: { radius: moments.length >> 1, ...params } },
  )
  const inputs = {
    source: around(uploaded),
    base: around(bases),
    detail: around(details),
    ...(masks && { mask: masks }),
  }
  const { image } = await node.run(inputs, 0)
  const result = await download(bench, image!)
  await node.close()
  for (const { texture } of [...uploaded.values(), ...bases.values(), ...details.values()]) texture.destroy()
  masks?.texture.destroy()
  return result
}

/** How much of the texture is in the residual, where 1 is all of it, and the deviation of what is not. Inside the frame. */
function residualOf(picture: Numbers, { base }: Moment, left: number) {
  let [along, power, squares, count] = [0, 0, 0, 0]
  const each = (visit: (residual: number, wanted: number) => void) => {
    for (let y = 12; y < large.height - 12; y++)
      for (let x = 12; x < large.width - 12; x++) {
        const at = 4 * (y * large.width + x)
        visit(picture.data[at]! - base.data[at]!, texture(x + left, y))
      }
  }
  each((residual, wanted) => {
    along += residual * wanted
    power += wanted * wanted
  })
  const share = along / power
  each((residual, wanted) => {
    squares += (residual - share * wanted) ** 2
    count += 1
  })
  return { share, flicker: 255 * Math.sqrt(squares / count) }
}

/** Decibels by which `after` is nearer than `before` to the picture without flicker, and how sharp it is beside it: by mean gradient. */
function gainOf(before: Numbers, after: Numbers, { base }: Moment, left: number) {
  const truth = (x: number, y: number) => base.data[4 * (y * large.width + x)]! + texture(x + left, y)
  const tone = (picture: Numbers, x: number, y: number) => picture.data[4 * (y * large.width + x)]!
  const squares = { before: 0, after: 0 }
  const slopes = { before: 0, after: 0 }
  for (let y = 12; y < large.height - 12; y++)
    for (let x = 12; x < large.width - 12; x++)
      for (const [when, picture] of [
        ['before', before],
        ['after', after],
      ] as const) {
        squares[when] += (tone(picture, x, y) - truth(x, y)) ** 2
        slopes[when] +=
          Math.abs(tone(picture, x + 1, y) - tone(picture, x, y)) +
          Math.abs(tone(picture, x, y + 1) - tone(picture, x, y))
      }
  return { decibels: 10 * Math.log10(squares.before / squares.after), sharpness: slopes.after / slopes.before }
}

describe('steady detail', () => {
  it('takes flicker out and leaves the texture that moves along', async () => {
    const moments = [-2, -1, 0, 1, 2].map((t) => moment(t))
    const [, , own] = moments
    const steadyPicture = await steadied(moments)
    const before = residualOf(own!.detail, own!, 0)
    const after = residualOf(steadyPicture, own!, 0)
    expect(before.flicker).toBeGreaterThan(7)
    expect(after.flicker / before.flicker).toBeLessThan(0.62)
    expect(after.share).toBeGreaterThan(0.88)
    expect(gainOf(own!.detail, steadyPicture, own!, 0).decibels).toBeGreaterThan(0.25)
    const three = residualOf(await steadied(moments.slice(1, 4)), moments[2]!, 0)
    expect(three.flicker).toBeGreaterThan(after.flicker)
    expect(three.flicker).toBeLessThan(0.8 * before.flicker)
  })

  it('lets nothing of the shot before into the first frame of the next', async () => {
    const after = [0, 1, 2].map((t) => moment(t))
    const dark = (t: number): Moment => {
      const scene = (size: typeof small, scale: number) =>
        draw(size.width, size.height, (x, y) => {
          const tone = 0.4 + 0.3 * Math.sin((x * scale + 3 * t) / 9) * Math.cos((y * scale) / 5)
          return [tone, tone, tone]
        })
      const base = scene(large, 1)
      const random = normals(t + 5)
      return { source: scene(small, 2), base, detail: draw(large.width, large.height, () => [random(), 0, 1]) }
    }
    const black = (): Moment => {
      const frame = ({ width, height }: typeof small) => draw(width, height, () => [0, 0, 0])
      return { source: frame(small), base: frame(large), detail: frame(large) }
    }
    const afterOne = await steadied([dark(-2), dark(-1), ...after])
    const afterOther = await steadied([black(), black(), ...after])
    expect(largestDifference(afterOne, afterOther)).toBe(0)
    // A cut on every side: the frame stays as it is.
    const alone = await steadied([dark(-2), black(), after[0]!, dark(1), black()])
    expect(largestDifference(alone, after[0]!.detail)).toBeLessThan(0.0005)
  })

  it('never averages the source: where nothing was predicted nothing changes, whatever comes and goes', async () => {
    const plain = [-2, -1, 0, 1, 2].map((t) => {
      const { source, base } = moment(t)
      const flash = (picture: Numbers, scale: number): Numbers =>
        t === 0
          ? draw(picture.width, picture.height, (x, y) => {
              const at = 4 * (y * picture.width + x)
              const tone = Math.hypot(x * scale - 100, y * scale - 60) < 30 ? 1 : picture.data[at]!
              return [tone, tone, tone]
            })
          : picture
      return { source: flash(source, 2), base: flash(base, 1), detail: flash(base, 1) }
    })
    expect(largestDifference(await steadied(plain), plain[2]!.detail)).toBeLessThan(0.0005)
  })

  it('leaves the detail at no steadiness, where the mask is 0, and in a still', async () => {
    const moments = [-2, -1, 0, 1, 2].map((t) => moment(t))
    const [, , own] = moments
    expect(largestDifference(await steadied(moments, { steadiness: 0 }), own!.detail)).toBeLessThan(0.0005)
    const nowhere = draw(large.width, large.height, () => 0)
    expect(largestDifference(await steadied(moments, {}, nowhere), own!.detail)).toBeLessThan(0.0005)
    const still = [own!, own!, own!, own!, own!]
    expect(largestDifference(await steadied(still), own!.detail)).toBeLessThan(0.0005)
  })

  it('keeps the sharpness of a model that makes up little anew, at what it is set to by itself', async () => {
    const moments = [-2, -1, 0, 1, 2].map((t) => moment(t, { flicker: 2 }))
    const gain = gainOf(moments[2]!.detail, await steadied(moments), moments[2]!, 0)
    expect(gain.sharpness).toBeGreaterThan(0.88)
    expect(gain.decibels).toBeGreaterThan(0.25)
  })

  it('refuses a source that is larger than the detail', () => {
    const desc = (width: number, height: number) =>
      ({ type: 'image', width, height, format: 'rgba16float', frameRate: 24 }) as const
    const inputs = { detail: desc(64, 32), base: desc(64, 32), source: desc(128, 64) }
    const facts = { media: () => undefined, model: () => undefined }
    expect(steadyDetail.infer(inputs, { radius: 2 }, facts)).toMatchObject({ problem: { port: 'source' } })
  })
})
