/** What is painted over the picture: the tools for it, and a way to begin anew. */
import { Brush, Eraser, Lasso, Trash2 } from 'lucide-react'
import { useStore } from 'zustand'
import { drawingFault } from '../../graph/node/drawing.ts'
import type { DrawingParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { ControlProps } from './control.ts'
import { NumberSlider } from './NumberSlider.tsx'
import { usePainting } from './use-painting.ts'

const words = text.inspector.drawing

const tools = [
  { name: 'brush', tool: 'brush', erase: false, icon: Brush },
  { name: 'area', tool: 'area', erase: false, icon: Lasso },
  { name: 'erase', tool: 'brush', erase: true, icon: Eraser },
] as const

/** In % of the picture's height. */
const sizes = {
  kind: 'float',
  label: words.size,
  affects: 'uniform',
  default: 3,
  min: 0.2,
  max: 25,
  step: 0.2,
} as const

export function DrawingControl({ labelId, name, node, value, set }: ControlProps<DrawingParam>) {
  const { viewerSettings } = useEditor()
  const { painting, begin, end } = usePainting(node)
  const radius = useStore(viewerSettings, (state) => state.painting?.radius ?? 0.03)
  const strokes = value !== null && drawingFault(value) === undefined ? (value as { strokes: unknown[] }).strokes : []
  return (
    <fieldset className="drawing-control" aria-labelledby={labelId}>
      <div className="segments wide">
        {tools.map(({ name: word, tool, erase, icon: Icon }) => {
          const on = painting?.param === name && painting.tool === tool && painting.erase === erase
          return (
            <button
              key={word}
              type="button"
              aria-pressed={on}
              data-state={on ? 'on' : 'off'}
              onClick={() => (on ? end() : begin({ param: name, tool, erase, radius }))}
            >
              <Icon size={14} aria-hidden />
              {words[word]}
            </button>
          )
        })}
      </div>
      {painting?.param === name && painting.tool === 'brush' && (
        <div className="drawing-size">
          <span id={`${labelId}-size`}>{words.size}</span>
          <NumberSlider
            labelId={`${labelId}-size`}
            param={sizes}
            number={radius * 100}
            drag={(percent) => viewerSettings.setState({ painting: { ...painting, radius: percent / 100 } })}
            drop={() => undefined}
          />
          <span>{text.values.percent(number(radius * 100, 1))}</span>
        </div>
      )}
      <div className="drawing-facts">
        <span>{strokes.length > 0 ? words.strokes(strokes.length) : words.none}</span>
        {strokes.length > 0 && (
          <button type="button" className="button" onClick={() => set(null)}>
            <Trash2 size={14} aria-hidden />
            {words.clear}
          </button>
        )}
      </div>
    </fieldset>
  )
}
