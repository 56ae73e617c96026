/** A graph that is ready to run: its plan, with what was prepared for each step. */
import type { Fields } from '../../gpu/field.ts'
import type { PixelUnit } from '../../gpu/pixel.ts'
import type { ComputePass, FrameTime, PictureView } from '../../gpu/types.ts'
import type { FlatId } from '../../graph/document/document.ts'
import type { FrameRange } from '../../graph/node/needs.ts'
import type { Rate } from '../../graph/node/rate.ts'
import type { ExecutionPlan, PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import type { Region } from '../../graph/plan/region.ts'
import type {
  AsyncInstance,
  NodeInstance,
  NumberRun,
  PassInstance,
  SinkInstance,
  SourceInstance,
} from '../../nodes/kernel.ts'
import type { Slot } from './instances.ts'

export type ParamValues = Readonly<Record<string, unknown>>

/**
 * Instances whatever their ports and params. `defineNode` tied each to its own; from here on they are called
 * with what the plan says, so the exact types are erased in this one place.
 */
// biome-ignore-start lint/suspicious/noExplicitAny: only `any` params accept every node's exact ports and params
export type AnyPass = PassInstance<any, any, any>
export type AnyAsync = AsyncInstance<any, any, any>
export type AnySource = SourceInstance<any, any>
export type AnySink = SinkInstance<any, any>
// biome-ignore-end lint/suspicious/noExplicitAny: as above

/** A pixel node that has pictures of its own. */
export interface FieldsInstance extends NodeInstance {
  readonly textures: Fields['textures']
}

/** A fused unit, and the pass that runs it. */
export interface PixelPass {
  readonly unit: PixelUnit
  readonly pass: ComputePass
}

export type PreparedStep =
  | {
      readonly kind: 'pixel'
      readonly step: PlanStep
      readonly plain: PixelPass
      /** The pass that reads these views, by the names of `plain.unit.textures`. Compiled when first asked for. */
      readonly reading: (views: ReadonlyMap<string, PictureView>) => Promise<PixelPass>
      readonly fields: ReadonlyMap<FlatId, Slot<FieldsInstance>>
      /** Numbers that it cannot take as the GPU has them, and waits for. */
      readonly awaitedNumbers: ReadonlySet<ValueId>
    }
  | { readonly kind: 'pass'; readonly step: PlanStep; readonly node: FlatId; readonly slot: Slot<AnyPass> }
  | {
      readonly kind: 'number'
      readonly step: PlanStep
      readonly node: FlatId
      /** Whether it is told the frame's time. */
      readonly readsFrame: boolean
      readonly numbers: (run: NumberRun) => Readonly<Record<string, number>>
    }
  | { readonly kind: 'async'; readonly step: PlanStep; readonly node: FlatId; readonly slot: Slot<AnyAsync> }
  | { readonly kind: 'source'; readonly step: PlanStep; readonly node: FlatId; readonly slot: Slot<AnySource> }
  | { readonly kind: 'sink'; readonly step: PlanStep; readonly node: FlatId }

/** The frames that are counted by one clock, and when each is shown. */
export interface Clock {
  /** The source that sets it. */
  readonly node: FlatId | null
  /** Frames offered after the trim, inclusive. */
  readonly first: number
  readonly last: number
  /** The source is still counting its frames: `last` is about right. */
  readonly estimated?: true
  time(index: number): FrameTime
}

export interface Clocks {
  /** Frames of the source that sets them all, after its trim. */
  readonly source: FrameRange
  /** @param rate frames for each of that source */
  at(rate: Rate): Clock
}

/** A param that a wired number stands for, and the range that it is held within. */
export interface DrivenParam {
  readonly name: string
  readonly label: string
  readonly min: number
  readonly max: number
}

export interface PreparedGraph {
  readonly plan: ExecutionPlan
  readonly steps: readonly PreparedStep[]
  /** The result's. */
  readonly clock: Clock
  readonly clocks: Clocks
  readonly sources: ReadonlyMap<FlatId, AnySource>
  readonly params: ReadonlyMap<FlatId, ParamValues>
  /** Of nodes that have any. */
  readonly drivenParams: ReadonlyMap<FlatId, readonly DrivenParam[]>
  /** Of nodes that read numbers, what each such input is called, by its name. */
  readonly numberLabels: ReadonlyMap<FlatId, Readonly<Record<string, string>>>
  readonly types: ReadonlyMap<FlatId, string>
  readonly targetRegions: ReadonlyMap<ValueId, Region>
  /** Values whose readers all take views (see `GpuPicture.view`). */
  readonly viewable: ReadonlySet<ValueId>
  /** What is made of values; the whole of those that are not named. */
  readonly parts: ReadonlyMap<ValueId, Region>
  /** Of whole pictures. `at`: the same name, the same picture; `keyAt`: and the same value of the graph. */
  readonly names: { at(value: ValueId, frame: number): string; keyAt(value: ValueId, frame: number): string }
}
