/** The slider of a number, in the panel and on cards. */
import * as Slider from 'radix-ui/slider'
import { type PointerEvent, useRef } from 'react'
import { inSteps, type NumberParam, type SliderHand, slidTo, spanOf, stepOf } from './number-value.ts'

export function DrivenSlider(props: Pick<NumberProps, 'labelId' | 'param' | 'number'>) {
  return <NumberSlider {...props} fixed drag={() => undefined} drop={() => undefined} />
}

export interface NumberProps {
  readonly labelId: string
  readonly param: NumberParam
  readonly number: number
  /** It shows the number, and no hand moves it. */
  readonly fixed?: boolean
  readonly drag: (value: number) => void
  readonly drop: () => void
}

export function NumberSlider({ labelId, param, number, fixed = false, drag, drop }: NumberProps) {
  const hand = useRef<SliderHand | null>(null)
  /** Where the hand was last, as Radix counts. */
  const last = useRef(number)
  const noteShift = (event: PointerEvent) => {
    if (event.buttons !== 0 && event.shiftKey !== (hand.current?.fine ?? false))
      hand.current = { fine: event.shiftKey, at: last.current, value: number }
  }
  return (
    <Slider.Root
      className="slider"
      disabled={fixed}
      {...spanOf(param, number)}
      step={stepOf(param)}
      value={[number]}
      onPointerDownCapture={() => {
        hand.current = null
      }}
      onPointerMoveCapture={noteShift}
      onKeyDownCapture={() => {
        hand.current = null
      }}
      onValueChange={([next]) => {
        if (next === undefined) return
        last.current = next
        drag(inSteps(param, slidTo(hand.current, next), hand.current !== null))
      }}
      onValueCommit={drop}
    >
      <Slider.Track className="slider-track">
        <Slider.Range className="slider-range" />
      </Slider.Track>
      <Slider.Thumb className="slider-thumb" aria-labelledby={labelId} />
    </Slider.Root>
  )
}
