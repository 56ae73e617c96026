/**
 * How the frames of one thing count against those of another. A node that makes more or fewer frames than it reads says so in
 * its `clock`; from this follow how many frames a result has, when each is shown, and which frame of every input it is made of.
 */

/** `frames` for every `of`, both whole and at least 1: `{ frames: 2, of: 1 }` doubles the frame rate. */
export interface Rate {
  readonly frames: number
  readonly of: number
}

/** One for one. */
export const oneForOne: Rate = { frames: 1, of: 1 }

function divisor(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return x
}

function lowest(frames: number, of: number): Rate {
  const common = divisor(frames, of)
  return { frames: frames / common, of: of / common }
}

export const product = (a: Rate, b: Rate): Rate => lowest(a.frames * b.frames, a.of * b.of)

/** Frames of `a` for each of `b`. */
export const quotient = (a: Rate, b: Rate): Rate => lowest(a.frames * b.of, a.of * b.frames)

export const isSameRate = (a: Rate, b: Rate): boolean => a.frames * b.of === b.frames * a.of

export const isFaster = (a: Rate, b: Rate): boolean => a.frames * b.of > b.frames * a.of

/** The fastest; `undefined` of none. */
export const fastest = (rates: readonly Rate[]): Rate | undefined =>
  rates.reduce<Rate | undefined>((fastest, rate) => (fastest && !isFaster(rate, fastest) ? fastest : rate), undefined)

/** The frame of a clock of rate `to` that is shown when `frame` of one of rate `from` begins. */
export const frameAt = (frame: number, from: Rate, to: Rate): number =>
  Math.floor((frame * to.frames * from.of) / (to.of * from.frames))
