/** The File System Access API, where the browser has it; not yet in TypeScript's library. */
export interface FilePickers {
  showSaveFilePicker(options: {
    suggestedName: string
    types: readonly { description: string; accept: Readonly<Record<string, readonly string[]>> }[]
  }): Promise<FileSystemFileHandle>
  showDirectoryPicker(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>
}

export const filePickers = (): Partial<FilePickers> => window as unknown as Partial<FilePickers>

/** Whether a picker was closed without a choice. */
export const isDismissal = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'
