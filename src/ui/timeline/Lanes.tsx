/**
 * What the graph measures, and the curves that people set, over the clip: one above the other, frames above the timeline's
 * frames.
 */
import { ChevronsUp, Plus, Ruler, ScissorsLineDashed, X } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Json } from '../../graph/document/json.ts'
import { withHoldsAt, withKeyAt } from '../../graph/node/key-edits.ts'
import { type Keyframe, numberAt } from '../../graph/node/keyframes.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { KeysChart } from '../kit/KeysChart.tsx'
import { measured } from '../kit/value-text.ts'
import {
  type KeysLane,
  type Lane,
  laneValue,
  type MeasuredLane,
  marksOf,
  measuredFrames,
  worstOf,
} from '../store/lanes.ts'
import { dialogText } from '../text/dialogs.ts'
import '../style/lanes.css'
import { LaneChart } from './lane-chart.ts'

const words = dialogText.lanes

/** Alone in its place, unlike a column of numbers. */
const short = (value: number | undefined, unit?: string): string => measured(value, unit, 'as needed')

interface Time {
  readonly first: number
  readonly last: number
  /** The frame that is seen. */
  readonly frame: number
}

export function Lanes() {
  const { lanes: store, preview, viewerSettings } = useEditor()
  const lanes = useStore(store, (state) => state.lanes)
  const clock = useStore(preview, (state) => state.result?.clock)
  const frame = useStore(preview, (state) => state.frame)
  const [hoveredFrame, setHoveredFrame] = useState<number | null>(null)
  const marks = useMemo(() => marksOf(lanes), [lanes])
  if (!clock) return null
  const time = { first: clock.first, last: clock.last, frame: Math.min(clock.last, Math.max(clock.first, frame)) }
  return (
    <section className="lanes" aria-label={words.label}>
      <header className="lanes-head">
        <h3>{words.title}</h3>
        <Measuring lanes={lanes} frames={time.last - time.first + 1} />
        <span className="lanes-frame">{hoveredFrame === null ? '' : words.frame(hoveredFrame)}</span>
        <IconButton
          label={words.close}
          keys={keysOf('viewer.lanes')}
          side="top"
          onClick={() => viewerSettings.setState({ lanes: false })}
        >
          <X size={14} aria-hidden />
        </IconButton>
      </header>
      {lanes.length === 0 && <p className="lanes-empty">{words.empty}</p>}
      {lanes.map((lane) =>
        lane.kind === 'keys' ? (
          <KeysRow key={lane.key} lane={lane} time={time} hoveredFrame={hoveredFrame} marks={marks} />
        ) : (
          <MeasuredRow
            key={lane.key}
            lane={lane}
            time={time}
            hoveredFrame={hoveredFrame}
            marks={marks}
            onHover={setHoveredFrame}
          />
        ),
      )}
    </section>
  )
}

/** Measures the whole clip, tells how far that is, and ends it. */
function Measuring({ lanes, frames }: { lanes: readonly Lane[]; frames: number }) {
  const { lanes: store } = useEditor()
  const progress = useStore(store, (state) => state.progress)
  const [problem] = useStore(store, (state) => state.problems)
  const framesMeasured = lanes.flatMap((lane) => (lane.kind === 'measured' ? [measuredFrames(lane)] : []))
  if (framesMeasured.length === 0) return null
  const firstFrame = Math.min(...framesMeasured)
  if (progress)
    return (
      <span className="lanes-measuring" role="status">
        <progress value={progress.framesDone} max={Math.max(1, progress.frames)} aria-label={words.measuring} />
        {progress.frames > 0 ? words.progress(progress.framesDone, progress.frames) : words.begins}
        <button type="button" className="button" onClick={() => store.stop()}>
          {words.stop}
        </button>
      </span>
    )
  return (
    <span className="lanes-measuring">
      {problem ? (
        <span className="lanes-problem" role="alert" title={problem.hint}>
          {problem.message}
        </span>
      ) : (
        words.known(firstFrame, frames)
      )}
      {firstFrame < frames && (
        <button type="button" className="button" onClick={() => void store.measureClip()}>
          <Ruler size={13} aria-hidden />
          {words.measureClip}
        </button>
      )}
    </span>
  )
}

