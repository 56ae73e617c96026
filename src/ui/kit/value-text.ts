/** Reading parameter values out of a document's plain JSON, and saying numbers the way people read them. */
import { isPicture } from '../../graph/analysis/infer.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import { isNumberDesc, type ValueDesc } from '../../graph/node/ports.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'

const words = text.values

export function assetRef(value: unknown): AssetRef | null {
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return null
  return value as AssetRef
}

export const milliseconds = (value: number): string => {
  if (value >= 10_000) return words.seconds(number(value / 1000))
  if (value >= 1000) return words.seconds(number(value / 1000, 1))
  return words.milliseconds(number(value, value >= 9.95 ? 0 : 1))
}

export const bytes = (value: number): string => {
  if (value < 1000) return words.bytes(number(value))
  if (value < 1e6) return words.kilobytes(number(value / 1e3))
  if (value < 1e9) return words.megabytes(number(value / 1e6, value < 1e7 ? 1 : 0))
  return words.gigabytes(number(value / 1e9, 2))
}

/** 1:02:03.45, the hours only where there are any. */
export function timecode(seconds: number): string {
  const whole = Math.max(0, seconds)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const secondsText = (whole % 60).toFixed(3).padStart(6, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${secondsText}` : `${minutes}:${secondsText}`
}

/** “about 3 min”, for waiting. */
export function span(seconds: number): string {
  if (!Number.isFinite(seconds)) return words.unknown
  if (seconds < 1) return words.underASecond
  if (seconds < 90) return words.seconds(number(seconds))
  if (seconds < 5400) return words.minutes(number(seconds / 60))
  return words.hours(number(seconds / 3600, 1))
}

/** “about 3 min”, and “under a second” without an “about”. */
export const about = (seconds: number): string => (seconds < 1 ? span(seconds) : words.about(span(seconds)))

/** What stands on a wire. */
export function describe(desc: ValueDesc): string {
  if (isNumberDesc(desc)) return desc.unit ?? ''
  if (!isPicture(desc)) {
    const channels =
      desc.channels === 1 ? words.mono : desc.channels === 2 ? words.stereo : words.channels(desc.channels)
    return `${desc.codec.toUpperCase()} ${channels}`
  }
  return `${desc.width} × ${desc.height}`
}

/**
 * A measured number, with as many figures as one can tell apart; a dash where there is none.
 * @param places `as needed`: without zeros at the end, where no column of numbers needs them
 */
export const measured = (value: number | null | undefined, unit?: string, places?: 'as needed'): string => {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const figures = number(Number(value.toPrecision(3)), 4, places ? 0 : undefined)
  return unit ? `${figures} ${unit}` : figures
}

export const parameterCount = (count: number): string =>
  count >= 1e6
    ? words.million(number(count / 1e6, 1))
    : count >= 1e3
      ? words.thousand(number(count / 1e3))
      : number(count)
