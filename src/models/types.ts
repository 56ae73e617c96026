/** The joints of the model layer. */

import type { GpuPicture, MadePicture, Recorder } from '../gpu/types.ts'
import { CodedError } from '../graph/document/coded-error.ts'
import type { DialPlace, ModelFacts, NumberRange } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'

/**
 * Where models run: shaders of our own, or onnxruntime on WebGPU or WASM. `auto`: shaders where there is a GPU and the
 * model can be made into them, onnxruntime elsewhere.
 */
export type RuntimeChoice = 'auto' | 'shaders' | 'webgpu' | 'wasm'

export type RuntimeName = Exclude<RuntimeChoice, 'auto'>

/** What is running, for people to see. */
export interface RuntimeReport {
  readonly runtime: RuntimeName
  /** One sentence where something is not as asked: 'Tile reduced to 256: there was not enough memory for a larger one.' */
  readonly note?: string
}

/** A model that makes pictures of pictures, larger ones or of scale 1, ready to run on pictures of any size. */
export interface SuperResolver extends AsyncDisposable {
  readonly facts: ModelFacts
  readonly report: RuntimeReport
  /**
   * Fills `output` (input size × scale) from `input`, tile by tile, or shows it as a view where one tile is all. Submits what `recorder` holds, since the
   * model reads it. `place`: where the dials of the model's family stand, of which a later member turns those alone that
   * it begins; without it the model runs as it is. Rejects with `ModelError` on a non-finite or black result, or tells
   * `recorder.foundLater` of it once the model has run well at that size; rejects where there is no such place. May be called again before it
   * has resolved.
   */
  run(
    recorder: Recorder,
    input: GpuPicture,
    output: MadePicture,
    signal: AbortSignal,
    place?: DialPlace | undefined,
  ): Promise<void>
}

export interface SuperResolverOptions {
  readonly runtime: RuntimeChoice
  /** Side of a tile in input pixels; 'auto' begins large and shrinks when memory runs out; 'off': one tile. */
  readonly tile: number | 'auto' | 'off'
  /** Input pixels that neighbouring tiles share. */
  readonly overlap: number
  /** Where the dials stand at first, so that the model there is the one that is opened. */
  readonly place?: DialPlace | undefined
  /** Which numbers are black and white; without them those that a probe found. */
  readonly numbersIn?: NumberRange | undefined
  readonly numbersOut?: NumberRange | undefined
  /** The model takes and gives blue, green, red. */
  readonly bgr?: boolean | undefined
  /** Of a model that gives several pictures; without it the largest. */
  readonly output?: string | undefined
}

/** A text detector ready to run. */
export interface TextDetector extends AsyncDisposable {
  readonly facts: ModelFacts
  readonly report: RuntimeReport
  /**
   * Probability of text in [0,1] for the whole picture at a reduced size: longest side at most `side` pixels.
   * Writes it into a picture that it owns and that stays valid until the next call.
   */
  detect(recorder: Recorder, input: GpuPicture, side: number, signal: AbortSignal): Promise<GpuPicture>
}

interface PictureModel {
  readonly parameters: readonly [ref: AssetRef, options: SuperResolverOptions]
  readonly result: SuperResolver
}

/** What models are run for: how each is asked for, and what comes of it. How each is opened is a file of `tasks/`. */
export interface ModelTasks {
  readonly 'super-resolution': PictureModel
  /** A model that leaves the picture at its size. */
  readonly restoration: PictureModel
  readonly 'text-detection': { readonly parameters: readonly [runtime: RuntimeChoice]; readonly result: TextDetector }
}

export type ModelTask = keyof ModelTasks

export interface Models {
  /** Rejects with `ModelError` where there is no such model, or it cannot be run. */
  open<T extends ModelTask>(task: T, ...args: ModelTasks[T]['parameters']): Promise<ModelTasks[T]['result']>
}

/** A model that cannot be used: what in `message`, what to do in `hint`; both whole sentences. */
export class ModelError extends CodedError {
  override readonly name = 'ModelError'
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super('model-failed', message, hint, options)
  }
}
