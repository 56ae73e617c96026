/** One export of the queue: how far it is, and what can be done with it. */

import { CircleAlert, CircleCheck, CirclePause, CircleSlash, Clock, LoaderCircle } from 'lucide-react'
import { useRef } from 'react'
import { messageOf } from '../../graph/document/coded-error.ts'
import { useEditor } from '../editor.ts'
import { FileInput } from '../kit/FileInput.tsx'
import { type ExportJob, jobName } from '../store/export-job.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'
import { Finished } from './Finished.tsx'
import { figures } from './figures.ts'

const words = dialogText.export.job

const icons = {
  waiting: Clock,
  running: LoaderCircle,
  paused: CirclePause,
  done: CircleCheck,
  cancelled: CircleSlash,
  failed: CircleAlert,
} as const

export function JobCard({ job }: { job: ExportJob }) {
  const { state } = job
  const Icon = icons[state.kind]
  return (
    <li className="job" data-state={state.kind} aria-label={jobName(job)}>
      <div className="job-head">
        <Icon size={18} aria-hidden />
        <div>
          <strong className="ellipsis">{jobName(job)}</strong>
          <p className="muted small ellipsis">
            {job.clip}, {job.graph || words.untitled}
          </p>
        </div>
        <Actions job={job} />
      </div>
      {(state.kind === 'running' || ((state.kind === 'paused' || state.kind === 'failed') && job.framesDone > 0)) && (
        <Bar job={job} />
      )}
      <p className="job-figures small">{figures(job)}</p>
      {state.kind === 'failed' && <Trouble job={job} problems={state.problems} missing={state.missingFiles} />}
      {state.kind === 'done' && <Finished job={job} report={state.report} files={state.files} />}
    </li>
  )
}

function Bar({ job: { framesDone, frames, state, request } }: { job: ExportJob }) {
  const share = frames ? framesDone / frames : 0
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={words.bar(jobName({ request }))}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <div
        className="progress-bar"
        style={{ width: `${share * 100}%` }}
        data-waiting={state.kind === 'running' && !state.progress}
      />
    </div>
  )
}

function Actions({ job }: { job: ExportJob }) {
  const { exportQueue } = useEditor()
  const { id, state } = job
  const button = (label: string, act: () => Promise<void>, primary = false, disabled = false) => (
    <button
      type="button"
      className={primary ? 'button primary' : 'button'}
      disabled={disabled}
      onClick={() => void act()}
    >
      {label}
    </button>
  )
  const cancel = button(words.cancel, () => exportQueue.cancel(id))
  const remove = button(text.common.remove, () => exportQueue.remove(id))
  switch (state.kind) {
    case 'waiting':
      return (
        <div className="job-actions">
          {button(words.pause, () => exportQueue.pause(id))}
          {cancel}
        </div>
      )
    case 'running':
      return (
        <div className="job-actions">
          {button(words.pause, () => exportQueue.pause(id), false, state.ending !== null)}
          {button(words.cancel, () => exportQueue.cancel(id), false, state.ending === 'cancel')}
        </div>
      )
    case 'paused':
      return (
        <div className="job-actions">
          {button(job.framesDone > 0 ? words.goOn : words.startOver, () => exportQueue.resume(id), true)}
          {cancel}
        </div>
      )
    case 'failed':
      return (
        <div className="job-actions">
          {button(job.framesDone > 0 ? words.goOn : words.startOver, () => exportQueue.resume(id), true)}
          {remove}
        </div>
      )
    case 'cancelled':
      return (
        <div className="job-actions">
          {button(words.again, () => exportQueue.resume(id))}
          {remove}
        </div>
      )
    case 'done':
      return <div className="job-actions">{remove}</div>
  }
}

interface TroubleProps {
  readonly job: ExportJob
  readonly problems: readonly { readonly message: string; readonly hint: string }[]
  readonly missing: readonly string[]
}

function Trouble({ job, problems, missing }: TroubleProps) {
  const { exportQueue } = useEditor()
  const onDisk = Object.values(job.request.outputs).some(({ target }) => target.kind !== 'store')
  return (
    <div className="job-trouble">
      {problems.length === 0 && <p>{words.failedSilently}</p>}
      {problems.map(({ message, hint }) => (
        <p key={message}>
          {message} <span className="muted">{missing.length > 0 ? '' : hint}</span>
        </p>
      ))}
      {missing.map((id) => (
        <ChooseMedium key={id} id={id} job={job} />
      ))}
      {onDisk && missing.length === 0 && (
        <div className="job-actions">
          <button type="button" className="button" onClick={() => void exportQueue.writeElsewhere(job.id)}>
            {words.elsewhere}
          </button>
          <button type="button" className="button" onClick={() => void exportQueue.downloadInstead(job.id)}>
            {words.downloadInstead}
          </button>
        </div>
      )}
    </div>
  )
}

/** A page that was closed forgets the files that were open in it; their names are what is left. */
function ChooseMedium({ id, job }: { id: string; job: ExportJob }) {
  const { engine, exportQueue, view } = useEditor()
  const field = useRef<HTMLInputElement>(null)
  const open = async (files: readonly File[]) => {
    try {
      const outcome = await engine.addAsset('media', id, files)
      if (outcome.ok) return await exportQueue.resume(job.id)
      for (const { message, hint } of outcome.problems) view.toast({ tone: 'error', message, hint })
    } catch (error) {
      const why = messageOf(error)
      view.toast({ tone: 'error', message: words.unreadable(id, why), hint: words.unreadableHint })
    }
  }
  return (
    <>
      <button type="button" className="button" onClick={() => field.current?.click()}>
        {words.chooseButton(id)}
      </button>
      <FileInput ref={field} multiple label={words.choose(id)} onFiles={open} />
    </>
  )
}
