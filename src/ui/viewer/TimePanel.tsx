/**
 * A spot over time. Slit scan: one row of pixels of each frame, the frames below each other; what stands still makes upright
 * lines, what shimmers frays them. Film strip: one crop of each frame beside the next, and how much each differs from the one
 * before.
 */
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Picture8 } from '../../engine/door/api.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { playRange } from '../store/playback.ts'
import type { TimeStrip } from '../store/viewer-settings.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'
import { Segments, ShareSlider } from './bar-controls.tsx'
import { renderCrops } from './frame-crops.tsx'
import { fieldBox, onField } from './placement.ts'
import { framesOver, maxSlit, meanDifference, partOf, stripSize } from './time-pictures.ts'
import type { ViewerPositionStore } from './viewer-position.ts'

const words = dialogText.viewer.time

const strips: readonly TimeStrip[] = ['slit', 'strip']

/** Pictures by frame, as they come; begun anew whenever what they are of changes. */
function useTimePictures(strip: TimeStrip, line: number) {
  const { engine, preview, document, commands, idle } = useEditor()
  const [frames, setFrames] = useState<readonly number[]>([])
  const [pictures, setPictures] = useState<ReadonlyMap<number, Picture8>>(new Map())
  const graph = useStore(document, (state) => state.document)
  const view = useStore(preview, (state) => state.view)
  const clock = useStore(preview, ({ result }) => result?.clock.node ?? null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph, output or clip has other pictures.
  useEffect(() => {
    const { result, frame, ...state } = preview.getState()
    const request = preview.request()
    if (!request || !result || !isPicture(result.desc)) return
    const { region: _, draft: __, ...whole } = request
    const over = framesOver(strip, frame, playRange(result.clock, state))
    setFrames(over)
    setPictures(new Map())
    const abortion = new AbortController()
    const resume = idle.holdOff()
    renderCrops(
      engine,
      over.map((at) => ({ key: String(at), request: whole, frame: at })),
      {
        frame,
        region: partOf(strip, result.desc, line, commands.spot()),
        side: strip === 'slit' ? maxSlit : stripSize.width,
      },
      (key, crop) => crop.state === 'shown' && setPictures((before) => new Map(before).set(Number(key), crop.picture)),
      abortion.signal,
    )
      .catch((error: unknown) => console.warn('The frames could not be shown over time:', error))
      .finally(resume)
    return () => {
      abortion.abort()
      engine.stopBackground().catch((error: unknown) => console.warn('The frames could not be ended:', error))
    }
  }, [engine, preview, commands, idle, graph, view, clock, strip, line])
  return { frames, pictures }
}

const draw = (context: CanvasRenderingContext2D, picture: Picture8, x: number, y: number) =>
  context.putImageData(new ImageData(picture.pixels, picture.width, picture.height), x, y)

export function TimePanel({ strip }: { strip: TimeStrip }) {
  const { viewerSettings } = useEditor()
  const line = useStore(viewerSettings, (state) => state.line)
  const { frames, pictures } = useTimePictures(strip, line)
  const setStrip = (time: TimeStrip | null) => viewerSettings.setState({ time })
  return (
    <section className="time-panel" aria-label={words.label} data-shown={pictures.size}>
      <header>
        <Segments
          label={words.label}
          options={strips.map((value) => ({ value, label: words.strips[value], hint: words.hints[value] }))}
          value={strip}
          onChange={setStrip}
        />
        {strip === 'slit' && (
          <ShareSlider
            label={words.line}
            step={0.005}
            value={line}
            onChange={(next) => viewerSettings.setState({ line: next })}
          />
        )}
        <span className="muted">{words.progress(pictures.size, frames.length)}</span>
        <IconButton label={words.close} onClick={() => setStrip(null)}>
          <X size={15} aria-hidden />
        </IconButton>
      </header>
      {strip === 'slit' ? (
        <SlitScan frames={frames} pictures={pictures} />
      ) : (
        <FilmStrip frames={frames} pictures={pictures} />
      )}
    </section>
  )
}

interface TimePictureProps {
  readonly frames: readonly number[]
  readonly pictures: ReadonlyMap<number, Picture8>
}

function SlitScan({ frames, pictures }: TimePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [first] = [...pictures.values()]
  const width = first?.width ?? 1
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, width, frames.length)
    frames.forEach((frame, row) => {
      const picture = pictures.get(frame)
      if (picture) draw(context, picture, 0, row)
    })
  }, [frames, pictures, width])
  return (
    <canvas
      ref={canvas}
      className="slit-scan"
      role="img"
      aria-label={words.slitOf(frames.length)}
      width={width}
      height={Math.max(1, frames.length)}
    />
  )
}

function FilmStrip({ frames, pictures }: TimePictureProps) {
  const { preview } = useEditor()
  const now = useStore(preview, (state) => state.frame)
  const differences = frames.map((frame) => meanDifference(pictures.get(frame - 1), pictures.get(frame)))
  const maxDifference = Math.max(1, ...differences.map((value) => value ?? 0))
  return (
    <ol className="film-strip">
      {frames.map((frame, i) => {
        const difference = differences[i] ?? null
        return (
          <li key={frame} data-now={frame === now}>
            <button type="button" aria-label={words.goTo(frame)} onClick={() => preview.seek(frame)}>
              <StripPicture picture={pictures.get(frame)} />
            </button>
            <span className="film-change">
              <span style={{ height: `${((difference ?? 0) / maxDifference) * 100}%` }} />
            </span>
            <span className="film-number" title={difference === null ? undefined : words.change(number(difference, 1))}>
              {frame}
              {difference !== null && <em>{words.delta(number(difference, 1))}</em>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

function StripPicture({ picture }: { picture: Picture8 | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context && picture) draw(context, picture, 0, 0)
  }, [picture])
  return (
    <canvas
      ref={canvas}
      aria-hidden
      width={picture?.width ?? stripSize.width}
      height={picture?.height ?? stripSize.height}
    />
  )
}

/** Over the picture: which row of it the slit scan is of. */
export function SlitLine({ position }: { position: ViewerPositionStore }) {
  const { viewerSettings } = useEditor()
  const line = useStore(viewerSettings, (state) => state.line)
  const placement = useStore(position, (state) => state.placement)
  if (!placement) return null
  const field = fieldBox(placement, 0)
  const { width, height } = placement.picture
  const at = onField(placement, { x: 0, y: line * height, width, height: 0 })
  return <div className="slit-line" style={{ top: field.y + at.y, left: field.x + at.x, width: at.width }} />
}
