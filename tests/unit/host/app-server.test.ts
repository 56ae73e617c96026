/** The app's server among bad neighbours: whatever comes, it answers and goes on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppServer, startAppServer } from '../../../src/host/app-server.ts'
import { OutputServer } from '../../../src/host/output-server.ts'

let folder: string
let server: AppServer
let port: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'framewright-server-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>here</title>')
  const outputs = new OutputServer()
  server = await startAppServer({ folder, answer: (request, response) => outputs.answer(request, response) })
  port = Number(new URL(server.origin).port)
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Sends bytes as they are; the status of the answer, or `undefined` where the connection was closed without one. */
const send = (bytes: string, how: 'write' | 'end' = 'end'): Promise<number | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (status?: number) => {
      resolve(status)
      socket.destroy()
    }
    socket.setEncoding('latin1')
    socket.on('data', (answer: string) => end(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])))
    socket.on('close', () => end())
    socket.on('error', () => end())
    socket[how](bytes, 'latin1')
  })

/** A whole request, after which the connection stays open for the answer. */
const get = (target: string, host = `127.0.0.1:${port}`) =>
  send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 'write')

test('a page of its own is served, with headers that keep others out', async () => {
  expect(await get('/')).toBe(200)
  expect(await get('/index.html?x=1', `localhost:${port}`)).toBe(200)
  // As through a tunnel.
  expect(await get('/', 'localhost:9000')).toBe(200)
  const { headers } = await fetch(`${server.origin}/`)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})

test.each([
  '//[',
  '//',
  '/%',
  '/%ff',
  '/a\\b',
  '*',
  'http://127.0.0.1/',
  'http://[',
  '/'.repeat(3),
  '[',
  'localhost:99999',
])('the address %s is refused', async (target) => expect(await get(target)).toBe(400))

test.each([
  'example.org',
  'example.org:80',
  'localhost.example.org',
  '127.0.0.1.example.org',
  '127.0.0.1:99999',
  '[::1',
  '',
])('a request for the host %j is refused', async (host) => expect(await get('/', host)).toBe(400))

test('headers beyond all measure are refused', async () => {
  expect(await send(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`)).toBe(400)
})

// Each has a connection of its own, which a busy machine opens slowly.
test('ten thousand requests of any kind leave it answering', { timeout: 180_000 }, async () => {
  const methods = fc.constantFrom('GET', 'PUT', 'POST', 'HEAD', 'OPTIONS', 'BREW', '')
  const targets = fc.oneof(
    fc.string(),
    fc.string().map((text) => `/${text}`),
    fc.string().map((text) => `//${text}`),
    fc.string().map((text) => `/output/${text}?file=${text}&position=${text}`),
    fc.webUrl(),
    fc.constantFrom('//[', '/%', '/../../etc/passwd', '/output/', 'http://[', 'http://a:99999/', '*'),
  )
  const hosts = fc.oneof(fc.constant(`127.0.0.1:${port}`), fc.string(), fc.domain())
  const requests = fc
    .tuple(methods, targets, hosts, fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', ''))
    .map(([method, target, host, version]) => `${method} ${target} ${version}\r\nHost: ${host}\r\n\r\n`)
  const all = fc.sample(fc.oneof({ weight: 9, arbitrary: requests }, { weight: 1, arbitrary: fc.string() }), {
    seed: 7,
    numRuns: 10_000,
  })
  const seen = new Set<number | undefined>()
  for (let at = 0; at < all.length; at += 100)
    for (const status of await Promise.all(all.slice(at, at + 100).map((bytes) => send(bytes)))) seen.add(status)
  expect([...seen].filter((status) => status !== undefined && status >= 500)).toEqual([])
  expect(await get('/')).toBe(200)
})
