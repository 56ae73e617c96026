/** Export: what to write, where to, and how far it is. One dialog, four states: form, running, done, failed. */
import { CircleAlert, CircleCheck, Download } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useStore } from 'zustand'
import type { ExportProgress, ExportReport } from '../../engine/api.ts'
import type { NodeId } from '../../graph/document.ts'
import { titleOf } from '../../graph/naming.ts'
import { useEditor } from '../editor.ts'
import { ProblemCard } from '../problems/ProblemCard.tsx'
import { DialogHead } from '../shell/DialogHead.tsx'
import type { ExportPhase, FinishedFile } from '../store/exporting.ts'
import { bytes, milliseconds, span } from '../values.ts'
import { ExportForm } from './ExportForm.tsx'

export function ExportDialog() {
  const { view, exporting } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'export')
  const phase = useStore(exporting, (state) => state.phase)
  const running = phase.kind === 'running'
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (running && !next) return
        view.setState({ dialog: next ? 'export' : null })
        if (!next && (phase.kind === 'done' || phase.kind === 'cancelled' || phase.kind === 'failed'))
          void exporting.reset()
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="dialog export-dialog"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            const field = (event.target as HTMLElement).querySelector<HTMLInputElement>('input.field')
            if (!field) return
            event.preventDefault()
            field.focus()
          }}
        >
          <DialogHead title={titles[phase.kind]} />
          <Phase phase={phase} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const titles: Readonly<Record<ExportPhase['kind'], string>> = {
  idle: 'Export',
  running: 'Exporting',
  done: 'Exported',
  cancelled: 'Export cancelled',
  failed: 'The export failed',
}

function Phase({ phase }: { phase: ExportPhase }) {
  const { exporting } = useEditor()
  switch (phase.kind) {
    case 'idle':
      return <ExportForm />
    case 'running':
      return (
        <>
          <div className="dialog-body">
            <Progress progress={phase.progress} cancelling={phase.cancelling} />
            <p className="muted small">Keep this page open; closing it stops the export.</p>
          </div>
          <footer>
            <button
              type="button"
              className="button"
              disabled={phase.cancelling}
              onClick={() => void exporting.cancel()}
            >
              {phase.cancelling ? 'Cancelling…' : 'Cancel'}
            </button>
          </footer>
        </>
      )
    case 'done':
      return <Done report={phase.report} files={phase.files} />
    case 'cancelled':
      return (
        <>
          <div className="dialog-body">
            <p>The export was cancelled. No file was written.</p>
          </div>
          <Again />
        </>
      )
    case 'failed':
      return (
        <>
          <div className="dialog-body">
            {phase.problems.map((problem) => (
              <ProblemCard key={problem.message} problem={problem} />
            ))}
            {phase.problems.length === 0 && (
              <span className="problem" data-severity="error">
                <CircleAlert size={15} aria-hidden />
                The export failed without saying why.
              </span>
            )}
          </div>
          <Again />
        </>
      )
  }
}

function Progress({ progress, cancelling }: { progress: ExportProgress | null; cancelling: boolean }) {
  const done = progress && progress.frames > 0 ? progress.frame / progress.frames : 0
  return (
    <div className="progress-block">
      <div
        className="progress"
        role="progressbar"
        aria-label="Export"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(done * 100)}
      >
        <div className="progress-bar" style={{ width: `${done * 100}%` }} data-waiting={!progress} />
      </div>
      <dl className="figures">
        <div>
          <dt>Frames</dt>
          <dd>{progress ? `${progress.frame} of ${progress.frames}` : 'preparing…'}</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd>{progress && progress.rate > 0 ? `${progress.rate.toFixed(progress.rate < 10 ? 2 : 1)} fps` : '–'}</dd>
        </div>
        <div>
          <dt>Elapsed</dt>
          <dd>{progress ? span(progress.elapsed) : '–'}</dd>
        </div>
        <div>
          <dt>Left</dt>
          <dd>
            {cancelling ? 'stopping…' : progress && progress.frame > 0 ? `about ${span(progress.remaining)}` : '–'}
          </dd>
        </div>
      </dl>
    </div>
  )
}

function Again() {
  const { exporting, view } = useEditor()
  return (
    <footer>
      <button type="button" className="button" onClick={() => void exporting.reset()}>
        Export again…
      </button>
      <button
        type="button"
        className="button primary"
        onClick={() => {
          view.setState({ dialog: null })
          void exporting.reset()
        }}
      >
        Close
      </button>
    </footer>
  )
}

/** One after another; the browser asks once whether the page may. */
function downloadAll(file: FinishedFile) {
  for (const { name, url } of file.stored) {
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
  }
}

function Done({ report, files }: { report: ExportReport; files: readonly FinishedFile[] }) {
  const { document, specs } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const notes = Object.values(report.outputs).flatMap((output) => output.notes)
  return (
    <>
      <div className="dialog-body done">
        {files.map((file) => (
          <div key={file.name} className="finished-file">
            <CircleCheck size={20} aria-hidden />
            <div>
              <strong>{file.name}</strong>
              <p className="muted small">{bytes(file.size)}</p>
            </div>
            {file.stored.length > 1 ? (
              <button type="button" className="button primary" onClick={() => downloadAll(file)}>
                <Download size={14} aria-hidden />
                Download {file.stored.length} pictures
              </button>
            ) : file.stored[0] ? (
              <a className="button primary" href={file.stored[0].url} download={file.stored[0].name}>
                <Download size={14} aria-hidden />
                Download
              </a>
            ) : (
              <span className="muted small">Saved where you chose</span>
            )}
          </div>
        ))}
        <dl className="figures">
          {Object.entries(report.outputs).map(([node, output]) => (
            <div key={node}>
              <dt>{titleOf(graph, specs, node as NodeId)}</dt>
              <dd>
                {output.width} × {output.height}, {output.videoCodec}
                {output.audioCodec && `, ${output.audioCodec}${output.audioCopied ? ' (copied)' : ''}`}
              </dd>
            </div>
          ))}
          <div>
            <dt>Frames</dt>
            <dd>{report.frames}</dd>
          </div>
          <div>
            <dt>Time</dt>
            <dd>
              {span(report.seconds)}
              {report.seconds > 0 && ` (${(report.frames / report.seconds).toFixed(2)} fps)`}
            </dd>
          </div>
        </dl>
        {notes.length > 0 && (
          <ul className="notes">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
        <details className="step-times">
          <summary>Time per step</summary>
          <dl className="figures">
            {report.steps.map((step) => (
              <div key={step.nodes.join()}>
                <dt>
                  {step.nodes.map((node) => titleOf(graph, specs, node)).join(' + ')}
                  {step.runtime && <span className="tag">{step.runtime === 'wasm' ? 'WASM' : 'WebGPU'}</span>}
                </dt>
                <dd>
                  {milliseconds(step.seconds * 1000)}
                  {step.note && <span className="muted"> {step.note}</span>}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
      <Again />
    </>
  )
}
