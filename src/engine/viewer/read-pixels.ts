/** Reads single pixels of pictures on the GPU: what stands under the cursor. */

import type { GpuPicture } from '../../gpu/types.ts'
import { isScalar } from '../../graph/node/value-types.ts'
import type { Region } from '../../graph/plan/region.ts'
import type { PixelValue } from '../door/api.ts'

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

/** Bytes of a pixel's place in the buffer: copies begin at multiples of its size. */
const slot = 16

const holds = ({ x, y, width, height }: Region, at: { readonly x: number; readonly y: number }): boolean =>
  at.x >= x && at.y >= y && at.x < x + width && at.y < y + height

/**
 * Empty where A is not there: outside it, and outside the part of it that is rendered alone.
 * @param pictures A, then the others; `null` ones are left out
 * @param extent the size in which `at` counts; A's own where absent
 * @param at a pixel of A; pictures of another size are read where that pixel's centre falls
 */
export async function readPixels(
  device: GPUDevice,
  pictures: readonly (GpuPicture | null)[],
  at: { readonly x: number; readonly y: number },
  extent: { readonly width: number; readonly height: number } | null = null,
): Promise<readonly PixelValue[]> {
  const [first] = pictures
  if (!first) return []
  const { width, height } = extent ?? first.desc
  if (at.x < 0 || at.y < 0 || at.x >= width || at.y >= height) return []
  const there = pictures.flatMap((picture) => {
    if (!picture) return []
    const { desc, part } = picture
    const place = {
      x: Math.min(desc.width - 1, Math.floor(((Math.floor(at.x) + 0.5) * desc.width) / width)),
      y: Math.min(desc.height - 1, Math.floor(((Math.floor(at.y) + 0.5) * desc.height) / height)),
    }
    return holds(part, place) ? [{ ...picture, place }] : []
  })
  if (there[0]?.texture !== first.texture) return []
  const buffer = device.createBuffer({
    label: 'viewer/pixels',
    size: slot * there.length,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  })
  try {
    const encoder = device.createCommandEncoder({ label: 'viewer/pixels' })
    for (const [i, { texture, part, place }] of there.entries()) {
      const origin = { x: place.x - part.x, y: place.y - part.y }
      encoder.copyTextureToBuffer({ texture, origin }, { buffer, offset: i * slot }, [1, 1])
    }
    device.queue.submit([encoder.finish()])
    await buffer.mapAsync(GPUMapMode.READ)
    const view = new DataView(buffer.getMappedRange())
    return there.map(({ desc, place }, i) => {
      const half = (channel: number) => halfToNumber(view.getUint16(i * slot + channel * 2, true))
      const weight = isScalar(desc.type) ? view.getFloat32(i * slot, true) : undefined
      return {
        ...place,
        rgba: weight === undefined ? [half(0), half(1), half(2), half(3)] : [weight, weight, weight, 1],
      }
    })
  } finally {
    buffer.destroy()
  }
}
