/**
 * The way to ffmpeg: one worker for whoever needs it, loaded at the first need and ended some seconds after the last
 * user has let go. The core (GPL, 32 MB) is never fetched by those who open what browsers can open.
 */
import type { FfmpegAnswer, FfmpegRequest, FfmpegResult, FfmpegTask } from './protocol.ts'

/** Seconds without users after which the worker, with its memory, is ended. */
const linger = 5

/** The worker ended, or could not start. */
export class FfmpegFailure extends Error {
  override readonly name = 'FfmpegFailure'
}

class FfmpegWorker {
  readonly #worker: Worker
  readonly #pending = new Map<number, { resolve(result: FfmpegResult): void; reject(error: unknown): void }>()
  #nextId = 1
  dead = false

  constructor() {
    this.#worker = new Worker(new URL('./ffmpeg.worker.ts', import.meta.url), { type: 'module', name: 'ffmpeg' })
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FfmpegAnswer>) => {
      const waiting = this.#pending.get(data.id)
      this.#pending.delete(data.id)
      if (data.ok) waiting?.resolve(data.result)
      else {
        const cause = new DOMException(data.message, data.name)
        waiting?.reject(new FfmpegFailure(data.message, { cause }))
        // A core that was aborted cannot be trusted any more; failures of the store are not its own.
        if (data.name !== 'QuotaExceededError') this.end(data.message)
      }
    })
    this.#worker.addEventListener('error', (event) => this.end(event.message || 'The decoder could not be loaded.'))
  }

  ask(task: FfmpegTask): Promise<FfmpegResult> {
    if (this.dead) return Promise.reject(new FfmpegFailure('The decoder has ended.'))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      const request: FfmpegRequest = { id, task }
      this.#worker.postMessage(request)
    })
  }

  end(reason: string): void {
    this.dead = true
    this.#worker.terminate()
    for (const { reject } of this.#pending.values()) reject(new FfmpegFailure(reason))
    this.#pending.clear()
  }
}

let shared:
  | { readonly worker: FfmpegWorker; users: number; timer: ReturnType<typeof setTimeout> | undefined }
  | undefined
let nextMount = 1

/** A file that ffmpeg can read, until disposed. */
export interface MountedFile extends AsyncDisposable {
  /** As ffmpeg names it. */
  readonly path: string
  ask(task: FfmpegTask): Promise<FfmpegResult>
}

/** Rejects with `FfmpegFailure` where ffmpeg cannot be loaded. */
export async function mountFile(file: Blob): Promise<MountedFile> {
  if (shared?.worker.dead) shared = undefined
  shared ??= { worker: new FfmpegWorker(), users: 0, timer: undefined }
  const own = shared
  clearTimeout(own.timer)
  own.users += 1
  const letGo = (): void => {
    own.users -= 1
    if (own.users > 0) return
    own.timer = setTimeout(() => {
      own.worker.end('Nobody needs it any more.')
      if (shared === own) shared = undefined
    }, linger * 1000)
  }
  const mount = `in${nextMount++}`
  // A name without surprises: ffmpeg reads some characters as patterns or protocols.
  const name = 'file'
  try {
    await own.worker.ask({ kind: 'mount', mount, name, file })
  } catch (error) {
    letGo()
    throw error
  }
  let mounted = true
  return {
    path: `/${mount}/${name}`,
    ask: (task) => own.worker.ask(task),
    async [Symbol.asyncDispose]() {
      if (!mounted) return
      mounted = false
      try {
        if (!own.worker.dead) await own.worker.ask({ kind: 'unmount', mount })
      } finally {
        letGo()
      }
    },
  }
}
