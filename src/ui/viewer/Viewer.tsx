/** The viewer: which output is shown, how large, and what stands in its way when there is nothing to show. */
import { CircleAlert, Crosshair, Maximize } from 'lucide-react'
import { useCallback, useEffect, useId, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeId, NodeRecord } from '../../graph/document.ts'
import { names } from '../../graph/naming.ts'
import { useEditor } from '../editor.ts'
import { Choice } from '../inspector/SimpleControls.tsx'
import { Tip } from '../shell/Tip.tsx'
import { milliseconds } from '../values.ts'
import { Scrubber } from './Scrubber.tsx'
import { ViewerCanvas } from './ViewerCanvas.tsx'
import type { Zoom } from './viewport.ts'

const automatic = 'automatic'

function OutputChoice() {
  const { document, preview, specs } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const chosen = useStore(preview, (state) => state.chosen)
  const view = useStore(preview, (state) => state.view)
  const labelId = useId()
  const called = useMemo(() => names(graph, specs), [graph, specs])
  const outputs = (node: NodeRecord) =>
    Object.entries(specs.get(node.type)?.outputs ?? {}).filter(([, port]) => port.type !== 'audio')
  const label = (node: NodeRecord, port: string) =>
    outputs(node).length > 1 ? `${called.node(node.id)} · ${called.output(node.id, port)}` : called.node(node.id)
  const options = () =>
    Object.values(graph.nodes)
      .sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
      .flatMap((node) => outputs(node).map(([port]) => ({ value: `${node.id}.${port}`, label: label(node, port) })))
  const record = view && graph.nodes[view.node]
  const shown = view && record ? label(record, view.port) : null
  const result = shown && !chosen ? `Result: ${shown}` : 'Result'
  return (
    <div className="output-choice">
      <span id={labelId} className="visually-hidden">
        Output to view
      </span>
      <Choice
        labelId={labelId}
        value={chosen && view ? `${view.node}.${view.port}` : automatic}
        shown={chosen && shown ? shown : result}
        options={() => [{ value: automatic, label: result }, ...options()]}
        onChange={(value) => {
          const [node, port] = value.split('.')
          preview.choose(value === automatic || !node || !port ? null : { node: node as NodeId, port })
        }}
      />
    </div>
  )
}

