/**
 * What of each input one frame of a node's outputs is made of: how far around a pixel, and which frames. From this
 * follow the parts of pictures that must be made, how long each frame is held, and what is computed anew.
 */
import type { AssetFacts } from './facts.ts'
import type { NodeSpec } from './spec.ts'

/**
 * Frames of an input: `before` and `after` are how many on each side of the output's own frame, where the nearest
 * frame stands in beyond the ends of the clip; `every`: the one at the last multiple of so many frames, held until the next.
 */
export type FrameSpan = { readonly before: number; readonly after: number } | { readonly every: number }

export interface Need {
  /**
   * Input pixels around an output's pixel, in input pixels; `Infinity`: the whole picture. Where it is not said, the own pixel
   * for a `pixel` node, and the whole picture for others.
   */
  readonly reach?: number
  /** Where it is not said, the output's own frame. */
  readonly frames?: FrameSpan
}

export interface NeedContext {
  /** Input pixels per output pixel, along the side where it is larger. */
  readonly ratio: number
  readonly facts: AssetFacts
}

export const ownFrame: FrameSpan = { before: 0, after: 0 }

/** Frames of the clock that can be asked for, inclusive. */
export interface FrameRange {
  readonly first: number
  readonly last: number
}

/** What is needed of the input at `port`, everything said. */
export interface FullNeed {
  readonly reach: number
  /** Whether the node said anything of it: then a `pixel` body may read around its pixel. */
  readonly around: boolean
  readonly frames: FrameSpan
}

export function needOf(
  spec: NodeSpec,
  port: string,
  params: Readonly<Record<string, unknown>>,
  context: NeedContext,
): FullNeed {
  const { kind, needs } = spec.kernel
  const need = needs?.(params as never, context)[port]
  return {
    reach: need?.reach ?? (kind === 'pixel' ? 0 : Number.POSITIVE_INFINITY),
    around: need !== undefined,
    frames: need?.frames ?? ownFrame,
  }
}

/**
 * What a node's kernel says of itself that plans are made of: for each input the frames and whether it reads around its pixel, what it borrows, and
 * its clock. How far it reaches counts for parts of pictures alone. Throws what the node throws.
 */
export function declarationsOf(spec: NodeSpec, params: Readonly<Record<string, unknown>>, facts: AssetFacts) {
  const { needs, scratch, clock } = spec.kernel
  const spansByInput = (needs ? Object.keys(spec.inputs) : []).map((port) => {
    const { around, frames } = needOf(spec, port, params, { ratio: 1, facts })
    return [around, frames]
  })
  return [spansByInput, scratch?.(params as never), clock?.(params as never)]
}

/**
 * What is needed of the input at `port` whatever numbers drive the params `driven`: these may be anything within their
 * ranges, at whose ends a need is widest.
 */
export function widestNeed(
  spec: NodeSpec,
  port: string,
  params: Readonly<Record<string, unknown>>,
  context: NeedContext,
  drivenParams: readonly string[],
): FullNeed {
  const ownNeed = needOf(spec, port, params, context)
  if (drivenParams.length === 0) return ownNeed
  const at = (end: 'min' | 'max') => {
    const ends = drivenParams.flatMap((name) => {
      const paramSpec = spec.params[name]
      return paramSpec?.kind === 'float' ? [[name, paramSpec[end]] as const] : []
    })
    return needOf(spec, port, { ...params, ...Object.fromEntries(ends) }, context)
  }
  return [at('min'), at('max')].reduce(
    (wide, need) => ({
      reach: Math.max(wide.reach, need.reach),
      around: wide.around || need.around,
      frames:
        'every' in wide.frames || 'every' in need.frames
          ? wide.frames
          : {
              before: Math.max(wide.frames.before, need.frames.before),
              after: Math.max(wide.frames.after, need.frames.after),
            },
    }),
    ownNeed,
  )
}

/** Asked for at every step of every frame. */
const ownOffset: readonly number[] = [0]

/** Frames of the span relative to the one it is held against; a held frame has the offset 0. */
export function offsetsOf(span: FrameSpan): readonly number[] {
  if ('every' in span || (span.before === 0 && span.after === 0)) return ownOffset
  return Array.from({ length: span.before + span.after + 1 }, (_, i) => i - span.before)
}

const clampFrame = (frame: number, { first, last }: FrameRange) => Math.min(last, Math.max(first, frame))

/** The frame that the span means by `offset` when the output's frame is `frame`. */
export const frameIn = (span: FrameSpan, frame: number, offset: number, range: FrameRange): number =>
  clampFrame('every' in span ? frame - (frame % span.every) : frame + offset, range)

/**
 * For how many frames a result stays the same: 1 where each is another, `Infinity` where nothing in it moves.
 * Stands for a whole group of frames that begins at a multiple of it.
 */
export type Period = number

/** The first frame of the group in which a result of this period is the same as at `frame`. */
export const groupStart = (period: Period, frame: number, range: FrameRange): number =>
  period === Number.POSITIVE_INFINITY ? range.first : clampFrame(frame - (frame % period), range)

/** The period of what is made of things of the periods `a` and `b`. */
export function commonPeriod(a: Period, b: Period): Period {
  if (a === Number.POSITIVE_INFINITY) return b
  if (b === Number.POSITIVE_INFINITY) return a
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return x
}
