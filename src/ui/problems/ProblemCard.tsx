/** One problem: what and where, and what to do about it. */
import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { Problem } from '../../graph/problems.ts'

export function ProblemCard({ problem }: { problem: Problem }) {
  return (
    <span className="problem" data-severity={problem.severity}>
      {problem.severity === 'error' ? <CircleAlert size={15} aria-hidden /> : <TriangleAlert size={15} aria-hidden />}
      <span>
        <span className="visually-hidden">{problem.severity === 'error' ? 'Error: ' : 'Warning: '}</span>
        {problem.message}
        <span className="hint">{problem.hint}</span>
      </span>
    </span>
  )
}
