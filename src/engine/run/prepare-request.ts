/** What a graph is prepared with, and what is asked of that. */
import type { PictureDownload } from '../../gpu/download.ts'
import type { Gpu } from '../../gpu/types.ts'
import type { FlatDocument } from '../../graph/document/document.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import type { PlanOutcome } from '../../graph/plan/plan.ts'
import type { Region } from '../../graph/plan/region.ts'
import type { Media } from '../../media/types.ts'
import type { Models, RuntimeChoice } from '../../models/types.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import type { Prepare } from '../../nodes/kernel.ts'
import type { CodePermits } from './code-permits.ts'
import type { Assets } from './known-assets.ts'

export interface EngineParts {
  readonly gpu: Gpu
  readonly media: Media
  readonly models: Models
  readonly upload: Prepare['upload']
  readonly download: PictureDownload
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly permits: CodePermits
  /** Milliseconds that people's code may take for one frame. */
  readonly codeLimitMs: number
  readonly assets: Pick<Assets, 'facts' | 'open' | 'version'>
}

export type PlannedGraph = Extract<PlanOutcome, { ok: true }>

export interface PrepareRequest {
  readonly document: FlatDocument
  readonly outcome: PlannedGraph
  readonly runtime: RuntimeChoice
  readonly signal: AbortSignal
  /** Parts of targets that are to be handed out; the whole of those that are not named. */
  readonly targetRegions?: ReadonlyMap<ValueId, Region>
  /** Parts of values that are to be made for that (see `regionsOf`). */
  readonly parts?: ReadonlyMap<ValueId, Region>
}
