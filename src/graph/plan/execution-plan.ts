/** What a plan says: pure data, of which everything is known before any picture is made. */
import type { FlatEndpoint, FlatId } from '../document/document.ts'
import type { FrameSpan, Period } from '../node/needs.ts'
import type { FrameDesc } from '../node/ports.ts'
import type { Rate } from '../node/rate.ts'
import type { KernelKind } from '../node/spec.ts'

/**
 * Frames of a value around the one that is shown when the result's begins, inclusive; `-before` may be ahead of it, where all readers
 * run ahead.
 */
export interface Window {
  readonly before: number
  readonly after: number
}

export type ValueId = number & { readonly __id: 'value' }

/** A picture or a number of each frame: the output of one step, read by others, viewed, or both. */
export interface PlannedValue {
  readonly id: ValueId
  readonly producer: FlatEndpoint
  readonly desc: FrameDesc
  /** Of the clock that its frames are counted by: frames for each of the source that sets the clock. */
  readonly rate: Rate
  /** The frames of it that are there at once while frames are made in order: see `windows.ts`. */
  readonly window: Window
  /** How long it stays the same. */
  readonly period: Period
  /** Kept from one frame to the next as long as it stays the same, since something that changes before it does reads it. */
  readonly lasting: boolean
}

/** Where one input of one node of a step comes from. */
export type InputSource =
  | { readonly kind: 'value'; readonly value: ValueId }
  /** Another node of the same fused unit. */
  | { readonly kind: 'local'; readonly from: FlatEndpoint }
  | { readonly kind: 'stream'; readonly from: FlatEndpoint }
  | { readonly kind: 'none' }

/** One value as a step reads it. */
export interface PlannedRead {
  readonly value: ValueId
  readonly frames: FrameSpan
  /** Whether it is read as a texture, or as a number among the uniforms. */
  readonly as: 'texture' | 'number'
}

/** How a node's body reads an input. */
export interface PlannedNeed {
  /** Whether it may read around its own pixel. */
  readonly around: boolean
  readonly frames: FrameSpan
}

export interface PlanStep {
  readonly kind: KernelKind
  /** One node, or several `pixel` nodes fused into one dispatch, in the order they run. */
  readonly nodes: readonly FlatId[]
  /** For each node, for each of its input ports. */
  readonly inputs: Readonly<Record<FlatId, Readonly<Record<string, InputSource>>>>
  /** For each node, for the inputs of which it reads more than the own pixel of the own frame. */
  readonly needs: Readonly<Record<FlatId, Readonly<Record<string, PlannedNeed>>>>
  /** Each value once for each span of its frames. */
  readonly reads: readonly PlannedRead[]
  readonly writes: readonly ValueId[]
  /** Of the clock by which it runs: see `PlannedValue`. */
  readonly rate: Rate
  /** Frames of its own clock by which it runs ahead of what is being made, since a later step looks ahead. */
  readonly ahead: number
  /** For how many frames what it writes stays the same. */
  readonly period: Period
}

export interface ExecutionPlan {
  readonly steps: readonly PlanStep[]
  readonly values: readonly PlannedValue[]
  /** The values asked for (viewed outputs), held until the caller has taken them. */
  readonly targets: readonly ValueId[]
  /** The source by whose frames and timestamps all others are counted; absent without any source. */
  readonly clock: FlatId | undefined
  /** Frames of the result for each of that source. */
  readonly rate: Rate
  /** The most bytes of textures and buffers that one frame at a time holds at once: values, their windows, and what nodes borrow. */
  readonly peakBytes: number
}

/** Bytes of a value as a texture. */
export const bytesOf = (desc: FrameDesc): number => desc.width * desc.height * (desc.format === 'rgba16float' ? 8 : 4)
