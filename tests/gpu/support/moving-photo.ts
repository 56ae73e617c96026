/** Frames of a photograph that moves in a known way: `tests/fixtures/motion/photo.jpg`, and the script beside it. */
import photoUrl from '../../fixtures/motion/photo.jpg?url'
import { draw, type Numbers } from '../harness.ts'

/** Grey levels in [0,1], at any place, by cubic convolution (Catmull-Rom), the edge repeated. */
export interface Photo {
  readonly width: number
  readonly height: number
  at(x: number, y: number): number
}

export async function openPhoto(url: string = photoUrl): Promise<Photo> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob())
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')!
  context.drawImage(bitmap, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  const clamp = (i: number, side: number) => Math.min(side - 1, Math.max(0, i))
  const pixel = (x: number, y: number) => data[4 * (clamp(y, height) * width + clamp(x, width))]! / 255
  return {
    width,
    height,
    at(x, y) {
      const [left, top] = [Math.floor(x), Math.floor(y)]
      const rows = [-1, 0, 1, 2].map((j) =>
        cubic(
          [-1, 0, 1, 2].map((i) => pixel(left + i, top + j)),
          x - left,
        ),
      )
      return cubic(rows, y - top)
    },
  }
}

function cubic([a, b, c, d]: readonly number[], t: number): number {
  return b! + 0.5 * t * (c! - a! + t * (2 * a! - 5 * b! + 4 * c! - d! + t * (3 * (b! - c!) + d! - a!)))
}

/** Where a point of the frame lies in the photograph's middle, both counted from their centres. */
export type Move = (x: number, y: number) => readonly [number, number]

export const shift =
  (dx: number, dy: number): Move =>
  (x, y) => [x + dx, y + dy]

export const turn =
  (degrees: number, scale = 1): Move =>
  (x, y) => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180) * scale, Math.sin((degrees * Math.PI) / 180) * scale]
    return [cos * x - sin * y, sin * x + cos * y]
  }

interface Size {
  readonly width: number
  readonly height: number
}

export const frameSize: Size = { width: 320, height: 180 }

/** The photograph as `move` shows it, with noise of a deviation in grey levels of 255. */
export function frameOf(photo: Photo, move: Move, { size = frameSize, noise = 0, seed = 1 } = {}): Numbers {
  const random = normals(seed)
  const { width, height } = size
  return draw(width, height, (x, y) => {
    const [px, py] = move(x - (width - 1) / 2, y - (height - 1) / 2)
    const clean = photo.at(px + (photo.width - 1) / 2, py + (photo.height - 1) / 2)
    const tone = Math.min(1, Math.max(0, Math.round(255 * (clean + (noise / 255) * random())) / 255))
    return [tone, tone, tone]
  })
}

/** Normal deviates by mulberry32 and Box-Muller, the same for a seed. */
export function normals(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
