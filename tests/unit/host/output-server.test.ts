import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderProblem, OutputServer } from '../../../src/host/output-server.ts'
import { type Listening, listening } from './listening.ts'

let root: string
let host: Listening
let outputs: OutputServer
let origin: string

beforeEach(async () => {
  outputs = new OutputServer()
  host = await listening((request, response) => outputs.answer(request, response))
  ;({ root, origin } = host)
})
afterEach(() => host.close())

const put = (path: string, file: string, position: number, body: string) =>
  fetch(`${origin}${path}?file=${encodeURIComponent(file)}&position=${position}`, { method: 'PUT', body })
const post = (path: string, file: string, what: 'commit' | 'discard') =>
  fetch(`${origin}${path}?file=${encodeURIComponent(file)}&${what}=1`, { method: 'POST' })

test('bytes land at their positions, and the final name stands only once published', async () => {
  const path = await outputs.accept(join(root, 'made', 'here'))
  const final = join(root, 'made', 'here', 'a.mp4')
  expect((await put(path, 'a.mp4', 4, 'tail')).status).toBe(204)
  expect((await put(path, 'a.mp4', 0, 'head')).status).toBe(204)
  expect((await put(path, 'a.mp4', 0, 'HE')).status).toBe(204)
  expect(existsSync(final)).toBe(false)
  expect((await post(path, 'a.mp4', 'commit')).status).toBe(204)
  expect(existsSync(final)).toBe(false)
  expect(await outputs.publish()).toEqual([{ path: final, bytes: 8, address: path }])
  expect(readFileSync(final, 'utf8')).toBe('HEadtail')
  expect(readdirSync(join(root, 'made', 'here'))).toEqual(['a.mp4'])
})

test('what was not published leaves nothing, not even the folders made for it', async () => {
  const path = await outputs.accept(join(root, 'made', 'here'))
  await put(path, 'a.mp4', 0, 'head')
  await put(path, 'b.mp4', 0, 'head')
  await post(path, 'b.mp4', 'commit')
  outputs.discardAll()
  expect(readdirSync(root)).toEqual([])
})

test('an earlier output stays until the new one is whole', async () => {
  const final = join(root, 'a.mp4')
  writeFileSync(final, 'old')
  const path = await outputs.accept(root)
  await put(path, 'a.mp4', 0, 'half')
  outputs.discardAll()
  expect(readFileSync(final, 'utf8')).toBe('old')
  expect(readdirSync(root)).toEqual(['a.mp4'])
})

test('a discarded file is not published', async () => {
  const path = await outputs.accept(root)
  await put(path, 'a.png', 0, 'x')
  await post(path, 'a.png', 'discard')
  await put(path, 'b.png', 0, 'y')
  await post(path, 'b.png', 'commit')
  await outputs.publish()
  expect(readdirSync(root)).toEqual(['b.png'])
})

test('nobody without the token writes, and no name leads out of the folder', async () => {
  const path = await outputs.accept(root)
  expect((await put('/output/00', 'a.mp4', 0, 'x')).status).toBe(404)
  for (const name of ['../../a.mp4', '/etc/a', '../..', '.', '', 'a/b', 'a\\b'])
    expect((await put(path, name, 0, 'x')).status).toBe(400)
  expect((await put(path, 'a.mp4', -1, 'x')).status).toBe(400)
  expect((await put(path, 'a.mp4', 0.5, 'x')).status).toBe(400)
  expect(readdirSync(root)).toEqual([])
})

test('a failing disk is told in a sentence', async () => {
  const path = await outputs.accept(join(root, 'gone'))
  rmSync(join(root, 'gone'), { recursive: true })
  const response = await put(path, 'a.mp4', 0, 'x')
  expect(response.status).toBe(500)
  expect(await response.text()).toMatch(/a\.mp4 cannot be created there; .*\.$/)
  expect(outputs.failureSignal.aborted).toBe(true)
  expect(outputs.failureSignal.reason).toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('a.mp4 cannot be created there'),
  })
})

test('a place that cannot be written is known before anything runs, and nothing is made', () => {
  writeFileSync(join(root, 'file'), '')
  expect(folderProblem(root)).toBeUndefined()
  expect(folderProblem(join(root, 'new', 'deep'))).toBeUndefined()
  expect(folderProblem(join(root, 'file', 'deep'))).toContain('A file stands where')
  expect(readdirSync(root)).toEqual(['file'])
})
