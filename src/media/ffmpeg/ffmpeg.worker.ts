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
import { SignsOfLife } from '../signs-of-life.ts'
import { Turns } from '../turns.ts'
import { type Core, freshCore, type LoadedCore } from './core.ts'
import { folderName, privatePath } from './private-files.ts'
import { PrivateOutput, type SyncFile } from './private-output.ts'

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
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>
}

const log = (data: LogEvent): void => self.postMessage({ type: 'LOG', data })

async function openPrivate(path: string): Promise<SyncFile> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(folderName, { create: true })
  const name = path.slice(privatePath('').length)
  const handle = (await folder.getFileHandle(name, { create: true })) as SyncFileHandle
  return handle.createSyncAccessHandle()
}

/** The core that answers, until another is loaded in its place. */
class RunningCore {
  #running: LoadedCore | undefined
  /** A run cannot be asked anything while it lasts. */
  readonly #signs = new SignsOfLife(() => log({ type: 'alive', message: '' }), {
    readings: 64,
    slack: 256 * 1024 * 1024,
  })

  async perform(message: Message): Promise<unknown> {
    switch (message.type) {
      case 'LOAD':
        return this.#load(message.data)
      case 'EXEC':
        return this.#exec(message.data)
      case 'FFPROBE':
        return this.#run((core) => core.ffprobe(...message.data.args), message.data.timeout)
      case 'READ_FILE':
        return this.#loaded.core.FS.readFile(message.data.path, { encoding: message.data.encoding })
      case 'MOUNT':
        return this.#mount(message.data)
      case 'WRITE_FILE':
        this.#loaded.core.FS.writeFile(message.data.path, message.data.data)
        return true
      case 'DELETE_FILE':
        this.#loaded.core.FS.unlink(message.data.path)
        return true
      case 'CREATE_DIR':
        this.#loaded.core.FS.mkdir(message.data.path)
        return true
      case 'DELETE_DIR':
        this.#loaded.core.FS.rmdir(message.data.path)
        return true
      case 'UNMOUNT':
        this.#loaded.core.FS.unmount(message.data.mountPoint)
        return true
    }
  }

  get #loaded(): LoadedCore {
    if (!this.#running) throw new Error('ffmpeg is not loaded.')
    return this.#running
  }

  async #load({ coreURL, wasmURL }: FFMessageLoadConfig): Promise<boolean> {
    const first = this.#running === undefined
    this.#running = undefined
    if (!coreURL || !wasmURL) throw new Error('Loading needs coreURL and wasmURL.')
    const newCore = await freshCore({ coreURL, wasmURL })
    const { core } = newCore
    core.setLogger(log)
    this.#heedReads(core.FS.filesystems.WORKERFS as { readonly stream_ops: InputReader })
    core.FS.mkdir(privatePath(''))
    this.#running = newCore
    return first
  }

  #heedReads({ stream_ops }: { readonly stream_ops: InputReader }): void {
    const read = stream_ops.read
    stream_ops.read = (stream, ...place) => {
      const count = read(stream, ...place)
      this.#signs.read(count, stream.node.size)
      return count
    }
  }

  /** One run of ffmpeg or ffprobe; gives its exit code. */
  #run(program: (core: Core) => void, timeout = -1): number {
    const { core, memory } = this.#loaded
    this.#signs.begin()
    try {
      core.setTimeout(timeout)
      program(core)
      return core.ret
    } finally {
      core.reset()
      log({ type: 'memory', message: String(memory.buffer.byteLength) })
    }
  }

  async #exec({ args, timeout }: FFMessageExecData): Promise<number> {
    const outputs: PrivateOutput[] = []
    try {
      for (const path of args.filter((arg) => arg.startsWith(privatePath(''))))
        outputs.push(new PrivateOutput(this.#loaded.core.FS, path, await openPrivate(path)))
      const code = this.#run((core) => core.exec(...args), timeout)
      for (const output of outputs) output.flush()
      return code
    } finally {
      for (const output of outputs) output.close()
    }
  }

  #mount({ fsType, options, mountPoint }: FFMessageMountData): boolean {
    const { FS } = this.#loaded.core
    const type = FS.filesystems[fsType]
    if (!type) return false
    FS.mount(type, options, mountPoint)
    return true
  }
}

const runningCore = new RunningCore()
/** One at a time, which the package's worker need not see to: its runs never wait for anything. */
const turns = new Turns()

self.addEventListener('message', ({ data: message }: MessageEvent<Message>) => {
  void turns.run(async () => {
    const { id, type } = message
    try {
      const data = await runningCore.perform(message)
      self.postMessage({ id, type, data }, { transfer: data instanceof Uint8Array ? [data.buffer] : [] })
    } catch (error) {
      // The package sends a text; a full disk must be known by its name. Emscripten's own errors cannot be cloned.
      const { name, message: text } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      self.postMessage({ id, type: 'ERROR', data: new DOMException(text, name) })
    }
  })
})
