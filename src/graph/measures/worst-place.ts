/** Where in a small picture of a map most was found. */

/** A grey picture, four bytes a pixel. */
interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8ClampedArray | Uint8Array
}

export interface Spot {
  /** As a share of the picture’s sides. */
  readonly x: number
  readonly y: number
}

/** Of the map’s sides: what is looked at as one place. */
const share = 1 / 6

/** The middle of the window in which the map’s sum is the largest; where it is 0 everywhere, the map’s middle. */
export function worstPlace({ width, height, pixels }: GreyPicture): Spot {
  const [across, down] = [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))]
  const sums = new Float64Array((width + 1) * (height + 1))
  const at = (x: number, y: number) => y * (width + 1) + x
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      sums[at(x + 1, y + 1)] =
        pixels[(y * width + x) * 4]! + sums[at(x, y + 1)]! + sums[at(x + 1, y)]! - sums[at(x, y)]!
  let highest = 0
  let place: Spot = { x: 0.5, y: 0.5 }
  for (let y = 0; y + down <= height; y += 1)
    for (let x = 0; x + across <= width; x += 1) {
      const sum = sums[at(x + across, y + down)]! - sums[at(x, y + down)]! - sums[at(x + across, y)]! + sums[at(x, y)]!
      if (sum <= highest) continue
      highest = sum
      place = { x: (x + across / 2) / width, y: (y + down / 2) / height }
    }
  return place
}
