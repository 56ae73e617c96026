/** What frames have in common whoever decodes them, and how it is said that one cannot be decoded. */
import type { MediaFacts } from '../graph/node/facts.ts'
import type { Region } from '../graph/plan/region.ts'
import { clock } from './clock-text.ts'
import { type Frame, MediaError, type Timeline } from './types.ts'

/** A frame of `timeline` that owns `picture`, of the medium that `facts` tell of. */
export function frameOf(
  picture: Frame['picture'],
  index: number,
  timeline: Timeline,
  rotation: Frame['rotation'],
  { colour, samples: { mirrored, chromaSite } }: Pick<MediaFacts, 'colour' | 'samples'>,
  crop: Region | null = null,
): Frame {
  const close = (): void => picture.close()
  return {
    index,
    timestamp: timeline.timestamp(index),
    duration: timeline.duration(index),
    picture,
    crop,
    rotation,
    mirrored,
    chromaSite,
    colour,
    close,
    [Symbol.dispose]: close,
  }
}

/** Frame `index` of the file that people know as `name` is damaged. */
export function damagedFrame(name: string, timeline: Timeline, index: number, cause?: unknown): MediaError {
  const when = clock(timeline.timestamp(index) - timeline.timestamp(0))
  return new MediaError(
    `“${name}” is damaged at ${when}: frame ${index + 1} of ${timeline.count} cannot be decoded.`,
    'Trim it with Decode’s start and end so that this place is left out, or repair the file.',
    cause === undefined ? undefined : { cause },
  )
}
