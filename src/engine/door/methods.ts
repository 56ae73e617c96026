/**
 * The methods of the door and what of each is handed over between page and worker, rather than copied. `Engine` says
 * what they mean; this is the one list of them: both ends of the door follow from it.
 */
import type { Engine } from './api.ts'

export type Method = keyof Engine

/** Written as methods, so that rows of exact types can be asked without knowing which. */
export interface Crossing<Args extends readonly unknown[] = readonly unknown[], Answer = unknown> {
  /** Those of the arguments that move to the worker: the page cannot use them any longer. */
  given?(...args: Args): readonly Transferable[]
  /** What of the answer moves to the page. */
  taken?(answer: Answer): readonly Transferable[]
}

type CrossingOf<M extends Method> = Crossing<Parameters<Engine[M]>, Awaited<ReturnType<Engine[M]>>>

const copied = {}

const crossings: { readonly [M in Method]: CrossingOf<M> } = {
  status: copied,
  addMedia: copied,
  mediaFacts: copied,
  readComment: copied,
  models: copied,
  addModel: copied,
  modelFacts: copied,
  attachCanvas: { given: (canvas) => [canvas] },
  setViewport: copied,
  readPixels: copied,
  scope: { taken: (scopes) => scopes.map(({ counts }) => counts.buffer) },
  preview: copied,
  snapshot: { taken: (outcome) => (outcome.ok ? [outcome.value.pixels.buffer] : []) },
  thumbnail: { taken: (outcome) => (outcome.ok && outcome.value ? [outcome.value.pixels.buffer] : []) },
  stopBackground: copied,
  setCacheBudget: copied,
  clearCache: copied,
  export: copied,
  cancelExport: copied,
  pauseExport: copied,
  keptExports: copied,
  dropExport: copied,
  estimateExport: copied,
  stopEstimate: copied,
  takeOutput: copied,
  releaseOutput: copied,
  loseDevice: copied,
}

export const methods = Object.keys(crossings) as readonly Method[]

export const crossingOf = (method: Method): Crossing => crossings[method]

/** An engine each of whose methods is `call`, told its name: the exact types are erased in this one place. */
export const engineBy = (call: (method: Method, args: readonly unknown[]) => Promise<unknown>): Engine =>
  Object.fromEntries(
    methods.map((method) => [method, (...args: readonly unknown[]) => call(method, args)]),
  ) as unknown as Engine

/** Calls `engine` by a method's name. Not through `apply`, which a remote engine would take for a method of its own. */
export const callBy = (engine: Engine, method: Method, args: readonly unknown[]): Promise<unknown> =>
  (engine as unknown as Readonly<Record<Method, (...given: readonly unknown[]) => Promise<unknown>>>)[method](...args)
