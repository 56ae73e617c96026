/** Files that ffmpeg makes on the way, in the browser's private store; gone when nobody needs them any more. */

export const folderName = 'ffmpeg'
/** How ffmpeg names the private file `name`. */
export const privatePath = (name: string): string => `/private/${name}`
/** A crashed tab's leftovers are removed when so old, milliseconds; younger ones may belong to another tab. */
const stale = 2 * 24 * 60 * 60 * 1000

export const privateName = (extension: string): string => `${Date.now()}-${crypto.randomUUID()}.${extension}`

export async function privateFile(name: string): Promise<File> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(folderName, { create: true })
  return (await folder.getFileHandle(name)).getFile()
}

export async function removePrivateFile(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(folderName, { create: true })
  const old: string[] = []
  for await (const other of folder.keys()) {
    const born = Number.parseInt(other, 10)
    if (other === name || (Number.isFinite(born) && Date.now() - born > stale)) old.push(other)
  }
  for (const other of old) await removeReleased(folder, other)
}

/** A busy worker that was ended lets go of its file some seconds later. What is still held then is removed once it is stale. */
const releaseTries = 100
/** Milliseconds. */
const releaseWait = 100

async function removeReleased(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await folder.removeEntry(name)
    } catch (error) {
      const isHeld = error instanceof DOMException && error.name === 'NoModificationAllowedError'
      if (!isHeld) throw error
      if (tries === releaseTries) return
      await new Promise((resolve) => setTimeout(resolve, releaseWait))
    }
  }
}
