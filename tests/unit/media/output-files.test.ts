import { afterEach, expect, test } from 'vitest'
import { httpOutput } from '../../../src/media/output-files.ts'

const real = globalThis.fetch
afterEach(() => {
  globalThis.fetch = real
})

test('pieces are put at their positions, then committed', async () => {
  const sent: string[] = []
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input))
    const length = init?.body instanceof Blob ? init.body.size : 0
    sent.push(`${init?.method} ${url.pathname}${url.search} ${length}`)
    return new Response(null, { status: 204 })
  }
  const file = await httpOutput('http://localhost:1/output/abc').open('my film.mp4')
  await file.write(16, new Uint8Array(4))
  await file.close()
  await file.commit()
  await file.discard()
  expect(sent).toEqual([
    'PUT /output/abc?file=my+film.mp4&position=16 4',
    'POST /output/abc?file=my+film.mp4&commit=1 0',
    'POST /output/abc?file=my+film.mp4&discard=1 0',
  ])
})

test('what the receiver says is what people read', async () => {
  globalThis.fetch = async () => new Response('The disk is full: out/film.mp4 could not be written.', { status: 507 })
  const file = await httpOutput('http://localhost:1/').open('film.mp4')
  await expect(file.write(0, new Uint8Array(1))).rejects.toMatchObject({
    name: 'MediaError',
    message: 'The disk is full: out/film.mp4 could not be written.',
    hint: expect.stringMatching(/disk space/),
  })
})