interface RowProps<L> {
  readonly lane: L
  readonly time: Time
  readonly hoveredFrame: number | null
  /** Frames at which something begins. */
  readonly marks: readonly number[]
}

function MeasuredRow({
  lane,
  time,
  hoveredFrame,
  marks,
  onHover,
}: RowProps<MeasuredLane> & { onHover: (frame: number | null) => void }) {
  const { preview, commands } = useEditor()
  const worst = useMemo(() => worstOf(lane), [lane])
  const value = laneValue(lane, hoveredFrame ?? time.frame)
  const unit = lane.desc.unit
  return (
    <div className="lane" data-lane={lane.key}>
      <button
        type="button"
        className="lane-name"
        title={words.goToNode(lane.title)}
        onClick={() => commands.goTo(lane.output.node)}
      >
        <span>{lane.title}</span>
        {lane.label && <span className="lane-port">{lane.label}</span>}
      </button>
      <Chart lane={lane} time={time} marks={marks} onHover={onHover} />
      <span className="lane-value">
        <output data-frame={hoveredFrame ?? time.frame}>{short(value, unit)}</output>
        {worst && !lane.desc.isMark && (
          <IconButton
            label={words.worst(lane.desc.worst === 'lowest', worst.frame, short(worst.value, unit))}
            look="tiny"
            side="top"
            onClick={() => {
              preview.pause()
              preview.seek(worst.frame)
            }}
          >
            <ChevronsUp size={13} aria-hidden className={lane.desc.worst === 'lowest' ? 'lane-lowest' : undefined} />
          </IconButton>
        )}
      </span>
    </div>
  )
}

function Chart({
  lane,
  time: { first, last, frame },
  marks,
  onHover,
}: Omit<RowProps<MeasuredLane>, 'hoveredFrame'> & { onHover: (frame: number | null) => void }) {
  const { preview } = useEditor()
  const root = useRef<HTMLDivElement>(null)
  const chart = useRef<LaneChart | null>(null)
  const view = { lane, first, last, frame, marks }
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn follows below; another kind of curve is another chart.
  useEffect(() => {
    if (!root.current) return
    const laneChart = new LaneChart(root.current, view, {
      onHover,
      onSeek(to, live) {
        preview.pause()
        preview.seek(to, { live })
      },
    })
    chart.current = laneChart
    return () => laneChart[Symbol.dispose]()
  }, [preview, onHover, lane.desc.isMark])
  useEffect(() => chart.current?.show({ lane, first, last, frame, marks }), [lane, first, last, frame, marks])
  return (
    <div
      ref={root}
      className="lane-chart"
      role="img"
      aria-label={words.curve(lane.title, measuredFrames(lane), last - first + 1)}
    />
  )
}

function KeysRow({ lane, time, hoveredFrame, marks }: RowProps<KeysLane>) {
  const { preview, commands } = useEditor()
  const { keys, node, param } = lane
  const { first, last, frame } = time
  const change = (next: readonly Keyframe[]) =>
    commands.setParamOf(node, param, next.map((key) => ({ ...key })) as Json)
  const here = keys.some((key) => key.frame === frame)
  const cuts = marks.filter((mark) => mark > first && mark <= last)
  return (
    <div className="lane" data-lane={lane.key}>
      <button
        type="button"
        className="lane-name"
        title={words.goToNode(lane.title)}
        onClick={() => commands.goTo(node)}
      >
        <span>{lane.title}</span>
      </button>
      <div className="lane-keys">
        <KeysChart
          keys={keys}
          first={first}
          last={last}
          frame={frame}
          onSeek={(to) => preview.seek(to)}
          onChange={change}
        />
      </div>
      <span className="lane-value">
        <output data-frame={hoveredFrame ?? frame}>{short(numberAt(keys, hoveredFrame ?? frame))}</output>
        <IconButton
          label={words.setKey(frame)}
          look="tiny"
          side="top"
          disabled={here}
          onClick={() => change(withKeyAt(keys, frame, 1))}
        >
          <Plus size={13} aria-hidden />
        </IconButton>
        {cuts.length > 0 && (
          <IconButton
            label={words.holdByShot(cuts.length)}
            look="tiny"
            side="top"
            onClick={() => change(withHoldsAt(keys, cuts))}
          >
            <ScissorsLineDashed size={13} aria-hidden />
          </IconButton>
        )}
      </span>
    </div>
  )
}
