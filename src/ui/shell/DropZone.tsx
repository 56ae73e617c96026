/** Files dropped anywhere on the page: a sheet says what will come of them while they hover. */
import { FileUp } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useEditor } from '../editor.ts'
import { droppedFiles } from '../files/dropped-files.ts'
import { text } from '../text/text.ts'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

export function DropZone() {
  const { commands } = useEditor()
  const [over, setOver] = useState(false)
  useEffect(() => {
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const overPage = (event: DragEvent) => {
      if (!hasFiles(event)) return
      // Without this the browser would leave the editor and open the file.
      event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      depth = 0
      setOver(false)
      if (!hasFiles(event) || event.defaultPrevented) return
      event.preventDefault()
      void droppedFiles(event.dataTransfer).then(commands.dropFiles)
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', overPage)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', overPage)
      window.removeEventListener('drop', drop)
    }
  }, [commands])
  if (!over) return null
  return (
    <div className="drop-zone" aria-hidden>
      <div>
        <FileUp size={28} />
        <p>{text.shell.drop.media}</p>
        <p className="muted">{text.shell.drop.others}</p>
      </div>
    </div>
  )
}
