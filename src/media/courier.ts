/**
 * The way of bytes to a server and back: through a worker that is replaced now and then. Whoever observes the network of a
 * worker, as the driver of the command line's browser does and a person may, keeps every body that it sent for as long
 * as it lives: a whole film would lie in the browser's memory beside the file.
 */

import { SharedUntilIdle } from './shared-until-idle.ts'

export interface Parcel {
  readonly address: string
  readonly method: 'GET' | 'PUT' | 'POST'
  /** Taken over. As plain bytes, which an observer would be shown one by one, they never reach the network. */
  readonly body?: Uint8Array<ArrayBuffer> | string
}

export interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Bytes of the whole of which these are a part; those of `bytes` where it was not told. */
  readonly size: number
}

export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly message: string }

/** Rejects where the server is not reached. */
export async function fetched({ address, method, body }: Parcel): Promise<Answer> {
  // The bytes of any body but a blob are copied to whoever observes the network, which costs ten times as much as sending them.
  const response = await fetch(address, { method, ...(body === undefined ? {} : { body: new Blob([body]) }) })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const whole = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1]
  return {
    ok: response.ok,
    status: response.status,
    bytes,
    size: whole === undefined ? bytes.byteLength : Number(whole),
  }
}

/** What one worker carries before another takes its place. */
const limits = { parcels: 64, bytes: 64 * 1024 * 1024 }
/** Milliseconds without a parcel after which it is let go. */
const linger = 10_000

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

class Courier {
  readonly #worker = new Worker(new URL('./courier.worker.ts', import.meta.url), {
    type: 'module',
    name: 'framewright-courier',
  })
  readonly #waiting = new Map<number, Waiting>()
  #parcels = 0
  #bytes = 0
  /** No more parcels come. */
  #isLast = false

  constructor() {
    this.#worker.onmessage = ({ data: { id, reply } }: MessageEvent<{ id: number; reply: Reply }>) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (reply.kind === 'answer') waiting?.resolve(reply.answer)
      else waiting?.reject(new Error(reply.message))
      this.#endIfIdle()
    }
    this.#worker.onerror = (event) => {
      event.preventDefault()
      this.retire()
      for (const { reject } of this.#waiting.values()) reject(new Error(event.message))
      this.#waiting.clear()
      this.#endIfIdle()
    }
  }

  get isSpent(): boolean {
    return this.#isLast || this.#parcels >= limits.parcels || this.#bytes >= limits.bytes
  }

  carry(parcel: Parcel): Promise<Answer> {
    const { body } = parcel
    const id = this.#parcels
    this.#parcels += 1
    this.#bytes += body?.length ?? 0
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, parcel }, body instanceof Uint8Array ? [body.buffer] : [])
    })
  }

  /** Ends it once all that it carries has arrived. */
  retire(): void {
    this.#isLast = true
    this.#endIfIdle()
  }

  #endIfIdle(): void {
    if (this.#isLast && this.#waiting.size === 0) this.#worker.terminate()
  }
}

const couriers = new SharedUntilIdle<Courier>({
  open: () => new Courier(),
  close: (courier) => courier.retire(),
  isSpent: (courier) => courier.isSpent,
  linger,
})

/** Rejects where the server is not reached; whatever it answers is an answer. */
export async function send(parcel: Parcel): Promise<Answer> {
  if (typeof Worker === 'undefined') return fetched(parcel)
  const { resource: courier, giveBack } = couriers.borrow()
  try {
    return await courier.carry(parcel)
  } finally {
    giveBack()
  }
}

/** `url`, as this page would reach it, with `query` added. */
export function addressOf(url: string, query: Readonly<Record<string, string>>): string {
  const address = new URL(url, globalThis.location?.href)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  return address.href
}

export const textOf = ({ bytes }: Answer): string => new TextDecoder().decode(bytes)
