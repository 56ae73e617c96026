/** Choice, switch, seed and text: the controls that need no page of their own. */
import { Dice5 } from 'lucide-react'
import * as Switch from 'radix-ui/switch'
import * as ToggleGroup from 'radix-ui/toggle-group'
import { type RefObject, useEffect, useState } from 'react'
import type { BoolParam, ChoiceParam, SeedParam, TextParam } from '../../graph/node/params.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { leaveOnEnter } from '../kit/leave-field.ts'
import { text } from '../text/text.ts'
import { Choice } from './Choice.tsx'
import type { ControlProps } from './control.ts'

const words = text.inspector.setting

/** Two or three short options stand side by side, where all can be seen; more go into a list. */
export function ChoiceControl({ labelId, param, value, set }: ControlProps<ChoiceParam>) {
  const current = typeof value === 'string' && param.options.includes(value) ? value : param.default
  const options = param.options.map((option) => ({ value: option, label: param.labels?.[option] ?? option }))
  const letters = options.reduce((sum, option) => sum + option.label.length, 0)
  if (options.length > 3 || letters > 16)
    return (
      <Choice
        labelId={labelId}
        value={current}
        valueText={param.labels?.[current] ?? current}
        options={() => options}
        onChange={set}
      />
    )
  return (
    <ToggleGroup.Root
      type="single"
      className="segments wide"
      aria-labelledby={labelId}
      value={current}
      onValueChange={(next) => {
        if (next) set(next)
      }}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value}>
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}

export function BoolControl({ labelId, param, value, set }: ControlProps<BoolParam>) {
  const on = typeof value === 'boolean' ? value : param.default
  return (
    <Switch.Root className="switch" aria-labelledby={labelId} checked={on} onCheckedChange={set}>
      <Switch.Thumb className="switch-thumb" />
    </Switch.Root>
  )
}

export function SeedControl({ labelId, param, value, set }: ControlProps<SeedParam>) {
  const seed = typeof value === 'number' ? value : param.default
  return (
    <div className="seed-control">
      <TextEntry
        labelId={labelId}
        value={String(seed)}
        maxLength={10}
        accept={(text) => /^\d+$/.test(text.trim()) && Number(text) < 2 ** 32}
        onChange={(text) => set(Number(text))}
      />
      <IconButton label={words.newSeed} onClick={() => set(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0)}>
        <Dice5 size={16} aria-hidden />
      </IconButton>
    </div>
  )
}

export function TextControl({ labelId, param, value, set }: ControlProps<TextParam>) {
  const text = typeof value === 'string' ? value : param.default
  return <TextEntry labelId={labelId} value={text} maxLength={param.maxLength} accept={() => true} onChange={set} />
}

/** A field that commits when it is left or on Enter, and goes back on Escape. */
export function TextEntry({
  labelId,
  label,
  value,
  maxLength,
  accept,
  onChange,
  field,
}: {
  /** Gets the field itself, for whoever gives it the focus. */
  field?: RefObject<HTMLInputElement | null>
  labelId?: string
  label?: string
  value: string
  maxLength: number
  accept: (text: string) => boolean
  onChange: (text: string) => void
}) {
  const [text, setText] = useState<string | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a value changed from elsewhere replaces what is half typed.
  useEffect(() => setText(null), [value])
  const wrong = text !== null && !accept(text)
  const commit = () => {
    if (text !== null && !wrong && text !== value) onChange(text)
    setText(null)
  }
  return (
    <input
      ref={field}
      className="field text-entry"
      aria-labelledby={labelId}
      aria-label={label}
      aria-invalid={wrong}
      maxLength={maxLength}
      value={text ?? value}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        leaveOnEnter(event)
        if (event.key === 'Escape' && text !== null) {
          event.stopPropagation()
          setText(null)
        }
      }}
    />
  )
}
