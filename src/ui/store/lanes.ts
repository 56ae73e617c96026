/**
 * The numbers of the graph over its clip, a lane each: which there are, and how far they are measured. The frame that is seen
 * is measured by itself, the whole clip when somebody asks for it.
 */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, MeasureProgress, Series } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import type { Inference } from '../../graph/analysis/infer.ts'
import { endpointKey, type FlatDocument, type FlatEndpoint, type FlatId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { inOrderOfFrames, isKeyframe, type Keyframe } from '../../graph/node/keyframes.ts'
import { isNumberDesc, type NumberDesc } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isNumberType } from '../../graph/node/value-types.ts'
import { paramValues } from '../../graph/node/values.ts'
import { pictureKeys, samePicture } from '../../graph/plan/dirty.ts'
import type { DerivedStore } from './derived.ts'
import type { DocumentStore } from './document-store.ts'
import type { FactsStore } from './facts-store.ts'
import type { IdleStore } from './idle.ts'
import type { PreviewStore } from './preview.ts'
import type { ViewerSettingsStore } from './viewer-settings.ts'

/** A number that is measured frame by frame. */
export interface MeasuredLane {
  readonly kind: 'measured'
  readonly key: string
  readonly output: FlatEndpoint
  /** Of the node, as a person reads it on the canvas. */
  readonly title: string
  /** Which of the node's numbers, where it gives several. */
  readonly label: string | null
  readonly desc: NumberDesc
  /** Frame that the first of the values belongs to. */
  readonly first: number
  /** One a frame; NaN where it is not measured. Empty: nowhere. */
  readonly values: Float32Array
}

/** A number that a person sets by keys: known at every frame. */
export interface KeysLane {
  readonly kind: 'keys'
  readonly key: string
  readonly node: FlatId
  readonly param: string
  readonly title: string
  readonly keys: readonly Keyframe[]
}

export type Lane = MeasuredLane | KeysLane

export interface LanesState {
  readonly lanes: readonly Lane[]
  /** While the whole clip is measured: frames done, of those that were not known. */
  readonly progress: Pick<MeasureProgress, 'framesDone' | 'frames'> | null
  /** Why the last measurement did not end well. */
  readonly problems: readonly Problem[]
}

export interface LanesStore extends StoreApi<LanesState> {
  /** Measures every frame of the clip; shows the lanes. */
  measureClip(): Promise<void>
  stop(): void
}

interface Parts {
  readonly engine: Pick<Engine, 'measure' | 'stopMeasure' | 'knownSeries'>
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly derived: DerivedStore
  readonly preview: PreviewStore
  readonly viewerSettings: ViewerSettingsStore
  readonly idle: Pick<IdleStore, 'holdOff'>
}

/** Frame and number where a lane is worst; `null`: nothing is measured yet. */
export function worstOf({ first, values, desc }: Pick<MeasuredLane, 'first' | 'values' | 'desc'>) {
  const sign = desc.worst === 'lowest' ? -1 : 1
  let worst: { frame: number; value: number } | null = null
  for (const [i, value] of values.entries())
    if (!Number.isNaN(value) && (!worst || value * sign > worst.value * sign)) worst = { frame: first + i, value }
  return worst
}

/** The number at a frame; `undefined`: not measured. */
export function laneValue({ first, values }: Pick<MeasuredLane, 'first' | 'values'>, frame: number) {
  const value = values[frame - first]
  return value === undefined || Number.isNaN(value) ? undefined : value
}

/** Frames at which something begins, of every lane that marks such, ascending. */
export const marksOf = (lanes: readonly Lane[]): readonly number[] =>
  lanes.flatMap((lane) =>
    lane.kind === 'measured' && lane.desc.isMark
      ? [...lane.values.keys()].filter((i) => lane.values[i]! >= 0.5).map((i) => lane.first + i)
      : [],
  )

/** How many frames of a lane are measured. */
export const measuredFrames = ({ values }: Pick<MeasuredLane, 'values'>): number =>
  values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)

