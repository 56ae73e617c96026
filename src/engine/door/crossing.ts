/** Both ends of the door: what the page holds, and what serves it in the worker. They speak through comlink. */
import { type Endpoint, expose, proxy, transfer, wrap } from 'comlink'
import type { Engine } from './api.ts'
import { receivedError, sentError } from './errors-across.ts'
import { callBy, crossingOf, engineBy, type Method } from './methods.ts'

/** Called once, before anything else. */
interface Opening {
  open(baseUrl: string): Promise<void>
}

/**
 * Serves an engine to whoever is at the other end.
 * @param create makes the engine when it is opened; `baseUrl` as in `remoteEngine`
 */
export function serveEngine(create: (baseUrl: string) => Engine, endpoint?: Endpoint): void {
  let engine: Engine | undefined
  const opening: Opening = {
    async open(baseUrl) {
      engine ??= create(baseUrl)
    },
  }
  const methods = engineBy(async (method, args) => {
    if (!engine) throw new Error('The engine is used before it is opened.')
    const answer = await answerOf(engine, method, args)
    const transfers = crossingOf(method).movesOut?.(answer) ?? []
    return transfers.length > 0 ? transfer(answer as object, [...transfers]) : answer
  })
  expose({ ...opening, ...methods }, endpoint)
}

async function answerOf(engine: Engine, method: Method, args: readonly unknown[]): Promise<unknown> {
  try {
    return await callBy(engine, method, args)
  } catch (error) {
    throw sentError(error)
  }
}

/** A function stays where it is and is called from afar; what is handed over moves; the rest is copied. */
function send(value: unknown, transfers: readonly unknown[]): unknown {
  if (typeof value === 'function') return proxy(value)
  return transfers.includes(value) ? transfer(value as object, [value as Transferable]) : value
}

/**
 * The engine at the other end. Calls may be made at once; they wait until it is open.
 * @param baseUrl where the page lies, ends in a slash
 * @param engineStop rejects when the other end died: a dead worker answers nothing, so its death answers for it
 */
export function remoteEngine(endpoint: Endpoint, baseUrl: string, engineStop: Promise<never>): Engine {
  // Every method answers with a promise already, so the remote has the very type of the engine; comlink's own
  // `Remote` would spread the outcomes' unions over promises.
  const remote = wrap(endpoint) as unknown as Opening & Engine
  const open = Promise.race([remote.open(baseUrl), engineStop])
  return engineBy(async (method, args) => {
    await open
    const transfers = crossingOf(method).movesIn?.(...args) ?? []
    const call = callBy(
      remote,
      method,
      args.map((value) => send(value, transfers)),
    )
    return Promise.race([call, engineStop]).catch((error: unknown) => {
      throw receivedError(error)
    })
  })
}
