/**
 * What an empty canvas says: the three steps to a first result, each of them a button. Once begun, the steps
 * stay at the foot of the canvas until the chain writes something.
 */
import { ArrowRight, Check, FileInput, FileOutput, Scaling, X } from 'lucide-react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'

const plan = [
  { type: 'decode', icon: FileInput, title: 'Decode', text: 'opens a clip' },
  { type: 'bicubic', icon: Scaling, title: 'Bicubic', text: 'makes it larger' },
  { type: 'encode', icon: FileOutput, title: 'Encode', text: 'writes the result' },
] as const

export function EmptyHint() {
  const { commands, specs, view, document } = useEditor()
  const types = useStore(document, (state) =>
    Object.values(state.level.nodes)
      .map((node) => node.type)
      .join(' '),
  )
  const guiding = useStore(view, (state) => state.guiding)
  const ready = useStore(view, (state) => state.ready)
  const present = new Set(types.split(' '))
  const empty = types === ''
  const steps = plan.filter((step) => specs.has(step.type))
  const begin = (type: string) => {
    view.setState({ guiding: true })
    commands.addNode(type)
  }
  if (!ready) return null
  if (!empty && (!guiding || steps.every((step) => present.has(step.type)))) return null
  if (!empty)
    return (
      <section className="guide" aria-label="Next steps">
        <ol>
          {steps.map(({ type, title }, index) => (
            <li key={type}>
              {index > 0 && <ArrowRight size={14} aria-hidden />}
              <button
                type="button"
                className="button"
                disabled={present.has(type)}
                data-next={steps.find((step) => !present.has(step.type))?.type === type}
                onClick={() => begin(type)}
              >
                {present.has(type) ? <Check size={14} aria-hidden /> : <span>{index + 1}</span>}
                {title}
              </button>
            </li>
          ))}
        </ol>
        <button
          type="button"
          className="icon-button tiny"
          aria-label="Hide these steps"
          onClick={() => view.setState({ guiding: false })}
        >
          <X size={14} aria-hidden />
        </button>
      </section>
    )
  return (
    <section className="empty-hint" aria-label="First steps">
      <h2>Start a chain</h2>
      <ol>
        {steps.map(({ type, icon: Icon, title, text }, index) => (
          <li key={type}>
            {index > 0 && <ArrowRight size={16} aria-hidden />}
            <button type="button" className="empty-step" onClick={() => begin(type)}>
              <span className="step-number">{index + 1}</span>
              <Icon size={20} aria-hidden />
              <strong>{title}</strong>
              <span>{text}</span>
            </button>
          </li>
        ))}
      </ol>
      <p>
        Each node you add is wired to the one that is selected. Drag from a port to wire by hand, double-click the
        canvas for all nodes, or drop a video anywhere.
      </p>
      <div className="empty-recipes">
        <button type="button" className="button" onClick={() => void commands.openShipped('default')}>
          Open the default recipe
        </button>
        <button type="button" className="button" onClick={() => commands.run('file.recipes')}>
          Browse all recipes
        </button>
      </div>
    </section>
  )
}
