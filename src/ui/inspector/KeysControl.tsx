/** The keys of a curve: drawn over the clip, and as a list in which each can be read and typed. */
import { Plus, X } from 'lucide-react'
import { useStore } from 'zustand'
import type { Json } from '../../graph/document/json.ts'
import { withKeyAt, withKeyChanged, withoutKeyAt } from '../../graph/node/key-edits.ts'
import {
  type Interpolation,
  inOrderOfFrames,
  interpolations,
  isKeyframe,
  isKeyValue,
  type Keyframe,
  maxKeys,
} from '../../graph/node/keyframes.ts'
import type { KeysParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { KeysChart } from '../kit/KeysChart.tsx'
import { text } from '../text/text.ts'
import { Choice } from './Choice.tsx'
import type { ControlProps } from './control.ts'
import { TextEntry } from './SimpleControls.tsx'

const words = text.inspector.keys

const asJson = (keys: readonly Keyframe[]): Json => keys.map((key) => ({ ...key }))

export function KeysControl({ labelId, param, value, set, drag, drop }: ControlProps<KeysParam>) {
  const { preview } = useEditor()
  const frame = useStore(preview, (state) => state.frame)
  const clock = useStore(preview, (state) => state.result?.clock)
  const keys = inOrderOfFrames(Array.isArray(value) ? value.filter(isKeyframe) : param.default)
  const change = (next: readonly Keyframe[]) => set(asJson(next))
  const first = Math.min(clock?.first ?? 0, keys[0]?.frame ?? 0)
  const last = Math.max(clock?.last ?? 0, keys.at(-1)?.frame ?? 0, first + 1)
  const here = keys.some((key) => key.frame === frame)
  return (
    <fieldset className="key-frames" aria-labelledby={labelId}>
      <KeysChart
        keys={keys}
        first={first}
        last={last}
        frame={frame}
        onSeek={(to) => preview.seek(to)}
        onDrag={(next) => drag(asJson(next))}
        onChange={(next) => {
          change(next)
          drop()
        }}
      />
      <button
        type="button"
        className="button"
        disabled={here || keys.length >= maxKeys}
        onClick={() => change(withKeyAt(keys, frame, 1))}
      >
        <Plus size={14} aria-hidden />
        {words.setAt(frame)}
      </button>
      <ol className="key-list">
        {keys.map((key) => (
          <li key={key.frame} data-here={key.frame === frame}>
            <TextEntry
              label={words.frame}
              value={String(key.frame)}
              maxLength={10}
              accept={(frameText) => /^\d+$/.test(frameText.trim()) && Number(frameText) <= 2 ** 31}
              onChange={(frameText) => change(withKeyChanged(keys, key.frame, { frame: Number(frameText) }))}
            />
            <TextEntry
              label={words.value(key.frame)}
              value={String(Number(key.value.toPrecision(6)))}
              maxLength={16}
              accept={(valueText) => valueText.trim() !== '' && isKeyValue(Number(valueText))}
              onChange={(valueText) => change(withKeyChanged(keys, key.frame, { value: Number(valueText) }))}
            />
            <span id={`${labelId}-next-${key.frame}`} className="visually-hidden">
              {words.next(key.frame)}
            </span>
            <Choice
              labelId={`${labelId}-next-${key.frame}`}
              value={key.next}
              valueText={words.interpolations[key.next]}
              options={() => interpolations.map((one) => ({ value: one, label: words.interpolations[one] }))}
              onChange={(next) => change(withKeyChanged(keys, key.frame, { next: next as Interpolation }))}
            />
            <IconButton
              label={words.remove(key.frame)}
              look="setting"
              disabled={keys.length === 1}
              onClick={() => change(withoutKeyAt(keys, key.frame))}
            >
              <X size={13} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ol>
    </fieldset>
  )
}
