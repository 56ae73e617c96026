/** Contents of whatever container is known here. */
import type { ContainerContents } from './contents.ts'
import { matroskaContents } from './matroska-contents.ts'
import { mp4Contents } from './mp4-contents.ts'

/** @returns `null` for any other container, `'unreadable'` where what lies beside the frames is damaged. */
export async function containerContents(file: Blob): Promise<ContainerContents | 'unreadable' | null> {
  try {
    return (await matroskaContents(file)) ?? (await mp4Contents(file))
  } catch {
    // Damage that the demuxer may get by; it is told as a sentence of its own.
    return 'unreadable'
  }
}
