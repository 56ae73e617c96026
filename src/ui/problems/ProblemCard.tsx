/** One problem: what and where, and what to do about it. */
import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { AnyNodeId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { text } from '../text/text.ts'

/** `where`: the subgraph that it lies in, if that is another than the one that is open. */
export function ProblemCard({ problem, where }: { problem: Problem<AnyNodeId>; where?: string | undefined }) {
  return (
    <span className="problem" data-severity={problem.severity}>
      {problem.severity === 'error' ? <CircleAlert size={15} aria-hidden /> : <TriangleAlert size={15} aria-hidden />}
      <span>
        <span className="visually-hidden">
          {problem.severity === 'error' ? text.problems.error : text.problems.warning}
        </span>
        {where && <span className="where">{where}: </span>}
        {problem.message}
        <span className="hint">{problem.hint}</span>
      </span>
    </span>
  )
}
