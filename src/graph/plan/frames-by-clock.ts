/** Which frames there are by a clock that goes faster or slower than its source, and which one of an input is read by another. */
import { type FrameRange, type FrameSpan, frameIn } from '../node/needs.ts'
import { frameAt, type Rate } from '../node/rate.ts'

/** The frames of a clock of this rate that are shown during those of `source`, whose rate is 1. */
export function rangeAt({ frames, of }: Rate, source: FrameRange): FrameRange {
  // Asked several times for every step of every frame.
  if (frames === of) return source
  const { first, last } = source
  return { first: Math.floor((first * frames) / of), last: Math.ceil(((last + 1) * frames) / of) - 1 }
}

/**
 * The frame of an input that `offset` of `span` means where a step of rate `reader` runs at `frame`.
 * @param of the input's rate
 * @param source the frames of the source that sets the clock
 */
export const frameRead = (
  span: FrameSpan,
  frame: number,
  offset: number,
  reader: Rate,
  of: Rate,
  source: FrameRange,
): number => frameIn(span, frameAt(frame, reader, of), offset, rangeAt(of, source))
