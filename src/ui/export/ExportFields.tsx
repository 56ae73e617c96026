/** The rows of the export form: file names, place, range. */
import * as RadioGroup from 'radix-ui/radio-group'
import { useId } from 'react'
import type { ClockReport } from '../../engine/door/api.ts'
import { timecode } from '../kit/value-text.ts'
import { canSaveToDisk } from '../store/export-targets.ts'
import { dialogText } from '../text/dialogs.ts'
import type { Batch } from './batch.ts'

const words = dialogText.export

export const extensionOf = (name: string): string => name.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? ''

interface FileRowProps {
  readonly id: string
  readonly label: string
  readonly name: string
  /** What it may end in. */
  readonly endings: readonly string[]
  /** `null`: it cannot be left out. */
  readonly checked: boolean | null
  /** What will be written, such as its size in pixels. */
  readonly about: string
  readonly onName: (name: string) => void
  readonly onCheck: (checked: boolean) => void
}

export function FileRow({ id, label, name, endings, checked, about, onName, onCheck }: FileRowProps) {
  const wrong = checked !== false && !endings.includes(extensionOf(name))
  return (
    <div className="form-row">
      <label htmlFor={`file-${id}`}>
        {checked !== null && (
          <input
            type="checkbox"
            checked={checked}
            aria-label={words.file.write(label)}
            onChange={(event) => onCheck(event.target.checked)}
          />
        )}
        {label}
      </label>
      <div>
        <div className="file-name">
          <input
            id={`file-${id}`}
            className="field"
            value={name}
            spellCheck={false}
            aria-invalid={wrong}
            onChange={(event) => onName(event.target.value)}
          />
          <div className="segments">
            {endings.map((extension) => (
              <button
                key={extension}
                type="button"
                aria-pressed={extensionOf(name) === extension}
                onClick={() => onName(`${name.replace(/\.[a-z0-9]+$/i, '')}.${extension}`)}
              >
                {extension.toUpperCase()}
              </button>
            ))}
          </div>
        </div>
        <p className={wrong ? 'error-text small' : 'muted small'}>
          {wrong ? words.file.wrongEnding(endings) : extensionOf(name) === 'png' ? words.file.pictures(about) : about}
        </p>
      </div>
    </div>
  )
}

interface PlaceRowProps {
  readonly place: 'disk' | 'store'
  readonly folder: boolean
  readonly onPlace: (place: 'disk' | 'store') => void
}

export function PlaceRow({ place, folder, onPlace }: PlaceRowProps) {
  const label = useId()
  return (
    <div className="form-row">
      <span id={label}>{words.place.label}</span>
      <RadioGroup.Root
        className="radio-list"
        aria-labelledby={label}
        value={place}
        onValueChange={(value) => onPlace(value === 'disk' ? 'disk' : 'store')}
      >
        <RadioGroup.Item className="radio" value="disk" disabled={!canSaveToDisk()}>
          <span className="radio-dot" aria-hidden />
          <span>
            {folder ? words.place.folder : words.place.file}
            <span className="muted small">{canSaveToDisk() ? words.place.diskHint : words.place.noDiskHint}</span>
          </span>
        </RadioGroup.Item>
        <RadioGroup.Item className="radio" value="store">
          <span className="radio-dot" aria-hidden />
          <span>
            {words.place.download}
            <span className="muted small">{words.place.downloadHint}</span>
          </span>
        </RadioGroup.Item>
      </RadioGroup.Root>
    </div>
  )
}

/** As it is filled in; frames as the timeline counts them. */
export interface Range {
  readonly whole: boolean
  /** The first and the last of the frames. */
  readonly first: string
  readonly last: string
  readonly keepTimestamps: boolean
}

type Clock = Pick<ClockReport, 'first' | 'last' | 'index' | 'duration'>

/** `null`: not the number of a frame. */
const frameNumber = (text: string): number | null => (/^\d+$/.test(text.trim()) ? Number(text) : null)

/** The frames that are meant; `null` where there are none such. @param clock `null`: of clips that are not open */
function framesOf({ first: from, last: to }: Range, clock: Clock | null): { first: number; last: number } | null {
  const [first, last] = [frameNumber(from), frameNumber(to)]
  if (first === null || last === null || last < first) return null
  return clock && (first < clock.first || last > clock.last) ? null : { first, last }
}

/** What the range means to the engine; `null` where it means nothing. */
export function rangeOf(range: Range, clock: Clock | null): Batch['range'] | null {
  if (range.whole) return {}
  const frames = framesOf(range, clock)
  if (!frames) return null
  const origin = clock?.first ?? 0
  return {
    range: { first: frames.first - origin, next: frames.last - origin + 1 },
    ...(range.keepTimestamps ? { keepTimestamps: true } : {}),
  }
}

/** Where a part lies in the whole, and how long it is. */
function partText({ first, last }: { first: number; last: number }, clock: Clock): string {
  const time = (frame: number) => timecode((frame - clock.first) * clock.duration)
  return words.range.times(time(first), time(last + 1), last - first + 1)
}

interface RangeRowProps {
  readonly range: Range
  readonly clock: Clock | null
  readonly onRange: (range: Range) => void
}

export function RangeRow({ range, clock, onRange }: RangeRowProps) {
  const label = useId()
  const count = clock ? clock.last - clock.first + 1 : 0
  const frames = framesOf(range, clock)
  const end = (which: 'first' | 'last') => (
    <label>
      {words.range[which]}
      <input
        className="field"
        inputMode="numeric"
        value={range[which]}
        aria-invalid={frames === null}
        onChange={(event) => onRange({ ...range, [which]: event.target.value })}
      />
    </label>
  )
  const here = (which: 'first' | 'last', index: number) => (
    <button type="button" className="button" onClick={() => onRange({ ...range, [which]: String(index) })}>
      {words.range.here[which]}
    </button>
  )
  return (
    <div className="form-row">
      <span id={label}>{words.range.label}</span>
      <div>
        <RadioGroup.Root
          className="radio-list inline"
          aria-labelledby={label}
          value={range.whole ? 'whole' : 'part'}
          onValueChange={(value) => onRange({ ...range, whole: value === 'whole' })}
        >
          <RadioGroup.Item className="radio" value="whole">
            <span className="radio-dot" aria-hidden />
            <span>
              {words.range.whole}
              <span className="muted small">
                {clock ? words.range.frames(count, timecode(count * clock.duration)) : ''}
              </span>
            </span>
          </RadioGroup.Item>
          <RadioGroup.Item className="radio" value="part">
            <span className="radio-dot" aria-hidden />
            <span>{words.range.part}</span>
          </RadioGroup.Item>
        </RadioGroup.Root>
        {!range.whole && (
          <>
            <div className="range-fields">
              {end('first')}
              {end('last')}
              {clock && here('first', clock.index)}
              {clock && here('last', clock.index)}
            </div>
            <p className={frames ? 'muted small' : 'error-text small'}>
              {frames ? clock && partText(frames, clock) : words.range.none(clock && [clock.first, clock.last])}
            </p>
            <label className="range-times">
              <input
                type="checkbox"
                checked={range.keepTimestamps}
                onChange={(event) => onRange({ ...range, keepTimestamps: event.target.checked })}
              />
              <span>
                {words.range.keepTimestamps}
                <span className="muted small">{words.range.keepTimestampsHint}</span>
              </span>
            </label>
          </>
        )}
      </div>
    </div>
  )
}
