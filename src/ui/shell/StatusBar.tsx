/** The bar at the bottom: what runs the pictures, how long they take, and what is wrong. */
import { CircleAlert, CircleCheck, Cpu, Gauge, MemoryStick, TriangleAlert, Upload } from 'lucide-react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { milliseconds } from '../kit/value-text.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import { CacheBudget } from './CacheBudget.tsx'

const words = text.shell.status

/** How far the export is; its dialog need not stay open. */
function ExportStatus() {
  const { exportQueue, view } = useEditor()
  const running = useStore(exportQueue.store, ({ jobs }) => jobs.find(({ state }) => state.kind === 'running'))
  const waiting = useStore(exportQueue.store, ({ jobs }) => jobs.filter(({ state }) => state.kind === 'waiting').length)
  if (!running) return null
  const share = running.frames
    ? text.values.percent(number(Math.floor((running.framesDone / running.frames) * 100)))
    : '…'
  return (
    <button type="button" className="status-export" onClick={() => view.setState({ dialog: 'export' })}>
      <Upload size={13} aria-hidden />
      {words.exporting(share, waiting)}
    </button>
  )
}

export function StatusBar() {
  const { facts, preview, derived, commands } = useEditor()
  const engine = useStore(facts, (state) => state.engine)
  const failure = useStore(facts, (state) => state.engineFailure)
  const time = useStore(preview, (state) => state.result?.milliseconds ?? null)
  const cache = useStore(preview, (state) => state.result?.cacheBytes ?? null)
  const problems = useStore(derived, (state) => state.problems)
  const errors = problems.filter((problem) => problem.severity === 'error').length
  const warnings = problems.length - errors
  const adapter = engine?.adapter
  return (
    <footer className="status-bar">
      <button
        type="button"
        className="status-problems"
        data-tone={errors ? 'error' : warnings ? 'warning' : 'good'}
        onClick={() => commands.run('problems.show')}
      >
        {errors ? (
          <CircleAlert size={13} aria-hidden />
        ) : warnings ? (
          <TriangleAlert size={13} aria-hidden />
        ) : (
          <CircleCheck size={13} aria-hidden />
        )}
        {errors ? words.problems(errors) : warnings ? words.warnings(warnings) : words.noProblems}
      </button>
      <span className="status-fill" />
      <ExportStatus />
      {time !== null && (
        <span title={words.frameTimeHint}>
          <Gauge size={13} aria-hidden />
          {words.frameTime(milliseconds(time))}
        </span>
      )}
      {cache !== null && <CacheBudget usedBytes={cache} />}
      {engine && (
        <span title={engine.isolated ? words.isolated : words.notIsolated}>
          <MemoryStick size={13} aria-hidden />
          {engine.isolated ? words.threads(engine.wasmThreads) : words.oneThread}
        </span>
      )}
      <span
        className="status-adapter"
        data-tone={failure || (engine && !adapter) ? 'error' : adapter?.software ? 'warning' : 'good'}
        title={
          adapter ? (adapter.software ? words.softwareHint : words.largestPicture(adapter.maxTextureSize)) : undefined
        }
      >
        <Cpu size={13} aria-hidden />
        {adapter
          ? adapter.software
            ? words.software(adapter.description)
            : words.gpu(adapter.description)
          : engine
            ? words.noGpu
            : failure
              ? words.engineFailed
              : words.engineStarting}
        {engine && engine.rebuilds > 0 && words.rebuilt(engine.rebuilds)}
      </span>
    </footer>
  )
}
