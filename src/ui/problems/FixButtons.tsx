/** The buttons that mend a problem, where there is something to be done about it by one click. */
import { ShieldAlert, Wand2 } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { ModelFacts } from '../../graph/node/facts.ts'
import { card } from '../commands/edits/add-node.ts'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'
import { fixesOf } from './fixes.ts'

/** `problem` is of the open level, by its names there. `children`: what else can be done about it. */
export function FixButtons({ problem, children }: { problem: Problem<NodeId>; children?: ReactNode }) {
  const { document, derived, facts, specs, view, codeConsent } = useEditor()
  const isAsked = useStore(codeConsent, ({ foreign }) => problem.code === 'code-not-run' && foreign.size > 0)
  const graph = useStore(document, (state) => state.level)
  const inference = useStore(derived, (state) => state.inference)
  const catalog = useStore(facts, (state) => state.catalog)
  const models = useStore(facts, (state) => state.assets.model)
  const fixes = useMemo(() => {
    const ready = (catalog ?? []).flatMap((id): ModelFacts[] => {
      const model = models.get(id)
      return model?.state === 'known' ? [model.facts] : []
    })
    const room = { width: card.width, gap: 48 }
    return fixesOf(problem, { document: graph, specs, inference, models: ready, room })
  }, [problem, graph, specs, inference, catalog, models])
  if (isAsked)
    return (
      <div className="fixes">
        <button type="button" className="button fix" onClick={() => view.setState({ dialog: 'code' })}>
          <ShieldAlert size={13} aria-hidden />
          {text.code.review}
        </button>
        {children}
      </div>
    )
  if (fixes.length === 0 && !children) return null
  return (
    <div className="fixes">
      {fixes.map(({ label, apply }) => (
        <button key={label} type="button" className="button fix" onClick={() => document.edit(label, apply)}>
          <Wand2 size={13} aria-hidden />
          {label}
        </button>
      ))}
      {children}
    </div>
  )
}
