/** How a command ends: the exit codes that scripts rely on, and the error that carries one. */

import { CodedError } from '../graph/document/coded-error.ts'
import type { FlatId } from '../graph/document/document.ts'
import type { Problem } from '../graph/document/problems.ts'

export const exitCodes = {
  done: 0,
  /** Bad arguments or a bad graph: nothing was rendered. */
  usage: 2,
  /** Input media that cannot be read. */
  media: 3,
  /** Failed while rendering. */
  render: 4,
  /** Ended by Ctrl+C, as shells count it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends the command with `exitCode`; `message` and `hint` are whole sentences for the person at the terminal. */
export class CommandFailure extends CodedError {
  override readonly name = 'CommandFailure'
  readonly exitCode: ExitCode
  readonly problems: readonly Problem[]
  constructor(exitCode: ExitCode, message: string, hint = '', problems: readonly Problem[] = []) {
    super('command-failed', message, hint)
    this.exitCode = exitCode
    this.problems = problems
  }
}

export const usage = (message: string, hint = ''): CommandFailure => new CommandFailure(exitCodes.usage, message, hint)

/**
 * What kind of failure these problems are: the first error decides. `before`: nothing was rendered yet, so that what
 * is wrong with a model is a bad argument or graph. A file that a sink cannot write is no input medium.
 */
export function exitCodeOf(
  problems: readonly Problem[],
  when: 'before' | 'while rendering',
  isSource: (node: FlatId) => boolean,
): ExitCode {
  const first = problems.find((problem) => problem.severity === 'error')
  const ofInput = first?.node === undefined || isSource(first.node)
  if (ofInput && (first?.code === 'media-failed' || first?.code === 'hdr')) return exitCodes.media
  return when === 'before' ? exitCodes.usage : exitCodes.render
}
