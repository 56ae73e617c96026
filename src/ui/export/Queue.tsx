/** What is being exported, what waits, and what came of the rest. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'
import { recalledSettings, rememberSettings } from './export-settings.ts'
import { JobCard } from './JobCard.tsx'

const words = dialogText.export.queue

export function Queue({ onNew }: { onNew: () => void }) {
  const { exportQueue, view } = useEditor()
  const jobs = useStore(exportQueue.store, (state) => state.jobs)
  const under = jobs.some(({ state }) => state.kind === 'running' || state.kind === 'waiting')
  const over = jobs.filter(({ state }) => state.kind === 'done' || state.kind === 'cancelled')
  return (
    <>
      <div className="dialog-body queue">
        {jobs.length === 0 && <p className="muted">{words.empty}</p>}
        <ul className="jobs" aria-label={dialogText.export.queueTitle}>
          {jobs.map((job) => (
            <JobCard key={job.id} job={job} />
          ))}
        </ul>
        {under && (
          <>
            <NotifyChoice />
            <p className="muted small">{words.meanwhile}</p>
          </>
        )}
      </div>
      <footer>
        {over.length > 1 && (
          <button
            type="button"
            className="button"
            onClick={() => {
              for (const { id } of over) void exportQueue.remove(id)
            }}
          >
            {words.clear}
          </button>
        )}
        <button type="button" className="button" onClick={onNew}>
          {words.new}
        </button>
        <button type="button" className="button primary" onClick={() => view.setState({ dialog: null })}>
          {text.common.close}
        </button>
      </footer>
    </>
  )
}

/** The browser is asked for leave when the box is ticked, never before. */
function NotifyChoice() {
  const [notify, setWanted] = useState(() => recalledSettings({ place: 'disk' }).notify)
  const [isDenied, setRefused] = useState(false)
  if (!('Notification' in window)) return null
  return (
    <div>
      <label className="notify">
        <input
          type="checkbox"
          checked={notify}
          onChange={async (event) => {
            const wants = event.target.checked
            setWanted(wants)
            const granted = wants && (await Notification.requestPermission()) === 'granted'
            setRefused(wants && !granted)
            setWanted(granted)
            rememberSettings({ notify: granted })
          }}
        />
        {words.notify}
      </label>
      {isDenied && <p className="muted small">{words.notifyRefused}</p>}
    </div>
  )
}
