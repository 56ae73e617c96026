/**
 * The methods of the door and what of each is handed over between page and worker, rather than copied. `Engine` says
 * what they mean; this is the one list of them: both ends of the door follow from it.
 */
import type { Engine } from './api.ts'

export type Method = keyof Engine

/** Written as methods, so that rows of exact types can be asked without knowing which. */
export interface Crossing<Args extends readonly unknown[] = readonly unknown[], Answer = unknown> {
  /** Those of the arguments that move to the worker: the page cannot use them any longer. */
  movesIn?(...args: Args): readonly Transferable[]
  /** What of the answer moves to the page. */
  movesOut?(answer: Answer): readonly Transferable[]
}

type CrossingOf<M extends Method> = Crossing<Parameters<Engine[M]>, Awaited<ReturnType<Engine[M]>>>

/** Everything is copied. */
const copies = {}

const crossings: { readonly [M in Method]: CrossingOf<M> } = {
  status: copies,
  addAsset: copies,
  assetFacts: copies,
  readComment: copies,
  allowCode: copies,
  compileCode: copies,
  models: copies,
  attachCanvas: { movesIn: (canvas) => [canvas] },
  setViewport: copies,
  readPixels: copies,
  scope: { movesOut: (scopes) => scopes.map(({ counts }) => counts.buffer) },
  preview: copies,
  followPreview: copies,
  snapshot: { movesOut: (outcome) => (outcome.ok ? [outcome.value.pixels.buffer] : []) },
  thumbnail: { movesOut: (outcome) => (outcome.ok && outcome.value ? [outcome.value.pixels.buffer] : []) },
  stopBackground: copies,
  setCacheBudget: copies,
  clearCache: copies,
  measure: copies,
  stopMeasure: copies,
  knownSeries: { movesOut: (outcome) => (outcome.ok ? outcome.value.map(({ values }) => values.buffer) : []) },
  export: copies,
  cancelExport: copies,
  pauseExport: copies,
  keptExports: copies,
  dropExport: copies,
  estimateExport: copies,
  stopEstimate: copies,
  takeOutput: copies,
  releaseOutput: copies,
  loseDevice: copies,
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
  (engine as unknown as Readonly<Record<Method, (...args: readonly unknown[]) => Promise<unknown>>>)[method](...args)