/** Every number that a graph gives, in the order of its nodes, as far as it can be made. @param document all levels as one */
export function lanesOf(document: FlatDocument, specs: Specs, descs: Inference['descs']): readonly Lane[] {
  const nodeNames = names(document, specs)
  return Object.values(document.nodes).flatMap((record): readonly Lane[] => {
    const spec = specs.get(record.type)
    if (!spec || record.bypass || record.mute) return []
    const title = nodeNames.node(record.id)
    const [keys] = Object.entries(spec.params).filter(([, { kind }]) => kind === 'keys')
    if (keys) {
      const [param] = keys
      const value = paramValues(spec, record)[param]
      const set = Array.isArray(value) ? inOrderOfFrames(value.filter(isKeyframe)) : []
      return [{ kind: 'keys', key: `${record.id}.${param}`, node: record.id, param, title, keys: set }]
    }
    const ports = Object.entries(spec.outputs).filter(([, { type }]) => isNumberType(type))
    return ports.flatMap(([port, { label }]) => {
      const output = { node: record.id, port }
      const desc = descs.get(endpointKey(output))
      if (!isNumberDesc(desc)) return []
      const lane = { kind: 'measured', key: endpointKey(output), output, title, desc } as const
      return [{ ...lane, label: ports.length > 1 ? label : null, first: 0, values: new Float32Array() }]
    })
  })
}

const isMeasured = (lane: Lane): lane is MeasuredLane => lane.kind === 'measured'

/** Milliseconds after the last change before the engine is asked. */
const idleDelayMs = 150

const run = 'lanes'

/** What the lanes show, and when the engine is asked for more of it. */
class Lanes {
  readonly #store: StoreApi<LanesState>
  readonly #parts: Parts
  #flat: FlatDocument | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts up whenever what was asked no longer counts. */
  #turn = 0

  constructor(store: StoreApi<LanesState>, parts: Parts) {
    this.#store = store
    this.#parts = parts
  }

