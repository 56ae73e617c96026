/** What a person last chose for exports, remembered by this browser. */
import { recall, remember } from '../store/view.ts'

export interface ExportSettings {
  readonly place: 'disk' | 'store'
  /** Taken for graphs whose Encode names no file of its own. */
  readonly extension: string
  /** Whether a notification is wanted at the end. */
  readonly notify: boolean
}

const key = 'framewright/export'

export function recalledSettings(usual: Pick<ExportSettings, 'place'>): ExportSettings {
  const settings: ExportSettings = { ...usual, extension: 'mp4', notify: false }
  const text = recall(key)
  if (text === null) return settings
  try {
    const { place, extension, notify } = JSON.parse(text) as Partial<Record<keyof ExportSettings, unknown>>
    return {
      place: place === 'store' || (place === 'disk' && usual.place === 'disk') ? place : settings.place,
      extension: typeof extension === 'string' && /^[a-z0-9]+$/.test(extension) ? extension : settings.extension,
      notify: notify === true,
    }
  } catch (error) {
    console.warn('The export settings cannot be read, so the usual ones stand:', error)
    return settings
  }
}

export function rememberSettings(change: Partial<ExportSettings>): void {
  remember(key, JSON.stringify({ ...recalledSettings({ place: 'disk' }), ...change }))
}
