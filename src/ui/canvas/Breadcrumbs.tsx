/** Which subgraph is open, and the way back out: the document, then each subgraph around this one. */
import { ChevronRight, Save } from 'lucide-react'
import { Fragment } from 'react'
import { useStore } from 'zustand'
import { graphAt } from '../../graph/document/levels.ts'
import { titleOf } from '../../graph/document/naming.ts'
import { shortTitleOf, titleOfCommand } from '../commands/command-table.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { text } from '../text/text.ts'

export function Breadcrumbs() {
  const { document, specs, commands } = useEditor()
  const path = useStore(document, (state) => state.path)
  const whole = useStore(document, (state) => state.document)
  if (path.length === 0) return null
  const steps = path.map((id, n) => {
    const around = graphAt(whole, path.slice(0, n))
    return { to: path.slice(0, n + 1), title: around ? titleOf(around, specs, id) : id }
  })
  const last = steps.at(-1)
  return (
    <nav className="breadcrumbs" aria-label={text.subgraphs.trail.label}>
      <button type="button" className="link" onClick={() => commands.subgraphs.leaveTo([])}>
        {text.subgraphs.trail.outermost}
      </button>
      {steps.map((step) => (
        <Fragment key={step.to.join('/')}>
          <ChevronRight size={13} aria-hidden />
          {step === last ? (
            <strong aria-current="page">{step.title}</strong>
          ) : (
            <button type="button" className="link" onClick={() => commands.subgraphs.leaveTo(step.to)}>
              {step.title}
            </button>
          )}
        </Fragment>
      ))}
      <IconButton
        label={shortTitleOf('edit.savePiece')}
        tip={titleOfCommand('edit.savePiece')}
        look="tiny"
        onClick={() => commands.run('edit.savePiece')}
      >
        <Save size={13} aria-hidden />
      </IconButton>
    </nav>
  )
}
