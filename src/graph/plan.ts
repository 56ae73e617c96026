/** The plan: pure data that says what runs in which order, what it reads and writes, and when memory is free again. */
import type { Endpoint, NodeId } from './document.ts'
import type { PictureDesc } from './ports.ts'
import type { KernelKind } from './spec.ts'

export type ValueId = number & { readonly __id: 'value' }

/** A picture that exists as a texture: the output of one step, read by others, viewed, or both. */
export interface PlannedValue {
  readonly id: ValueId
  readonly producer: Endpoint
  readonly desc: PictureDesc
}

/** Where one input of one node of a step comes from. */
export type InputSource =
  | { readonly kind: 'value'; readonly value: ValueId }
  /** Another node of the same fused unit. */
  | { readonly kind: 'local'; readonly from: Endpoint }
  | { readonly kind: 'audio'; readonly from: Endpoint }
  | { readonly kind: 'none' }

export interface PlanStep {
  readonly kind: KernelKind
  /** One node, or several `pixel` nodes fused into one dispatch, in the order they run. */
  readonly nodes: readonly NodeId[]
  /** For each node, for each of its input ports. */
  readonly inputs: Readonly<Record<NodeId, Readonly<Record<string, InputSource>>>>
  readonly reads: readonly ValueId[]
  readonly writes: readonly ValueId[]
  /** Values whose last reader is this step (or that it wrote and nobody reads): back to the pool after it. */
  readonly releases: readonly ValueId[]
}

export interface ExecutionPlan {
  readonly steps: readonly PlanStep[]
  readonly values: readonly PlannedValue[]
  /** The values asked for (viewed outputs), held until the caller has taken them. */
  readonly targets: readonly ValueId[]
  /** The source whose frames, with their timestamps, are the frames of the result; absent without any source. */
  readonly clock: NodeId | undefined
  /** Same key, same pipelines: edits that only touch `uniform` params keep it. */
  readonly key: string
  /** The least number of texture bytes that must be alive at once for this order of steps. */
  readonly peakBytes: number
}

/** Of the device: how many textures one dispatch may read and write. */
export interface PlanLimits {
  readonly sampledTextures: number
  readonly storageTextures: number
  /** Longest side of a texture, pixels. */
  readonly textureSize: number
}
