/**
 * Builds the app once for all end-to-end tests and serves it; tests get the address by `inject('appAddress')`. From
 * another address, `clipless`, the samples never come: nothing is rendered there, for tests that look at no picture.
 */
import type { TestProject } from 'vitest/node'
import { ensureBuilt, startAppServer } from '../../src/host/app-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://127.0.0.1:port`, without a slash at the end. */
    appAddress: string
    clipless: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureBuilt((line) => process.stderr.write(`${line}\n`))
  const server = await startAppServer()
  const clipless = await startAppServer({ answer: ({ url }) => url?.startsWith('/samples/') === true })
  project.provide('appAddress', server.origin)
  project.provide('clipless', clipless.origin)
  return async () => {
    await server.close()
    await clipless.close()
  }
}
