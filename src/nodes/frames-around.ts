/** What nodes share that look at the frames before and after their own. */
import type { Gpu, Recorder } from '../gpu/types.ts'
import { param } from '../graph/node/params.ts'
import type { FrameSet } from './kernel.ts'
import type { Motions } from './motion/fields.ts'
import type { BlockMotion } from './motion/search.ts'
import type { StagePicture } from './stage.ts'

interface Radius {
  readonly default: number
  readonly max: number
  /** What more frames do. */
  readonly help: string
}

/** The param that says how many on each side; a plan of its own for each. */
export const framesAround = ({ default: radius, max, help }: Radius) =>
  param.int('Frames around', {
    default: radius,
    min: 1,
    max,
    unit: 'frames',
    affects: 'plan',
    help: `On each side. ${help}`,
  })

export const onEachSide = (radius: number) => ({ before: radius, after: radius })

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** A pixel of zeros, which stands for what there is none of, such as the motion to a frame past a cut. */
export function zeroPixel(gpu: Gpu, format: 'rgba16float' | 'rgba32float', label: string): StagePicture & Disposable {
  const lease = gpu.pool.texture({ width: 1, height: 1, format }, label)
  gpu.device.queue.writeTexture({ texture: lease.value }, new Uint8Array(16), {}, [1, 1])
  return {
    texture: lease.value,
    part: { x: 0, y: 0, width: 1, height: 1 },
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}

/** The motion from each frame around into the own one, by offset; none where there is a cut between. */
export function motionsAround(
  motions: Motions,
  recorder: Recorder,
  frames: FrameSet,
): { readonly offsets: readonly number[]; motionTo(offset: number): BlockMotion | undefined } {
  const offsets = frames.offsets.filter((offset) => offset !== 0)
  const fields = motions.between(
    recorder,
    frames,
    offsets.map((offset) => frames.at(offset)),
  )
  return { offsets, motionTo: (offset) => fields[offsets.indexOf(offset)] }
}
