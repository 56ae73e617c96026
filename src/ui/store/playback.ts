/**
 * Playing: a frame is shown, the next one asked for, at most at the clip's own rate. Where the graph is slower,
 * either every frame is shown and playing takes longer, or time is kept and the frames that would come too late
 * are left out and counted.
 */
import type { ClockReport, PreviewResult } from '../../engine/door/api.ts'
import type { Problem } from '../../graph/document/problems.ts'

export type Pace = 'every' | 'time'

export interface PlaybackState {
  /** The frame asked for. */
  readonly frame: number
  readonly result: PreviewResult | null
  /** Why there is no picture for what is asked; empty while all is well. */
  readonly problems: readonly Problem[]
  readonly playing: boolean
  /** Frames a second really shown while playing, over the last second or two. */
  readonly rate: number
  readonly loops: boolean
  readonly pace: Pace
  /** Frames left out since playing began, to keep time. */
  readonly droppedFrames: number
  /** Playing and looping stay between these frames, inclusive; `null`: to the clip's own end. */
  readonly inPoint: number | null
  readonly outPoint: number | null
}

/** The frames that are played: the clip's, between the in and out points where there are any. */
export function playRange(
  clock: Pick<ClockReport, 'first' | 'last'>,
  { inPoint, outPoint }: Pick<PlaybackState, 'inPoint' | 'outPoint'>,
): { readonly first: number; readonly last: number } {
  const first = Math.min(clock.last, Math.max(clock.first, inPoint ?? clock.first))
  return { first, last: Math.min(clock.last, Math.max(first, outPoint ?? clock.last)) }
}

/** How many frames are late at `now`, beyond the one that is due. @param dueAt and the rest in milliseconds */
export const lateFrames = (now: number, dueAt: number, duration: number): number =>
  duration > 0 ? Math.max(0, Math.floor((now - dueAt) / duration)) : 0

/**
 * The frame `steps` after `at`; past the end begins anew where it loops, else stays at the end.
 * `null`: there is none.
 */
export function frameAfter(
  at: number,
  steps: number,
  { first, last }: { readonly first: number; readonly last: number },
  loops: boolean,
): number | null {
  if (at < first || at > last) return first
  if (at + steps <= last) return at + steps
  if (!loops) return at < last ? last : null
  return first + ((at + steps - first) % (last - first + 1))
}

/** The frames that follow `at`, each once. */
function framesAfter(at: number, range: Parameters<typeof frameAfter>[2], loops: boolean): readonly number[] {
  const frames: number[] = []
  for (let steps = 1; steps <= upcomingFrames; steps++) {
    const frame = frameAfter(at, steps, range, loops)
    if (frame !== null && frame !== at && !frames.includes(frame)) frames.push(frame)
  }
  return frames
}

interface PlaybackStore {
  getState(): PlaybackState
  setState(change: Partial<PlaybackState> | ((state: PlaybackState) => Partial<PlaybackState>)): void
}

/** Frames that are asked for beyond the one that is due, to be made beside it. */
const upcomingFrames = 2

/** @param show shows the state's frame, and resolves once it is there; `upcoming`: those that it will be asked for next */
export async function runPlayback(store: PlaybackStore, show: (upcoming: readonly number[]) => Promise<void>) {
  const times: number[] = []
  let dueAt = performance.now()
  let skip = 0
  while (store.getState().playing) {
    const { result, frame, loops } = store.getState()
    const clock = result?.clock
    if (!clock || clock.last <= clock.first) return
    const range = playRange(clock, store.getState())
    const next = frameAfter(frame, 1 + skip, range, loops)
    if (next === null || range.first === range.last) return
    store.setState((state) => ({ frame: next, droppedFrames: state.droppedFrames + skip }))
    // Where frames are left out, which comes next is not known.
    await show(skip > 0 ? [] : framesAfter(next, range, loops))
    const state = store.getState()
    if (state.problems.length > 0) return
    const duration = clock.duration * 1000
    const now = performance.now()
    dueAt += duration * (1 + skip)
    skip = state.pace === 'time' ? lateFrames(now, dueAt, duration) : 0
    // What is behind is not caught up with in a rush.
    if (state.pace === 'every') dueAt = Math.max(dueAt, now - duration)
    if (dueAt - now > 1) await new Promise((resolve) => setTimeout(resolve, dueAt - now))
    // An edit may have taken this frame's place: only what was seen counts.
    if (store.getState().result?.clock.index !== next) continue
    const start = performance.now()
    times.push(start)
    while (times.length > 2 && start - (times[0] ?? start) > 2000) times.shift()
    const first = times[0] ?? start
    if (times.length > 1) store.setState({ rate: ((times.length - 1) * 1000) / (start - first) })
  }
}
