/** Which frames of a graph were rendered and are still kept, for the line of the player that shows them. */

/** Names by which the cache may know one target; any of them will do. */
export type TargetNames = readonly string[]

/** Graphs whose rendered frames are remembered: as many as a hand goes back and forth between. */
const maxGraphs = 32

/** Sorted numbers as runs. */
export function runsOf(numbers: readonly number[]): (readonly [first: number, last: number])[] {
  const runs: [number, number][] = []
  for (const n of numbers) {
    const last = runs.at(-1)
    if (last && last[1] === n - 1) last[1] = n
    else runs.push([n, n])
  }
  return runs
}

export class RenderedFrames {
  readonly #isKept: (name: string) => boolean
  /** For each graph the frames rendered, with their targets' names; the graph used last stands last. */
  readonly #graphs = new Map<string, Map<number, readonly TargetNames[]>>()

  /** @param isKept whether the cache has a picture of this name */
  constructor(isKept: (name: string) => boolean) {
    this.#isKept = isKept
  }

  /**
   * Takes note of frame `index`, and tells which frames of the same graph are still kept, as ascending runs.
   * @param graph what names the graph: its targets' names in the first frame
   */
  note(graph: string, index: number, targets: readonly TargetNames[]): (readonly [first: number, last: number])[] {
    const frames = this.#graphs.get(graph) ?? new Map<number, readonly TargetNames[]>()
    this.#graphs.delete(graph)
    this.#graphs.set(graph, frames)
    for (const oldest of this.#graphs.keys()) {
      if (this.#graphs.size <= maxGraphs) break
      this.#graphs.delete(oldest)
    }
    frames.set(index, targets)
    const isWhole = (each: readonly TargetNames[]) => each.every((names) => names.some(this.#isKept))
    for (const [frame, each] of frames) if (!isWhole(each)) frames.delete(frame)
    return runsOf([...frames.keys()].sort((a, b) => a - b))
  }
}