  get #measuredLanes(): readonly MeasuredLane[] {
    return this.#store.getState().lanes.filter(isMeasured)
  }

  #now(): FlatDocument {
    const { document, specs } = this.#parts
    return expand(document.getState().document, specs).document
  }

  /** The graph may be another. @param anew nothing that is shown counts any longer */
  follow(anew = false): void {
    const { derived, viewerSettings, specs } = this.#parts
    if (!viewerSettings.getState().lanes) {
      this.#flat = null
      return
    }
    const flat = this.#now()
    const flatBefore = anew ? null : this.#flat
    const same = flatBefore !== null && samePicture(flatBefore, flat)
    // What an edit does not touch is known still.
    const [keysBefore, keys] = same || !flatBefore ? [] : [pictureKeys(flatBefore, 0), pictureKeys(flat, 0)]
    const isKnown = (node: FlatId) =>
      same || (keysBefore?.get(node) !== undefined && keysBefore.get(node) === keys?.get(node))
    this.#flat = flat
    const before = new Map(this.#measuredLanes.map((lane) => [lane.key, lane]))
    const lanes = lanesOf(flat, specs, derived.getState().all.descs).map((lane) => {
      const earlier = before.get(lane.key)
      return lane.kind === 'measured' && earlier && isKnown(lane.output.node)
        ? { ...lane, first: earlier.first, values: earlier.values }
        : lane
    })
    this.#store.setState({ lanes })
    if (same) return
    this.stop()
    this.#later(async () => {
      await this.#recall()
      await this.#measureSeen()
    })
  }

  /** Another frame is seen. */
  frameChanged(): void {
    if (!this.#parts.viewerSettings.getState().lanes || this.#store.getState().progress) return
    this.#later(() => this.#measureSeen())
  }

  stop(): void {
    this.#turn += 1
    clearTimeout(this.#timer)
    if (!this.#store.getState().progress) return
    this.#store.setState({ progress: null })
    this.#parts.engine.stopMeasure(run).catch(reportFailure)
  }

  async measureClip(): Promise<void> {
    const { viewerSettings, idle } = this.#parts
    if (!viewerSettings.getState().lanes) viewerSettings.setState({ lanes: true })
    if (this.#store.getState().progress || this.#measuredLanes.length === 0) return
    this.#turn += 1
    clearTimeout(this.#timer)
    const turn = this.#turn
    this.#store.setState({ progress: { framesDone: 0, frames: 0 } })
    const resume = idle.holdOff()
    try {
      await this.#measure('every', turn, ({ framesDone, frames }) =>
        this.#store.setState({ progress: { framesDone, frames } }),
      )
    } finally {
      resume()
      if (turn === this.#turn) this.#store.setState({ progress: null })
    }
  }

  #later(work: () => Promise<void>): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      work().catch(reportFailure)
    }, idleDelayMs)
  }

  /** What is known of this graph. */
  async #recall(): Promise<void> {
    const { engine, document } = this.#parts
    const turn = this.#turn
    const lanes = this.#measuredLanes
    if (lanes.length === 0) return
    const outcome = await engine.knownSeries({
      document: document.getState().document,
      outputs: lanes.map(({ output }) => output),
    })
    if (turn !== this.#turn) return
    if (!outcome.ok) {
      this.#store.setState({ problems: outcome.problems })
      return
    }
    const seriesByKey = new Map(lanes.map(({ key }, i) => [key, outcome.value[i]!]))
    this.#store.setState({ problems: [] })
    this.#fill((key) => seriesByKey.get(key))
  }

  #fill(seriesOf: (key: string) => Pick<Series, 'first' | 'values'> | undefined): void {
    this.#store.setState(({ lanes }) => ({
      lanes: lanes.map((lane) => {
        const series = lane.kind === 'measured' ? seriesOf(lane.key) : undefined
        return series ? { ...lane, first: series.first, values: series.values } : lane
      }),
    }))
  }

  async #measureSeen(): Promise<void> {
    const { preview } = this.#parts
    const { playing, result } = preview.getState()
    if (playing || !result || this.#store.getState().progress) return
    const frame = result.clock.index
    if (this.#measuredLanes.every((lane) => laneValue(lane, frame) !== undefined)) return
    await this.#measure([frame], this.#turn)
  }

  async #measure(
    frames: readonly number[] | 'every',
    turn: number,
    onProgress?: (progress: MeasureProgress) => void,
  ): Promise<void> {
    const { engine, document } = this.#parts
    const lanes = this.#measuredLanes
    if (lanes.length === 0) return
    const request = {
      document: document.getState().document,
      outputs: lanes.map(({ output }) => output),
      frames,
      name: run,
    }
    const outcome = await engine.measure(request, (progress) => {
      if (turn !== this.#turn) return
      this.#note(lanes, progress)
      onProgress?.(progress)
    })
    if (turn !== this.#turn) return
    if (!outcome.ok) this.#store.setState({ problems: outcome.problems })
    // What a run that this one ended had measured was told to nobody.
    else if (outcome.value.state === 'measured') await this.#recall()
  }

  #note(lanes: readonly MeasuredLane[], { frameValues }: MeasureProgress): void {
    const clock = this.#parts.preview.getState().result?.clock
    if (!clock) return
    const seriesByLane = new Map(
      lanes.map(({ key }, i) => {
        const lane = this.#measuredLanes.find((one) => one.key === key)
        const laneWithValues = lane && lane.values.length > 0 ? lane : undefined
        const first = laneWithValues?.first ?? clock.first
        const values = laneWithValues
          ? laneWithValues.values.slice()
          : new Float32Array(clock.last - clock.first + 1).fill(Number.NaN)
        for (const { frame, values: each } of frameValues)
          if (frame - first >= 0 && frame - first < values.length) values[frame - first] = each[i]!
        return [key, { first, values }] as const
      }),
    )
    this.#fill((key) => seriesByLane.get(key))
  }
}

// The engine's death is told by what the person asks for; here it only ends the work.
const reportFailure = (error: unknown) => console.warn('The numbers could not be measured:', error)

export function createLanes(parts: Parts): LanesStore {
  const store = createStore<LanesState>(() => ({ lanes: [], progress: null, problems: [] }))
  const lanes = new Lanes(store, parts)
  parts.derived.subscribe(() => lanes.follow())
  parts.facts.subscribe((state, before) => {
    if (state.replacements !== before.replacements) lanes.follow(true)
  })
  parts.viewerSettings.subscribe((state, before) => {
    if (state.lanes === before.lanes) return
    if (!state.lanes) lanes.stop()
    lanes.follow()
  })
  parts.preview.subscribe((state, before) => {
    const other = state.result?.clock.index !== before.result?.clock.index
    if (other || (before.playing && !state.playing)) lanes.frameChanged()
  })
  return {
    ...store,
    measureClip: () => lanes.measureClip().catch(reportFailure),
    stop: () => lanes.stop(),
  }
}
