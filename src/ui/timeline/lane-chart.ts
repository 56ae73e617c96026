/** One number over the clip, drawn by uPlot: the curve, where it is not measured, and the frame that is seen. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { MeasuredLane } from '../store/lanes.ts'
import { gapsOf, laneScale } from './lane-shape.ts'

/** CSS pixels: half the thumb of the timeline below, so that frames stand above frames. */
const inset = 4

export interface LaneChartEvents {
  /** The frame under the pointer; `null`: it has left. */
  onHover(frame: number | null): void
  /** @param live while the pointer is held */
  onSeek(frame: number, live: boolean): void
}

export interface LaneChartView {
  readonly lane: Pick<MeasuredLane, 'first' | 'values' | 'desc'>
  readonly first: number
  readonly last: number
  /** The frame that is seen. */
  readonly frame: number
  /** Frames at which something begins. */
  readonly marks: readonly number[]
}

/** A chart in `root`, as wide as that is. */
export class LaneChart implements Disposable {
  readonly #plot: uPlot
  readonly #root: HTMLElement
  readonly #resizeObserver: ResizeObserver
  #view: LaneChartView

  constructor(root: HTMLElement, view: LaneChartView, events: LaneChartEvents) {
    this.#root = root
    this.#view = view
    const colour = (name: string) => getComputedStyle(root).getPropertyValue(name)
    this.#plot = new uPlot(
      {
        width: Math.max(1, root.clientWidth),
        height: Math.max(1, root.clientHeight),
        padding: [3, inset, 3, inset],
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: false, y: false, setScale: false },
          points: { show: false },
          sync: { key: 'lanes' },
        },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, range: () => [this.#view.first, Math.max(this.#view.last, this.#view.first + 1)] },
          y: { range: () => [...laneScale(this.#view.lane)] },
        },
        series: [
          {},
          {
            stroke: () => colour('--number'),
            width: 1.5,
            // Marks stand on every lane; by themselves they are no curve.
            ...(view.lane.desc.isMark
              ? { paths: () => null, points: { show: false } }
              : { points: { size: 4, fill: () => colour('--number') } }),
          },
        ],
        hooks: {
          drawClear: [(plot) => this.#drawGaps(plot, colour)],
          draw: [(plot) => this.#drawMarks(plot, colour)],
          setCursor: [({ cursor: { idx } }) => events.onHover(idx == null ? null : this.#view.first + idx)],
        },
      },
      this.#data(),
      root,
    )
    this.#resizeObserver = new ResizeObserver(() => {
      this.#plot.setSize({ width: Math.max(1, root.clientWidth), height: Math.max(1, root.clientHeight) })
    })
    this.#resizeObserver.observe(root)
    const seek = (event: PointerEvent, live: boolean) => {
      const left = event.clientX - this.#plot.over.getBoundingClientRect().left
      const frame = Math.round(this.#plot.posToVal(left, 'x'))
      events.onSeek(Math.min(this.#view.last, Math.max(this.#view.first, frame)), live)
    }
    const { over } = this.#plot
    over.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      over.setPointerCapture(event.pointerId)
      seek(event, true)
    })
    over.addEventListener('pointermove', (event) => {
      if (over.hasPointerCapture(event.pointerId)) seek(event, true)
    })
    over.addEventListener('pointerup', (event) => seek(event, false))
    over.addEventListener('pointerleave', () => events.onHover(null))
  }

  show(view: LaneChartView): void {
    const before = this.#view
    this.#view = view
    const data = view.lane !== before.lane || view.first !== before.first || view.last !== before.last
    if (data) this.#plot.setData(this.#data())
    else if (view.frame !== before.frame || view.marks !== before.marks) this.#plot.redraw(false)
  }

  [Symbol.dispose](): void {
    this.#resizeObserver.disconnect()
    this.#plot.destroy()
    this.#root.replaceChildren()
  }

  /** One value for each frame of the clip; uPlot leaves out what is `null`. */
  #data(): uPlot.AlignedData {
    const { lane, first, last } = this.#view
    const frames = Array.from({ length: last - first + 1 }, (_, i) => first + i)
    return [
      frames,
      frames.map((frame) => {
        const value = lane.values[frame - lane.first]
        return value === undefined || Number.isNaN(value) ? null : value
      }),
    ]
  }

  #drawGaps(plot: uPlot, colour: (name: string) => string): void {
    const { lane, first, last } = this.#view
    const { ctx, bbox } = plot
    const whole = lane.values.length > 0 ? gapsOf(lane.values) : [[0, last - first + 1] as const]
    const start = lane.values.length > 0 ? lane.first : first
    ctx.save()
    ctx.beginPath()
    for (const [from, to] of whole) {
      const left = plot.valToPos(start + from - 0.5, 'x', true)
      const right = plot.valToPos(start + to - 0.5, 'x', true)
      ctx.rect(
        Math.max(bbox.left, left),
        bbox.top,
        Math.min(bbox.left + bbox.width, right) - Math.max(bbox.left, left),
        bbox.height,
      )
    }
    ctx.clip()
    ctx.strokeStyle = colour('--line-strong')
    ctx.globalAlpha = 0.55
    ctx.lineWidth = devicePixelRatio
    ctx.beginPath()
    const [step, height] = [6 * devicePixelRatio, bbox.height]
    for (let at = bbox.left - height; at < bbox.left + bbox.width; at += step) {
      ctx.moveTo(at, bbox.top + height)
      ctx.lineTo(at + height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
  }

  #drawMarks(plot: uPlot, colour: (name: string) => string): void {
    const { frame, marks } = this.#view
    const { ctx, bbox } = plot
    const upright = (at: number, width: number) => {
      const left = Math.round(plot.valToPos(at, 'x', true) - (width * devicePixelRatio) / 2)
      ctx.fillRect(left, bbox.top, Math.max(1, width * devicePixelRatio), bbox.height)
    }
    ctx.save()
    ctx.fillStyle = colour('--warning')
    for (const mark of marks) upright(mark, 1)
    ctx.fillStyle = colour('--accent')
    upright(frame, 1)
    ctx.restore()
  }
}
