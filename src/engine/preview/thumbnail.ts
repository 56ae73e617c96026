/** Small pictures of outputs: the mean over the area that each of their pixels covers. */

import type { ComputeSpec, Gpu, GpuPicture } from '../../gpu/types.ts'
import { visibleColour } from '../../gpu/wgsl/wgsl-library.ts'
import { type ColourMapping, colourMappingOf } from '../../graph/node/value-types.ts'
import { wholeOf } from '../../graph/plan/region.ts'
import type { Download } from '../../nodes/kernel.ts'
import type { Picture8 } from '../door/api.ts'

/** Samples a side and pixel: enough for a tenth of the size, and bounded for the largest pictures. */
const maxTaps = 12

const label = 'thumbnail/shrink'

const shrink = (mapping: ColourMapping): ComputeSpec => ({
  label,
  reads: { picture: 'float' },
  writes: { small: 'rgba16float' },
  uniforms: { ratio: 'vec2f', taps: 'vec2u' },
  wgsl: `
fn main(at: vec2u) {
  let last = vec2i(textureDimensions(picture)) - 1;
  var sum = vec4f(0.0);
  for (var y = 0u; y < u.taps.y; y++) {
    for (var x = 0u; x < u.taps.x; x++) {
      let place = (vec2f(at) + (vec2f(f32(x), f32(y)) + 0.5) / vec2f(u.taps)) * u.ratio;
      sum += textureLoad(picture, min(vec2i(place), last), 0);
    }
  }
  sum = sum / f32(u.taps.x * u.taps.y);
  textureStore(small, at, ${visibleColour(mapping, 'sum')});
}`,
})

/** @param side of the longer side, pixels; a smaller picture stays as it is */
export async function takeThumbnail(
  gpu: Gpu,
  download: Pick<Download, 'rgba8'>,
  picture: GpuPicture,
  side: number,
): Promise<Picture8> {
  const { desc, part } = picture
  const pass = await gpu.compute(shrink(colourMappingOf(desc.type)))
  const factor = Math.min(1, side / Math.max(part.width, part.height))
  const width = Math.max(1, Math.round(part.width * factor))
  const height = Math.max(1, Math.round(part.height * factor))
  const ratio = [part.width / width, part.height / height] as const
  const recorder = gpu.recorder()
  using small = gpu.pool.texture({ width, height, format: 'rgba16float' }, label)
  pass.record(recorder, {
    reads: { picture: picture.texture },
    writes: { small: small.value },
    uniforms: {
      ratio,
      taps: ratio.map((pixels) => Math.min(maxTaps, Math.ceil(pixels))),
    },
    size: { width, height },
  })
  const pixels = await download.rgba8(recorder, {
    texture: small.value,
    desc: { type: 'image', format: 'rgba16float', frameRate: 0, width, height },
    part: wholeOf({ width, height }),
  })
  return { width, height, pixels }
}
