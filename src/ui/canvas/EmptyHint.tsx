/**
 * What an empty canvas says: the three steps to a first result, each of them a button. Once begun, the steps
 * stay at the foot of the canvas until the chain writes something.
 */
import { ArrowRight, Check, FileInput, FileOutput, Scaling, X } from 'lucide-react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'

const words = text.canvas.start

const plan = [
  { type: 'decode', icon: FileInput },
  { type: 'bicubic', icon: Scaling },
  { type: 'encode', icon: FileOutput },
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
  const steps = plan.flatMap((step) => {
    const title = specs.get(step.type)?.title
    return title === undefined ? [] : [{ ...step, title }]
  })
  const begin = (type: string) => {
    view.setState({ guiding: true })
    commands.addNode(type)
  }
  if (!ready) return null
  if (!empty && (!guiding || steps.every((step) => present.has(step.type)))) return null
  if (!empty)
    return (
      <section className="guide" aria-label={words.next}>
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
          aria-label={words.hide}
          onClick={() => view.setState({ guiding: false })}
        >
          <X size={14} aria-hidden />
        </button>
      </section>
    )
  return (
    <section className="empty-hint" aria-label={words.label}>
      <h2>{words.title}</h2>
      <ol>
        {steps.map(({ type, icon: Icon, title }, index) => (
          <li key={type}>
            {index > 0 && <ArrowRight size={16} aria-hidden />}
            <button type="button" className="empty-step" onClick={() => begin(type)}>
              <span className="step-number">{index + 1}</span>
              <Icon size={20} aria-hidden />
              <strong>{title}</strong>
              <span>{words.steps[type]}</span>
            </button>
          </li>
        ))}
      </ol>
      <p>{words.hint}</p>
      <div className="empty-recipes">
        <button type="button" className="button" onClick={() => void commands.openShipped('default')}>
          {text.files.openDefault}
        </button>
        <button type="button" className="button" onClick={() => commands.run('file.recipes')}>
          {words.recipes}
        </button>
      </div>
    </section>
  )
}
