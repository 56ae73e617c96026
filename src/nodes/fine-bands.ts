/**
 * What nodes share that hold the fine texture of a picture against that of a base, such as the plain upscale: what a Gaussian
 * takes away of each, and moments of that over the pixels around.
 */
import type { Gpu, Recorder, UniformTypes, UniformValue } from '../gpu/types.ts'
import { param } from '../graph/node/params.ts'
import { borrowPicture, createBox, createGaussian, gaussianRadius, layOver, type StagePicture, widen } from './stage.ts'

/** Pixels on each side over which texture is measured. */
const window = 4

/** The param of the Gaussian's standard deviation. */
export const fineRadius = (help = '') =>
  param.float('Radius', {
    default: 1.5,
    min: 0.5,
    max: 6,
    step: 0.1,
    unit: 'px',
    help: `Standard deviation of the Gaussian that parts fine from coarse.${help}`,
  })

/** What is needed of the inputs `image`, `base` and `mask`. */
export function fineBandNeeds({ radius }: { readonly radius: number }) {
  const reach = window + gaussianRadius(radius)
  return { image: { reach }, base: { reach }, mask: { reach: 0 } }
}

export interface FineBandsSpec {
  /** The node. */
  readonly label: string
  /** WGSL `vec4f` of `image_at(at)` and `base_at(at)`: what is parted into fine and coarse. */
  readonly bands: string
  /** Body of a WGSL function of `at` that gives moments of `fine_at`, as a `vec4f`. */
  readonly moments: string
  readonly uniforms: UniformTypes
  /** WGSL with `blurred`, the means of the moments, `fine_at` and `u` in scope. */
  readonly wgsl: string
  /** WGSL of the colour that comes out. */
  readonly rgb: string
  readonly masked: boolean
}

export interface FineBands {
  record(
    recorder: Recorder,
    whole: { readonly width: number; readonly height: number },
    pictures: { readonly image: StagePicture; readonly base: StagePicture; readonly mask?: StagePicture | undefined },
    result: StagePicture,
    radius: number,
    uniforms: Readonly<Record<string, UniformValue>>,
  ): void
}

/** Borrows two pictures of half floats while it records. */
export async function createFineBands(gpu: Gpu, spec: FineBandsSpec): Promise<FineBands> {
  const { label, bands, moments, uniforms: types, wgsl, rgb, masked } = spec
  const format = 'rgba16float'
  const [part, compare] = await Promise.all([
    createGaussian(gpu, {
      label: `${label}/fine`,
      format,
      reads: ['image', 'base'],
      source: `return ${bands};`,
      finish: { format, reads: ['image', 'base'], wgsl: `return ${bands} - blurred;` },
    }),
    createBox(gpu, {
      label: `${label}/compare`,
      format,
      reads: ['fine'],
      source: moments,
      finish: {
        format,
        reads: ['image', 'fine', ...(masked ? ['mask'] : [])],
        uniforms: types,
        wgsl: `${wgsl}
  ${layOver(rgb, masked)}`,
      },
    }),
  ])
  return {
    record(recorder, whole, { image, base, mask }, result, radius, uniforms) {
      using fine = borrowPicture(gpu, widen(result.part, whole, window, window), format, `${label}/fine`)
      part.record(recorder, whole, { image, base }, fine, radius)
      compare.record(recorder, whole, { image, fine, ...(mask && { mask }) }, result, window, uniforms)
    },
  }
}
