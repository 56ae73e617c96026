/**
 * The way to ffmpeg: `@ffmpeg/ffmpeg` with a class worker of our own, one for whoever needs it, loaded at the first need
 * and ended some seconds after the last user has let go. The core (GPL, 32 MB) is never fetched by those who open what
 * browsers can open. Memory stays flat however long the clip: inputs are read in place, what is long goes into the
 * private store, and what comes back through memory is bounded by whoever asks for it.
 */

import wasmURL from '@ffmpeg/core/wasm?url'
import coreURL from '@ffmpeg/core?url'
import { FFFSType, FFmpeg } from '@ffmpeg/ffmpeg'
import { CodedError, messageOf } from '../../graph/document/coded-error.ts'
import { SharedUntilIdle, type SharedUse } from '../shared-until-idle.ts'
import { Turns } from '../turns.ts'
import classWorkerURL from './ffmpeg.worker.ts?worker&url'
import { privatePath } from './private-files.ts'

/** Seconds without users after which the worker, with its memory, is ended. */
const linger = 5
/** Seconds without a sign of life (a line of the log, input being read) after which a run is taken to be endless. */
const usualPatience = 60
/** Bytes beyond which a core is replaced by a fresh one: its memory cannot shrink. */
const largestMemory = 384 * 1024 * 1024
const outputPath = '/output'
/** A name without surprises: ffmpeg reads some characters as patterns or protocols. */
const inputName = 'file'

/** The worker ended, or could not start, or could not write (`cause` says which). */
export class FfmpegFailure extends CodedError {
  override readonly name = 'FfmpegFailure'
  constructor(message: string, options?: ErrorOptions) {
    super('ffmpeg-failed', message, '', options)
  }

  /** It was ended since it gave no sign of life. */
  get isSilent(): boolean {
    return this.cause instanceof FfmpegSilence
  }
}

class FfmpegSilence extends Error {}

export interface Collected {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Bytes that the core's memory has grown to. */
  readonly memory: number
}

class SharedFfmpeg {
  readonly #ffmpeg = new FFmpeg()
  readonly #mounts = new Map<string, Blob>()
  readonly #turns = new Turns()
  #core: 'none' | 'fresh' | 'used' = 'none'
  #memory = 0
  #heed: (line: string) => void = () => undefined
  #heardAt = 0
  #nextMount = 1
  dead = false

  constructor() {
    this.#ffmpeg.on('log', ({ type, message }) => {
      this.#heardAt = performance.now()
      if (type === 'memory') this.#memory = Number(message)
      else if (type !== 'alive') this.#heed(message)
    })
  }

  /** A folder that nothing was mounted at. */
  freeFolder(): string {
    const folder = `/in${this.#nextMount}`
    this.#nextMount += 1
    return folder
  }

  /** Makes `file` readable at `<folder>/file`; loads ffmpeg, so that whoever mounts learns whether there is one. */
  mount(folder: string, file: Blob): Promise<void> {
    return this.#alone(async () => {
      if (this.#core === 'none') await this.#renew()
      this.#mounts.set(folder, file)
      await this.#attach(folder, file)
    })
  }

  unmount(folder: string): Promise<void> {
    return this.#alone(async () => {
      this.#mounts.delete(folder)
      await this.#ffmpeg.unmount(folder)
      await this.#ffmpeg.deleteDir(folder)
    })
  }

  probe(args: readonly string[], heed: (line: string) => void): Promise<string> {
    return this.#alone(async () => {
      // ffprobe never forgets what it was once told to show.
      if (this.#core !== 'fresh') await this.#renew()
      this.#core = 'used'
      await this.#ffmpeg.writeFile(outputPath, '')
      this.#heed = heed
      try {
        await this.#watched(usualPatience, this.#ffmpeg.ffprobe([...args, '-o', outputPath]))
      } finally {
        this.#heed = () => undefined
      }
      return String(await this.#ffmpeg.readFile(outputPath, 'utf8'))
    })
  }

  convert(args: readonly string[], { patience = usualPatience, heed }: ConvertOptions = {}): Promise<number> {
    return this.#alone(async () => {
      this.#heed = heed ?? this.#heed
      try {
        return await this.#exec(args, patience)
      } finally {
        this.#heed = () => undefined
      }
    })
  }

  collect(args: readonly string[], heed: (line: string) => void, patience = usualPatience): Promise<Collected> {
    return this.#alone(async () => {
      this.#heed = heed
      try {
        await this.#exec([...args, outputPath], patience, () => this.#ffmpeg.writeFile(outputPath, ''))
      } finally {
        this.#heed = () => undefined
      }
      const bytes = await this.#ffmpeg.readFile(outputPath)
      await this.#ffmpeg.deleteFile(outputPath)
      if (typeof bytes === 'string') throw new Error('Bytes were asked for, a text came.')
      // It came by a message of its own worker, which hands over plain memory.
      return { bytes: bytes as Uint8Array<ArrayBuffer>, memory: this.#memory }
    })
  }

  async #exec(args: readonly string[], patience: number, prepare?: () => Promise<unknown>): Promise<number> {
    if (this.#memory > largestMemory) await this.#renew()
    this.#core = 'used'
    await prepare?.()
    return this.#watched(patience, this.#ffmpeg.exec([...args]))
  }

  /** A run, unless it gives no sign of life for `patience` seconds: then its worker is ended, which nothing else can do. */
  async #watched<T>(patience: number, run: Promise<T>): Promise<T> {
    let isSilent = false
    this.#heardAt = performance.now()
    const timer = setInterval(
      () => {
        if (performance.now() - this.#heardAt < patience * 1000) return
        isSilent = true
        this.end()
      },
      Math.min(1000, patience * 500),
    )
    try {
      return await run
    } catch (cause) {
      if (isSilent)
        throw new FfmpegSilence(`ffmpeg did not respond for ${patience} seconds and was stopped.`, { cause })
      throw cause
    } finally {
      clearInterval(timer)
    }
  }

  async #renew(): Promise<void> {
    // The package does not notice when its worker's script is missing, and would wait for ever.
    if (this.#core === 'none') await reachable(classWorkerURL)
    await this.#ffmpeg.load({ coreURL, wasmURL, classWorkerURL })
    this.#core = 'fresh'
    this.#memory = 0
    for (const [folder, file] of this.#mounts) await this.#attach(folder, file)
  }

  async #attach(folder: string, data: Blob): Promise<void> {
    await this.#ffmpeg.createDir(folder)
    await this.#ffmpeg.mount(FFFSType.WORKERFS, { blobs: [{ name: inputName, data }] }, folder)
  }

  /** One task at a time: log lines do not say whose they are, and a core may be replaced between two. */
  #alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      if (this.dead) throw new FfmpegFailure('The decoder has ended.')
      try {
        return await task()
      } catch (cause) {
        // A core that was aborted cannot be trusted any more; failures of the store are not its own.
        if (!(cause instanceof DOMException && cause.name === 'QuotaExceededError')) this.end()
        throw new FfmpegFailure(messageOf(cause), { cause })
      }
    })
  }

  /** Whoever still waits is told so. */
  end(): void {
    this.dead = true
    this.#ffmpeg.terminate()
  }
}

