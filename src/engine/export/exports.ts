/** One export at a time, and one estimate beside none: who may run, and what ends whom. */
import type { Problem } from '../../graph/document/problems.ts'
import type { Engine, ExportProgress, ExportReport, ExportRequest, Outcome } from '../door/api.ts'
import { DeviceLostError, problemOf, settled } from '../run/errors.ts'
import type { Live } from '../run/live.ts'
import { estimateExport } from './estimate-export.ts'
import { type ExportParts, runExport } from './run-export.ts'

const lostInExport: Problem = {
  code: 'render-failed',
  severity: 'error',
  message: 'The graphics processor was lost during the export, so the file was not finished.',
  hint: 'The engine has restarted: export again. If it happens again, close other programs that use graphics memory.',
}

const runsAlready: Problem = {
  code: 'render-failed',
  severity: 'error',
  message: 'An export is running already.',
  hint: 'Wait for it, or cancel it.',
}

/** What an export runs on. */
export interface ExportDevice {
  ready(): Promise<Live>
  /** How often a device was lost. */
  readonly rebuilds: number
}

export interface ExportWork {
  readonly run: typeof runExport
  readonly estimate: typeof estimateExport
}

export class Exports {
  readonly #device: ExportDevice
  readonly #parts: ExportParts
  readonly #work: ExportWork
  #running: { readonly cancel: AbortController; readonly pause: AbortController } | undefined
  #estimating: AbortController | undefined

  constructor(
    device: ExportDevice,
    parts: ExportParts,
    work: ExportWork = { run: runExport, estimate: estimateExport },
  ) {
    this.#device = device
    this.#parts = parts
    this.#work = work
  }

  async export(request: ExportRequest, onProgress: (progress: ExportProgress) => void): Promise<Outcome<ExportReport>> {
    if (this.#running) return { ok: false, problems: [runsAlready] }
    const [cancel, pause] = [new AbortController(), new AbortController()]
    this.#running = { cancel, pause }
    this.stopEstimate()
    const before = this.#device.rebuilds
    const signals = { cancel: cancel.signal, pause: pause.signal }
    try {
      const outcome = await this.#work.run(await this.#device.ready(), this.#parts, request, onProgress, signals)
      if (!outcome.ok) return outcome
      if (outcome.value.state === 'cancelled' && request.job !== undefined) await this.#parts.dropJob(request.job)
      return { ok: true, value: { ...outcome.value, rebuilds: this.#device.rebuilds - before } }
    } catch (error) {
      return { ok: false, problems: [error instanceof DeviceLostError ? lostInExport : problemOf(error, () => '')] }
    } finally {
      this.#running = undefined
    }
  }

  cancel(why = 'the export was cancelled'): void {
    this.#running?.cancel.abort(new DOMException(why, 'AbortError'))
  }

  pause(): void {
    this.#running?.pause.abort()
  }

  estimate(request: ExportRequest): ReturnType<Engine['estimateExport']> {
    return settled(async () => {
      this.stopEstimate()
      const supersession = new AbortController()
      this.#estimating = supersession
      if (this.#running) supersession.abort()
      return this.#work.estimate(await this.#device.ready(), this.#parts, request, supersession.signal)
    })
  }

  stopEstimate(): void {
    this.#estimating?.abort(new DOMException('another estimate or an export came', 'AbortError'))
    this.#estimating = undefined
  }

  close(): void {
    this.cancel('the session was closed')
    this.stopEstimate()
  }
}
