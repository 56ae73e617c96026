/**
 * The class worker of `@ffmpeg/ffmpeg`, our own: it speaks the package's messages and means the same by them, but the
 * package's keeps every output whole in memory. The differences:
 * - what ffmpeg writes below `/private/` goes straight into the browser's private store;
 * - `load` a second time gives a fresh core with a memory of its own, without compiling the program again;
 * - after each run a log line of type `memory` tells how many bytes the core's memory has grown to;
 * - while a run reads its input, a log line of type `alive` says so now and then, unless it reads in circles.
 */

import type {
  FFMessageCreateDirData,
  FFMessageDeleteDirData,
  FFMessageDeleteFileData,
  FFMessageExecData,
  FFMessageLoadConfig,
  FFMessageMountData,
  FFMessageReadFileData,
  FFMessageUnmountData,
  FFMessageWriteFileData,
  LogEvent,
} from '@ffmpeg/ffmpeg'
import { type Core, freshCore, type LoadedCore } from './core.ts'
import { folderName, privatePath } from './private-files.ts'

/** The package's messages, of which it exports the data but not the names (`FFMessageType`). */
type Message = { readonly id: number } & (
  | { readonly type: 'LOAD'; readonly data: FFMessageLoadConfig }
  | { readonly type: 'EXEC' | 'FFPROBE'; readonly data: FFMessageExecData }
  | { readonly type: 'WRITE_FILE'; readonly data: FFMessageWriteFileData }
  | { readonly type: 'READ_FILE'; readonly data: FFMessageReadFileData }
  | { readonly type: 'DELETE_FILE'; readonly data: FFMessageDeleteFileData }
  | { readonly type: 'CREATE_DIR'; readonly data: FFMessageCreateDirData }
  | { readonly type: 'DELETE_DIR'; readonly data: FFMessageDeleteDirData }
  | { readonly type: 'MOUNT'; readonly data: FFMessageMountData }
  | { readonly type: 'UNMOUNT'; readonly data: FFMessageUnmountData }
)

