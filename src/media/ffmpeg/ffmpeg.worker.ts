/**
 * ffmpeg in a worker of its own. The input is read in place (WORKERFS), and outputs never gather in its file system:
 * raw frames go straight into one buffer, a remuxed file straight into the browser's private store. So memory stays
 * flat however long the clip. This is why the core is driven directly: `@ffmpeg/ffmpeg`'s own worker keeps every
 * output whole in memory.
 */

import wasmUrl from '@ffmpeg/core/wasm?url'
import coreUrl from '@ffmpeg/core?url'
import type { FfmpegAnswer, FfmpegRequest, FfmpegResult, FfmpegTask, FrameWish } from './protocol.ts'

/** Of Emscripten's file system, what is used here. */
interface CoreNode {
  stream_ops: object
}
interface CoreStream {
  position: number
}
interface CoreFs {
  mkdir(path: string): void
  rmdir(path: string): void
  mount(type: unknown, options: object, path: string): void
  unmount(path: string): void
  unlink(path: string): void
  writeFile(path: string, data: string): void
  readFile(path: string, options: { encoding: 'utf8' }): string
  lookupPath(path: string): { node: CoreNode }
  readonly filesystems: { readonly WORKERFS: unknown }
}
interface Core {
  readonly FS: CoreFs
  readonly ret: number
  exec(...args: string[]): void
  ffprobe(...args: string[]): void
  reset(): void
  setTimeout(milliseconds: number): void
  setLogger(log: (line: { type: string; message: string }) => void): void
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

type CreateCore = (options: {
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object
}) => Promise<Core>

interface RunningCore {
  readonly core: Core
  /** Bytes of its memory. */
  bytes(): number
}

const outputPath = '/output'
const probePath = '/probe.txt'
/** Log lines kept for error messages. */
const keptLines = 40

let listen: (line: string) => void = () => undefined

/** Files that every core sees, by mount name. */
const mounts = new Map<string, { readonly name: string; readonly data: Blob }>()

let compiled: Promise<{ readonly module: WebAssembly.Module; readonly create: CreateCore }> | undefined

async function compile(): Promise<{ module: WebAssembly.Module; create: CreateCore }> {
  const [module, glue]: [WebAssembly.Module, { default: CreateCore }] = await Promise.all([
    fetchModule(),
    import(/* @vite-ignore */ coreUrl),
  ])
  return { module, create: glue.default }
}

async function fetchModule(): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl)
  if (!response.ok) throw new Error(`The decoder could not be fetched: the server answered ${response.status}.`)
  // Not every server knows the type that compiling while loading asks for.
  return response.headers.get('Content-Type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer())
}

/** A program with a memory of its own. What it was told once (log level, what to show) it keeps until it ends. */
async function startCore(): Promise<RunningCore> {
  compiled ??= compile()
  const { module, create } = await compiled
  let memory: WebAssembly.Memory | undefined
  const core = await create({
    instantiateWasm(imports, receive) {
      void WebAssembly.instantiate(module, imports).then((instance) => {
        memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)
        receive(instance)
      })
      return {}
    },
  })
  core.setLogger(({ message }) => listen(message))
  for (const mount of mounts.keys()) attach(core, mount)
  return { core, bytes: () => memory?.buffer.byteLength ?? 0 }
}

function attach(core: Core, mount: string): void {
  const blob = mounts.get(mount)
  if (!blob) return
  core.FS.mkdir(`/${mount}`)
  core.FS.mount(core.FS.filesystems.WORKERFS, { blobs: [blob] }, `/${mount}`)
}

/** The core that decodes and converts; replaced when its memory has grown, since it cannot shrink. */
let lasting: RunningCore | undefined
const largestMemory = 384 * 1024 * 1024

async function lastingCore(): Promise<Core> {
  if (lasting && lasting.bytes() > largestMemory) lasting = undefined
  lasting ??= await startCore()
  return lasting.core
}

/** Where ffmpeg's writes to `OUTPUT` go instead of into memory. */
interface Sink {
  write(bytes: Uint8Array, position: number): void
  /** Bytes written so far. */
  size(): number
}

function divert(core: Core, sink: Sink): void {
  core.FS.writeFile(outputPath, '')
  const { node } = core.FS.lookupPath(outputPath)
  node.stream_ops = {
    llseek(stream: CoreStream, offset: number, whence: number): number {
      return whence === 1 ? stream.position + offset : whence === 2 ? sink.size() + offset : offset
    },
    read: () => 0,
    write(_stream: CoreStream, buffer: Int8Array, offset: number, length: number, position: number): number {
      sink.write(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length), position)
      return length
    },
  }
}

function execute(core: Core, run: () => void): { code: number; log: string[] } {
  const log: string[] = []
  const outer = listen
  listen = (line) => {
    log.push(line)
    if (log.length > keptLines) log.shift()
    outer(line)
  }
  try {
    core.setTimeout(-1)
    run()
    return { code: core.ret, log }
  } finally {
    listen = outer
    core.reset()
  }
}

