import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { cardFacts, parseCatalog } from '../../../src/models/catalog.ts'
import { CatalogStore, readModelFile, sha256Hex } from '../../../src/models/model-store.ts'
import { ModelError } from '../../../src/models/types.ts'

const content = new TextEncoder().encode('the bytes of a model')
const card = async () => ({
  id: 'm-x2',
  name: 'M ×2',
  file: 'm-x2.onnx',
  sha256: await sha256Hex(content),
  bytes: content.byteLength,
  scale: 2,
  personality: 'gan',
  parameters: 10,
  licence: 'MIT',
  origin: 'A test.',
  goodFor: 'Tests.',
  getsWrong: 'All else.',
})

let server: Server | undefined
afterEach(() => server?.close())

/** Serves these files from a real address and counts what is asked for. */
async function serve(files: Record<string, string | Uint8Array>) {
  const asked: string[] = []
  server = createServer((request, response) => {
    const name = request.url!.replace('/models/', '')
    asked.push(name)
    const body = files[name]
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { asked, store: new CatalogStore(`http://127.0.0.1:${(server!.address() as AddressInfo).port}/models/`) }
}

describe('the catalog that ships', () => {
  test('is well formed, and its files are what it says', async () => {
    const folder = new URL('../../../public/models/', import.meta.url)
    const cards = parseCatalog(JSON.parse(await readFile(new URL('catalog.json', folder), 'utf8')))
    expect(cards.length).toBeGreaterThan(0)
    for (const each of cards) {
      const bytes = new Uint8Array(await readFile(new URL(each.file, folder)))
      expect({ id: each.id, sha256: await sha256Hex(bytes), bytes: bytes.byteLength }).toEqual({
        id: each.id,
        sha256: each.sha256,
        bytes: each.bytes,
      })
    }
  })
})

describe('parseCatalog', () => {
  test('fills in what most models have', async () => {
    const [parsed] = parseCatalog({ models: [await card()] })
    expect(cardFacts(parsed!)).toMatchObject({
      task: 'super-resolution',
      layout: 'nchw',
      channels: 'rgb',
      elementType: 'float32',
      fixedSize: null,
      size: content.byteLength,
    })
  })

  test.each([
    ['no list', [], /damaged/],
    ['a missing name', { models: [{ id: 'a' }] }, /damaged at models\.0\.name/],
    ['a path out of its folder', { models: [{ file: '../a.onnx' }] }, /damaged at models\.0/],
  ])('%s is refused', (_what, value, message) => {
    expect(() => parseCatalog(value)).toThrow(ModelError)
    expect(() => parseCatalog(value)).toThrow(message)
  })

  test('two of one id are refused', async () => {
    expect(() => parseCatalog({ models: [{ ...cardLike }, { ...cardLike }] })).toThrow(/share an id/)
  })
})

const cardLike = {
  id: 'a',
  name: 'A',
  file: 'a.onnx',
  sha256: 'a'.repeat(64),
  bytes: 1,
  scale: 2,
  licence: 'MIT',
  origin: 'A test.',
  goodFor: '',
  getsWrong: '',
}

describe('the store of the catalog', () => {
  test('loads a model of the catalog once, checked', async () => {
    const { asked, store } = await serve({
      'catalog.json': JSON.stringify({ models: [await card()] }),
      'm-x2.onnx': content,
    })
    expect((await store.list()).map(({ id }) => id)).toEqual(['m-x2'])
    const found = await store.find({ id: 'm-x2' })
    expect(found.facts).toMatchObject({ scale: 2, personality: 'gan' })
    expect(await found.bytes()).toEqual(content)
    expect(await (await store.find({ id: 'any', sha256: found.facts.sha256 })).bytes()).toEqual(content)
    expect(asked).toEqual(['catalog.json', 'm-x2.onnx'])
  })

  test('bytes that are not those of the card are refused', async () => {
    const { store } = await serve({
      'catalog.json': JSON.stringify({ models: [await card()] }),
      'm-x2.onnx': content.slice(1),
    })
    const { bytes } = await store.find({ id: 'm-x2' })
    await expect(bytes()).rejects.toThrow(/“m-x2” is not the one it should be: its sha256 is [0-9a-f]{12}…, expected/)
  })

  test('a file that changed since it was added is refused', async () => {
    const { store } = await serve({ 'catalog.json': '{"models":[]}' })
    const [listed] = parseCatalog({ models: [await card()] })
    store.add(new File([content.slice(1)], 'm.onnx'), { ...cardFacts(listed!), id: 'm.onnx' })
    const { bytes } = await store.find({ id: 'm.onnx' })
    await expect(bytes()).rejects.toThrow(/“m\.onnx” is not the one it should be/)
  })

  test('a missing catalog or model is said so, and asked for again', async () => {
    const files: Record<string, string> = {}
    const { store } = await serve(files)
    await expect(store.list()).rejects.toThrow('The list of built-in models could not be loaded.')
    files['catalog.json'] = JSON.stringify({ models: [await card()] })
    const { bytes } = await store.find({ id: 'm-x2' })
    await expect(bytes()).rejects.toThrow('The built-in model “m-x2” could not be loaded.')
  })
})

test('an empty file is refused by name', async () => {
  await expect(readModelFile(new File([], 'nothing.onnx'))).rejects.toThrow('The model file “nothing.onnx” is empty.')
})
