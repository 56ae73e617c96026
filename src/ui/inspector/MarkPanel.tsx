/** The selected frame or note: its text and colour. */
import { Trash2 } from 'lucide-react'
import { useId } from 'react'
import { type MarkRecord, markColours } from '../../graph/document/document.ts'
import { shortTitleOf } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { leaveOnEnter } from '../kit/leave-field.ts'
import { text } from '../text/text.ts'

const words = text.inspector.mark

export function MarkPanel({ record }: { record: MarkRecord }) {
  const { commands } = useEditor()
  const label = useId()
  const isFrame = record.kind === 'frame'
  const write = (newText: string) => commands.changeMark(record.id, { text: newText })
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <h2>{isFrame ? words.frame : words.note}</h2>
        <IconButton
          label={shortTitleOf('edit.delete')}
          tip={isFrame ? words.deleteFrame : words.deleteNote}
          keys={keysOf('edit.delete')}
          onClick={() => commands.run('edit.delete')}
        >
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </header>
      <p className="inspector-summary">{isFrame ? words.frameExplained : words.noteExplained}</p>
      <div className="params">
        <div className="param" data-layout="below">
          <div className="param-label">
            <label htmlFor={label}>{isFrame ? words.title : words.text}</label>
          </div>
          {isFrame ? (
            <input
              key={record.text}
              id={label}
              className="field"
              maxLength={120}
              defaultValue={record.text}
              onBlur={(event) => write(event.target.value)}
              onKeyDown={leaveOnEnter}
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
          <legend className="visually-hidden">{words.colour}</legend>
          {markColours.map((colour) => (
            <label key={colour} className="swatch mark" data-colour={colour} title={words.colours[colour]}>
              <input
                type="radio"
                name={`${label}-colour`}
                aria-label={words.colours[colour]}
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
