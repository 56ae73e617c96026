/** Addresses on this machine's own server that the page alone is told: the token in them keeps other pages and users out. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request for one of the addresses. */
export interface AddressedRequest<Place> {
  readonly address: string
  /** What `add` was given for it. */
  readonly place: Place
  readonly query: URLSearchParams
}

export class SecretAddresses<Place> {
  readonly #folder: string
  readonly #places = new Map<string, Place>()

  /** @param folder what all of them begin with, such as `/output/` */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Gives the path of a new address that stands for `place`. */
  add(place: Place): string {
    const address = `${this.#folder}${randomBytes(16).toString('hex')}`
    this.#places.set(address, place)
    return address
  }

  /** `undefined` where the request is for none of them. */
  find({ url }: Pick<IncomingMessage, 'url'>): AddressedRequest<Place> | undefined {
    const { pathname, searchParams } = new URL(url ?? '/', 'http://localhost')
    const place = this.#places.get(pathname)
    return place === undefined ? undefined : { address: pathname, place, query: searchParams }
  }
}

export function answerText(response: ServerResponse, status: number, text = ''): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text)
}

export function answerJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

/** Answers with what went wrong, as a sentence; cuts the answer off where it has begun already. */
export function answerFailure(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  // The rest of the body is of no use; without this the sender would wait for it to be read.
  request.resume()
  if (response.headersSent) response.destroy()
  else answerText(response, status, text)
}
