/** A slider with a number entry beside it, for `float` and `int`. */
import { Slider } from 'radix-ui'
import { type KeyboardEvent, useEffect, useState } from 'react'
import type { FloatParam, IntParam } from '../../graph/node/params.ts'
import { leaveOnEnter } from '../kit/leave-field.ts'
import { text } from '../text/text.ts'
import type { ControlProps } from './control.ts'

const words = text.inspector.setting

type NumberParam = FloatParam | IntParam

const stepOf = (param: NumberParam): number => (param.kind === 'int' ? 1 : param.step)

/** As many decimals as the step needs, so that 0.30000000000000004 reads 0.3. */
const decimals = (param: NumberParam): number => {
  if (param.kind === 'int') return 0
  return Math.min(6, Math.max(0, -Math.floor(Math.log10(param.step) + 1e-9)))
}

const rounded = (param: NumberParam, value: number): number => {
  const clamped = Math.min(param.max, Math.max(param.min, value))
  return Number(clamped.toFixed(Math.max(decimals(param), param.kind === 'int' ? 0 : 4)))
}

const written = (param: NumberParam, value: number): string =>
  param.kind === 'int' ? String(Math.round(value)) : String(Number(value.toFixed(Math.max(decimals(param), 4))))

/** A slider over thousands of values says nothing; such a number is only typed. */
const slides = (param: NumberParam): boolean => (param.max - param.min) / stepOf(param) <= 2000

export function NumberControl({ labelId, param, value, set, drag, drop }: ControlProps<NumberParam>) {
  const number = typeof value === 'number' ? value : param.default
  return (
    <div className="number-control">
      {slides(param) && (
        <Slider.Root
          className="slider"
          min={param.min}
          max={param.max}
          step={stepOf(param)}
          value={[number]}
          onValueChange={([next]) => {
            if (next !== undefined) drag(rounded(param, next))
          }}
          onValueCommit={drop}
        >
          <Slider.Track className="slider-track">
            <Slider.Range className="slider-range" />
          </Slider.Track>
          <Slider.Thumb className="slider-thumb" aria-labelledby={labelId} />
        </Slider.Root>
      )}
      <NumberEntry labelId={labelId} param={param} number={number} set={set} />
    </div>
  )
}

function NumberEntry({
  labelId,
  param,
  number,
  set,
}: {
  labelId: string
  param: NumberParam
  number: number
  set: (value: number) => void
}) {
  const [text, setText] = useState<string | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a value changed from elsewhere replaces what is half typed.
  useEffect(() => setText(null), [number])
  const typed = text === null ? number : Number(text.trim().replace(',', '.'))
  const wrong = text !== null && (text.trim() === '' || !Number.isFinite(typed))
  const commit = () => {
    if (text !== null && !wrong && rounded(param, typed) !== number) set(rounded(param, typed))
    setText(null)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    leaveOnEnter(event)
    if (event.key === 'Escape' && text !== null) {
      event.stopPropagation()
      setText(null)
    }
    const towards = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (!towards) return
    event.preventDefault()
    set(rounded(param, (wrong ? number : typed) + towards * stepOf(param) * (event.shiftKey ? 10 : 1)))
    setText(null)
  }
  return (
    <input
      className="field number-entry"
      inputMode="decimal"
      aria-labelledby={labelId}
      aria-invalid={wrong}
      title={words.range(param.min, param.max)}
      value={text ?? written(param, number)}
      onChange={(event) => setText(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  )
}
