/** The declarative half of a node: the editor, validation, files, the planner and the docs read only this. */

import type { Json } from '../document/json.ts'
import type { InferProblem } from '../document/problems.ts'
import type { AssetFacts } from './facts.ts'
import type { Params, Values } from './params.ts'
import type { Descs, Ports } from './ports.ts'

/**
 * What a node does when its turn comes.
 * - `source`: brings frames in (Decode). It sets or follows the clock.
 * - `pixel`: a WGSL body, same size in and out; neighbours in the graph become one dispatch.
 * - `pass`: records its own GPU passes; never waits.
 * - `async`: awaits something (a model); what was recorded before it is submitted first.
 * - `sink`: takes frames out (Encode). Runs in exports only.
 */
export type KernelKind = 'source' | 'pixel' | 'pass' | 'async' | 'sink'

/** `subgraph`: what people folded themselves; no file of `nodes/` is in it. */
export type Category = 'io' | 'scale' | 'blend' | 'look' | 'mask' | 'subgraph'

export interface KernelSpec<P extends Params = Params> {
  readonly kind: KernelKind
  /** For `pixel`: the inputs of which the body reads more than its own pixel; they are never fused away. */
  readonly neighbours?: readonly string[]
  /**
   * How many input pixels around an output pixel are read, in input pixels; of a `pixel` node, at the `neighbours`.
   * `Infinity`: the whole picture. Where absent, 0 for a `pixel` node, and the whole picture for others.
   * `ratio`: input pixels per output pixel, along the side where it is larger.
   */
  readonly reach?: (params: Values<P>, context: { readonly ratio: number; readonly facts: AssetFacts }) => number
  /**
   * For nodes that, with these params, remember earlier frames: how many frames before frame `index` must have run so
   * that the result at `index` is the one that a run from the start gives.
   */
  readonly memory?: (params: Values<P>) => ((index: number) => number) | undefined
  /**
   * The result depends on the frame's index or time and not only on the inputs. A `pixel` body that reads
   * `px.frame` and a node with memory need not say so.
   */
  readonly usesTime?: boolean
}

export interface NodeSpec<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params> {
  /** The file's name (`grain` in `grain.node.ts`); never changes. */
  readonly type: string
  readonly title: string
  readonly category: Category
  readonly summary: string
  /** Words people search by: what it fixes or does. */
  readonly keywords?: readonly string[]
  readonly inputs: I
  readonly outputs: O
  readonly params: P
  /**
   * Describes every output from inputs, params and facts alone, before any pixel exists. Sizes that do not
   * fit, a missing asset and the like come back as a problem.
   */
  infer(inputs: Descs<I>, params: Values<P>, facts: AssetFacts): Descs<O> | InferProblem
  readonly kernel: KernelSpec<P>
  /**
   * Which input each output passes on when the node is bypassed. Absent: the first input of the output's
   * type; an output without one cannot be bypassed.
   */
  readonly bypass?: Readonly<Record<string, string>>
  /** One entry per past change of the params' form; the node's version is `migrations.length`. */
  readonly migrations?: readonly ((params: Record<string, Json>) => void)[]
}

export type Specs = ReadonlyMap<string, NodeSpec>
