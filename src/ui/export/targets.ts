/** Asking where a file may be written: the File System Access API where the browser has it. */
import type { OutputTarget } from '../../engine/api.ts'

interface SavePicker {
  showSaveFilePicker(options: {
    suggestedName: string
    types: readonly { description: string; accept: Readonly<Record<string, readonly string[]>> }[]
  }): Promise<FileSystemFileHandle>
  showDirectoryPicker(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>
}

const pickers = window as unknown as Partial<SavePicker>

export const canSaveToDisk = pickers.showSaveFilePicker !== undefined && pickers.showDirectoryPicker !== undefined

const mimeTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  png: 'image/png',
}

export type Chosen = OutputTarget | 'dismissed' | { readonly refused: string }

async function choose(ask: () => Promise<OutputTarget>): Promise<Chosen> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'dismissed'
    const why = error instanceof Error ? error.message : String(error)
    return { refused: `It could not be opened for writing: ${why} Choose another place, or download at the end.` }
  }
}

/** Must be called from a click. */
export const chooseFolder = (): Promise<Chosen> =>
  choose(async () =>
    pickers.showDirectoryPicker
      ? { kind: 'folder', handle: await pickers.showDirectoryPicker({ mode: 'readwrite' }) }
      : { kind: 'store' },
  )

/** Must be called from a click. */
export const chooseTarget = (fileName: string): Promise<Chosen> =>
  choose(async () => {
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
