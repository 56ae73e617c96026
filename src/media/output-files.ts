/**
 * Where results are written: a file or folder a person chose, the browser's private store, or an address that takes
 * pieces (the command line's). Nothing stands under its final name before `commit`, and `discard` leaves nothing.
 */
import { messageOf } from '../graph/document/coded-error.ts'
import { addressOf, send, textOf } from './courier.ts'
import { MediaError, type OutputFile, type OutputFiles } from './types.ts'

/** What went wrong while writing, as a sentence. */
export function writeError(fileName: string, cause: unknown): MediaError {
  if (cause instanceof MediaError) return cause
  const name = cause instanceof DOMException ? cause.name : ''
  if (name === 'QuotaExceededError')
    return new MediaError(
      `“${fileName}” could not be written: there is no room left.`,
      'Free some disk space, or write to another place.',
      { cause },
    )
  if (name === 'NotAllowedError' || name === 'NoModificationAllowedError')
    return new MediaError(
      `“${fileName}” could not be written: the browser may not write there.`,
      'Choose the place again and allow writing, or close whatever else uses the file.',
      { cause },
    )
  return new MediaError(
    `“${fileName}” could not be written (${messageOf(cause)}).`,
    'Try again, or write to another place.',
    { cause },
  )
}

async function guarded<T>(fileName: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw writeError(fileName, cause)
  }
}

/** The one file a person chose in a save dialog. The browser writes beside it and swaps on `commit`. */
export function fileOutput(handle: FileSystemFileHandle): OutputFiles {
  let hasWriter = false
  return {
    async open(fileName) {
      if (hasWriter)
        throw new MediaError(
          `“${fileName}” cannot be written: one file was chosen, and a sequence of pictures needs a folder.`,
          'Choose a folder for it, or export a single frame.',
        )
      hasWriter = true
      const stream = await guarded(fileName, () => handle.createWritable())
      let over = false
      return {
        write: (position, data) => guarded(fileName, () => stream.write({ type: 'write', position, data })),
        // Closing the stream would already swap the file in.
        close: async () => undefined,
        commit: () => {
          over = true
          return guarded(fileName, () => stream.close())
        },
        discard: () =>
          guarded(fileName, async () => {
            // After `commit` the file is the person's; where closing failed the browser has let go by itself.
            if (!over) await stream.abort()
          }),
      }
    },
  }
}

/** Takes everything and keeps nothing. */
export function nowhereOutput(): OutputFiles {
  const done = async (): Promise<void> => undefined
  return { open: async () => ({ write: done, close: done, commit: done, discard: done }) }
}

/** Not yet in every browser, nor in TypeScript's library. */
interface Movable extends FileSystemFileHandle {
  move?(name: string): Promise<void>
}

/** A folder: files grow under a name of their own and get the final one at the end. */
export function folderOutput(folder: FileSystemDirectoryHandle): OutputFiles {
  return {
    async open(fileName): Promise<OutputFile> {
      const partName = `${fileName}.part`
      const part: Movable = await guarded(fileName, () => folder.getFileHandle(partName, { create: true }))
      const stream = await guarded(fileName, () => part.createWritable())
      let state: 'open' | 'closed' | 'committed' = 'open'
      const close = async () => {
        if (state !== 'open') return
        await stream.close()
        state = 'closed'
      }
      return {
        write: (position, data) => guarded(fileName, () => stream.write({ type: 'write', position, data })),
        close: () => guarded(fileName, close),
        commit: () =>
          guarded(fileName, async () => {
            await close()
            if (part.move) await part.move(fileName)
            else {
              const final = await folder.getFileHandle(fileName, { create: true })
              // Written beside and swapped in at the end by the browser itself.
              await (await part.getFile()).stream().pipeTo(await final.createWritable())
              await folder.removeEntry(partName)
            }
            state = 'committed'
          }),
        discard: () =>
          guarded(fileName, async () => {
            if (state === 'open') await stream.abort()
            await folder.removeEntry(state === 'committed' ? fileName : partName)
          }),
      }
    },
  }
}

/** Finished files that wait to be downloaded. */
export interface OutputStore extends OutputFiles {
  /** Rejects with `MediaError` where there is no such file. */
  take(fileName: string): Promise<File>
  release(fileName: string): Promise<void>
}

/** The browser's private store (OPFS). Opening it removes what an earlier, broken-off export left half-written. */
export async function openOutputStore(): Promise<OutputStore> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle('exports', { create: true })
  for await (const name of folder.keys()) if (name.endsWith('.part')) await removeIdle(folder, name)
  return {
    ...folderOutput(folder),
    take: (fileName) => guarded(fileName, async () => (await folder.getFileHandle(fileName)).getFile()),
    release: (fileName) => guarded(fileName, () => folder.removeEntry(fileName)),
  }
}

/** Another tab may be writing it right now; then it stays. */
async function removeIdle(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name)
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NoModificationAllowedError')) throw error
  }
}

/**
 * Sends pieces over HTTP: `PUT url?file=name&position=n` with the bytes, then `POST url?file=name&commit=1` (it is
 * whole) or `…&discard=1`. The answer is the back-pressure; a failing one carries a sentence as plain text.
 */
export function httpOutput(url: string): OutputFiles {
  const ask = async (
    fileName: string,
    method: 'PUT' | 'POST',
    query: Readonly<Record<string, string>>,
    bytes?: Uint8Array<ArrayBuffer>,
  ) => {
    const address = addressOf(url, { file: fileName, ...query })
    // The caller may go on using its own.
    const parcel = { address, method, ...(bytes ? { body: bytes.slice() } : {}) }
    const answer = await guarded(fileName, () => send(parcel))
    if (answer.ok) return
    const sentence = textOf(answer).trim()
    throw new MediaError(
      sentence || `“${fileName}” could not be written: the receiver answered ${answer.status}.`,
      answer.status === 507
        ? 'Free some disk space, or write to another place.'
        : 'Try again, or write to another place.',
    )
  }
  return {
    async open(fileName) {
      return {
        write: (position, bytes) => ask(fileName, 'PUT', { position: String(position) }, bytes),
        // The receiver gives final names by itself, once the whole render is done.
        close: () => ask(fileName, 'POST', { commit: '1' }),
        commit: async () => undefined,
        discard: () => ask(fileName, 'POST', { discard: '1' }),
      }
    },
  }
}
