/** The file that the open graph was saved to: chosen once, then written again until another graph is opened. */
import { messageOf } from '../../graph/document/coded-error.ts'
import { type FilePickers, filePickers, isDismissal } from '../store/file-pickers.ts'
import { text as allWords } from '../text/text.ts'

/** How a graph comes to the disk; tests bring one of their own. */
export interface Disk {
  /** Asks where to; `undefined` where the browser cannot. */
  readonly showSaveFilePicker: FilePickers['showSaveFilePicker'] | undefined
  download(text: string, name: string): void
}

export const browserDisk: Disk = {
  get showSaveFilePicker() {
    return filePickers().showSaveFilePicker?.bind(window)
  },
  download(text, name) {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    const link = window.document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
  },
}

export type SaveOutcome =
  | { readonly state: 'saved'; readonly name: string }
  | { readonly state: 'downloaded' }
  /** The person chose no place. */
  | { readonly state: 'dismissed' }
  /** Somebody else has written the file since, so it was left alone. */
  | { readonly state: 'changed-elsewhere'; readonly name: string }
  | { readonly state: 'failed'; readonly why: string }

export class GraphOnDisk {
  readonly #disk: Disk
  #handle: FileSystemFileHandle | null = null
  /** When the file was last written, as far as this tab knows: another tab may write it too. */
  #writtenAt = 0

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** The next graph is asked a place for. */
  forget(): void {
    this.#handle = null
  }

  /** @param overwrite also where somebody else has written the file since. */
  async write(text: string, suggestedName: string, { overwrite = false } = {}): Promise<SaveOutcome> {
    const ask = this.#disk.showSaveFilePicker
    try {
      if (!ask) {
        this.#disk.download(text, suggestedName)
        return { state: 'downloaded' }
      }
      const fresh = this.#handle === null
      this.#handle ??= await ask({
        suggestedName,
        types: [{ description: allWords.files.kind, accept: { 'application/json': ['.json'] } }],
      })
      const handle = this.#handle
      if (!fresh && !overwrite && (await handle.getFile()).lastModified !== this.#writtenAt)
        return { state: 'changed-elsewhere', name: handle.name }
      const stream = await handle.createWritable()
      await stream.write(text)
      await stream.close()
      this.#writtenAt = (await handle.getFile()).lastModified
      return { state: 'saved', name: handle.name }
    } catch (error) {
      if (isDismissal(error)) return { state: 'dismissed' }
      this.#handle = null
      return { state: 'failed', why: messageOf(error) }
    }
  }
}
