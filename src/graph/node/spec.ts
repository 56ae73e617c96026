/** The declarative half of a node: the editor, validation, files, the planner and the docs read only this. */

import type { Json } from '../document/json.ts'
import type { InferProblem } from '../document/problems.ts'
import type { AssetFacts } from './facts.ts'
import type { Need, NeedContext } from './needs.ts'
import type { Params, Values } from './params.ts'
import type { Descs, Ports } from './ports.ts'
import type { Rate } from './rate.ts'

/**
 * What a node does when its turn comes.
 * - `source`: brings frames in (Decode). It sets or follows the clock.
 * - `pixel`: a WGSL body, same size in and out; neighbours in the graph become one dispatch.
 * - `pass`: records its own GPU passes; never waits.
 * - `number`: works out numbers on the CPU, from other numbers or the frame's time.
 * - `async`: awaits something (a model); what was recorded before it is submitted first.
 * - `sink`: takes frames out (Encode). Runs in exports only.
 */
export type KernelKind = 'source' | 'pixel' | 'pass' | 'number' | 'async' | 'sink'

/** `subgraph`: what people folded themselves; no file of `nodes/` is in it. */
export type Category = 'io' | 'scale' | 'blend' | 'look' | 'mask' | 'measure' | 'subgraph'

/**
 * What a frame of a node takes on a graphics card, beside a Bicubic that makes as large a picture: `light`, as much or less;
 * `medium`, several times as much, as where many pixels around each are looked at; `heavy`, ten times and more, as networks and
 * searches for motion take. A class, not a time: `npm run bench -- --nodes` measures.
 */
export type CostClass = 'light' | 'medium' | 'heavy'

/** Something that a node chose by itself: a whole sentence, and the param under which it is read. */
export interface OwnChoice {
  readonly sentence: string
  readonly param: string
}

/**
 * A picture of a `pixel` node's own, as large as its result, that its body reads as `<name>_at(at: vec2i)`, a pixel of it, and
 * wherever it likes. It is made once, and again when one of `params` changes: never for a frame.
 */
export interface FieldSpec {
  /** What it is made of: `uniform` params. */
  readonly params: readonly string[]
  /** Body of a WGSL function that returns a pixel's value as `vec4f`, kept in half floats. In scope: `p.<param>`, `px.at` and `px.size`, and the kernel's `functions`. */
  readonly wgsl: string
  /**
   * How many pixels further, right and down, a frame reads it than its body says: less than its size, and beyond an edge it goes on
   * at the opposite one. The body then reads within the picture alone.
   */
  pushed?(of: FieldPlace): readonly [x: number, y: number]
}

/** What a field's place in a frame may be made of: params that no number drives. */
export interface FieldPlace {
  readonly params: Readonly<Record<string, unknown>>
  readonly frame: number
  readonly width: number
  readonly height: number
}

/** Bytes for each pixel of the largest picture that a node reads or writes. */
export interface Scratch {
  /** While it makes a frame. */
  readonly running: number
  /** From one frame to the next; 0 where absent. */
  readonly resident?: number
}

export interface KernelSpec<I extends Ports = Ports, P extends Params = Params> {
  readonly kind: KernelKind
  /**
   * What of each input one frame of the outputs is made of, for inputs of which that is more than the own pixel of the
   * own frame (of a `pixel` node), or less than the whole picture (of others). Inputs of a `pixel` node that are named
   * here, whatever the params, are never fused away; of a `sink` nothing can be named.
   */
  needs?(params: Values<P>, context: NeedContext): { readonly [K in keyof I]?: Need }
  /**
   * The result depends on the frame's index as well as on the inputs. Only then does a `pixel` body see `px.frame`;
   * of a source, which follows the clock, it goes without saying.
   */
  readonly readsFrame?: true
  /**
   * Of a node whose outputs come more or less often than its pictures come in: how many frames it makes of how many. Frames of
   * its inputs are then counted from the one that is shown when its own begins, and its result depends on its frame's index.
   * A `source` or a `sink` says none.
   */
  clock?(params: Values<P>): Rate
  /**
   * What it borrows of the GPU's memory beside its inputs and outputs, at most. Where it is not said, nothing; what it says, a
   * test measures.
   */
  scratch?(params: Values<P>): Scratch
  /** Of a `pixel` node. */
  readonly fields?: Readonly<Record<string, FieldSpec>>
  /** Of a `pixel` node: by their names, numbers that its body reads beside its inputs. How they are made is the kernel's own. */
  readonly tables?: Readonly<Record<string, unknown>>
}

export interface NodeSpec<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params> {
  /** The file's name (`grain` in `grain.node.ts`); never changes. */
  readonly type: string
  readonly title: string
  readonly category: Category
  readonly summary: string
  /** Words people search by: what it fixes or does. */
  readonly keywords?: readonly string[]
  /** Of a node that works on pictures; a `pixel` node that says nothing is `light`. */
  readonly cost?: CostClass
  readonly inputs: I
  readonly outputs: O
  readonly params: P
  /** The one or two params that one turns most: they stand on its card until somebody chooses others. */
  readonly onCard?: readonly (keyof P & string)[]
  /**
   * Describes every output from inputs, params and facts alone, before any pixel exists. Sizes that do not
   * fit, a missing asset and the like come back as a problem. Frame rates are told as the inputs have them: what the kernel's
   * `clock` makes of them is put in afterwards.
   */
  infer(inputs: Descs<I>, params: Values<P>, facts: AssetFacts): Descs<O> | InferProblem
  readonly kernel: KernelSpec<I, P>
  /**
   * What it chose by itself of what is known before any pixel exists: whole sentences, for its card and the inspector. What of
   * them an export’s report should hold, its kernel’s `notes` say.
   */
  ownChoices?(inputs: Descs<I>, params: Values<P>, facts: AssetFacts): readonly OwnChoice[]
  /**
   * Which input each output passes on when the node is bypassed. Absent: the first input of the output's
   * type; an output without one cannot be bypassed.
   */
  readonly bypass?: Readonly<Record<string, string>>
  /**
   * Lengths in pixels of a picture that decide a size, as they are for pictures `divisor` times smaller on each side: what
   * of the params becomes another in a draft.
   */
  inDraft?(params: Values<P>, divisor: number): Readonly<Record<string, Json>>
  /** It takes lines apart as they were recorded: in a draft what it makes is smaller, not what it reads of a source. */
  readonly readsLines?: true
  /**
   * What it makes does not lie over what comes in, place for place and moment for moment, whatever the size (it cuts, turns, or makes
   * other frames), or is another picture on purpose: what is made of it is held against its result.
   */
  readonly reframes?: true
  /** Of the node by which drafts are made: params that make each side `divisor` times smaller, in the quickest way. */
  shrinkBy?(divisor: number): Readonly<Record<string, Json>>
  /** One entry per past change of the params' form; the node's version is `migrations.length`. */
  readonly migrations?: readonly ((params: Record<string, Json>) => void)[]
}

/** `undefined`: it brings frames in or takes them out, or works on numbers; or what it folds, or people's code, decides. */
export function costOf({ cost, kernel, params }: Pick<NodeSpec, 'cost' | 'kernel' | 'params'>): CostClass | undefined {
  const hasCode = Object.values(params).some(({ kind }) => kind === 'code')
  return cost ?? (kernel.kind === 'pixel' && !hasCode ? 'light' : undefined)
}

export type Specs = ReadonlyMap<string, NodeSpec>
