/** Everything that can be wrong with a graph, said in one sentence that names what, where and what to do. */
import type { AnyNodeId, EdgeId, FlatId } from '../document/document.ts'

/** A place in a text. */
export interface CodePlace {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
}

export type ProblemCode =
  | 'missing-input'
  | 'wrong-type'
  | 'size-mismatch'
  | 'size-limit'
  | 'window-too-large'
  | 'cycle'
  | 'unknown-node'
  | 'unknown-port'
  | 'unknown-param'
  | 'dangling-edge'
  | 'two-wires'
  | 'bad-param'
  | 'missing-asset'
  | 'unfit-model'
  | 'hdr'
  | 'no-output'
  | 'two-outputs'
  | 'media-failed'
  | 'model-failed'
  | 'asset-failed'
  | 'render-failed'
  | 'code-failed'
  | 'code-not-run'
  | 'not-foldable'
  | 'not-kept'
  | 'bad-file'
  | 'newer-version'
  | 'unknown-field'

/** By default with the node named as from outside; of a level by itself, as that level names it. */
export interface Problem<Id extends AnyNodeId = FlatId> {
  readonly code: ProblemCode
  /** An `error` keeps what depends on the node from running; a `warning` does not. */
  readonly severity: 'error' | 'warning'
  readonly node?: Id
  /** The input the problem sits on. */
  readonly port?: string
  readonly param?: string
  readonly edge?: EdgeId
  /** Where in the code that `param` holds. */
  readonly place?: CodePlace
  /** What and where, a whole sentence. */
  readonly message: string
  /** What to do about it, a whole sentence. */
  readonly hint: string
}

/** What `infer` returns where no description can be given: the place (node) is added by the caller. */
export interface InferProblem {
  readonly problem: Omit<Problem, 'severity' | 'node' | 'edge'>
}

/** What to do about a node that fails by itself, whether it is asked, prepared or run. */
export const failedHint = 'Undo the last change, or bypass this node; if it happens again, report it with this message.'

export const inferProblem = (problem: InferProblem['problem']): InferProblem => ({ problem })

interface Size {
  readonly width: number
  readonly height: number
}

/** What is wrong where the picture at `port` must be as large as the node's image and is not; `undefined` where it fits or is absent. */
export function sizeMismatch(port: string, picture: Size | undefined, image: Size): InferProblem | undefined {
  if (!picture || (picture.width === image.width && picture.height === image.height)) return undefined
  return inferProblem({
    code: 'size-mismatch',
    port,
    message: `The ${port} is ${picture.width}×${picture.height} but the image is ${image.width}×${image.height}.`,
    hint: 'Make both the same size: put a Bicubic before this input, or make it from a picture of this size.',
  })
}

/** Tells a refusal from descriptions, whatever the outputs are called. */
export const isInferProblem = (result: object): result is InferProblem =>
  'problem' in result && typeof result.problem === 'object' && result.problem !== null && 'code' in result.problem
