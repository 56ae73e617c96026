/** The rows of the export form: file names, place, range. */
import { RadioGroup } from 'radix-ui'
import { useId } from 'react'
import type { ClockReport } from '../../engine/door/api.ts'
import { timecode } from '../kit/value-text.ts'
import { canSaveToDisk } from '../store/export-targets.ts'
import { dialogText } from '../text/dialogs.ts'

const words = dialogText.export

export const extensionOf = (name: string): string => name.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? ''

interface FileRowProps {
  readonly id: string
  readonly label: string
  readonly name: string
  /** What it may end in. */
  readonly endings: readonly string[]
  /** `null`: it cannot be left out. */
  readonly chosen: boolean | null
  /** What will be written, such as its size in pixels. */
  readonly about: string
  readonly onName: (name: string) => void
  readonly onChosen: (chosen: boolean) => void
}

export function FileRow({ id, label, name, endings, chosen, about, onName, onChosen }: FileRowProps) {
  const wrong = chosen !== false && !endings.includes(extensionOf(name))
  return (
    <div className="form-row">
      <label htmlFor={`file-${id}`}>
        {chosen !== null && (
          <input
            type="checkbox"
            checked={chosen}
            aria-label={words.file.write(label)}
            onChange={(event) => onChosen(event.target.checked)}
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

export interface Range {
  readonly whole: boolean
  readonly start: string
  readonly duration: string
}

/** `null`: not a number of seconds. */
export const seconds = (text: string): number | null => {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : null
}

/** What the range means to the engine; `null` where it means nothing. */
export function rangeOf({ whole, ...texts }: Range): { start?: number; duration?: number } | null {
  if (whole) return {}
  const start = seconds(texts.start)
  const duration = seconds(texts.duration)
  return start === null || duration === null || duration === 0 ? null : { start, duration }
}

interface RangeRowProps {
  readonly range: Range
  readonly clock: ClockReport | null
  readonly onRange: (range: Range) => void
}

export function RangeRow({ range, clock, onRange }: RangeRowProps) {
  const label = useId()
  const start = seconds(range.start)
  const duration = seconds(range.duration)
  const frames = clock ? clock.last - clock.first + 1 : 0
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
                {clock ? words.range.frames(frames, timecode(frames * clock.duration)) : ''}
              </span>
            </span>
          </RadioGroup.Item>
          <RadioGroup.Item className="radio" value="part">
            <span className="radio-dot" aria-hidden />
            <span>{words.range.part}</span>
          </RadioGroup.Item>
        </RadioGroup.Root>
        {!range.whole && (
          <div className="range-fields">
            <label>
              {words.range.from}
              <input
                className="field"
                inputMode="decimal"
                value={range.start}
                aria-invalid={start === null}
                onChange={(event) => onRange({ ...range, start: event.target.value })}
              />
              {words.range.unit}
            </label>
            <label>
              {words.range.for}
              <input
                className="field"
                inputMode="decimal"
                value={range.duration}
                aria-invalid={duration === null || duration === 0}
                onChange={(event) => onRange({ ...range, duration: event.target.value })}
              />
              {words.range.unit}
            </label>
            {clock && (
              <button
                type="button"
                className="button"
                onClick={() =>
                  onRange({
                    ...range,
                    start: String(Number(((clock.index - clock.first) * clock.duration).toFixed(3))),
                  })
                }
              >
                {words.range.here}
              </button>
            )}
          </div>
        )}
      </div>
    </div>
  )
}
