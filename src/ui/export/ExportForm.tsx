/** What to write and where to. */
import { RadioGroup } from 'radix-ui'
import { useId, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ExportRequest, OutputTarget } from '../../engine/api.ts'
import type { NodeId, NodeRecord } from '../../graph/document.ts'
import { titleOf } from '../../graph/naming.ts'
import type { Specs } from '../../graph/spec.ts'
import { paramValues } from '../../graph/values.ts'
import { useEditor } from '../editor.ts'
import { ProblemCard } from '../problems/ProblemCard.tsx'
import { describe, timecode } from '../values.ts'
import { canSaveToDisk, chooseTarget } from './targets.ts'

const extensions = ['mp4', 'webm', 'mkv', 'png'] as const
const extensionOf = (name: string): string => name.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? ''
const knownExtension = (name: string): boolean => (extensions as readonly string[]).includes(extensionOf(name))

interface Range {
  readonly whole: boolean
  readonly start: string
  readonly duration: string
}

const seconds = (text: string): number | null => {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : null
}

export function ExportForm() {
  const { document, specs, derived, preview, exporting, facts, view } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const inference = useStore(derived, (state) => state.inference)
  const problems = useStore(derived, (state) => state.problems)
  const clock = useStore(preview, (state) => state.shown?.clock ?? null)
  const noGpu = useStore(facts, (state) => state.engine !== null && state.engine.adapter === null)
  const sinks = useMemo(
    () => Object.values(graph.nodes).filter((node) => specs.get(node.type)?.kernel.kind === 'sink' && !node.bypass),
    [graph, specs],
  )
  const [fileNames, setNames] = useState<Readonly<Record<NodeId, string>>>(() =>
    Object.fromEntries(sinks.map((sink) => [sink.id, ownName(sink, specs)])),
  )
  const [chosen, setChosen] = useState<ReadonlySet<NodeId>>(() => new Set(sinks.slice(0, 1).map((sink) => sink.id)))
  const [place, setPlace] = useState<'disk' | 'store'>(canSaveToDisk ? 'disk' : 'store')
  const [range, setRange] = useState<Range>({ whole: true, start: '0', duration: '1' })
  const [refusal, setRefusal] = useState<string | null>(null)
  const rangeLabel = useId()
  const placeLabel = useId()

  const blocking = problems.filter((problem) => problem.severity === 'error')
  const start = seconds(range.start)
  const duration = seconds(range.duration)
  const badRange = !range.whole && (start === null || duration === null || duration === 0)
  const badName = [...chosen].some((sink) => !knownExtension(fileNames[sink] ?? ''))
  const ready = chosen.size > 0 && blocking.length === 0 && !badRange && !badName && !noGpu
  const pictures = [...chosen].some((sink) => extensionOf(fileNames[sink] ?? '') === 'png')
  const frames = clock ? clock.last - clock.first + 1 : null
  const length = frames !== null && clock ? frames * clock.duration : null

  const submit = async () => {
    setRefusal(null)
    const outputs: Record<NodeId, { fileName: string; target: OutputTarget }> = {}
    for (const sink of chosen) {
      const fileName = (fileNames[sink] ?? '').trim()
      const target = place === 'disk' ? await chooseTarget(fileName) : ({ kind: 'store' } as const)
      if (target === 'dismissed') return
      if ('refused' in target) {
        setRefusal(target.refused)
        return
      }
      outputs[sink] = { fileName: target.kind === 'file' ? target.handle.name : fileName, target }
    }
    preview.pause()
    const request: ExportRequest = {
      document: graph,
      outputs,
      ...(range.whole || start === null || duration === null ? {} : { start, duration }),
    }
    void exporting.run(request)
  }

  if (sinks.length === 0)
    return (
      <div className="dialog-body">
        <p>This graph has no Encode yet, so there is nothing to write.</p>
        <p className="muted">Add an Encode node and connect the picture you want to keep.</p>
      </div>
    )
  return (
    <form
      className="export-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void submit()
      }}
    >
      <div className="dialog-body form-grid">
        {sinks.map((sink) => {
          const source = inference.source(sink.id, imageInput(specs.get(sink.type)?.inputs ?? {}))
          const desc = source && inference.descs.get(`${source.node}.${source.port}`)
          const name = fileNames[sink.id] ?? ''
          const wrong = chosen.has(sink.id) && !knownExtension(name)
          return (
            <div className="form-row" key={sink.id}>
              <label htmlFor={`file-${sink.id}`}>
                {sinks.length > 1 && (
                  <input
                    type="checkbox"
                    checked={chosen.has(sink.id)}
                    aria-label={`Write ${titleOf(graph, specs, sink.id)}`}
                    onChange={(event) => {
                      const next = new Set(chosen)
                      if (event.target.checked) next.add(sink.id)
                      else next.delete(sink.id)
                      setChosen(next)
                    }}
                  />
                )}
                {sinks.length > 1 ? titleOf(graph, specs, sink.id) : 'File name'}
              </label>
              <div>
                <div className="file-name">
                  <input
                    id={`file-${sink.id}`}
                    className="field"
                    value={name}
                    spellCheck={false}
                    aria-invalid={wrong}
                    onChange={(event) => setNames({ ...fileNames, [sink.id]: event.target.value })}
                  />
                  <div className="segments">
                    {extensions.map((extension) => (
                      <button
                        key={extension}
                        type="button"
                        aria-pressed={extensionOf(name) === extension}
                        onClick={() =>
                          setNames({ ...fileNames, [sink.id]: `${name.replace(/\.[a-z0-9]+$/i, '')}.${extension}` })
                        }
                      >
                        {extension.toUpperCase()}
                      </button>
                    ))}
                  </div>
                </div>
                <p className={wrong ? 'error-text small' : 'muted small'}>
                  {wrong
                    ? 'End the name in .mp4, .webm, .mkv or .png.'
                    : extensionOf(name) === 'png'
                      ? `One picture per frame${desc ? `, ${describe(desc)}` : ''}`
                      : desc
                        ? describe(desc)
                        : ''}
                </p>
              </div>
            </div>
          )
        })}
        <div className="form-row">
          <span id={placeLabel}>Save to</span>
          <RadioGroup.Root
            className="radio-list"
            aria-labelledby={placeLabel}
            value={place}
            onValueChange={(value) => setPlace(value === 'disk' ? 'disk' : 'store')}
          >
            <RadioGroup.Item className="radio" value="disk" disabled={!canSaveToDisk}>
              <span className="radio-dot" aria-hidden />
              <span>
                {pictures ? 'A folder you choose' : 'A file you choose'}
                <span className="muted small">
                  {canSaveToDisk ? 'Written straight to disk' : 'Chrome and Edge on a computer can do this'}
                </span>
              </span>
            </RadioGroup.Item>
            <RadioGroup.Item className="radio" value="store">
              <span className="radio-dot" aria-hidden />
              <span>
                Download at the end
                <span className="muted small">Kept in the browser until then</span>
              </span>
            </RadioGroup.Item>
          </RadioGroup.Root>
        </div>
        <div className="form-row">
          <span id={rangeLabel}>Range</span>
          <div>
            <RadioGroup.Root
              className="radio-list inline"
              aria-labelledby={rangeLabel}
              value={range.whole ? 'whole' : 'part'}
              onValueChange={(value) => setRange({ ...range, whole: value === 'whole' })}
            >
              <RadioGroup.Item className="radio" value="whole">
                <span className="radio-dot" aria-hidden />
                <span>
                  Everything
                  <span className="muted small">
                    {frames !== null && length !== null ? `${frames} frames, ${timecode(length)}` : ''}
                  </span>
                </span>
              </RadioGroup.Item>
              <RadioGroup.Item className="radio" value="part">
                <span className="radio-dot" aria-hidden />
                <span>A part</span>
              </RadioGroup.Item>
            </RadioGroup.Root>
            {!range.whole && (
              <div className="range-fields">
                <label>
                  From
                  <input
                    className="field"
                    inputMode="decimal"
                    value={range.start}
                    aria-invalid={start === null}
                    onChange={(event) => setRange({ ...range, start: event.target.value })}
                  />
                  s
                </label>
                <label>
                  for
                  <input
                    className="field"
                    inputMode="decimal"
                    value={range.duration}
                    aria-invalid={duration === null || duration === 0}
                    onChange={(event) => setRange({ ...range, duration: event.target.value })}
                  />
                  s
                </label>
                {clock && (
                  <button
                    type="button"
                    className="button"
                    onClick={() =>
                      setRange({
                        ...range,
                        start: String(Number(((clock.index - clock.first) * clock.duration).toFixed(3))),
                      })
                    }
                  >
                    From this frame
                  </button>
                )}
              </div>
            )}
          </div>
        </div>
        {noGpu && <p className="error-text">Nothing can be rendered here: that takes WebGPU.</p>}
        {refusal && <p className="error-text">{refusal}</p>}
        {blocking.length > 0 && (
          <div className="form-problems">
            <p>Mend these first:</p>
            {blocking.slice(0, 3).map((problem) => (
              <ProblemCard key={problem.message} problem={problem} />
            ))}
            {blocking.length > 3 && <p className="muted small">and {blocking.length - 3} more</p>}
          </div>
        )}
      </div>
      <footer>
        <button type="button" className="button" onClick={() => view.setState({ dialog: null })}>
          Close
        </button>
        <button type="submit" className="button primary" disabled={!ready}>
          {place === 'store' ? 'Export' : pictures ? 'Choose folder and export…' : 'Choose file and export…'}
        </button>
      </footer>
    </form>
  )
}

/** The name that the node itself proposes. */
function ownName(sink: NodeRecord, specs: Specs): string {
  const spec = specs.get(sink.type)
  const name = spec && paramValues(spec, sink).fileName
  return typeof name === 'string' && name.trim() !== '' ? name : 'enhanced.mp4'
}

const imageInput = (inputs: Readonly<Record<string, { type: string }>>): string =>
  Object.entries(inputs).find(([, port]) => port.type === 'image')?.[0] ?? ''
