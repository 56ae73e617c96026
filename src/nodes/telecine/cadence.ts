/**
 * What is decided of film in interlaced video, by numbers measured of each frame: which field belongs to which, after the
 * field matchers of D. Graft and tritical (Telecide, TFM), and which frame of five is a repeat, as their decimators do.
 */

/** The frame from which the lines of the other field are taken. */
export type Match = 'before' | 'own' | 'after'

/** What is measured of a frame; grey levels of 255 in the square of the picture where it is most. */
export interface FrameReading {
  /** `[a, b]`: by how much lines of frame `b` comb less with the frame's upper field than those of `a`. */
  readonly gains: Readonly<Record<'ownBefore' | 'beforeOwn' | 'ownAfter' | 'afterOwn', number>>
  /** How far the upper field lies from that of the frame before. */
  readonly change: number
  /** Share of pixels that are combed, by match. */
  readonly combedShare: Readonly<Record<Match, number>>
}

/** Numbers of a reading in the order in which they are measured. */
export const readingLength = 8

export function readingOf(numbers: ArrayLike<number>): FrameReading {
  const at = (i: number) => numbers[i] ?? 0
  return {
    gains: { ownBefore: at(0), beforeOwn: at(1), ownAfter: at(2), afterOwn: at(3) },
    change: at(4),
    combedShare: { own: at(5), before: at(6), after: at(7) },
  }
}

type Order = 'top first' | 'bottom first'

/**
 * Which field of a group of frames comes first: in film with the upper one first some of them go with lower lines of the frame before
 * much better than with their own, else with those of the frame after.
 */
export function orderOf(readings: readonly FrameReading[]): Order {
  let [before, after] = [0, 0]
  for (const { gains } of readings) {
    before += Math.max(0, gains.ownBefore - gains.beforeOwn)
    after += Math.max(0, gains.ownAfter - gains.afterOwn)
  }
  return after > before ? 'bottom first' : 'top first'
}

/** By how much lines of another frame must be better than the frame's own: as many times as they are worse elsewhere, and so many grey levels more. */
const margins = {
  unknown: { ratio: 1.3, minLevels: 0.05 },
  /** The cadence says that the frame is made of two pictures, or that it is whole: slow vertical movement may look like either. */
  mixed: { ratio: 0.8, minLevels: 0 },
  whole: { ratio: 3, minLevels: 0.3 },
} as const

/** How far behind the repeat of an upper field lie the two frames of the cadence that are made of two pictures each; below 0: before it. */
const mixedBehind: Readonly<Record<Order, readonly [number, number]>> = {
  'top first': [0, 1],
  'bottom first': [-2, -1],
}

/** What the cadence says of a frame of a group. */
export function expectedOf(place: number, { drop, isRepeat }: GroupVerdict, order: Order): keyof typeof margins {
  if (!isRepeat) return 'unknown'
  return mixedBehind[order].some((behind) => (place - drop - behind) % 5 === 0) ? 'mixed' : 'whole'
}

/** Which places of a group could be that of the repeat, by the frames in it that are seen to be made of two pictures. */
export const cadencesOf =
  (readings: readonly (FrameReading | undefined)[], order: Order) =>
  (repeat: number): boolean =>
    mixedBehind[order].some((behind) => {
      const reading = readings[repeat + behind]
      return reading !== undefined && matchOf(reading, order) !== 'own'
    })

/**
 * Which frame's lines complete the frame's upper field. With the upper field first in time only those of its own frame and of the one
 * before can; with the lower first its own and the one after.
 */
export function matchOf(
  { gains }: FrameReading,
  order: Order,
  expectation: ReturnType<typeof expectedOf> = 'unknown',
): Match {
  const { ratio, minLevels } = margins[expectation]
  const isBetter = (gain: number, loss: number) => gain > ratio * loss + minLevels
  if (order === 'top first') return isBetter(gains.ownBefore, gains.beforeOwn) ? 'before' : 'own'
  return isBetter(gains.ownAfter, gains.afterOwn) ? 'after' : 'own'
}

/** From this share of combed pixels on in the worst square a frame is combed: 80 of 256, as field matchers have it. */
export const combedFrom = 0.3

/** Of five frames. */
export interface GroupVerdict {
  /** Place of the frame that is left out, 0 to 4. */
  readonly drop: number
  /** How far that lies from the frame before it: near 0 for a repeat. 0 where there is no such frame. */
  readonly change: number
  /** Whether it clearly repeats the one before it. */
  readonly isRepeat: boolean
  /** A frame is left out that is shown once only, or one stays that is shown twice. */
  readonly fault: 'lost' | 'doubled' | undefined
}

const median = (values: readonly number[]): number => {
  const sortedValues = [...values].sort((a, b) => a - b)
  const middle = sortedValues.length >> 1
  return sortedValues.length % 2 === 1 ? sortedValues[middle]! : (sortedValues[middle - 1]! + sortedValues[middle]!) / 2
}

