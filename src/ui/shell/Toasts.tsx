import { CircleAlert, Info, X } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import type { Toast } from '../store/view.ts'
import { text } from '../text/text.ts'

/** Long enough to read two sentences; errors stay until they are put away. */
const readingTime = 8000

function ToastCard({ toast }: { toast: Toast }) {
  const { view } = useEditor()
  useEffect(() => {
    if (toast.tone === 'error' || toast.action) return
    const timer = setTimeout(() => view.dismiss(toast.id), readingTime)
    return () => clearTimeout(timer)
  }, [toast, view])
  const { action } = toast
  return (
    <div className="toast" data-tone={toast.tone} role={toast.tone === 'error' ? 'alert' : 'status'}>
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

export function Toasts() {
  const { view } = useEditor()
  const toasts = useStore(view, (state) => state.toasts)
  return (
    <div className="toasts">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}
