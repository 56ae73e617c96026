/** The selected frame or note: its text and colour. */
import { Trash2 } from 'lucide-react'
import { useId } from 'react'
import { type MarkColour, type MarkRecord, markColours } from '../../graph/document.ts'
import { useEditor } from '../editor.ts'
import { Tip } from '../shell/Tip.tsx'
import { keysOf } from '../shortcuts.ts'

const names: Readonly<Record<MarkColour, string>> = {
  grey: 'Grey',
  blue: 'Blue',
  green: 'Green',
  amber: 'Amber',
  red: 'Red',
  violet: 'Violet',
}

export function MarkPanel({ record }: { record: MarkRecord }) {
  const { commands } = useEditor()
  const label = useId()
  const isFrame = record.kind === 'frame'
  const write = (text: string) => commands.changeMark(record.id, { text })
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <h2>{isFrame ? 'Frame' : 'Note'}</h2>
        <Tip text={isFrame ? 'Delete the frame; its nodes stay' : 'Delete the note'} keys={keysOf('edit.delete')}>
          <button type="button" className="icon-button" aria-label="Delete" onClick={() => commands.run('edit.delete')}>
            <Trash2 size={15} aria-hidden />
          </button>
        </Tip>
      </header>
      <p className="inspector-summary">
        {isFrame
          ? 'Moves what lies in it. Hold Alt to move it alone.'
          : 'A word to whoever opens the graph; no result depends on it.'}
      </p>
      <div className="params">
        <div className="param" data-stacked="true">
          <div className="param-label">
            <label htmlFor={label}>{isFrame ? 'Title' : 'Text'}</label>
          </div>
          {isFrame ? (
            <input
              key={record.text}
              id={label}
              className="field"
              maxLength={120}
              defaultValue={record.text}
              onBlur={(event) => write(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') write(event.currentTarget.value)
              }}
            />
          ) : (
            <textarea
              key={record.text}
              id={label}
              className="field"
              rows={6}
              maxLength={4000}
              defaultValue={record.text}
              onBlur={(event) => write(event.target.value)}
            />
          )}
        </div>
        <fieldset className="param swatches">
          <legend className="visually-hidden">Colour</legend>
          {markColours.map((colour) => (
            <label key={colour} className="swatch mark" data-colour={colour} title={names[colour]}>
              <input
                type="radio"
                name={`${label}-colour`}
                aria-label={names[colour]}
                checked={record.colour === colour}
                onChange={() => commands.changeMark(record.id, { colour })}
              />
            </label>
          ))}
        </fieldset>
      </div>
    </div>
  )
}
