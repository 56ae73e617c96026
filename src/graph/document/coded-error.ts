/** Errors by which more is known than a sentence: whoever catches one asks its code, also on the other side of a worker. */
import type { ProblemCode } from './problems.ts'

/** Codes of what is thrown; those of problems become a problem of that code. */
export type ErrorCode =
  | Extract<
      ProblemCode,
      'media-failed' | 'model-failed' | 'asset-failed' | 'code-failed' | 'bad-file' | 'newer-version'
    >
  /** There is no WebGPU, or the GPU went away in the middle of something. */
  | 'no-gpu'
  | 'device-lost'
  /** A node was being prepared or run; `cause` says what happened. */
  | 'node-failed'
  /** The worker behind the door ended. */
  | 'engine-stopped'
  | 'ffmpeg-failed'
  | 'out-of-memory'
  /** The command line ends with an exit code. */
  | 'command-failed'

/** The sentence of whatever was thrown: a library may throw what is no `Error`. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export class CodedError extends Error {
  override readonly name: string = 'CodedError'
  readonly code: ErrorCode
  /** What to do, a whole sentence; empty where there is nothing to be done. */
  readonly hint: string

  /** @param message what and where, a whole sentence. */
  constructor(code: ErrorCode, message: string, hint = '', options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
