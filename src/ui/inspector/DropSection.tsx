/** A control onto which files are dropped. */
import { type DragEvent, type ReactNode, useState } from 'react'

interface DropSectionProps {
  readonly labelId: string
  readonly onDrop: (transfer: DataTransfer) => void
  readonly children: ReactNode
}

export function DropSection({ labelId, onDrop, children }: DropSectionProps) {
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    // Else the editor would take the files, too.
    event.stopPropagation()
    setOver(false)
    onDrop(event.dataTransfer)
  }
  return (
    <section
      className="media-control"
      aria-labelledby={labelId}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {children}
    </section>
  )
}
