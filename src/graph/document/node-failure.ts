/** What a node throws, with the node that threw it: whoever asks nodes of themselves or runs them tells whose failure it is. */
import { CodedError, messageOf } from './coded-error.ts'
import type { FlatId } from './document.ts'
import { failedHint, type InferProblem } from './problems.ts'

/** Something went wrong while node `node` was asked what it needs, being prepared, or run. */
export class NodeFailure extends CodedError {
  override readonly name = 'NodeFailure'
  readonly node: FlatId
  constructor(node: FlatId, cause: unknown) {
    super('node-failed', messageOf(cause), '', { cause })
    this.node = node
  }
}

/** What is told of a node that throws while it is asked of itself, before anything runs. */
export const failureOf = (title: string, error: unknown): InferProblem['problem'] => ({
  code: 'render-failed',
  message: `${title} failed: ${messageOf(error)}`,
  hint: failedHint,
})

/** What `work` gives; what it throws is a failure of `node`, whatever other nodes are asked, prepared or run together with it. */
export function onBehalfOf<T>(node: FlatId, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof NodeFailure ? error : new NodeFailure(node, error)
  }
}
