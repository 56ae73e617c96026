/** Asking where a file may be written: the File System Access API where the browser has it. */

import type { OutputTarget } from '../../engine/door/api.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import { text } from '../text/text.ts'
import { filePickers, isDismissal } from './file-pickers.ts'

export const canSaveToDisk = (): boolean => {
  const { showSaveFilePicker, showDirectoryPicker } = filePickers()
  return showSaveFilePicker !== undefined && showDirectoryPicker !== undefined
}

const mimeTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  png: 'image/png',
}

export type Chosen = OutputTarget | 'dismissed' | { readonly refusal: string }

async function choose(ask: () => Promise<OutputTarget>): Promise<Chosen> {
  try {
    return await ask()
  } catch (error) {
    if (isDismissal(error)) return 'dismissed'
    const why = messageOf(error)
    return { refusal: text.exporting.notOpened(why) }
  }
}

/** Not yet in every browser, nor in TypeScript's library. */
interface Removable extends FileSystemFileHandle {
  remove?(): Promise<void>
}

/**
 * Lets go of a place that will not be written after all. A save dialog makes the file it asks for, empty; it would
 * stand there under a name that promises a film. One with bytes in it stays.
 */
export async function forsakeTarget(target: OutputTarget): Promise<void> {
  if (target.kind !== 'file') return
  try {
    if ((await target.handle.getFile()).size === 0) await (target.handle as Removable).remove?.()
  } catch (error) {
    // Gone already, or no longer ours to touch: then there is nothing to clear away.
    console.warn(`The empty file “${target.handle.name}” could not be removed:`, error)
  }
}

/** Must be called from a click. */
export const chooseFolder = (): Promise<Chosen> =>
  choose(async () => {
    const pickers = filePickers()
    return pickers.showDirectoryPicker
      ? { kind: 'folder', handle: await pickers.showDirectoryPicker({ mode: 'readwrite' }) }
      : { kind: 'store' }
  })

/** Must be called from a click. */
export const chooseTarget = (fileName: string): Promise<Chosen> =>
  choose(async () => {
    const pickers = filePickers()
    if (!pickers.showSaveFilePicker) return { kind: 'store' }
    const extension = fileName.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? ''
    const handle = await pickers.showSaveFilePicker({
      suggestedName: fileName,
      types: [
        { description: extension.toUpperCase(), accept: { [mimeTypes[extension] ?? 'video/mp4']: [`.${extension}`] } },
      ],
    })
    return { kind: 'file', handle }
  })

/** Not in TypeScript's library. */
interface Permitted extends FileSystemHandle {
  requestPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>
}

/** Whether the page may write there; must be called from a click, since the browser may ask the person. */
export async function mayWrite(target: OutputTarget): Promise<boolean> {
  if (target.kind !== 'file' && target.kind !== 'folder') return true
  const answer = await (target.handle as Permitted).requestPermission?.({ mode: 'readwrite' })
  return answer === undefined || answer === 'granted'
}

/** Asks the person and the browser for places to write to. */
export interface ExportPlaces {
  chooseFolder(): Promise<Chosen>
  chooseTarget(fileName: string): Promise<Chosen>
  forsakeTarget(target: OutputTarget): Promise<void>
  mayWrite(target: OutputTarget): Promise<boolean>
}

export const browserPlaces: ExportPlaces = { chooseFolder, chooseTarget, forsakeTarget, mayWrite }
