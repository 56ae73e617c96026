/** `models:add` gives converted files a card in a catalog of their own, which git does not see. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addModels } from '../../../../scripts/models/add-model.ts'
import type { Source, SourceModel } from '../../../../scripts/models/sources.ts'
import { sources } from '../../../../scripts/models/sources.ts'
import { cardFacts, parseCatalog } from '../../../../src/models/catalog.ts'
import { openFamily } from '../../../../src/models/family.ts'
import { sha256Hex } from '../../../../src/models/model-store.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const fixtures = join(root, 'tests/fixtures/models')

let folder: string
let target: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewright-test-'))
  target = join(folder, 'added')
  for (const [stem, kind] of [
    ['weak', 'float16'],
    ['strong', 'float32'],
  ]) {
    copyFileSync(join(fixtures, 'ncnn.param'), join(folder, `${stem}.param`))
    copyFileSync(join(fixtures, `ncnn-${kind}.bin`), join(folder, `${stem}.bin`))
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

const model = (stem: string, place: number, more: Partial<SourceModel> = {}): SourceModel => ({
  id: `${stem}-x2`,
  name: `${stem} ×2`,
  files: { stem, sha256: null },
  scale: 2,
  family: { name: 'twins', place },
  personality: 'gan',
  goodFor: 'Tests.',
  getsWrong: 'All else.',
  ...more,
})
const source = (...models: SourceModel[]): Source => ({
  name: 'twins',
  npm: null,
  licence: 'BSD-3-Clause',
  origin: 'A test',
  models,
})
const catalog = () => parseCatalog(JSON.parse(readFileSync(join(target, 'catalog.json'), 'utf8')))
const bytesOf = (file: string) => new Uint8Array(readFileSync(join(target, file)))

test('what is added one after the other stands in one catalog, and twins make a family that mixes', async () => {
  addModels(source(model('strong', 1)), folder, target, true)
  expect(cardFacts(catalog()[0]!, catalog()).family).toBeUndefined()
  addModels(source(model('weak', 0)), folder, target, true)
  const cards = catalog()
  for (const { file, sha256, bytes } of cards) {
    expect([await sha256Hex(bytesOf(file)), bytesOf(file).byteLength]).toEqual([sha256, bytes])
  }
  const facts = cards.map((card) => cardFacts(card, cards))
  expect(
    facts.map(({ id, scale, licence, parameters, family }) => [
      id,
      scale,
      licence,
      parameters,
      family?.place.personality,
    ]),
  ).toEqual([
    ['strong-x2', 2, 'BSD-3-Clause', 2379, 1],
    ['weak-x2', 2, 'BSD-3-Clause', 2379, 0],
  ])
  const { members } = facts[0]!.family!
  const family = openFamily(members.map(({ id, name }) => ({ name, bytes: bytesOf(`${id}.onnx`) })))
  expect(
    family.mix([
      { member: 0, share: 0.5 },
      { member: 1, share: 0.5 },
    ]).byteLength,
  ).toBeGreaterThan(9000)
  expect(readdirSync(target)).toContain('LICENCE-BSD-3-Clause.txt')
})

test('adding a model again replaces it', () => {
  for (let i = 0; i < 2; i++) addModels(source(model('strong', 1)), folder, target, true)
  expect(catalog()).toHaveLength(1)
})

test.each([
  ['missing', source(model('gone', 0)), true, /no gone\.param in .*--from/],
  [
    'another than this version knows',
    source(model('strong', 1, { files: { stem: 'strong', sha256: { param: 'a'.repeat(64), bin: 'b'.repeat(64) } } })),
    false,
    /strong\.param is not the file that this version knows: its sha256 is [0-9a-f]{12}…, expected aaaaaaaaaaaa/,
  ],
  ['of another enlargement', source(model('strong', 1, { scale: 4 })), true, /enlarges ×2, not ×4/],
] as const)('files that are %s are refused and leave no card', (_what, from, trusted, message) => {
  expect(() => addModels(from, folder, target, trusted)).toThrow(
    expect.objectContaining({ name: 'AddError', message: expect.stringMatching(message) }),
  )
  expect(readdirSync(target)).not.toContain('catalog.json')
})

test('a network that cannot be converted is refused by its name', () => {
  writeFileSync(join(folder, 'strong.param'), 'hello')
  expect(() => addModels(source(model('strong', 1)), folder, target, true)).toThrow(
    /strong could not be converted: it does not begin with 7767517.*Nothing was added/,
  )
})

test('git does not see what is added, and every known source is pinned where it can be had', () => {
  const ignored = spawnSync('git', ['check-ignore', 'public/models/added/catalog.json'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(ignored.stdout.trim()).toBe('public/models/added/catalog.json')
  for (const { npm, models } of sources) {
    if (npm) expect(npm.spec).toMatch(/@\d+\.\d+\.\d+$/)
    for (const { files } of models) expect(files.sha256 === null).toBe(npm === null)
  }
})
