/** The only module a node file imports: what an author needs, and nothing that touches the engine. */

import type { Params } from '../graph/params.ts'
import type { Ports } from '../graph/ports.ts'
import type { NodeSpec } from '../graph/spec.ts'
import type { Kernel } from './kernel.ts'

export type { ComputePass, Gpu, GpuPicture, Recorder } from '../gpu/types.ts'
export type { AssetFacts, ModelFacts } from '../graph/facts.ts'
export { param } from '../graph/params.ts'
export type { PictureDesc } from '../graph/ports.ts'
export { port } from '../graph/ports.ts'
export { inferProblem } from '../graph/problems.ts'
export { marginOf, partSlack } from '../graph/tiling.ts'
export type { Prepare, Run } from './kernel.ts'

export interface NodeDefinition<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params>
  extends NodeSpec<I, O, P> {
  readonly kernel: Kernel<I, O, P>
}

/**
 * Ties a node's parts together so that `infer` and the kernel know the exact ports and params. The result is
 * the general form, in which the registry, the planner and the executor handle every node alike.
 */
export function defineNode<const I extends Ports, const O extends Ports, const P extends Params>(
  definition: NodeDefinition<I, O, P>,
): NodeDefinition {
  // The general form takes any ports and params; only the executor calls it, with those the node declared.
  return definition as unknown as NodeDefinition
}
