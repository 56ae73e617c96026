/** One problem: what and where, and what to do about it. */
import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { Problem } from '../../graph/problems.ts'
import { text } from '../text/text.ts'

export function ProblemCard({ problem }: { problem: Problem }) {
  return (
    <span className="problem" data-severity={problem.severity}>
      {problem.severity === 'error' ? <CircleAlert size={15} aria-hidden /> : <TriangleAlert size={15} aria-hidden />}
      <span>
        <span className="visually-hidden">
          {problem.severity === 'error' ? text.problems.error : text.problems.warning}
        </span>
        {problem.message}
        <span className="hint">{problem.hint}</span>
      </span>
    </span>
  )
}
