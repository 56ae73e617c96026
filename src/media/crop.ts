/**
 * What of a picture is shown where its container says to leave out some pixels at the edges: Matroska's cropping (RFC 9559,
 * 5.1.4.1.28.9), and the clean aperture of MP4 and QuickTime (ISO/IEC 14496-12, 12.1.4). Neither the browser nor the ffmpeg core heeds it.
 */
import type { Region } from '../graph/plan/region.ts'
import type { ContainerPicture, Edges } from './container/contents.ts'

export type PictureSize = Pick<Region, 'width' | 'height'>

/** In pixels of a picture of `size`, not yet turned; `null`: all of it is shown. */
export function cropOf(edges: Edges | null, size: PictureSize): Region | null {
  if (!edges || isImpossible(edges, size)) return null
  const { left, top, right, bottom } = edges
  return { x: left, y: top, width: size.width - left - right, height: size.height - top - bottom }
}

/** Negated, so that what is no number is impossible as well. */
const isImpossible = ({ left, top, right, bottom }: Edges, { width, height }: PictureSize): boolean =>
  !(Math.min(left, top, right, bottom) >= 0 && left + right < width && top + bottom < height)

/** The same part of a picture of another size, which is to be stretched to `whole`. */
export function stretchedCrop(crop: Region, whole: PictureSize, size: PictureSize): Region {
  if (size.width === whole.width && size.height === whole.height) return crop
  const [across, down] = [size.width / whole.width, size.height / whole.height]
  const x = Math.min(size.width - 1, Math.round(crop.x * across))
  const y = Math.min(size.height - 1, Math.round(crop.y * down))
  const width = Math.max(1, Math.min(size.width - x, Math.round(crop.width * across)))
  const height = Math.max(1, Math.min(size.height - y, Math.round(crop.height * down)))
  return { x, y, width, height }
}

/** Degrees that are no more than how a matrix is rounded. */
const leastSlant = 0.5

/** On what the container says of how its picture of `size` is shown. */
export function displayNotes({ edges, slant }: ContainerPicture, size: PictureSize): readonly string[] {
  return [
    ...(edges ? [edgeSentence(edges, size)] : []),
    ...(slant > leastSlant
      ? [`Its container says to turn or slant it by ${Math.round(slant)}°: only whole quarter turns are made.`]
      : []),
  ]
}

function edgeSentence(edges: Edges, size: PictureSize): string {
  const crop = cropOf(edges, size)
  const whole = `${size.width} × ${size.height}`
  return crop
    ? `Its container says to show ${crop.width} × ${crop.height} of its ${whole} pixels: the others are left out.`
    : `What its container says to show does not lie within its ${whole} pixels: all of them are shown.`
}
