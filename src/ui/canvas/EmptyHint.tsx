/** What an empty canvas says: the three steps to a first result, each of them a button. */
import { ArrowRight, FileInput, FileOutput, Scaling } from 'lucide-react'
import { useEditor } from '../editor.ts'

export function EmptyHint() {
  const { commands, specs } = useEditor()
  const steps = [
    { type: 'decode', icon: FileInput, title: 'Decode', text: 'opens a clip' },
    { type: 'bicubic', icon: Scaling, title: 'Bicubic', text: 'makes it larger' },
    { type: 'encode', icon: FileOutput, title: 'Encode', text: 'writes the result' },
  ].filter((step) => specs.has(step.type))
  return (
    <div className="empty-hint">
      <h2>Start a chain</h2>
      <ol>
        {steps.map(({ type, icon: Icon, title, text }, index) => (
          <li key={type}>
            {index > 0 && <ArrowRight size={16} aria-hidden />}
            <button type="button" className="empty-step" onClick={() => commands.addNode(type)}>
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
      <button type="button" className="button" onClick={() => void commands.openShipped('default')}>
        Open the default recipe
      </button>
    </div>
  )
}
