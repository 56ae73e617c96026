/** Everything that is wrong with the graph, errors first; a click goes to the node. */
import { CircleCheck } from 'lucide-react'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { FlatId, GraphDocument } from '../../graph/document/document.ts'
import { graphAt, type Path, placeOf } from '../../graph/document/levels.ts'
import { titleOf } from '../../graph/document/naming.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { useEditor } from '../editor.ts'
import { useMissing } from '../sharing/use-missing.ts'
import { text } from '../text/text.ts'
import { FixButtons } from './FixButtons.tsx'
import { ProblemCard } from './ProblemCard.tsx'
import { useMendable } from './use-mendable.ts'

/** The title of the subgraph whose body lies at `path`. */
function titleAt(whole: GraphDocument, specs: Specs, path: Path): string {
  const id = path.at(-1)
  const around = graphAt(whole, path.slice(0, -1))
  return around && id ? titleOf(around, specs, id) : ''
}

export function ProblemList() {
  const { derived, commands, view, document, specs } = useEditor()
  const whole = useStore(document, (state) => state.document)
  const path = useStore(document, (state) => state.path)
  const missing = useMissing()
  const all = useStore(derived, (state) => state.problems)
  const problems = useMemo(
    () => all.toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning')),
    [all],
  )
  const whereOf = (node: FlatId): string | undefined => {
    const within = placeOf(node).path
    if (within.join('/') === path.join('/')) return undefined
    return within.map((_, n) => titleAt(whole, specs, within.slice(0, n + 1))).join(' › ')
  }
  // Elsewhere a click leads to where it can be.
  const mendableOf = useMendable()
  if (problems.length === 0)
    return (
      <p className="problem-none">
        <CircleCheck size={16} aria-hidden />
        {text.problems.none}
      </p>
    )
  return (
    <>
      {missing.length > 0 && (
        <button type="button" className="button missing-offer" onClick={() => view.setState({ dialog: 'missing' })}>
          {text.problems.offerMissing}
        </button>
      )}
      <ul className="problem-list">
        {problems.map((problem, index) => {
          const { node } = problem
          const mendable = mendableOf(problem)
          const key = `${problem.code}/${problem.node ?? ''}/${problem.port ?? problem.param ?? ''}/${index}`
          return (
            <li key={key}>
              {node ? (
                <button type="button" className="problem-row" onClick={() => commands.goTo(node)}>
                  <ProblemCard problem={problem} where={whereOf(node)} />
                </button>
              ) : (
                <div className="problem-row">
                  <ProblemCard problem={problem} />
                </div>
              )}
              {mendable && <FixButtons problem={mendable} />}
            </li>
          )
        })}
      </ul>
    </>
  )
}
