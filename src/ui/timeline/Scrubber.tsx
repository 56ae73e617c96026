/**
 * The frame being shown: a slider over the clock's frames with the ones that need no rendering marked, steps, in
 * and out points, and play at whatever rate the graph reaches.
 */
import {
  ArrowLeftToLine,
  ArrowRightToLine,
  ChartSpline,
  ChevronFirst,
  ChevronLast,
  Pause,
  Play,
  Repeat,
  StepBack,
  StepForward,
  Timer,
} from 'lucide-react'
import * as Slider from 'radix-ui/slider'
import { useStore } from 'zustand'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { timecode } from '../kit/value-text.ts'
import { playRange } from '../store/playback.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'

const words = text.viewer.frames

export function Scrubber() {
  const { preview, commands, viewerSettings } = useEditor()
  const clock = useStore(preview, (state) => state.result?.clock ?? null)
  const frame = useStore(preview, (state) => state.frame)
  const playing = useStore(preview, (state) => state.playing)
  const loops = useStore(preview, (state) => state.loops)
  const rate = useStore(preview, (state) => state.rate)
  const pace = useStore(preview, (state) => state.pace)
  const droppedFrames = useStore(preview, (state) => state.droppedFrames)
  const inPoint = useStore(preview, (state) => state.inPoint)
  const outPoint = useStore(preview, (state) => state.outPoint)
  const lanes = useStore(viewerSettings, (state) => state.lanes)
  const still = !clock || clock.last <= clock.first
  const first = clock?.first ?? 0
  const last = clock?.last ?? 0
  const at = Math.min(Math.max(frame, first), last)
  const native = clock && clock.duration > 0 ? 1 / clock.duration : 0
  const seek = (to: number) => {
    preview.pause()
    preview.seek(to)
  }
  return (
    <div className="scrubber">
      <div className="transport">
        <IconButton
          label={words.first}
          keys={text.keys.names.Home}
          side="top"
          disabled={still}
          onClick={() => seek(first)}
        >
          <ChevronFirst size={16} aria-hidden />
        </IconButton>
        <IconButton label={words.previous} keys="←" side="top" disabled={still} onClick={() => seek(at - 1)}>
          <StepBack size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={playing ? words.pause : words.play}
          keys={text.keys.names.Space}
          side="top"
          disabled={still}
          onClick={() => (playing ? preview.pause() : preview.play())}
        >
          {playing ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
        </IconButton>
        <IconButton label={words.next} keys="→" side="top" disabled={still} onClick={() => seek(at + 1)}>
          <StepForward size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={words.last}
          keys={text.keys.names.End}
          side="top"
          disabled={still}
          onClick={() => seek(last)}
        >
          <ChevronLast size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={words.loop}
          tip={words.loopHint}
          side="top"
          aria-pressed={loops}
          disabled={still}
          onClick={() => preview.setState({ loops: !loops })}
        >
          <Repeat size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={words.pace}
          tip={words.paceHint}
          side="top"
          aria-pressed={pace === 'time'}
          disabled={still}
          onClick={() => preview.setState({ pace: pace === 'time' ? 'every' : 'time' })}
        >
          <Timer size={15} aria-hidden />
        </IconButton>
        <IconButton
          label={words.inPoint}
          tip={inPoint === at ? words.inPointBack : words.inPointHint}
          keys={keysOf('play.in')}
          side="top"
          aria-pressed={inPoint !== null}
          disabled={still}
          onClick={() => commands.run('play.in')}
        >
          <ArrowLeftToLine size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={words.outPoint}
          tip={outPoint === at ? words.outPointBack : words.outPointHint}
          keys={keysOf('play.out')}
          side="top"
          aria-pressed={outPoint !== null}
          disabled={still}
          onClick={() => commands.run('play.out')}
        >
          <ArrowRightToLine size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={words.lanes}
          tip={lanes ? words.lanesEnd : words.lanesHint}
          keys={keysOf('viewer.lanes')}
          side="top"
          aria-pressed={lanes}
          onClick={() => commands.run('viewer.lanes')}
        >
          <ChartSpline size={14} aria-hidden />
        </IconButton>
      </div>
      <Slider.Root
        className="slider timeline"
        min={first}
        max={Math.max(last, first + 1)}
        step={1}
        value={[at]}
        disabled={still}
        onValueChange={([to]) => {
          if (to === undefined) return
          preview.pause()
          preview.seek(to, { live: true })
        }}
        onValueCommit={([to]) => {
          if (to !== undefined) preview.seek(to)
        }}
      >
        <Slider.Track className="slider-track">
          {clock && !still && <Marks first={first} last={last} range={playRange(clock, { inPoint, outPoint })} />}
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-label={words.frame} aria-valuetext={words.frameOf(at, last)} />
      </Slider.Root>
      <output className="time-readout" aria-live="off">
        <span className="frame-number">{still && !clock ? '–' : at}</span>
        <span className="frame-last">{clock && ` / ${clock.estimated ? words.aboutLast(last) : last}`}</span>
        {clock?.estimated && <span className="counting">{words.counting}</span>}
        <span className="timestamp">{clock ? timecode(clock.timestamp) : '–'}</span>
        {playing && (
          <span className="rate" data-slow={native > 0 && rate > 0 && rate < native * 0.95}>
            {words.rate(rate > 0 ? number(rate, 1) : '…', native > 0 ? number(native, 2, 0) : null)}
          </span>
        )}
        {playing && pace === 'time' && <span className="dropped">{words.dropped(droppedFrames)}</span>}
      </output>
    </div>
  )
}

/** Which frames are kept, and which are played, along the timeline. */
function Marks({ first, last, range }: { first: number; last: number; range: { first: number; last: number } }) {
  const { preview } = useEditor()
  const readyRuns = useStore(preview, (state) => state.readyRuns)
  const ahead = useStore(preview, (state) => state.ahead)
  const length = last - first + 1
  const place = (from: number, to: number) => ({
    left: `${((from - first) / length) * 100}%`,
    width: `${((to - from + 1) / length) * 100}%`,
  })
  const count = readyRuns.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return (
    <>
      {(range.first > first || range.last < last) && (
        <span
          className="played-range"
          style={place(range.first, range.last)}
          data-first={range.first}
          data-last={range.last}
        />
      )}
      {readyRuns.map(([from, to]) => (
        <span key={from} className="kept-frames" data-ahead={ahead} style={place(from, to)} />
      ))}
      <span className="visually-hidden" data-kept={count}>
        {words.kept(count, length)}
      </span>
    </>
  )
}