/** What reads from an input that is mounted. */
interface InputReader {
  read(
    stream: { readonly node: { readonly size: number } },
    buffer: Int8Array,
    offset: number,
    length: number,
    position: number,
  ): number
}
/** Workers alone have it, hence it is missing from the page's types. */
interface SyncFile {
  write(bytes: Uint8Array, options: { at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>
}

let running: LoadedCore | undefined

async function load(config: FFMessageLoadConfig): Promise<boolean> {
  const first = running === undefined
  running = undefined
  const { coreURL, wasmURL } = config
  if (!coreURL || !wasmURL) throw new Error('Loading needs coreURL and wasmURL.')
  const newCore = await freshCore({ coreURL, wasmURL })
  const { core } = newCore
  core.setLogger(log)
  heedReads(core.FS.filesystems.WORKERFS as { readonly stream_ops: InputReader })
  core.FS.mkdir(privatePath(''))
  running = newCore
  return first
}

const log = (data: LogEvent): void => self.postMessage({ type: 'LOG', data })

/** In one run an input is not read more often than this: beyond, it leads in circles. */
const readings = 64
/** Bytes by which a small input may exceed that. */
const slack = 256 * 1024 * 1024
/** Milliseconds between two signs of life. */
const interval = 500

let bytesRead = 0
let lastSign = 0

/** Has reading give signs of life: a run cannot be asked anything while it lasts. */
function heedReads({ stream_ops }: { readonly stream_ops: InputReader }): void {
  const read = stream_ops.read
  stream_ops.read = (stream, ...place) => {
    const count = read(stream, ...place)
    bytesRead += count
    const now = performance.now()
    if (bytesRead <= readings * stream.node.size + slack && now - lastSign >= interval) {
      lastSign = now
      log({ type: 'alive', message: '' })
    }
    return count
  }
}

/** One run of ffmpeg or ffprobe; gives its exit code. */
function run(program: (core: Core) => void, timeout = -1): number {
  const { core, memory } = loaded()
  bytesRead = 0
  try {
    core.setTimeout(timeout)
    program(core)
    return core.ret
  } finally {
    core.reset()
    log({ type: 'memory', message: String(memory.buffer.byteLength) })
  }
}

async function exec({ args, timeout }: FFMessageExecData): Promise<number> {
  const outputs: PrivateOutput[] = []
  try {
    for (const path of args.filter((arg) => arg.startsWith(privatePath('')))) outputs.push(await divert(path))
    const code = run((core) => core.exec(...args), timeout)
    for (const output of outputs) output.flush()
    return code
  } finally {
    for (const output of outputs) output.close()
  }
}

interface PrivateOutput {
  /** Throws what went wrong while writing. */
  flush(): void
  close(): void
}

/** Lets what is written to `path` pass by the core's file system into the file of that name in the private store. */
async function divert(path: string): Promise<PrivateOutput> {
  const { FS } = loaded().core
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(folderName, { create: true })
  const name = path.slice(privatePath('').length)
  const handle = (await folder.getFileHandle(name, { create: true })) as SyncFileHandle
  const file = await handle.createSyncAccessHandle()
  let size = 0
  let failure: unknown
  FS.writeFile(path, '')
  FS.lookupPath(path).node.stream_ops = {
    llseek(stream: { position: number }, offset: number, whence: number): number {
      return whence === 1 ? stream.position + offset : whence === 2 ? size + offset : offset
    },
    read: () => 0,
    write(_stream: object, buffer: Int8Array, offset: number, length: number, position: number): number {
      // A failure must not unwind through ffmpeg; it is told afterwards.
      if (failure !== undefined) return length
      try {
        file.write(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length), { at: position })
        size = Math.max(size, position + length)
      } catch (error) {
        failure = error
      }
      return length
    },
  }
  file.truncate(0)
  return {
    flush() {
      if (failure !== undefined) throw failure
      file.flush()
    },
    close() {
      file.close()
      FS.unlink(path)
    },
  }
}

function loaded(): NonNullable<typeof running> {
  if (!running) throw new Error('ffmpeg is not loaded.')
  return running
}

function mount({ fsType, options, mountPoint }: FFMessageMountData): boolean {
  const { FS } = loaded().core
  const type = FS.filesystems[fsType]
  if (!type) return false
  FS.mount(type, options, mountPoint)
  return true
}

async function perform(message: Message): Promise<unknown> {
  switch (message.type) {
    case 'LOAD':
      return load(message.data)
    case 'EXEC':
      return exec(message.data)
    case 'FFPROBE':
      return run((core) => core.ffprobe(...message.data.args), message.data.timeout)
    case 'READ_FILE':
      return loaded().core.FS.readFile(message.data.path, { encoding: message.data.encoding })
    case 'MOUNT':
      return mount(message.data)
    case 'WRITE_FILE':
      loaded().core.FS.writeFile(message.data.path, message.data.data)
      return true
    case 'DELETE_FILE':
      loaded().core.FS.unlink(message.data.path)
      return true
    case 'CREATE_DIR':
      loaded().core.FS.mkdir(message.data.path)
      return true
    case 'DELETE_DIR':
      loaded().core.FS.rmdir(message.data.path)
      return true
    case 'UNMOUNT':
      loaded().core.FS.unmount(message.data.mountPoint)
      return true
  }
}

let queue: Promise<void> = Promise.resolve()

self.addEventListener('message', ({ data: message }: MessageEvent<Message>) => {
  // One at a time, which the package's worker need not see to: its runs never wait for anything.
  queue = queue.then(async () => {
    const { id, type } = message
    try {
      const data = await perform(message)
      self.postMessage({ id, type, data }, { transfer: data instanceof Uint8Array ? [data.buffer] : [] })
    } catch (error) {
      // The package sends a text; a full disk must be known by its name. Emscripten's own errors cannot be cloned.
      const { name, message: text } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      self.postMessage({ id, type: 'ERROR', data: new DOMException(text, name) })
    }
  })
})