async function reachable(url: string): Promise<void> {
  const response = await fetch(url)
  await response.body?.cancel()
  if (!response.ok) throw new Error(`The decoder could not be fetched: the server answered ${response.status}.`)
}

export interface ConvertOptions {
  /** Seconds without a sign of life after which it is ended. */
  readonly patience?: number
  /** Hears each line of its log. */
  readonly heed?: ((line: string) => void) | undefined
}

/** A file that ffmpeg can read, until disposed. All reject with `FfmpegFailure` where ffmpeg itself breaks down, or
 * gives no sign of life any more. */
export interface MountedFile extends AsyncDisposable {
  /** As ffmpeg names it. */
  readonly path: string
  /** Runs ffprobe; gives what it printed, which is nothing where it could not read the file. `heed` hears its log. */
  probe(args: readonly string[], heed?: (line: string) => void): Promise<string>
  /** Runs ffmpeg with the private file `name` as its output; gives its exit code, 0 being success. */
  convert(args: readonly string[], name: string, options?: ConvertOptions): Promise<number>
  /** Runs ffmpeg and gives its output, which the arguments must keep small; `heed` hears each line of its log. */
  collect(args: readonly string[], heed: (line: string) => void, patience?: number): Promise<Collected>
}

const shared = new SharedUntilIdle<SharedFfmpeg>({
  open: () => new SharedFfmpeg(),
  close: (ffmpeg) => ffmpeg.end(),
  isSpent: (ffmpeg) => ffmpeg.dead,
  linger: linger * 1000,
})

class Mount implements MountedFile {
  readonly #use: SharedUse<SharedFfmpeg>
  readonly #folder: string
  #isMounted = true

  constructor(use: SharedUse<SharedFfmpeg>, folder: string) {
    this.#use = use
    this.#folder = folder
  }

  get path(): string {
    return `${this.#folder}/${inputName}`
  }

  probe(args: readonly string[], heed: (line: string) => void = () => undefined): Promise<string> {
    return this.#use.resource.probe(args, heed)
  }

  convert(args: readonly string[], name: string, options?: ConvertOptions): Promise<number> {
    return this.#use.resource.convert([...args, privatePath(name)], options)
  }

  collect(args: readonly string[], heed: (line: string) => void, patience?: number): Promise<Collected> {
    return this.#use.resource.collect(args, heed, patience)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isMounted) return
    this.#isMounted = false
    try {
      if (!this.#use.resource.dead) await this.#use.resource.unmount(this.#folder)
    } finally {
      this.#use.giveBack()
    }
  }
}

/** Rejects with `FfmpegFailure` where ffmpeg cannot be loaded. */
export async function mountFile(file: Blob): Promise<MountedFile> {
  const use = shared.borrow()
  try {
    const folder = use.resource.freeFolder()
    await use.resource.mount(folder, file)
    return new Mount(use, folder)
  } catch (error) {
    use.giveBack()
    throw error
  }
}
