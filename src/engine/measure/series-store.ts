/** Numbers of whole clips, kept by name within a budget, so that an edit and its undoing find them again. */

/** A number over the frames of a clip. */
export interface SeriesValues {
  /** Frame of the clock that the first of the values belongs to. */
  readonly first: number
  /** One a frame; NaN where it is not known. */
  readonly values: Float32Array<ArrayBuffer>
}

export class SeriesStore {
  readonly #budget: number
  /** The one used last stands last. */
  readonly #series = new Map<string, SeriesValues>()

  /** @param budget bytes; what was not used for longest goes first */
  constructor(budget: number) {
    this.#budget = budget
  }

  get bytes(): number {
    return [...this.#series.values()].reduce((sum, { values }) => sum + values.byteLength, 0)
  }

  /** `undefined`: none of its frames is known. */
  find(name: string): SeriesValues | undefined {
    const series = this.#series.get(name)
    if (!series) return undefined
    this.#series.delete(name)
    this.#series.set(name, series)
    return series
  }

  /** @param first of the clock's frames, @param last both inclusive */
  set(name: string, { first, last }: { readonly first: number; readonly last: number }, frame: number, value: number) {
    const existing = this.find(name)
    const series = existing ?? { first, values: new Float32Array(last - first + 1).fill(Number.NaN) }
    series.values[frame - series.first] = value
    if (existing) return
    this.#series.set(name, series)
    let bytes = this.bytes
    for (const [oldest, { values }] of this.#series) {
      if (bytes <= this.#budget || oldest === name) break
      bytes -= values.byteLength
      this.#series.delete(oldest)
    }
  }
}
