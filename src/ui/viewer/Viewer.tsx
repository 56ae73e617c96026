/** The viewer: which output is shown, how large, and what stands in its way when there is nothing to show. */
import {
  Blend,
  CircleAlert,
  Columns2,
  Columns3,
  Crosshair,
  Diff,
  Layers,
  Maximize,
  ScanSearch,
  Square,
  SquareDashedMousePointer,
  SquareSplitHorizontal,
} from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { type KeyboardEvent, Suspense, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { isPicture } from '../../graph/analysis/infer.ts'
import { colourMappingOf } from '../../graph/node/value-types.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { lazyPart } from '../kit/lazy-part.tsx'
import { Marked } from '../kit/Marked.tsx'
import { MenuContent } from '../kit/MenuContent.tsx'
import { milliseconds } from '../kit/value-text.ts'
import { useMendable } from '../problems/use-mendable.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import { Scrubber } from '../timeline/Scrubber.tsx'
import { Labels } from './Labels.tsx'
import { LookMenu } from './LookMenu.tsx'
import { OutputChoice } from './OutputChoice.tsx'
import { RegionBox } from './RegionBox.tsx'
import { useLayout, useOutdated } from './use-layout.ts'
import { ViewerCanvas } from './ViewerCanvas.tsx'
import { createViewerPosition, type ViewerPositionStore } from './viewer-position.ts'
import { lookAt } from './viewport.ts'
import { WipeLine } from './WipeLine.tsx'

const words = text.viewer

/** What is off at first, fetched when it is switched on. */
const CompareBar = lazyPart(async () => (await import('./CompareBar.tsx')).CompareBar)
const OverlayBar = lazyPart(async () => (await import('./OverlayBar.tsx')).OverlayBar)
const CropMarks = lazyPart(async () => (await import('./CropMarks.tsx')).CropMarks)
const PaintingLayer = lazyPart(async () => (await import('./PaintingLayer.tsx')).PaintingLayer)
const TimePanel = lazyPart(async () => (await import('./TimePanel.tsx')).TimePanel)
const SlitLine = lazyPart(async () => (await import('./TimePanel.tsx')).SlitLine)
const PixelReadout = lazyPart(async () => (await import('./PixelReadout.tsx')).PixelReadout)
const FrameProgress = lazyPart(async () => (await import('./FrameProgress.tsx')).FrameProgress)
const Times = lazyPart(async () => (await import('./Times.tsx')).Times)
const Lanes = lazyPart(async () => (await import('../timeline/Lanes.tsx')).Lanes)
const FixButtons = lazyPart(async () => (await import('../problems/FixButtons.tsx')).FixButtons)
const Scopes = lazyPart(async () => (await import('./Scopes.tsx')).Scopes)

const modeButtons = [
  { mode: 'single', icon: Square },
  { mode: 'wipe', icon: SquareSplitHorizontal },
  { mode: 'side', icon: Columns2 },
  { mode: 'difference', icon: Diff },
  { mode: 'onion', icon: Blend },
] as const

function Modes() {
  const { viewerSettings } = useEditor()
  const mode = useStore(viewerSettings, (state) => state.mode)
  return (
    <fieldset className="compare-modes">
      <legend className="visually-hidden">{words.compare}</legend>
      {modeButtons.map(({ mode: one, icon: Icon }) => (
        <IconButton
          key={one}
          label={words.modes[one]}
          keys={one === 'single' ? undefined : keysOf('viewer.compare')}
          aria-pressed={mode === one}
          onClick={() => viewerSettings.setState({ mode: one })}
        >
          <Icon size={15} aria-hidden />
        </IconButton>
      ))}
    </fieldset>
  )
}

/** Every personality of the model in the picture beside the others, by one click. */
function PersonalitiesButton() {
  const { viewerSettings, commands, preview, facts, document } = useEditor()
  const on = useStore(viewerSettings, (state) => state.variants !== null)
  // What there is to show follows from these.
  useStore(preview, (state) => state.view)
  useStore(facts, (state) => state.assets.model)
  useStore(document, (state) => state.document)
  if (!commands.possible('viewer.personalities')) return null
  return (
    <IconButton
      label={words.personalities}
      tip={on ? words.personalitiesEnd : words.personalitiesHint}
      keys={keysOf('viewer.personalities')}
      aria-pressed={on}
      onClick={() => commands.run('viewer.personalities')}
    >
      <Columns3 size={15} aria-hidden />
    </IconButton>
  )
}

/** Lays a mask or map of the graph over the picture. */
function OverlayButton() {
  const { viewerSettings, commands, document } = useEditor()
  const on = useStore(viewerSettings, (state) => state.overlay !== null)
  // Which maps there are follows from it.
  useStore(document, (state) => state.document)
  if (!commands.possible('viewer.overlay')) return null
  return (
    <IconButton
      label={words.overlay}
      tip={on ? words.overlayEnd : words.overlayHint}
      keys={keysOf('viewer.overlay')}
      aria-pressed={on}
      onClick={() => commands.run('viewer.overlay')}
    >
      <Layers size={15} aria-hidden />
    </IconButton>
  )
}

/** Measures the clip, in the panel beside. */
function CheckButton() {
  const { commands, preview } = useEditor()
  const hasResult = useStore(preview, (state) => state.result !== null)
  if (!hasResult) return null
  return (
    <IconButton
      label={words.check}
      tip={words.checkHint}
      keys={keysOf('viewer.check')}
      onClick={() => commands.run('viewer.check')}
    >
      <ScanSearch size={15} aria-hidden />
    </IconButton>
  )
}

/** Draws a box, and, once there is one, takes it away. */
function RegionTool() {
  const { viewerSettings, commands } = useEditor()
  const on = useStore(viewerSettings, (state) => state.boxing || state.region !== null)
  return (
    <IconButton
      label={words.region.tool}
      tip={words.region.toolHint}
      keys={keysOf('viewer.region')}
      aria-pressed={on}
      onClick={() => commands.run('viewer.region')}
    >
      <SquareDashedMousePointer size={15} aria-hidden />
    </IconButton>
  )
}

const zooms = [0.25, 0.5, 1, 2, 4, 8, 16, 32]

function ZoomMenu({
  position,
  exact,
  fit,
}: {
  position: ViewerPositionStore
  exact: (scale: number) => void
  fit: () => void
}) {
  const zoom = useStore(position, ({ placement }) => (placement ? percent(placement.scale) : '–'))
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon-button zoom-readout" title={words.zoom} aria-label={words.zoomNow(zoom)}>
          {zoom}
        </button>
      </DropdownMenu.Trigger>
      <MenuContent className="narrow" align="end">
        <DropdownMenu.Item className="menu-item" onSelect={fit}>
          {words.fit}
          <span className="keys">{keysOf('viewer.fit')}</span>
        </DropdownMenu.Item>
        {zooms.map((scale) => (
          <DropdownMenu.Item key={scale} className="menu-item" onSelect={() => exact(scale)}>
            {percent(scale)}
            {scale === 1 && <span className="keys">{keysOf('viewer.100')}</span>}
            {scale === 2 && <span className="keys">{keysOf('viewer.200')}</span>}
          </DropdownMenu.Item>
        ))}
      </MenuContent>
    </DropdownMenu.Root>
  )
}

