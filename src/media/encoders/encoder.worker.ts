/**
 * ffmpeg's core as an encoder, in a worker of its own: while it encodes it waits for frames, and could decode nothing.
 * What it writes leaves at once; what it reads comes through shared memory or, where a page has none, out of a file.
 */
import { messageOf } from '../../graph/document/coded-error.ts'
import { type CoreAddresses, freshCore, type LoadedCore } from '../ffmpeg/core.ts'
import { framesFolder, inputPath, readRing } from './frame-ring.ts'

export interface EncodeOrder extends CoreAddresses {
  /** Everything but the output; the input is `inputPath`. */
  readonly args: readonly string[]
  readonly input: SharedArrayBuffer | Blob
}

export type EncoderNews =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'line'; readonly line: string }
  /** Bytes that the core's memory has grown to, and ffmpeg's exit code. */
  | { readonly kind: 'end'; readonly code: number; readonly memory: number }
  | { readonly kind: 'failed'; readonly message: string }

const outputPath = '/output'
/** Beyond so many bytes a core is replaced by a fresh one: its memory cannot shrink. */
const largestMemory = 512 * 1024 * 1024

let currentCore: LoadedCore | undefined

const tell = (news: EncoderNews, transfer: Transferable[] = []): void => self.postMessage(news, { transfer })

interface Stream {
  position: number
}

/** Bytes of the core's memory, which a place in it names. */
const placeIn = (buffer: Int8Array, offset: number, length: number): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length)

const seek = (stream: Stream, offset: number, whence: number): number =>
  whence === 1 ? stream.position + offset : offset

function encode({ core, memory }: LoadedCore, { args, input }: EncodeOrder): void {
  const { FS } = core
  FS.mkdir(framesFolder)
  if (input instanceof Blob)
    FS.mount(
      FS.filesystems.WORKERFS,
      { blobs: [{ name: inputPath.slice(framesFolder.length + 1), data: input }] },
      framesFolder,
    )
  else {
    FS.writeFile(inputPath, '')
    FS.lookupPath(inputPath).node.stream_ops = {
      llseek: seek,
      read: (_stream: Stream, buffer: Int8Array, offset: number, length: number) =>
        readRing(input, placeIn(buffer, offset, length)),
    }
  }
  FS.writeFile(outputPath, '')
  FS.lookupPath(outputPath).node.stream_ops = {
    llseek: seek,
    read: () => 0,
    write(_stream: Stream, buffer: Int8Array, offset: number, length: number): number {
      const bytes = placeIn(buffer, offset, length).slice()
      tell({ kind: 'bytes', bytes }, [bytes.buffer])
      return length
    },
  }
  try {
    core.setTimeout(-1)
    core.exec(...args, outputPath)
    tell({ kind: 'end', code: core.ret, memory: memory.buffer.byteLength })
  } finally {
    core.reset()
    FS.unlink(outputPath)
    if (input instanceof Blob) FS.unmount(framesFolder)
    else FS.unlink(inputPath)
    FS.rmdir(framesFolder)
  }
}

async function take(order: EncodeOrder): Promise<void> {
  try {
    if (!currentCore || currentCore.memory.buffer.byteLength > largestMemory) {
      currentCore = await freshCore(order)
      currentCore.core.setLogger(({ message }) => tell({ kind: 'line', line: message }))
    }
    encode(currentCore, order)
  } catch (error) {
    // A core that was aborted cannot be trusted any more.
    currentCore = undefined
    tell({ kind: 'failed', message: messageOf(error) })
  }
}

self.addEventListener('message', ({ data }: MessageEvent<EncodeOrder>) => void take(data))
