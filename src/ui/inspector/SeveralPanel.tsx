/** Several nodes are selected: what can be done to all of them. */
import { Boxes, CircleOff, Copy, Frame, Power, Trash2 } from 'lucide-react'
import { shortTitleOf } from '../commands/command-table.ts'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'

const words = text.inspector.several

export function SeveralPanel({ count }: { count: number }) {
  const { commands } = useEditor()
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <h2>{words.title(count)}</h2>
      </header>
      <div className="several">
        <button type="button" className="button" onClick={() => commands.run('edit.duplicate')}>
          <Copy size={14} aria-hidden />
          {shortTitleOf('edit.duplicate')}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.bypass')}>
          <Power size={14} aria-hidden />
          {shortTitleOf('edit.bypass')}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.mute')}>
          <CircleOff size={14} aria-hidden />
          {shortTitleOf('edit.mute')}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.fold')}>
          <Boxes size={14} aria-hidden />
          {words.fold}
        </button>
        <button type="button" className="button" onClick={() => commands.run('canvas.frame')}>
          <Frame size={14} aria-hidden />
          {words.frame}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.delete')}>
          <Trash2 size={14} aria-hidden />
          {shortTitleOf('edit.delete')}
        </button>
      </div>
    </div>
  )
}