const withOutput = (args: readonly string[]): string[] => args.map((arg) => (arg === 'OUTPUT' ? outputPath : arg))

function probe(core: Core, args: readonly string[]): FfmpegResult {
  core.FS.writeFile(probePath, '')
  const ran = execute(core, () => core.ffprobe(...args, '-o', probePath))
  const text = core.FS.readFile(probePath, { encoding: 'utf8' })
  return { ...done(ran.code), log: ran.log, text }
}

async function convert(core: Core, args: readonly string[], folder: string, file: string): Promise<FfmpegResult> {
  const root = await navigator.storage.getDirectory()
  const directory = await root.getDirectoryHandle(folder, { create: true })
  const handle = (await directory.getFileHandle(file, { create: true })) as SyncFileHandle
  const access = await handle.createSyncAccessHandle()
  let failure: unknown
  try {
    access.truncate(0)
    let size = 0
    divert(core, {
      size: () => size,
      write(bytes, position) {
        if (failure !== undefined) return
        try {
          access.write(bytes, { at: position })
          size = Math.max(size, position + bytes.byteLength)
        } catch (error) {
          // Must not unwind through ffmpeg; it is told afterwards.
          failure = error
        }
      },
    })
    const ran = execute(core, () => core.exec(...withOutput(args)))
    core.FS.unlink(outputPath)
    access.flush()
    if (failure !== undefined) throw failure
    return { ...done(ran.code), log: ran.log }
  } finally {
    access.close()
  }
}

/** `n: 3 pts: 120 pts_time:0.12 …`, once a frame, before its bytes. */
const announcement = /Parsed_showinfo.*\bn:\s*\d+\s+pts:\s*\S+\s+pts_time:\s*(\S+)/

function frames(core: Core, args: readonly string[], wish: FrameWish): FfmpegResult {
  const { frameBytes, from, to, most } = wish
  const buffer = new Uint8Array(frameBytes * most)
  const announced: number[] = []
  const timestamps: number[] = []
  let received = 0
  listen = (line) => {
    const match = announcement.exec(line)
    if (match) announced.push(Number(match[1]))
  }
  divert(core, {
    size: () => received,
    write(bytes) {
      let taken = 0
      while (taken < bytes.byteLength) {
        const inFrame = received % frameBytes
        const length = Math.min(frameBytes - inFrame, bytes.byteLength - taken)
        const time = announced[Math.floor(received / frameBytes)] ?? Number.NaN
        if (time >= from && time < to) {
          if (inFrame === 0 && timestamps.length < most) timestamps.push(time)
          const slot = timestamps.length - 1
          if (timestamps[slot] === time) buffer.set(bytes.subarray(taken, taken + length), slot * frameBytes + inFrame)
        }
        received += length
        taken += length
      }
    },
  })
  try {
    const ran = execute(core, () => core.exec(...withOutput(args)))
    return { ...done(ran.code), log: ran.log, frames: { timestamps, bytes: buffer.buffer } }
  } finally {
    listen = () => undefined
    core.FS.unlink(outputPath)
  }
}

async function perform(task: FfmpegTask): Promise<FfmpegResult> {
  switch (task.kind) {
    case 'mount':
      mounts.set(task.mount, { name: task.name, data: task.file })
      if (lasting) attach(lasting.core, task.mount)
      // Loading belongs to opening: whoever mounts learns whether there is an ffmpeg at all.
      else await lastingCore()
      return done(0)
    case 'unmount':
      mounts.delete(task.mount)
      if (lasting) {
        lasting.core.FS.unmount(`/${task.mount}`)
        lasting.core.FS.rmdir(`/${task.mount}`)
      }
      return done(0)
    case 'probe':
      // A new one each time: ffprobe never forgets what it was once told to show.
      return probe((await startCore()).core, task.args)
    case 'convert':
      return convert(await lastingCore(), task.args, task.folder, task.file)
    case 'frames':
      return frames(await lastingCore(), task.args, task.wish)
  }
}

const done = (code: number): FfmpegResult => ({ code, log: [], memory: lasting?.bytes() ?? 0 })

let queue: Promise<void> = Promise.resolve()

self.addEventListener('message', ({ data }: MessageEvent<FfmpegRequest>) => {
  // One at a time: the core is one program with one memory.
  queue = queue.then(async () => {
    const answer = (message: FfmpegAnswer, transfer: Transferable[] = []): void =>
      self.postMessage(message, { transfer })
    try {
      const result = await perform(data.task)
      answer({ id: data.id, ok: true, result }, result.frames ? [result.frames.bytes] : [])
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      answer({ id: data.id, ok: false, name, message })
    }
  })
})