/** Less change than this may be noise, grey levels. */
const still = 2

/** A drawing that is held over several frames changes by less than this share of what the largest change of the group is. */
const maxHeldShare = 0.2

/**
 * The repeat among five frames. Where drawings are held over several, more than one looks like it, and leaving out another would shorten a
 * drawing that may have no other frame: then the cadence tells.
 * @param changes how far each lies from the frame before it: `Infinity` for the first of the clip, `undefined` where the clip has no such frame
 * @param inCadence whether the repeat can be at a place, by the frames around that are made of two pictures
 */
export function verdictOf(
  changes: readonly (number | undefined)[],
  inCadence: (place: number) => boolean = () => false,
): GroupVerdict {
  const there = changes.flatMap((change, at) => (change === undefined ? [] : [{ at, change }]))
  const byChange = [...there].sort((a, b) => a.change - b.change)
  const largest = Math.max(0, ...there.flatMap(({ change }) => (Number.isFinite(change) ? change : [])))
  const repeat = byChange.find(({ at, change }) => change < maxHeldShare * largest && inCadence(at))
  const smallest = repeat ?? byChange[0]
  const next = byChange.find((one) => one !== smallest)
  const missing = changes.indexOf(undefined)
  const missed = (drop: number): GroupVerdict => ({ drop, change: 0, isRepeat: false, fault: undefined })
  if (!smallest) return missed(4)
  const others = there.filter(({ at, change }) => at !== smallest.at && Number.isFinite(change))
  const usual = others.length > 0 ? median(others.map(({ change }) => change)) : 0
  const isRepeat = repeat !== undefined || smallest.change < 0.4 * usual
  // What is not there need not be shown; but a repeat at the end of the clip is one.
  if (missing >= 0 && !(isRepeat && missing > smallest.at)) return missed(missing)
  const lost = smallest.change > still && smallest.change > 0.5 * usual
  // What the first frame of the clip repeats was cut off.
  const first = changes.indexOf(Number.POSITIVE_INFINITY)
  if (lost && first >= 0) return missed(first)
  // Slow movement beside a cut is no repeat.
  const isAlike = next !== undefined && next.change < Math.min(1.5 * smallest.change + 0.1, 0.2 * usual)
  const doubled = missing < 0 && usual > still && isAlike && !repeat
  return {
    drop: smallest.at,
    change: smallest.change,
    isRepeat,
    fault: lost ? 'lost' : doubled ? 'doubled' : undefined,
  }
}

/** What went wrong over a clip, gathered while its frames are made. */
export class CadenceLog {
  readonly #groups = new Map<number, { readonly seconds: number; readonly fault: GroupVerdict['fault'] }>()
  readonly #combedShares = new Map<number, number>()

  /** @param seconds when the group is shown */
  group(index: number, seconds: number, { fault }: GroupVerdict): void {
    if (!this.#groups.has(index)) this.#groups.set(index, { seconds, fault })
  }

  /** A frame whose lines go with those of no neighbour. */
  combed(frame: number, seconds: number): void {
    this.#combedShares.set(frame, seconds)
  }

  /** One sentence each. @param mended whether lines that comb were made anew */
  notes(mended: boolean): readonly string[] {
    const groups = [...this.#groups.values()].sort((a, b) => a.seconds - b.seconds)
    const of = (fault: 'lost' | 'doubled') => groups.filter((group) => group.fault === fault)
    const [lostRuns, doubledRuns] = [of('lost'), of('doubled')]
    const combedShares = [...this.#combedShares.values()].sort((a, b) => a - b)
    const places = (seconds: readonly number[]) =>
      `${seconds
        .slice(0, 3)
        .map((each) => `${each.toFixed(2)} s`)
        .join(', ')}${seconds.length > 3 ? ' …' : ''}`
    const at = (faulty: typeof groups) => places(faulty.map(({ seconds }) => seconds))
    const notes: string[] = []
    if (lostRuns.length > 0 && lostRuns.length >= 0.8 * groups.length)
      notes.push(
        `No frame is repeated in ${lostRuns.length} of ${groups.length} groups of five: this is not telecined film, and a fifth of its frames is gone. Take the node out.`,
      )
    else if (lostRuns.length > 0)
      notes.push(
        `In ${lostRuns.length} of ${groups.length} groups of five no frame is repeated, and one that is shown once was left out (at ${at(lostRuns)}): the cadence is broken there, or that part is no film.`,
      )
    if (doubledRuns.length > 0)
      notes.push(
        `In ${doubledRuns.length} of ${groups.length} groups of five more than one frame is repeated, and one is shown twice (at ${at(doubledRuns)}): the cadence is broken there.`,
      )
    if (combedShares.length > 0)
      notes.push(
        `${combedShares.length} ${combedShares.length === 1 ? 'frame has' : 'frames have'} lines that go with those of no neighbour (at ${places(combedShares)}); ${mended ? 'they were made anew from the lines between' : 'they stay combed'}.`,
      )
    return notes
  }
}
