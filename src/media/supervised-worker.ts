/**
 * Work on files that nobody knows may never end: a demuxer that walks in circles takes its whole thread with it. Such
 * work is done in a worker that gives signs of life and is ended where they stay away.
 */
import { messageOf } from '../graph/document/coded-error.ts'
import { Turns } from './turns.ts'

/** What the worker sends: a sign of life, the answer, or why there is none. */
export type WorkerMessage<T> =
  | { readonly kind: 'alive' }
  | { readonly kind: 'answer'; readonly answer: T }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }

/** Nothing was heard for so long that the worker was ended. */
export class Silence extends Error {
  override readonly name = 'Silence'
  /** @param patience seconds. */
  constructor(patience: number) {
    super(`It did not respond for ${patience} seconds.`)
  }
}

/** The worker could not be had at all: its script is not there, or workers are not allowed. */
export class NoWorker extends Error {
  override readonly name = 'NoWorker'
}

export interface Supervision {
  /** Seconds without a sign of life after which a worker is ended. */
  readonly patience: number
  /** Seconds without a question after which it is let go. */
  readonly linger: number
}

export class SupervisedWorker<Question, Answer> {
  readonly #start: () => Worker
  readonly #supervision: Supervision
  readonly #turns = new Turns()
  #worker: Worker | null = null
  #idle: ReturnType<typeof setTimeout> | undefined

  constructor(start: () => Worker, supervision: Supervision) {
    this.#start = start
    this.#supervision = supervision
  }

  /** Rejects with `Silence`, with `NoWorker`, or with an error of the name and the message that the worker sent. */
  ask(question: Question): Promise<Answer> {
    return this.#turns.run(async () => {
      clearTimeout(this.#idle)
      try {
        return await this.#answerTo(question)
      } finally {
        this.#idle = setTimeout(() => this.end(), this.#supervision.linger * 1000)
      }
    })
  }

  async #answerTo(question: Question): Promise<Answer> {
    const { patience } = this.#supervision
    try {
      this.#worker ??= this.#start()
    } catch (cause) {
      throw new NoWorker(messageOf(cause), { cause })
    }
    const worker = this.#worker
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const give = (error: Error): void => {
          this.end()
          reject(error)
        }
        const wait = (): void => {
          clearTimeout(timer)
          timer = setTimeout(() => give(new Silence(patience)), patience * 1000)
        }
        worker.onmessage = ({ data }: MessageEvent<WorkerMessage<Answer>>) => {
          if (data.kind === 'alive') wait()
          else if (data.kind === 'answer') resolve(data.answer)
          else reject(Object.assign(new Error(data.message), { name: data.name }))
        }
        worker.onerror = (event) => {
          event.preventDefault()
          give(new NoWorker(event.message))
        }
        wait()
        worker.postMessage(question)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  end(): void {
    clearTimeout(this.#idle)
    this.#worker?.terminate()
    this.#worker = null
  }
}
