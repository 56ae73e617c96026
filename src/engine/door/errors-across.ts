/**
 * What is thrown on one side of the door and caught on the other. Copied as it is, an error keeps its message alone;
 * its code and its advice go along as plain data.
 */
import { CodedError, type ErrorCode } from '../../graph/document/coded-error.ts'

/** An error as it goes through the door. */
interface SentError {
  readonly thrownInEngine: true
  readonly message: string
  readonly name: string
  readonly stack: string | undefined
  readonly code: ErrorCode | undefined
  readonly hint: string
}

export function sentError(error: unknown): SentError {
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error))
  const [code, hint] = error instanceof CodedError ? [error.code, error.hint] : [undefined, '']
  return { thrownInEngine: true, message, name, stack, code, hint }
}

const isSent = (value: unknown): value is SentError =>
  typeof value === 'object' && value !== null && 'thrownInEngine' in value

/** What the other side threw; anything else that was thrown on the way is given back as it is. */
export function receivedError(value: unknown): unknown {
  if (!isSent(value)) return value
  const { message, name, stack, code, hint } = value
  const error = code === undefined ? new Error(message) : new CodedError(code, message, hint)
  return Object.assign(error, { name, stack })
}
