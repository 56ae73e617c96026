/** A number, for `float` and `int`: a slider as wide as the panel below it, and the number itself, typed or dragged. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { leaveOnEnter } from '../kit/leave-field.ts'
import { text } from '../text/text.ts'
import type { ControlProps } from './control.ts'
import { DrivenSlider, type NumberProps, NumberSlider } from './NumberSlider.tsx'
import { draggedBy, heldIn, inSteps, type NumberParam, rounded, slides, stepOf, written } from './number-value.ts'

const words = text.inspector.setting

export function NumberControl({ labelId, param, value, drive, set, drag, drop }: ControlProps<NumberParam>) {
  if (drive) return <DrivenNumber labelId={labelId} param={param} wiredNumber={drive.wiredValue} />
  const number = typeof value === 'number' ? value : param.default
  return (
    <>
      <NumberEntry labelId={labelId} param={param} number={number} set={set} drag={drag} drop={drop} />
      {slides(param) && <NumberSlider labelId={labelId} param={param} number={number} drag={drag} drop={drop} />}
    </>
  )
}

/** What a wired number makes of a setting at the frame on view: to be read, not to be set. */
function DrivenNumber({
  labelId,
  param,
  wiredNumber,
}: Pick<NumberProps, 'labelId' | 'param'> & { wiredNumber: number | undefined }) {
  const number = wiredNumber === undefined ? undefined : heldIn(param, wiredNumber)
  return (
    <>
      <input
        className="field number-entry"
        readOnly
        aria-labelledby={labelId}
        value={number === undefined ? words.unknown : written(param, number)}
      />
      {number !== undefined && slides(param) && <DrivenSlider labelId={labelId} param={param} number={number} />}
    </>
  )
}

/** Pixels that a hand may shake without dragging. */
const shake = 3

function NumberEntry({ labelId, param, number, set, drag, drop }: NumberProps & { set: (value: number) => void }) {
  const [text, setText] = useState<string | null>(null)
  const hand = useRef<{ x: number; exact: number; moved: boolean } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a value changed from elsewhere replaces what is half typed.
  useEffect(() => setText(null), [number])
  const typedNumber = text === null ? number : Number(text.trim().replace(',', '.'))
  const wrong = text !== null && (text.trim() === '' || !Number.isFinite(typedNumber))
  const commit = () => {
    if (text !== null && !wrong && rounded(param, typedNumber) !== number) set(rounded(param, typedNumber))
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
    set(rounded(param, (wrong ? number : typedNumber) + towards * stepOf(param) * (event.shiftKey ? 10 : 1)))
    setText(null)
  }
  const onPointerDown = (event: PointerEvent<HTMLInputElement>) => {
    // Whoever is typing in it marks text with the mouse.
    if (event.button !== 0 || document.activeElement === event.currentTarget) return
    event.currentTarget.setPointerCapture(event.pointerId)
    hand.current = { x: event.clientX, exact: number, moved: false }
  }
  const onPointerMove = (event: PointerEvent) => {
    const gesture = hand.current
    if (!gesture) return
    const dx = event.clientX - gesture.x
    if (!gesture.moved && Math.abs(dx) < shake) return
    const exact = draggedBy(param, gesture.exact, dx, event.shiftKey)
    hand.current = { x: event.clientX, exact, moved: true }
    drag(inSteps(param, exact, event.shiftKey))
  }
  /** A press that moved nothing means to type. */
  const onPointerUp = (event: PointerEvent<HTMLInputElement>) => {
    if (hand.current?.moved) drop()
    else if (hand.current) event.currentTarget.focus()
    hand.current = null
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
      onMouseDown={(event) => {
        // A press gives the focus only as it ends, once it is known to be none of a drag.
        if (hand.current) event.preventDefault()
      }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        if (hand.current?.moved) drop()
        hand.current = null
      }}
    />
  )
}
