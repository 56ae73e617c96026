/** Small controls for the bars over the picture. */
import * as Slider from 'radix-ui/slider'
import { useId } from 'react'
import { heatColours } from '../../engine/door/api.ts'
import { Tip } from '../kit/Tip.tsx'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'

interface BarSliderProps {
  readonly label: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly value: number
  /** As it is read beside the slider. */
  readonly valueText: string
  readonly onChange: (value: number) => void
}

function BarSlider({ label, min, max, step, value, valueText, onChange }: BarSliderProps) {
  const labelId = useId()
  return (
    <span className="bar-slider">
      <span id={labelId}>{label}</span>
      <Slider.Root
        className="slider narrow"
        min={min}
        max={max}
        step={step}
        value={[value]}
        onValueChange={([next]) => next !== undefined && onChange(next)}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-labelledby={labelId} aria-valuetext={valueText} />
      </Slider.Root>
      <span className="compare-number">{valueText}</span>
    </span>
  )
}

type StepSliderProps = Pick<BarSliderProps, 'label' | 'value' | 'onChange'>

/** A share, from none to all. */
export const ShareSlider = ({ step, value, ...slider }: StepSliderProps & { step: number }) => (
  <BarSlider
    {...slider}
    min={0}
    max={1}
    step={step}
    value={value}
    valueText={text.values.percent(number(value * 100))}
  />
)

/** One of `gains`, in their order. */
export const GainSlider = ({ gains, value, onChange, label }: StepSliderProps & { gains: readonly number[] }) => (
  <BarSlider
    label={label}
    min={0}
    max={gains.length - 1}
    step={1}
    value={Math.max(0, gains.indexOf(value))}
    valueText={text.values.times(number(value))}
    onChange={(at) => onChange(gains[at] ?? 1)}
  />
)

interface SegmentOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint: string
  /** A CSS background that stands for the label. */
  readonly swatch?: string
}

interface SegmentsProps<Value extends string> {
  readonly label: string
  readonly options: readonly SegmentOption<Value>[]
  readonly value: Value
  readonly onChange: (value: Value) => void
}

export function Segments<Value extends string>({ label, options, value, onChange }: SegmentsProps<Value>) {
  return (
    <fieldset className="segments bar-segments">
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <Tip key={option.value} text={option.hint}>
          <button
            type="button"
            aria-label={option.label}
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.swatch ? <span className="colour-chip" style={{ background: option.swatch }} /> : option.label}
          </button>
        </Tip>
      ))}
    </fieldset>
  )
}

export const heatGradient = `linear-gradient(to right, ${heatColours
  .map((colour) => `rgb(${colour.map((level) => Math.round(level * 255)).join(' ')})`)
  .join(', ')})`

/** What heat stands for. @param full what its brightest end does */
export function HeatScale({ full }: { full: string }) {
  return (
    <span className="heat-scale">
      0
      <span className="heat-colours" style={{ background: heatGradient }} />
      {full}
    </span>
  )
}
