/**
 * Threads that compute chains of convolutions: each runs one picture at a time, so that frames made side by side are computed side
 * by side. They are started when they are needed, and stay.
 */
import * as comlink from 'comlink'
import type { ColouredResult } from '../../sessions.ts'
import type { Chain } from './chain.ts'
import type { ChainThread } from './chain.worker.ts'

/** As many as frames that are made side by side, where there are processors for them. */
const maxThreads = (): number => Math.min(3, navigator.hardwareConcurrency)

export interface ChainResult {
  /** Float32 planes, row by row. */
  readonly result: Float32Array<ArrayBuffer>
  readonly milliseconds: number
}

export interface OpenChain {
  /** `input`: float32 planes, row by row; it is gone afterwards. Rejects where the memory is too small, or a thread breaks. */
  run(input: Float32Array<ArrayBuffer>, width: number, height: number): Promise<ChainResult>
  /** Of a chain from luma to luma: see `ModelSession`. */
  runOnColours(colours: Float32Array<ArrayBuffer>, width: number, height: number): Promise<ColouredResult>
  close(): void
}

class Thread {
  readonly #worker: Worker
  readonly #remote: comlink.Remote<ChainThread>
  readonly #breakage: Promise<never>
  readonly #loadsById = new Map<number, Promise<void>>()
  /** Pictures that it computes or has yet to compute. */
  load = 0
  isBroken = false

  constructor() {
    this.#worker = new Worker(new URL('./chain.worker.ts', import.meta.url), {
      type: 'module',
      name: 'framewright-model',
    })
    this.#remote = comlink.wrap<ChainThread>(this.#worker)
    this.#breakage = new Promise((_, reject) => {
      this.#worker.addEventListener('error', ({ message }) => {
        this.isBroken = true
        reject(new Error(message || 'the thread could not be started'))
      })
    })
    // Whoever waits hears of it.
    this.#breakage.catch(() => undefined)
  }

  /** `how`: which of the thread's ways to run it. */
  async run<Result>(
    id: number,
    chain: Chain,
    input: Float32Array<ArrayBuffer>,
    how: (remote: comlink.Remote<ChainThread>, data: Float32Array<ArrayBuffer>) => Promise<Result>,
  ): Promise<Result> {
    this.load += 1
    try {
      const loading = this.#loadsById.get(id) ?? this.#remote.load(id, chain)
      this.#loadsById.set(id, loading)
      await Promise.race([loading, this.#breakage])
      return await Promise.race([how(this.#remote, comlink.transfer(input, [input.buffer])), this.#breakage])
    } finally {
      this.load -= 1
    }
  }

  drop(id: number): void {
    // What a thread that breaks still holds, nobody misses.
    if (this.#loadsById.delete(id)) this.#remote.drop(id).catch(() => undefined)
  }

  end(): void {
    this.#worker.terminate()
  }
}

export class ChainThreads implements Disposable {
  readonly #threads: Thread[] = []
  #chains = 0

  open(chain: Chain): OpenChain {
    const id = this.#chains++
    return {
      run: (input, width, height) =>
        this.#freest().run(id, chain, input, (remote, data) => remote.run(id, data, width, height)),
      runOnColours: (colours, width, height) =>
        this.#freest().run(id, chain, colours, (remote, data) => remote.runOnColours(id, data, width, height)),
      close: () => {
        for (const thread of this.#threads) thread.drop(id)
      },
    }
  }

  [Symbol.dispose](): void {
    for (const thread of this.#threads.splice(0)) thread.end()
  }

  #freest(): Thread {
    // What it had is told to whoever waits; the next picture goes to another.
    for (const brokenThread of this.#threads.filter(({ isBroken }) => isBroken)) {
      this.#threads.splice(this.#threads.indexOf(brokenThread), 1)
      brokenThread.end()
    }
    const idle = this.#threads.find(({ load }) => load === 0)
    if (idle) return idle
    if (this.#threads.length < maxThreads()) {
      const thread = new Thread()
      this.#threads.push(thread)
      return thread
    }
    return this.#threads.reduce((freest, each) => (each.load < freest.load ? each : freest))
  }
}