const percent = (scale: number): string => {
  const value = scale * 100
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} %`
}

export function Viewer() {
  const { preview, document, commands } = useEditor()
  const [zoom, setZoom] = useState<Zoom>({ mode: 'fit' })
  const [scale, setScale] = useState(1)
  const desc = useStore(preview, (state) => state.shown?.desc ?? null)
  const time = useStore(preview, (state) => state.shown?.milliseconds ?? null)
  const clockFrame = useStore(preview, (state) => state.shown?.clock.index ?? null)
  const view = useStore(preview, (state) => state.view)
  const size = desc && desc.type !== 'audio' ? `${desc.width} × ${desc.height}` : null
  const exact = (to: number) =>
    setZoom((now) => ({
      mode: 'manual',
      scale: to,
      centre:
        now.mode === 'manual'
          ? now.centre
          : desc && desc.type !== 'audio'
            ? { x: desc.width / 2, y: desc.height / 2 }
            : { x: 0, y: 0 },
    }))
  // The command table knows these by name; the viewer alone knows what they do.
  useEffect(() =>
    commands.provide({
      'viewer.fit': () => setZoom({ mode: 'fit' }),
      'viewer.100': () => exact(1),
      'viewer.200': () => exact(2),
    }),
  )
  const stage = useStore(preview, (state) =>
    state.busy ? 'busy' : state.problems.length > 0 ? 'problem' : state.shown ? 'shown' : 'empty',
  )
  const onScale = useCallback((next: number) => setScale(next), [])
  const empty = useStore(document, (state) => Object.keys(state.document.nodes).length === 0)
  return (
    <section className="viewer" aria-label="Viewer">
      <header className="viewer-bar">
        <OutputChoice />
        <span className="viewer-facts">
          {size && <span>{size}</span>}
          {desc?.type === 'mask' && <span>mask</span>}
          {time !== null && <span title="Time to render this frame">{milliseconds(time)}</span>}
        </span>
        <div className="viewer-zoom">
          <span className="zoom-readout">{desc ? percent(scale) : ''}</span>
          <Tip text="Fit the picture into the viewer" keys="F">
            <button
              type="button"
              className="icon-button"
              aria-label="Fit"
              aria-pressed={zoom.mode === 'fit'}
              onClick={() => setZoom({ mode: 'fit' })}
            >
              <Maximize size={15} aria-hidden />
            </button>
          </Tip>
          {[1, 2].map((to) => (
            <Tip key={to} text={`${to} screen pixel${to > 1 ? 's' : ''} per picture pixel`} keys={String(to)}>
              <button
                type="button"
                className="icon-button wide-label"
                aria-pressed={zoom.mode === 'manual' && zoom.scale === to}
                onClick={() => exact(to)}
              >
                {to * 100}%
              </button>
            </Tip>
          ))}
        </div>
      </header>
      <div
        className="viewer-stage"
        data-state={stage}
        data-frame={clockFrame ?? ''}
        data-view={view ? `${view.node}.${view.port}` : ''}
      >
        <ViewerCanvas
          zoom={zoom}
          onZoom={setZoom}
          onScale={onScale}
          label={size ? `Preview, ${size} pixels` : 'Preview, nothing to show yet'}
        />
        <Overlay empty={empty} />
      </div>
      <Scrubber />
    </section>
  )
}

/** Loading, trouble, or nothing to look at: said over the canvas. */
function Overlay({ empty }: { empty: boolean }) {
  const { preview, facts, commands } = useEditor()
  const problems = useStore(preview, (state) => state.problems)
  const busy = useStore(preview, (state) => state.busy)
  const nothing = useStore(preview, (state) => state.shown === null)
  const view = useStore(preview, (state) => state.view)
  const playing = useStore(preview, (state) => state.playing)
  const starting = useStore(facts, (state) => state.engine === null && state.engineFailure === null)
  const failure = useStore(facts, (state) => state.engineFailure)
  const noGpu = useStore(facts, (state) => state.engine !== null && state.engine.adapter === null)
  if (noGpu) return <NoWebGpu />
  if (failure)
    return (
      <div className="viewer-message" role="alert">
        <CircleAlert size={20} aria-hidden />
        <p>{failure}</p>
        <p className="hint">Reload the page; your graph is kept.</p>
      </div>
    )
  const problem = problems[0]
  if (problem) {
    const node = problem.node
    return (
      <div className="viewer-message" role="alert" data-over={!nothing}>
        <CircleAlert size={20} aria-hidden />
        <p>{problem.message}</p>
        <p className="hint">{problem.hint}</p>
        {node && (
          <button type="button" className="button" onClick={() => commands.goTo(node)}>
            <Crosshair size={14} aria-hidden />
            Go to the node
          </button>
        )}
      </div>
    )
  }
  if (starting || (busy && nothing))
    return (
      <div className="viewer-message" role="status">
        <span className="spinner" />
        <p>{starting ? 'Starting the engine…' : 'Rendering the first frame…'}</p>
      </div>
    )
  if (!view)
    return (
      <div className="viewer-message quiet">
        <p>{empty ? 'The picture appears here.' : 'Connect a Decode to see its picture here.'}</p>
      </div>
    )
  return busy && !playing ? <span className="viewer-busy spinner" role="status" aria-label="Rendering" /> : null
}

function NoWebGpu() {
  const { facts } = useEditor()
  const reason = useStore(facts, (state) => state.engine?.reason ?? null)
  return (
    <div className="viewer-message no-gpu" role="alert">
      <CircleAlert size={20} aria-hidden />
      <h2>Pictures cannot be rendered here: that takes WebGPU.</h2>
      {reason && <p>{reason}</p>}
      <ul>
        <li>Use Chrome or Edge 113 or newer on Windows, macOS or ChromeOS, or Chrome 121 or newer on Android.</li>
        <li>
          On Linux, open <code>chrome://flags</code>, enable “Unsafe WebGPU Support” and “Vulkan”, and restart the
          browser.
        </li>
        <li>
          Bring the graphics driver up to date, and look in <code>chrome://gpu</code> whether WebGPU is switched off.
        </li>
        <li>Open the page over https:// or from localhost; WebGPU is not offered elsewhere.</li>
      </ul>
      <p className="hint">You can still open, edit and save graphs.</p>
    </div>
  )
}