const percent = (scale: number): string => {
  const value = scale * 100
  return text.values.percent(number(value, value >= 10 ? 0 : 1))
}

export function Viewer() {
  const { preview, document, commands, viewerSettings } = useEditor()
  const [position] = useState(createViewerPosition)
  const fits = useStore(position, ({ zoom }) => zoom.mode === 'fit')
  const desc = useStore(preview, (state) => state.result?.desc ?? null)
  const time = useStore(preview, (state) => state.result?.milliseconds ?? null)
  const region = useStore(preview, (state) => state.result?.region ?? null)
  const clockFrame = useStore(preview, (state) => state.result?.clock.index ?? null)
  const view = useStore(preview, (state) => state.view)
  const mappingName = desc && words.shown[colourMappingOf(desc.type)]
  const size = isPicture(desc) ? `${desc.width} × ${desc.height}` : null
  const fit = () => position.setState({ zoom: { mode: 'fit' } })
  const exact = (scale: number) =>
    position.setState(({ zoom, placement }) => {
      const { width, height } = placement?.picture ?? { width: 0, height: 0 }
      const centre = zoom.mode === 'manual' ? zoom.centre : { x: width / 2, y: height / 2 }
      return { zoom: { mode: 'manual', scale, centre } }
    })
  // The commands name these; the viewer alone knows how they are done.
  const atLeast = (scale: number) => {
    const { zoom } = position.getState()
    if (zoom.mode === 'fit' || zoom.scale < scale) exact(scale)
  }
  const lookCloser = (at: { readonly x: number; readonly y: number }, closer: number) =>
    position.setState(({ zoom, placement }) => {
      if (!placement) return { zoom }
      const { picture, field } = placement
      const fitScale = Math.min(field.width / picture.width, field.height / picture.height)
      const scale = Math.max(zoom.mode === 'manual' ? zoom.scale : 0, Math.min(8, Math.max(1, closer * fitScale)))
      return { zoom: lookAt({ x: at.x * picture.width, y: at.y * picture.height }, scale, field, picture) }
    })
  const spot = () => {
    const { zoom, placement } = position.getState()
    if (zoom.mode === 'fit' || !placement) return { x: 0.5, y: 0.5 }
    const { width, height } = placement.picture
    return { x: zoom.centre.x / width, y: zoom.centre.y / height }
  }
  useEffect(() => commands.attach('viewer', { fit, zoomTo: exact, zoomToAtLeast: atLeast, lookAt: lookCloser, spot }))
  const stage = useStore(preview, (state) =>
    state.busy ? 'busy' : state.problems.length > 0 ? 'problem' : state.result ? 'shown' : 'empty',
  )
  const timed = useStore(viewerSettings, ({ times }) => times)
  const compared = useStore(viewerSettings, ({ mode, variants }) => mode !== 'single' || variants !== null)
  const overlaid = useStore(viewerSettings, ({ overlay }) => overlay !== null)
  const marked = useStore(viewerSettings, ({ marks }) => marks.on)
  const strip = useStore(viewerSettings, (state) => state.time)
  const painted = useStore(viewerSettings, ({ painting }) => painting !== null)
  const pointed = useStore(viewerSettings, ({ cursor }) => cursor !== null)
  const lanes = useStore(viewerSettings, (state) => state.lanes)
  const scoped = useStore(viewerSettings, ({ scope }) => scope !== null)
  const { layout } = useLayout()
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !viewerSettings.getState().region) return
    event.stopPropagation()
    viewerSettings.setState({ region: null })
  }
  const empty = useStore(document, (state) => Object.keys(state.document.nodes).length === 0)
  return (
    <section className="viewer" aria-label={words.label} onKeyDown={onKeyDown}>
      <header className="viewer-bar">
        <OutputChoice />
        <Modes />
        <PersonalitiesButton />
        <OverlayButton />
        <CheckButton />
        <span className="viewer-facts">
          {size && <span>{size}</span>}
          {mappingName && <span>{mappingName}</span>}
          {time !== null && <span title={words.frameTimeHint}>{milliseconds(time)}</span>}
        </span>
        <div className="viewer-zoom">
          <RegionTool />
          <LookMenu />
          <ZoomMenu position={position} exact={exact} fit={fit} />
          <IconButton label={words.fit} tip={words.fitHint} keys="F" aria-pressed={fits} onClick={fit}>
            <Maximize size={15} aria-hidden />
          </IconButton>
        </div>
      </header>
      <Suspense fallback={null}>
        {compared && <CompareBar />}
        {overlaid && <OverlayBar />}
      </Suspense>
      <div
        className="viewer-stage"
        data-mode={layout.mode}
        data-state={stage}
        data-frame={clockFrame ?? ''}
        data-region={region ? `${region.x},${region.y} ${region.width}×${region.height}` : ''}
        data-view={view ? `${view.node}.${view.port}` : ''}
      >
        <ViewerCanvas position={position} label={size ? words.preview(size) : words.previewEmpty} />
        <Suspense fallback={null}>{marked && <CropMarks position={position} />}</Suspense>
        <RegionBox position={position} />
        <Suspense fallback={null}>{painted && <PaintingLayer position={position} />}</Suspense>
        <WipeLine />
        <Labels />
        <div className="viewer-instruments">
          <Suspense fallback={null}>
            {timed && <Times />}
            {scoped && <Scopes />}
          </Suspense>
        </div>
        <Suspense fallback={null}>
          {pointed && <PixelReadout />}
          {strip === 'slit' && <SlitLine position={position} />}
        </Suspense>
        <Overlay empty={empty} />
      </div>
      <Suspense fallback={null}>{strip !== null && <TimePanel strip={strip} />}</Suspense>
      <div className="time-rows">
        <Suspense fallback={null}>{lanes && <Lanes />}</Suspense>
        <Scrubber />
      </div>
    </section>
  )
}

