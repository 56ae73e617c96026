/** What is wrong with a person's code, told of the lines that the person wrote. */
import { ShaderError } from '../../gpu/compute.ts'
import { CodedError } from '../../graph/document/coded-error.ts'
import type { FlatId } from '../../graph/document/document.ts'
import type { CodePlace } from '../../graph/document/problems.ts'
import { codeMark } from '../../graph/node/code-body.ts'
import { asWritten } from '../../graph/node/code-guard.ts'

/** Code that does not compile, or did not work as it should while it ran. */
export class CodeFailure extends CodedError {
  override readonly name = 'CodeFailure'
  readonly param: string
  readonly place: CodePlace | undefined

  /** @param message what is wrong, the end of a sentence that names the node */
  constructor(param: string, message: string, hint: string, place?: CodePlace) {
    super('code-failed', message, hint)
    this.param = param
    this.place = place
  }
}

/** Code that was given up, because it kept the GPU busy for too long. */
export class CodeOverrun extends CodeFailure {
  /** The nodes whose code ran in the dispatch that took so long. */
  readonly nodes: readonly FlatId[]
  /** It could not be ended but with the device, which is being destroyed. */
  readonly losesDevice: boolean

  constructor(nodes: readonly FlatId[], losesDevice: boolean) {
    super(
      'code',
      'it takes too long for one frame, and was stopped',
      'Make it lighter: give its loops fewer iterations.',
    )
    this.nodes = nodes
    this.losesDevice = losesDevice
  }
}

/** What stands behind the failure of a frame, where it is that. */
export function overrunOf(error: unknown): CodeOverrun | undefined {
  if (error instanceof CodeOverrun) return error
  return error instanceof Error && error.cause !== undefined ? overrunOf(error.cause) : undefined
}

/** The compiler's or the driver's error as one of the code's; `undefined` where it is of another part of the shader. */
export function codeFailure(param: string, code: string, error: unknown): CodeFailure | undefined {
  if (error instanceof GPUPipelineError) {
    const [, reason = error.message.split('\n')[0]] = /error: ([^\n]+)/.exec(error.message) ?? []
    return new CodeFailure(
      param,
      `it is more than this graphics processor can take (${reason})`,
      'Make it smaller: shorter arrays, fewer variables.',
    )
  }
  if (!(error instanceof ShaderError)) return undefined
  const lines = error.module.split('\n')
  const first = lines.findIndex((line) => line.includes(codeMark)) + 1
  if (first === 0) return undefined
  const length = code.split(/\r\n?|\n/).length
  // What is missing at its end the compiler misses behind it, or before its beginning.
  const index = error.line - 1 - first
  const isInside = index >= 0 && index < length
  const before = (lines[error.line - 1] ?? '').slice(0, error.column - 1)
  const place = isInside ? { line: index + 1, column: asWritten(before).length + 1 } : { line: length, column: 1 }
  // Below the first line stand candidates.
  const [reason = ''] = asWritten(error.reason).split('\n')
  return new CodeFailure(param, reason, 'Correct that line of its code.', place)
}
