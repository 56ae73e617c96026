/** A server of the host on a port of its own, beside a folder that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Listening {
  readonly root: string
  readonly origin: string
  close(): Promise<void>
}

/** @param answer `false`: not a path of the server under test, which is then answered with 404 */
export async function listening(answer: (...asked: Parameters<RequestListener>) => boolean): Promise<Listening> {
  const root = mkdtempSync(join(tmpdir(), 'framewright-host-'))
  const server = createServer((request, response) => {
    if (!answer(request, response)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    root,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(root, { recursive: true, force: true })
    },
  }
}
