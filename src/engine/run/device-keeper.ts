/** Keeps what lives on a GPU device: starts it when first asked for, and anew when the device is lost. */
import { DeviceLostError } from './errors.ts'

/** A device may be lost again while things are being rebuilt; a driver that keeps failing is given up on. */
const maxAttempts = 3

/** @template T what lives on the device, and the signal of the device's loss */
export class DeviceKeeper<T extends { readonly lossSignal: AbortSignal }> {
  readonly #start: () => Promise<T>
  readonly #retire: (tenant: T) => Promise<void>
  #running: Promise<T> | undefined
  #closed = false
  #rebuilds = 0

  /** @param retire closes what ran on a device that is lost, or is let go of */
  constructor(start: () => Promise<T>, retire: (tenant: T) => Promise<void>) {
    this.#start = start
    this.#retire = retire
  }

  /** How often a device was lost. */
  get rebuilds(): number {
    return this.#rebuilds
  }

  /** What runs; one that could not be started is tried again by the next call. Rejects once closed. */
  ready(): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The session is closed.'))
    if (!this.#running) {
      this.#running = this.#begin()
      this.#running.catch(() => {
        this.#running = undefined
      })
    }
    return this.#running
  }

  /** Runs `work`, and again on a new device when the old one is lost under it. */
  async run<R>(work: (tenant: T) => Promise<R>): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await this.ready())
      } catch (error) {
        if (!(error instanceof DeviceLostError) || attempt === maxAttempts) throw error
      }
    }
  }

  /** For good. Gives what was retired, if anything ran. */
  async close(): Promise<T | undefined> {
    this.#closed = true
    const tenant = await this.#running?.catch(() => undefined)
    this.#running = undefined
    if (tenant) await this.#retire(tenant)
    return tenant
  }

  async #begin(): Promise<T> {
    const tenant = await this.#start()
    tenant.lossSignal.addEventListener('abort', () => {
      if (this.#closed) return
      // The next call finds nothing running and starts anew.
      this.#running = undefined
      this.#rebuilds += 1
      this.#retire(tenant).catch((error: unknown) =>
        console.error('What lived on the lost GPU could not be let go of:', error),
      )
    })
    return tenant
  }
}
