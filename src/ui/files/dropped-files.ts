/** Files out of a drop or a folder dialog: folders are opened, and of a folder that holds pictures, those are meant. */

import { kindOfName } from '../../assets/assets.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { text } from '../text/text.ts'

export interface Dropped {
  readonly files: readonly File[]
  /** Folders that gave nothing. */
  readonly problems: readonly Problem[]
}

/** Of this editor, and of other programs: reading says whose they are. */
export const isGraphFile = (file: File): boolean => /\.(json|chn)$/i.test(file.name)

const canBeOpened = (file: File): boolean =>
  /^(image|video)\//.test(file.type) || isGraphFile(file) || kindOfName(file.name) !== undefined

/** Of the files of a folder: its pictures where there are any, else whatever else can be opened. */
export function ofFolder(name: string, files: readonly File[]): Dropped {
  const pictures = files.filter((file) => file.type.startsWith('image/'))
  const candidates = pictures.length > 0 ? pictures : files.filter(canBeOpened)
  if (candidates.length > 0) return { files: candidates, problems: [] }
  return {
    files: [],
    problems: [
      {
        code: 'media-failed',
        severity: 'error',
        message: text.shell.drop.emptyFolder(name),
        hint: text.shell.drop.emptyFolderHint,
      },
    ],
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((done, fail) => entry.file(done, fail))

/** The files that lie in the folder itself. */
async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader()
  const files: File[] = []
  for (;;) {
    // It gives a hundred at a time, and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail))
    if (entries.length === 0) return files
    for (const entry of entries) if (entry.isFile) files.push(await fileOf(entry as FileSystemFileEntry))
  }
}

/** To be called while the drop is being told of: later the browser has forgotten what was dropped. */
export function droppedFiles(data: DataTransfer | null): Promise<Dropped> {
  const entries = [...(data?.items ?? [])].flatMap((item) =>
    item.kind === 'file' ? [{ entry: item.webkitGetAsEntry(), file: item.getAsFile() }] : [],
  )
  return Promise.all(
    entries.map(async ({ entry, file }): Promise<Dropped> => {
      if (entry?.isDirectory) {
        const folder = entry as FileSystemDirectoryEntry
        try {
          return ofFolder(folder.name, await filesIn(folder))
        } catch (error) {
          const why = messageOf(error)
          const message = text.shell.drop.unreadableFolder(folder.name, why)
          const hint = text.shell.drop.unreadableFolderHint
          return { files: [], problems: [{ code: 'media-failed', severity: 'error', message, hint }] }
        }
      }
      return { files: file ? [file] : [], problems: [] }
    }),
  ).then((all) => ({ files: all.flatMap(({ files }) => files), problems: all.flatMap(({ problems }) => problems) }))
}
