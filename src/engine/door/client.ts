/** The page's end of the engine's door. Starts the worker; nothing else of the page touches the engine. */
import { CodedError } from '../../graph/document/coded-error.ts'
import type { Engine } from './api.ts'
import { remoteEngine } from './crossing.ts'

export type { Engine } from './api.ts'

/** Starts the engine. Calls may be made at once; they wait for it. Where it dies, they reject and say so. */
export function connectEngine(): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'framewright-engine' })
  const engineStop = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      const why = event.message || 'its program could not be loaded'
      reject(new CodedError('engine-stopped', `The engine stopped: ${why}. Reload the page.`))
    })
  })
  engineStop.catch(() => undefined)
  return remoteEngine(worker, new URL('./', document.baseURI).href, engineStop)
}
