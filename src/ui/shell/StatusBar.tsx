/** The bar at the bottom: what runs the pictures, how long they take, and what is wrong. */
import { CircleAlert, CircleCheck, Cpu, Gauge, MemoryStick, TriangleAlert, Upload } from 'lucide-react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { milliseconds } from '../values.ts'
import { CacheBudget } from './CacheBudget.tsx'

/** How far the export is; its dialog need not stay open. */
function ExportStatus() {
  const { exporting, view } = useEditor()
  const running = useStore(exporting, ({ jobs }) => jobs.find(({ state }) => state.kind === 'running'))
  const waiting = useStore(exporting, ({ jobs }) => jobs.filter(({ state }) => state.kind === 'waiting').length)
  if (!running) return null
  const share = running.frames ? `${Math.floor((running.done / running.frames) * 100)} %` : '…'
  return (
    <button type="button" className="status-export" onClick={() => view.setState({ dialog: 'export' })}>
      <Upload size={13} aria-hidden />
      Exporting {share}
      {waiting > 0 && `, ${waiting} more`}
    </button>
  )
}

export function StatusBar() {
  const { facts, preview, derived, commands } = useEditor()
  const engine = useStore(facts, (state) => state.engine)
  const failure = useStore(facts, (state) => state.engineFailure)
  const time = useStore(preview, (state) => state.shown?.milliseconds ?? null)
  const cache = useStore(preview, (state) => state.shown?.cacheBytes ?? null)
  const standing = useStore(derived, (state) => state.problems)
  const rendering = useStore(preview, (state) => state.problems)
  const errors = standing.filter((problem) => problem.severity === 'error').length || (rendering.length > 0 ? 1 : 0)
  const warnings = standing.length - standing.filter((problem) => problem.severity === 'error').length
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
        {errors
          ? `${errors} ${errors === 1 ? 'problem' : 'problems'}`
          : warnings
            ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
            : 'No problems'}
      </button>
      <span className="status-fill" />
      <ExportStatus />
      {time !== null && (
        <span title="Time to render the frame shown">
          <Gauge size={13} aria-hidden />
          {milliseconds(time)} a frame
        </span>
      )}
      {cache !== null && <CacheBudget used={cache} />}
      {engine && (
        <span
          title={
            engine.isolated
              ? 'The page is isolated, so models on the CPU may use several threads.'
              : 'The host sends no isolation headers, so models on the CPU run on one thread.'
          }
        >
          <MemoryStick size={13} aria-hidden />
          {engine.isolated
            ? `${engine.wasmThreads} WASM ${engine.wasmThreads === 1 ? 'thread' : 'threads'}`
            : '1 WASM thread (not isolated)'}
        </span>
      )}
      <span
        className="status-adapter"
        data-tone={failure || (engine && !adapter) ? 'error' : adapter?.software ? 'warning' : 'good'}
        title={
          adapter
            ? adapter.software
              ? 'The CPU stands in for a GPU: correct, but slow.'
              : `Pictures up to ${adapter.maxTextureSize} pixels a side`
            : undefined
        }
      >
        <Cpu size={13} aria-hidden />
        {adapter
          ? `${adapter.software ? 'Software' : 'GPU'}: ${adapter.description}`
          : engine
            ? 'No WebGPU'
            : failure
              ? 'The engine stands still'
              : 'Engine starting…'}
        {engine && engine.rebuilds > 0 && ` (rebuilt ${engine.rebuilds}×)`}
      </span>
    </footer>
  )
}