/** Loading, trouble, or nothing to look at: said over the canvas. */
function Overlay({ empty }: { empty: boolean }) {
  const { preview, facts, commands } = useEditor()
  const problems = useStore(preview, (state) => state.problems)
  const mendableOf = useMendable()
  const rendering = useStore(preview, (state) => state.busy)
  const outdated = useOutdated()
  const busy = rendering || outdated
  const nothing = useStore(preview, (state) => state.result === null)
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
        <p className="hint">{words.reload}</p>
      </div>
    )
  const problem = problems[0]
  if (problem) {
    const { node } = problem
    const goTo = node && (
      <button type="button" className="button" onClick={() => commands.goTo(node)}>
        <Crosshair size={14} aria-hidden />
        {words.goToNode}
      </button>
    )
    const mendable = mendableOf(problem)
    return (
      <div className="viewer-message" role="alert" data-over={!nothing}>
        <CircleAlert size={20} aria-hidden />
        <p>{problem.message}</p>
        <p className="hint">{problem.hint}</p>
        {mendable ? (
          <Suspense fallback={goTo}>
            <FixButtons problem={mendable}>{goTo}</FixButtons>
          </Suspense>
        ) : (
          goTo
        )}
      </div>
    )
  }
  if (starting || (busy && nothing))
    return (
      <div className="viewer-message" role="status">
        <span className="spinner" />
        <p>{starting ? words.starting : words.firstFrame}</p>
      </div>
    )
  if (!view)
    return (
      <div className="viewer-message quiet">
        <p>{empty ? words.empty : words.unconnected}</p>
      </div>
    )
  if (!busy || playing) return null
  return (
    <>
      <Suspense fallback={null}>{outdated && <FrameProgress />}</Suspense>
      <div className="viewer-busy" role="status" aria-label={words.rendering}>
        {outdated && <span className="outdated-mark">{words.outdated}</span>}
        <span className="spinner" />
      </div>
    </>
  )
}

function NoWebGpu() {
  const { facts } = useEditor()
  const reason = useStore(facts, (state) => state.engine?.reason ?? null)
  return (
    <div className="viewer-message no-gpu" role="alert">
      <CircleAlert size={20} aria-hidden />
      <h2>{words.noWebGpu.title}</h2>
      {reason && <p>{reason}</p>}
      <ul>
        {words.noWebGpu.remedies.map((remedy) => (
          <li key={remedy}>
            <Marked>{remedy}</Marked>
          </li>
        ))}
      </ul>
      <p className="hint">{words.noWebGpu.still}</p>
    </div>
  )
}
