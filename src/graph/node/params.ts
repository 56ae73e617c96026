/**
 * A node's parameters, declared once: the inspector's control, the range that validation holds, the WGSL
 * uniform and the TypeScript type of the value all follow from the declaration.
 */

import type { Json } from '../document/json.ts'
import type { Drawing } from './drawing.ts'
import type { AssetFacts, AssetKind, ModelFacts, PictureTask } from './facts.ts'
import type { Keyframe } from './keyframes.ts'

/** A file as a document names it: never embedded, found again by id, checked by size or hash. */
export interface AssetRef {
  /** A file's name, or a catalog id; `samples/…` is a clip that ships with the product. */
  readonly id: string
  /** Lower-case hex. */
  readonly sha256?: string
  /** Bytes. */
  readonly size?: number
}

export type Visible = (values: Readonly<Record<string, Json>>, node: ParamSurroundings) => boolean

/** What else may decide whether a param has a meaning at present. */
export interface ParamSurroundings {
  readonly facts: AssetFacts
  /** Names of the node's inputs that a wire ends in. */
  readonly connectedInputs: ReadonlySet<string>
}

interface ParamBase {
  readonly label: string
  readonly help?: string
  /** `uniform`: a change rewrites a buffer. `plan`: sizes, pipelines or resources may change. */
  readonly affects: 'uniform' | 'plan'
  /** Shown only while this holds; the value is kept either way. */
  readonly visible?: Visible
}

/** Of a box: its middle, or a side. */
export type BoxPart = 'x' | 'y' | 'width' | 'height'

export interface FloatParam extends ParamBase {
  readonly kind: 'float'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly step: number
  readonly unit?: string
  /** What of the range a slider spans, where that is a small part; a value beyond is typed, or wired. */
  readonly usual?: readonly [min: number, max: number]
  /** What of a box that is drawn over the picture sets it: its middle or a side, as a share of the picture's own. */
  readonly draws?: BoxPart
}
export type Side = 'left' | 'right' | 'top' | 'bottom'

export interface IntParam extends ParamBase {
  readonly kind: 'int'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit?: string
  /** What is cut off at this side of the picture, in its pixels: black bars found there set it. */
  readonly cuts?: Side
}
/** A whole number in [0, 2³²) with a "new seed" button. */
export interface SeedParam extends ParamBase {
  readonly kind: 'seed'
  readonly default: number
}
export interface BoolParam extends ParamBase {
  readonly kind: 'bool'
  readonly default: boolean
}
export interface ChoiceParam<C extends string = string> extends ParamBase {
  readonly kind: 'choice'
  readonly default: C
  readonly options: readonly C[]
  /** What a person reads for an option; the option itself where absent. */
  readonly labels?: Readonly<Partial<Record<C, string>>>
}
export interface TextParam extends ParamBase {
  readonly kind: 'text'
  readonly default: string
  readonly maxLength: number
  /** Of the name of a file that is written: what it may end in, without the dot, as it is offered. */
  readonly endings?: readonly string[]
}
/** A number over frames. */
export interface KeysParam extends ParamBase {
  readonly kind: 'keys'
  readonly default: readonly Keyframe[]
}
/** What is painted over the picture; `null`: nothing yet. */
export interface DrawingParam extends ParamBase {
  readonly kind: 'drawing'
  readonly default: null
}
/** A body of WGSL that a person writes; a kernel is given it guarded (`code-guard.ts`). It runs only where that person, or whoever got it from somebody, said yes to it. */
export interface CodeParam extends ParamBase {
  readonly kind: 'code'
  readonly default: string
  /** Beside the default, what shipped recipes hold. Code of the product's own runs without a yes. */
  readonly shippedCodes: readonly string[]
  readonly maxLength: number
  /** What the code is given: inputs, functions by which it reads around its pixel, and others it may call. */
  readonly names: readonly string[]
}
/** A file of a kind; each kind is described in `src/assets`. */
export interface AssetParam<K extends AssetKind = AssetKind> extends ParamBase {
  readonly kind: 'asset'
  readonly asset: K
  readonly default: AssetRef | null
  /** The float param that says where in the file's family the node stands: 0 for its first, 1 for its second… */
  readonly dial?: string
  /** Of a model: what those do that are offered; without it they enlarge. */
  readonly task?: PictureTask
  /** The second dial of a model's family, for clean and compressed sources. */
  readonly sourceDial?: SourceDial
}

