/** Cards, families and the models that an installation adds to those that ship. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { catalogSchemaText, schemaFile } from '../../../scripts/models/catalog-schema.ts'
import { cardFacts, parseCatalog } from '../../../src/models/catalog.ts'
import { CatalogStore } from '../../../src/models/model-store.ts'

const root = new URL('../../../', import.meta.url)

const card = (id: string, more: object = {}) => ({
  id,
  name: id.toUpperCase(),
  file: `${id}.onnx`,
  sha256: id.charCodeAt(0).toString(16).padStart(64, '0'),
  bytes: 1,
  scale: 2,
  licence: 'MIT',
  origin: 'A test.',
  goodFor: '',
  getsWrong: '',
  ...more,
})
const trained = (id: string, personality: string, more: object = {}) => card(id, { family: 'f', personality, ...more })
const facts = (models: object[]) => {
  const all = parseCatalog({ models })
  return all.map((each) => cardFacts(each, all))
}

test('the published schema is that of the code', () => {
  // Otherwise: npm run models:schema
  expect(readFileSync(new URL(schemaFile, root), 'utf8')).toBe(catalogSchemaText())
})

test('the catalog that ships names its schema, and all of it is at most 3 MB', () => {
  const value: unknown = JSON.parse(readFileSync(new URL('public/models/catalog.json', root), 'utf8'))
  expect(value).toMatchObject({ $schema: './catalog.schema.json' })
  expect(parseCatalog(value).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(3e6)
})

describe('a family', () => {
  test('lies along its dial by personality, whatever the order of the cards', () => {
    const all = facts([trained('g', 'gan'), card('x'), trained('a', 'l1'), trained('p', 'perceptual')])
    expect(all.map(({ family }) => family?.place.personality)).toEqual([2, undefined, 0, 1])
    expect(all[0]?.family).toMatchObject({ name: 'f', members: [{ id: 'a', name: 'A' }, { id: 'p' }, { id: 'g' }] })
  })

  test('or by place, where its members share a personality', () => {
    const all = facts([trained('s', 'gan', { place: 1 }), trained('w', 'gan', { place: 0 })])
    expect(all.map(({ family }) => family?.place.personality)).toEqual([1, 0])
  })

  const both = (id: string, personality: string, source: string) => trained(id, personality, { source })

  test('for clean and for compressed sources has a second dial, whatever the order of the cards', () => {
    const grid = [
      both('d', 'gan', 'coded'),
      both('b', 'l1', 'coded'),
      both('c', 'gan', 'clean'),
      both('a', 'l1', 'clean'),
    ]
    const all = facts(grid)
    expect(all.map(({ family }) => family?.place)).toEqual([
      { personality: 1, source: 1 },
      { personality: 0, source: 1 },
      { personality: 1, source: 0 },
      { personality: 0, source: 0 },
    ])
    expect(all[0]?.family?.ends).toEqual({ personality: 1, source: 1 })
    expect(all[0]?.family?.members.map(({ id }) => id)).toEqual(['a', 'c', 'b', 'd'])
    expect(all.map(({ source }) => source)).toEqual(['coded', 'coded', 'clean', 'clean'])
  })

  test('may lack members, but not the one where both dials begin; of one kind of source it has one dial', () => {
    expect(facts([both('a', 'l1', 'clean'), both('b', 'gan', 'coded')])[1]?.family?.place).toEqual({
      personality: 1,
      source: 1,
    })
    expect(facts([both('a', 'l1', 'coded'), both('b', 'gan', 'coded')])[0]?.family?.ends).toEqual({
      personality: 1,
      source: 0,
    })
  })

  test('of one is none', () => {
    expect(facts([trained('a', 'l1'), card('x')])[0]?.family).toBeUndefined()
  })

  test.each([
    [
      'share a place',
      [trained('a', 'gan'), trained('b', 'gan')],
      /damaged at models: two models of the family f share/,
    ],
    [
      'are for the same source and personality',
      [both('a', 'l1', 'clean'), both('b', 'l1', 'clean')],
      /two models of the family f share a place/,
    ],
    [
      'say their source in part',
      [both('a', 'l1', 'clean'), trained('b', 'gan')],
      /family f some models say their source and others do not/,
    ],
    [
      'leave the beginning of both dials empty',
      [both('a', 'l1', 'coded'), both('b', 'gan', 'clean')],
      /family f has no model where both dials begin/,
    ],
    ['differ in scale', [trained('a', 'l1'), trained('b', 'gan', { scale: 4 })], /family f differ in scale or form/],
  ])('whose members %s is refused', (_what, models, message) => {
    expect(() => parseCatalog({ models })).toThrow(message)
  })
})

describe('models that ship no more', () => {
  test.each([
    ['two models replace the same one', [card('a', { replaces: ['x'] }), card('b', { replaces: ['x'] })]],
    ['x is replaced, but ships', [card('a', { replaces: ['x'] }), card('x')]],
  ])('are replaced by one, and are not there: %s', (message, models) => {
    expect(() => parseCatalog({ models })).toThrow(message)
  })
})

describe('models added to an installation', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  async function serve(files: Record<string, string>, withAdded: boolean) {
    const asked: string[] = []
    server = createServer((request, response) => {
      asked.push(request.url!)
      const body = files[request.url!]
      response.writeHead(body === undefined ? 404 : 200).end(body)
    })
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
    const address = server.address() as AddressInfo
    return { asked, store: new CatalogStore(`http://127.0.0.1:${address.port}/models/`, withAdded) }
  }

  const builtIn = { '/models/catalog.json': JSON.stringify({ models: [card('a')] }) }
  const own = (models: object[]) => ({ ...builtIn, '/models/added/catalog.json': JSON.stringify({ models }) })

  test('come after the built-in ones, their files from their own folder', async () => {
    const { asked, store } = await serve({ ...own([card('b')]), '/models/added/b.onnx': 'x' }, true)
    expect((await store.list()).map(({ id }) => id)).toEqual(['a', 'b'])
    await expect((await store.find({ id: 'b' })).bytes()).rejects.toThrow(/“b” is not the one it should be/)
    expect(asked).toEqual(['/models/catalog.json', '/models/added/catalog.json', '/models/added/b.onnx'])
  })

  test('a model that ships no more is found as the one that replaces it, by id or by hash', async () => {
    const successor = card('new', { replaces: ['old', 'f'.repeat(64)] })
    const { store } = await serve({ '/models/catalog.json': JSON.stringify({ models: [successor] }) }, false)
    for (const ref of [{ id: 'old' }, { id: 'old', sha256: 'e'.repeat(64) }, { id: 'new', sha256: 'f'.repeat(64) }]) {
      expect((await store.find(ref)).facts).toMatchObject({ id: 'new', standsFor: ref.id })
    }
    expect((await store.find({ id: 'new' })).facts.standsFor).toBeUndefined()
    await expect(store.find({ id: 'older' })).rejects.toThrow(/“older” is not here/)
  })

  test('every model that has shipped opens, as itself or as the nearest of today, at its personality', async () => {
    const shipped = readFileSync(new URL('public/models/catalog.json', root), 'utf8')
    const { store } = await serve({ '/models/catalog.json': shipped }, false)
    for (const size of ['s', 'm'])
      for (const personality of ['l1', 'perceptual', 'gan']) {
        const { facts } = await store.find({ id: `framewright-${size}-${personality}-x2`, sha256: 'e'.repeat(64) })
        expect(facts).toMatchObject({
          personality,
          source: 'coded',
          standsFor: `framewright-${size}-${personality}-x2`,
        })
      }
    const firstWeights = '7baddea206e48cdbf9379648c8603f96199849cb19b309123ac5b45eb93d24a8'
    const { facts } = await store.find({ id: 'framewright-s-clean-x2', sha256: firstWeights })
    expect(facts).toMatchObject({ id: 'framewright-s-clean-x2', personality: 'l1', source: 'clean' })
  })

  test('are not even asked for where there are none', async () => {
    const { asked, store } = await serve(builtIn, false)
    expect(await store.list()).toHaveLength(1)
    expect(asked).toEqual(['/models/catalog.json'])
  })

  test.each([
    ['damaged', { ...builtIn, '/models/added/catalog.json': '{' }, /list of added models could not be loaded/],
    ['of another form', own([{ id: 'b' }]), /list of added models is damaged at models\.0\.name/],
    ['named like a built-in one', own([card('a')]), /added model “a” has the name of a built-in one/],
  ])('are refused where %s', async (_what, files, message) => {
    const { store } = await serve(files, true)
    await expect(store.list()).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        hint: expect.stringContaining('public/models/added'),
      }),
    )
  })
})
