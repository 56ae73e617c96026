/**
 * Short messages. They stand at the end of the panel beside the viewer, or of the dialog that is open, which make room
 * for them: so they cover neither cards nor settings.
 */
import { CircleAlert, Info, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { type Toast, timeOf } from '../store/view.ts'
import { text } from '../text/text.ts'

function ToastCard({ toast }: { toast: Toast }) {
  const { view } = useEditor()
  // Nothing goes away under the hand that is about to press it.
  const [isHovered, setHeld] = useState(false)
  useEffect(() => {
    const time = timeOf(toast)
    if (time === null || isHovered) return
    const timer = setTimeout(() => view.dismiss(toast.id), time)
    return () => clearTimeout(timer)
  }, [toast, view, isHovered])
  const { action } = toast
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: being near it only keeps it from going.
    <div
      className="toast"
      data-tone={toast.tone}
      role={toast.tone === 'error' ? 'alert' : 'status'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toast.tone === 'error' ? <CircleAlert size={16} aria-hidden /> : <Info size={16} aria-hidden />}
      <div>
        <p>{toast.message}</p>
        {toast.hint && <p className="hint">{toast.hint}</p>}
      </div>
      <button
        type="button"
        className="icon-button tiny"
        aria-label={text.shell.dismiss}
        onClick={() => view.dismiss(toast.id)}
      >
        <X size={14} aria-hidden />
      </button>
      {action && (
        <div className="actions">
          <button
            type="button"
            className="button"
            onClick={() => {
              view.dismiss(toast.id)
              action.run()
            }}
          >
            {action.label}
          </button>
        </div>
      )}
    </div>
  )
}

function Toasts() {
  const { view } = useEditor()
  const toasts = useStore(view, (state) => state.toasts)
  if (toasts.length === 0) return null
  return (
    <div className="toasts">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

/** In the panel beside the viewer, while no dialog is open. */
export function PanelToasts() {
  const { view } = useEditor()
  const covered = useStore(view, ({ dialogs }) => dialogs > 0)
  return covered ? null : <Toasts />
}

/** At the end of a dialog, for as long as it is there. */
export function DialogToasts() {
  const { view } = useEditor()
  useEffect(() => {
    view.setState(({ dialogs }) => ({ dialogs: dialogs + 1 }))
    return () => view.setState(({ dialogs }) => ({ dialogs: dialogs - 1 }))
  }, [view])
  return <Toasts />
}
