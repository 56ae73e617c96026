/** How many frames an export makes side by side. */

/** One that is computed, one in front of it that comes from the decoder, one behind it that goes to the encoder. */
const maxFrames = 3
/** Texture bytes that frames side by side may take together; one alone may take all that a plan may. */
const flightBytes = 2 ** 30

/** @param peakBytes of the plan, for one frame */
export const framesInFlight = (peakBytes: number): number =>
  Math.min(maxFrames, Math.max(1, Math.floor(flightBytes / Math.max(1, peakBytes))))