export interface SourceDial {
  /** The float param that is the dial. */
  readonly param: string
  /** The choice whether it stands as the source is found or where a person set it, and the option for each. */
  readonly choice: string
  readonly measuredOption: string
  readonly byHand: string
}

export type ParamSpec =
  | FloatParam
  | IntParam
  | SeedParam
  | BoolParam
  | ChoiceParam
  | TextParam
  | KeysParam
  | DrawingParam
  | CodeParam
  | AssetParam
export type Params = Readonly<Record<string, ParamSpec>>

export type ValueOf<S> = S extends { kind: 'float' | 'int' | 'seed' }
  ? number
  : S extends { kind: 'bool' }
    ? boolean
    : S extends { kind: 'choice'; options: readonly (infer C)[] }
      ? C
      : S extends { kind: 'text' | 'code' }
        ? string
        : S extends { kind: 'keys' }
          ? readonly Keyframe[]
          : S extends { kind: 'drawing' }
            ? Drawing | null
            : AssetRef | null

export type Values<P extends Params> = { readonly [K in keyof P]: ValueOf<P[K]> }

interface Options {
  readonly help?: string
  readonly affects?: 'uniform' | 'plan'
  readonly visible?: Visible
}

export const isAssetOf = <K extends AssetKind>(param: ParamSpec, asset: K): param is AssetParam<K> =>
  param.kind === 'asset' && param.asset === asset

/** Whether a model is offered where models are to do `task`: where none is named, to enlarge. */
export const isOffered = (task: PictureTask | undefined, model: Pick<ModelFacts, 'task' | 'scale'>): boolean =>
  task === 'restoration' ? model.scale === 1 && model.task !== 'text-detection' : model.task === 'super-resolution'

export const param = {
  float: (
    label: string,
    o: Options & {
      default: number
      min: number
      max: number
      step?: number
      unit?: string
      usual?: readonly [min: number, max: number]
      draws?: BoxPart
    },
  ) => ({ kind: 'float', label, affects: 'uniform', step: (o.max - o.min) / 100, ...o }) as const,
  int: (label: string, o: Options & { default: number; min: number; max: number; unit?: string; cuts?: Side }) =>
    ({ kind: 'int', label, affects: 'uniform', ...o }) as const,
  seed: (label: string, o: Options & { default: number }) =>
    ({ kind: 'seed', label, affects: 'uniform', ...o }) as const,
  bool: (label: string, o: Options & { default: boolean }) =>
    ({ kind: 'bool', label, affects: 'uniform', ...o }) as const,
  choice: <const C extends readonly string[]>(
    label: string,
    options: C,
    o: Options & { default: C[number]; labels?: Readonly<Partial<Record<C[number], string>>> },
  ) => ({ kind: 'choice', label, affects: 'plan', options, ...o }) as const,
  text: (label: string, o: Options & { default: string; maxLength?: number; endings?: readonly string[] }) =>
    ({ kind: 'text', label, affects: 'plan', maxLength: 200, ...o }) as const,
  keys: (label: string, o: Options & { default: readonly Keyframe[] }) =>
    ({ kind: 'keys', label, affects: 'uniform', ...o }) as const,
  drawing: (label: string, o: Options = {}) =>
    ({ kind: 'drawing', label, affects: 'plan', default: null, ...o }) as const,
  code: (
    label: string,
    o: Options & { default: string; names: readonly string[]; shippedCodes?: readonly string[]; maxLength?: number },
  ) => ({ kind: 'code', label, affects: 'plan', maxLength: 16_000, shippedCodes: [], ...o }) as const,
  asset: <K extends AssetKind>(
    asset: K,
    label: string,
    o: Options & { default: AssetRef | null; dial?: string; sourceDial?: SourceDial; task?: PictureTask },
  ) => ({ kind: 'asset', asset, label, affects: 'plan', ...o }) as const,
}
