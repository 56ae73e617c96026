/** Reading parameter values out of a document's plain JSON, and saying numbers the way people read them. */
import type { AssetRef } from '../graph/params.ts'
import type { ValueDesc } from '../graph/ports.ts'

export function assetRef(value: unknown): AssetRef | null {
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return null
  return value as AssetRef
}

export const milliseconds = (value: number): string => {
  if (value >= 10_000) return `${(value / 1000).toFixed(0)} s`
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`
  return value >= 9.95 ? `${Math.round(value)} ms` : `${value.toFixed(1)} ms`
}

export const bytes = (value: number): string => {
  if (value < 1000) return `${value} B`
  if (value < 1e6) return `${(value / 1e3).toFixed(0)} kB`
  if (value < 1e9) return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`
  return `${(value / 1e9).toFixed(2)} GB`
}

/** 1:02:03.45, the hours only where there are any. */
export function timecode(seconds: number): string {
  const whole = Math.max(0, seconds)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = (whole % 60).toFixed(3).padStart(6, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** “about 3 min”, for waiting. */
export function span(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown'
  if (seconds < 1) return 'under a second'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

/** “about 3 min”, and “under a second” without an “about”. */
export const about = (seconds: number): string => (seconds < 1 ? span(seconds) : `about ${span(seconds)}`)

/** What stands on a wire. */
export function describe(desc: ValueDesc): string {
  if (desc.type === 'audio') {
    const channels = desc.channels === 1 ? 'mono' : desc.channels === 2 ? 'stereo' : `${desc.channels} channels`
    return `${desc.codec.toUpperCase()} ${channels}`
  }
  return `${desc.width} × ${desc.height}`
}

export const parameterCount = (count: number): string =>
  count >= 1e6 ? `${(count / 1e6).toFixed(1)} M` : count >= 1e3 ? `${Math.round(count / 1e3)} k` : String(count)
