/** The frame being shown: a slider over the clock's frames, steps, and play at whatever rate the graph reaches. */
import { ChevronFirst, ChevronLast, Pause, Play, Repeat, StepBack, StepForward } from 'lucide-react'
import { Slider } from 'radix-ui'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { Tip } from '../shell/Tip.tsx'
import { timecode } from '../values.ts'

export function Scrubber() {
  const { preview } = useEditor()
  const clock = useStore(preview, (state) => state.shown?.clock ?? null)
  const frame = useStore(preview, (state) => state.frame)
  const playing = useStore(preview, (state) => state.playing)
  const loops = useStore(preview, (state) => state.loops)
  const rate = useStore(preview, (state) => state.rate)
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
        <Tip text="First frame" keys="Home" side="top">
          <button
            type="button"
            className="icon-button"
            aria-label="First frame"
            disabled={still}
            onClick={() => seek(first)}
          >
            <ChevronFirst size={16} aria-hidden />
          </button>
        </Tip>
        <Tip text="Previous frame" keys="←" side="top">
          <button
            type="button"
            className="icon-button"
            aria-label="Previous frame"
            disabled={still}
            onClick={() => seek(at - 1)}
          >
            <StepBack size={16} aria-hidden />
          </button>
        </Tip>
        <Tip text={playing ? 'Pause' : 'Play'} keys="Space" side="top">
          <button
            type="button"
            className="icon-button"
            aria-label={playing ? 'Pause' : 'Play'}
            disabled={still}
            onClick={() => (playing ? preview.pause() : preview.play())}
          >
            {playing ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
          </button>
        </Tip>
        <Tip text="Next frame" keys="→" side="top">
          <button
            type="button"
            className="icon-button"
            aria-label="Next frame"
            disabled={still}
            onClick={() => seek(at + 1)}
          >
            <StepForward size={16} aria-hidden />
          </button>
        </Tip>
        <Tip text="Last frame" keys="End" side="top">
          <button
            type="button"
            className="icon-button"
            aria-label="Last frame"
            disabled={still}
            onClick={() => seek(last)}
          >
            <ChevronLast size={16} aria-hidden />
          </button>
        </Tip>
        <Tip text="Begin again at the end" side="top">
          <button
            type="button"
            className="icon-button"
            aria-label="Loop"
            aria-pressed={loops}
            disabled={still}
            onClick={() => preview.setState({ loops: !loops })}
          >
            <Repeat size={14} aria-hidden />
          </button>
        </Tip>
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
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-label="Frame" aria-valuetext={`Frame ${at} of ${last}`} />
      </Slider.Root>
      <output className="time-readout" aria-live="off">
        <span className="frame-number">{still && !clock ? '–' : at}</span>
        <span className="frame-last">{clock ? ` / ${last}` : ''}</span>
        <span className="timestamp">{clock ? timecode(clock.timestamp) : '–'}</span>
        {playing && (
          <span className="rate" data-slow={native > 0 && rate > 0 && rate < native * 0.95}>
            {rate > 0 ? rate.toFixed(1) : '…'}
            {native > 0 ? ` of ${Number(native.toFixed(2))} fps` : ' fps'}
          </span>
        )}
      </output>
    </div>
  )
}
