/** All that lives and dies with one GPU device. When the device is lost, the session makes another of these. */
import { type DeviceGrant, requestDevice } from '../../gpu/device.ts'
import { createDownload } from '../../gpu/download.ts'
import { createGpu } from '../../gpu/gpu.ts'
import type { Gpu } from '../../gpu/types.ts'
import { createUpload } from '../../gpu/upload.ts'
import type { MediaLibrary } from '../../media/media-library.ts'
import { createModels, type ModelLibrary, type OwnedModels } from '../../models/models.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import { overrunOf } from './code-failure.ts'
import type { CodePermits } from './code-permits.ts'
import { DeviceLostError } from './errors.ts'
import { Executor } from './executor.ts'
import { createPreparer, type Preparer } from './prepare.ts'
import type { EngineParts } from './prepare-request.ts'

/** A preparer and an executor of their own: the preview has one pair, each export another. */
export interface Runner extends AsyncDisposable {
  readonly preparer: Preparer
  readonly executor: Executor
}

export interface GpuErrorWatch extends Disposable {
  /** Since the last time this was asked. */
  take(): readonly string[]
}

export interface Live {
  readonly grant: DeviceGrant
  readonly gpu: Gpu
  readonly models: OwnedModels
  readonly parts: EngineParts
  /** Aborts, with a `DeviceLostError`, when the device is gone: nothing may wait for it any longer. */
  readonly lossSignal: AbortSignal
  /**
   * Listens to what the GPU reports outside any call, until disposed of. Such a report does not say whose work it
   * was: everybody who works at that moment hears it.
   */
  watchGpuErrors(): GpuErrorWatch
  createRunner(): Runner
  /** Lets go of models and GPU memory; runners must be gone by then. */
  dispose(): Promise<void>
}

export interface LiveOptions {
  readonly media: MediaLibrary
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly modelLibrary: ModelLibrary
  readonly assets: EngineParts['assets']
  readonly permits: CodePermits
  /** How long people's code may take for one frame; left out: what suits the adapter. */
  readonly codeLimitMs?: number
}

/** A GPU is many times as fast as a CPU that plays one; its driver gives up after some seconds itself. */
const codeLimitsMs = { gpu: 10_000, software: 30_000 } as const

/** Rejects with `NoGpuError` where there is no WebGPU. */
export async function startLive(options: LiveOptions): Promise<Live> {
  const grant = await requestDevice()
  const { device } = grant
  const gpu = createGpu(grant)
  const models = createModels({ gpu, library: options.modelLibrary })
  const loss = new AbortController()
  void device.lost.then(({ reason, message }) => {
    loss.abort(new DeviceLostError(`The graphics processor was lost (${message || reason}).`))
  })
  const errorLists = new Set<string[]>()
  device.addEventListener('uncapturederror', ({ error }) => {
    for (const errors of errorLists) errors.push(error.message)
  })

  const parts: EngineParts = {
    gpu,
    models,
    media: options.media,
    definitions: options.definitions,
    assets: options.assets,
    permits: options.permits,
    codeLimitMs: options.codeLimitMs ?? codeLimitsMs[grant.software ? 'software' : 'gpu'],
    upload: createUpload(gpu),
    download: await createDownload(gpu),
  }
  return {
    grant,
    gpu,
    models,
    parts,
    lossSignal: loss.signal,
    watchGpuErrors() {
      const errors: string[] = []
      errorLists.add(errors)
      return {
        take: () => errors.splice(0),
        [Symbol.dispose]: () => void errorLists.delete(errors),
      }
    },
    createRunner() {
      const preparer = createPreparer(parts)
      const executor = new Executor(parts)
      return {
        preparer,
        executor,
        async [Symbol.asyncDispose]() {
          await preparer[Symbol.asyncDispose]()
          executor[Symbol.dispose]()
        },
      }
    },
    async dispose() {
      await models[Symbol.asyncDispose]()
      gpu[Symbol.dispose]()
    },
  }
}

/** `work`, or the rejection that the device is lost: some calls never settle once it is. */
export function whileAlive<T>(live: Pick<Live, 'lossSignal'>, work: Promise<T>): Promise<T> {
  const { lossSignal } = live
  return new Promise((resolve, reject) => {
    const fail = () => reject(lossSignal.reason)
    if (lossSignal.aborted) fail()
    else lossSignal.addEventListener('abort', fail, { once: true })
    work.then(resolve, reject).finally(() => lossSignal.removeEventListener('abort', fail))
  })
}

/**
 * Whether the device is lost with an error just seen, as its cause or for it: what was under way fails a moment before the
 * browser tells of the loss itself.
 */
export async function wasLost(live: Live, error: unknown): Promise<boolean> {
  if (overrunOf(error)?.losesDevice) await live.gpu.device.lost
  if (live.lossSignal.aborted) return true
  // Settles at once on a lost device; the notice is in the task queue by then.
  await live.gpu.device.queue.onSubmittedWorkDone().catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 0))
  return live.lossSignal.aborted
}
