/** What came of an export: its files, and how it went. */
import { Download } from 'lucide-react'
import { useStore } from 'zustand'
import type { ExportReport } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { titleOf } from '../../graph/document/naming.ts'
import { useEditor } from '../editor.ts'
import { titleWithPersonality } from '../kit/personality.ts'
import { bytes, measured, milliseconds, span } from '../kit/value-text.ts'
import type { ExportJob, FinishedFile } from '../store/export-job.ts'
import { assetFacts } from '../store/facts-store.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'

const words = dialogText.export.finished

/** One after another; the browser asks once whether the page may. */
function downloadAll(file: FinishedFile) {
  for (const { name, url } of file.downloads) {
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
  }
}

interface FinishedProps {
  readonly job: ExportJob
  readonly report: ExportReport
  readonly files: readonly FinishedFile[]
}

export function Finished({ job, report, files }: FinishedProps) {
  const { specs, facts } = useEditor()
  const flat = expand(job.request.document, specs).document
  const knownFacts = useStore(facts)
  const titleOfStep = (node: FlatId): string => {
    const record = flat.nodes[node]
    return record ? titleWithPersonality(specs, record, (ref) => assetFacts(knownFacts).model(ref)) : node
  }
  const notes = [...report.notes, ...Object.values(report.outputs).flatMap((output) => output.notes)]
  return (
    <div className="finished">
      {files.map((file) => (
        <div key={file.name} className="finished-file">
          <span className="muted small">
            {words.file(files.length > 1 ? file.name : null, bytes(file.size), report.frames, span(report.seconds))}
          </span>
          {file.downloads.length > 1 ? (
            <button type="button" className="button primary" onClick={() => downloadAll(file)}>
              <Download size={14} aria-hidden />
              {words.downloadPictures(file.downloads.length)}
            </button>
          ) : file.downloads[0] ? (
            <a className="button primary" href={file.downloads[0].url} download={file.downloads[0].name}>
              <Download size={14} aria-hidden />
              {words.download}
            </a>
          ) : (
            <span className="muted small">{words.saved}</span>
          )}
        </div>
      ))}
      {notes.length > 0 && (
        <ul className="notes small">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <details className="step-times">
        <summary>{words.how}</summary>
        <dl className="figures">
          {Object.entries(report.outputs).map(([node, output]) => (
            <div key={node}>
              <dt>{titleOf(flat, specs, node as FlatId)}</dt>
              {output.kind === 'numbers' ? (
                <dd>
                  {output.numbers.map(({ title, unit, mean, worst }) => (
                    <span key={title} className="figure">
                      {words.numbers(
                        title,
                        measured(mean, unit),
                        measured(worst?.value ?? null, unit),
                        worst?.frame ?? null,
                      )}
                    </span>
                  ))}
                </dd>
              ) : (
                <dd>
                  {output.width} × {output.height}, {output.videoCodec}
                  {output.audioCodec && `, ${output.audioCodec}${output.audioCopied ? words.copied : ''}`}
                  <span className="muted"> {words.encodedBy(output.encoder)}</span>
                </dd>
              )}
            </div>
          ))}
          {report.steps.map((step) => (
            <div key={step.nodes.join()}>
              <dt>
                {step.nodes.map(titleOfStep).join(' + ')}
                {step.runtime && <span className="tag">{text.common.runtimes[step.runtime]}</span>}
              </dt>
              <dd>
                {milliseconds(step.seconds * 1000)}
                {step.waitingSeconds >= 0.05 && (
                  <span className="muted"> {words.waited(milliseconds(step.waitingSeconds * 1000))}</span>
                )}
                {step.note && <span className="muted"> {step.note}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  )
}
