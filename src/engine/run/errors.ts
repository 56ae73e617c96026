/** Errors on their way to people: whose they are, what happened, what to do. */

import { CodedError, type ErrorCode, messageOf } from '../../graph/document/coded-error.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { NodeFailure } from '../../graph/document/node-failure.ts'
import { failedHint, type Problem, type ProblemCode } from '../../graph/document/problems.ts'
import type { Outcome } from '../door/api.ts'
import { CodeFailure } from './code-failure.ts'

/** The GPU went away in the middle of something. */
export class DeviceLostError extends CodedError {
  override readonly name = 'DeviceLostError'
  constructor(message: string) {
    super('device-lost', message)
  }
}

export const isAbort = (error: unknown): boolean => {
  if (error instanceof NodeFailure) return isAbort(error.cause)
  return error instanceof DOMException && error.name === 'AbortError'
}

/** Of the errors that are a problem's own; any other is one of rendering. */
const problemCodes: Readonly<Partial<Record<ErrorCode, ProblemCode>>> = {
  'media-failed': 'media-failed',
  'model-failed': 'model-failed',
  'asset-failed': 'asset-failed',
  'code-failed': 'code-failed',
}

/** The problem to show for `error`; an error with a `hint` brings its own advice. */
export function problemOf(error: unknown, title: (node: FlatId) => string): Problem {
  if (error instanceof NodeFailure) {
    const inner = problemOf(error.cause, title)
    const nodeTitle = title(error.node)
    const messages: Partial<Record<ProblemCode, string>> = {
      'render-failed': `${nodeTitle} failed: ${inner.message}`,
      'code-failed': `The code of ${nodeTitle} cannot be used: ${inner.place ? `line ${inner.place.line}: ` : ''}${inner.message}.`,
    }
    return { ...inner, node: error.node, message: messages[inner.code] ?? inner.message }
  }
  const message = messageOf(error)
  const { code, hint } = error instanceof CodedError ? error : {}
  const { param, place } = error instanceof CodeFailure ? error : {}
  return {
    code: (code && problemCodes[code]) ?? 'render-failed',
    severity: 'error',
    ...(param ? { param } : {}),
    ...(place ? { place } : {}),
    message,
    hint: hint || failedHint,
  }
}

/** What `work` gives, or what it throws as a problem. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, problems: [problemOf(error, () => '')] }
  }
}

/** For work that has an outcome of its own: what it throws becomes a problem as well. */
export async function settled<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const all = await outcomeOf(work)
  return all.ok ? all.value : all
}
