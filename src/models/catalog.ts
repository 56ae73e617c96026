/**
 * The models that ship with the product, as `public/models/catalog.json` describes them: a card each, so that
 * the editor can list them, and plan with their scale, without loading a single weight. Models that somebody added
 * to an installation (`npm run models:add`) stand in a catalog of the same form in the folder `added/` beside it.
 */
import { z } from '../graph/file/full-zod.ts'
import type { DialPlace, FamilyFacts, ModelFacts, Personality, SourceKind } from '../graph/node/facts.ts'
import { ModelError } from './types.ts'

const side = z.int().min(1).max(16384)

const cardSchema = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/)
    .describe('How documents name the model; never changes.'),
  name: z.string().min(1).describe('For people.'),
  file: z
    .string()
    .regex(/^[\w.-]+\.onnx$/)
    .describe('The ONNX file, beside the catalog.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('Of the file, lower-case hex.'),
  bytes: z.int().positive().describe('Size of the file.'),
  task: z
    .enum(['super-resolution', 'restoration', 'text-detection'])
    .default('super-resolution')
    .describe('What the model does.'),
  scale: z.int().min(1).max(16).describe('Output size ÷ input size.'),
  layout: z.enum(['nchw', 'nhwc']).default('nchw').describe('Order of the dimensions.'),
  channels: z.enum(['rgb', 'y']).default('rgb').describe('RGB, or luma alone.'),
  elementType: z.enum(['float32', 'float16']).default('float32').describe('Of input and output.'),
  numbers: z
    .object({ in: z.enum(['unit', 'byte', 'signed']), out: z.enum(['unit', 'byte', 'signed']) })
    .default({ in: 'unit', out: 'unit' })
    .describe('Black and white in and out: unit is 0 and 1, byte 0 and 255, signed −1 and 1.'),
  fixedSize: z
    .object({ width: side, height: side })
    .nullable()
    .default(null)
    .describe('The input size in pixels, where the file fixes it.'),
  context: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Input pixels around a pixel that its result depends on; null: the whole picture, or not known.'),
  family: z
    .string()
    .min(1)
    .optional()
    .describe('Models of one family differ in their weights alone: SR Model can mix them.'),
  place: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Where on the family’s dial Personality, in rising order. Without it: l1 first, then perceptual, then gan.',
    ),
  source: z
    .enum(['clean', 'coded'])
    .nullable()
    .default(null)
    .describe(
      'What it was trained on: clean pictures, or compressed ones. A family of both has the dial Source damage.',
    ),
  replaces: z
    .array(z.string().min(1))
    .default([])
    .describe('Models that no longer ship, by id or sha256: a graph that names one opens with this model.'),
  personality: z
    .enum(['l1', 'perceptual', 'gan'])
    .nullable()
    .default(null)
    .describe('The loss it was trained with: l1 is faithful and soft, perceptual textured, gan crisp and inventive.'),
  parameters: z.int().positive().nullable().default(null).describe('How many weights.'),
  licence: z.string().min(1).describe('SPDX identifier where there is one.'),
  origin: z.string().min(1).describe('Who made it, and of what.'),
  goodFor: z.string().describe('One or two sentences.'),
  getsWrong: z.string().describe('One or two sentences.'),
})

export type ModelCard = z.infer<typeof cardSchema> & {
  /** Folder of the file below that of the catalog: empty, or with a slash at its end. */
  readonly folder?: string
}

const ranks: Readonly<Record<Personality, number>> = { l1: 0, perceptual: 1, gan: 2 }
const rankOf = ({ place, personality }: ModelCard): number => place ?? (personality ? ranks[personality] : 0)
const sources: readonly (SourceKind | null)[] = ['clean', 'coded']

/** Where each member stands: along each dial the places that the family has, counted from 0. */
function placesOf(members: readonly ModelCard[]): ReadonlyMap<ModelCard, DialPlace> {
  const sortedRanks = [...new Set(members.map(rankOf))].toSorted((a, b) => a - b)
  const sourceKinds = sources.filter((source) => members.some((member) => member.source === source))
  return new Map(
    members.map((member) => [
      member,
      { personality: sortedRanks.indexOf(rankOf(member)), source: Math.max(0, sourceKinds.indexOf(member.source)) },
    ]),
  )
}

/** What a family's members must share, or be told apart by; a clause that says what is wrong. */
function familyComplaint(models: readonly ModelCard[]): string | undefined {
  for (const name of new Set(models.flatMap(({ family }) => family ?? []))) {
    const members = models.filter(({ family }) => family === name)
    if (new Set(members.map(({ source }) => source === null)).size > 1)
      return `of the family ${name} some models say their source and others do not`
    const places = [...placesOf(members).values()]
    if (new Set(places.map(({ personality, source }) => `${personality} ${source}`)).size !== members.length)
      return `two models of the family ${name} share a place`
    if (!places.some(({ personality, source }) => personality === 0 && source === 0))
      return `the family ${name} has no model where both dials begin`
    const forms = members.map(({ scale, layout, channels, elementType, numbers, fixedSize, context, task }) =>
      JSON.stringify([scale, layout, channels, elementType, numbers, fixedSize, context, task]),
    )
    if (new Set(forms).size > 1) return `the models of the family ${name} differ in scale or form`
  }
  return undefined
}

/** What is wrong with what the models replace; a clause. */
function replacementComplaint(models: readonly ModelCard[]): string | undefined {
  const replacedIds = models.flatMap(({ replaces }) => replaces)
  if (new Set(replacedIds).size !== replacedIds.length) return 'two models replace the same one'
  const shippedName = replacedIds.find((name) => models.some(({ id, sha256 }) => id === name || sha256 === name))
  return shippedName === undefined ? undefined : `${shippedName} is replaced, but ships`
}

export const catalogSchema = z
  .object({
    $schema: z.string().optional(),
    models: z.array(cardSchema),
  })
  .superRefine(({ models }, context) => {
    const complaint =
      new Set(models.map((card) => card.id)).size < models.length
        ? 'two models share an id'
        : (familyComplaint(models) ?? replacementComplaint(models))
    if (complaint) context.addIssue({ code: 'custom', message: complaint, path: ['models'] })
  })
  .meta({ title: 'Framewright’s catalog of models' })

const hint = 'Reload the page; if that does not help, the installation is damaged and should be installed again.'

/** Checks what `catalog.json` holds. Throws `ModelError` naming the first field that is not as it should be. */
export function parseCatalog(value: unknown, what = 'built-in models', remedy = hint): readonly ModelCard[] {
  const outcome = catalogSchema.safeParse(value)
  if (outcome.success) return outcome.data.models
  const issue = outcome.error.issues[0]
  const where = issue?.path.join('.') || 'its top level'
  throw new ModelError(`The list of ${what} is damaged at ${where}: ${issue?.message ?? 'unknown'}.`, remedy)
}

async function fetchList(url: URL, what: string, remedy: string): Promise<readonly ModelCard[]> {
  let value: unknown
  try {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`status ${response.status}`)
    value = await response.json()
  } catch (cause) {
    throw new ModelError(`The list of ${what} could not be loaded.`, remedy, { cause })
  }
  return parseCatalog(value, what, remedy)
}

/** Where models that somebody added to an installation lie, below the catalog's folder. */
export const addedFolder = 'added/'

/**
 * `modelsUrl`: absolute address of the folder, with a slash at its end. `added`: whether there is an `added/` folder,
 * whose models come after the built-in ones. Rejects with `ModelError`.
 */
export async function fetchCatalog(modelsUrl: string, added = false): Promise<readonly ModelCard[]> {
  const builtIn = await fetchList(new URL('catalog.json', modelsUrl), 'built-in models', hint)
  if (!added) return builtIn
  const what = 'added models'
  const remedy = 'Delete the folder public/models/added and add the models again.'
  const addedCards = await fetchList(new URL(`${addedFolder}catalog.json`, modelsUrl), what, remedy)
  const all = [...builtIn, ...addedCards.map((card) => ({ ...card, folder: addedFolder }))]
  const names = new Set(builtIn.flatMap(({ id, family }) => [id, ...(family ? [family] : [])]))
  const twice = addedCards.find(({ id, family }) => names.has(id) || (family && names.has(family)))
  if (twice) throw new ModelError(`The added model “${twice.id}” has the name of a built-in one.`, remedy)
  return all
}

/** The family of a card, as far as its members are in the catalog; `undefined` where it is alone. */
export function familyOf(card: ModelCard, catalog: readonly ModelCard[]): FamilyFacts | undefined {
  const { family } = card
  if (family === undefined) return undefined
  const cards = catalog.filter((each) => each.family === family)
  if (cards.length < 2) return undefined
  const places = placesOf(cards)
  const members = cards
    .map(({ id, name, sha256, personality, source }, i) => {
      const place = places.get(cards[i]!)!
      return { id, name, sha256, personality, source, place }
    })
    .toSorted((a, b) => a.place.source - b.place.source || a.place.personality - b.place.personality)
  const end = (dial: keyof DialPlace) => Math.max(...members.map(({ place }) => place[dial]))
  return {
    name: family,
    members,
    ends: { personality: end('personality'), source: end('source') },
    place: places.get(card)!,
  }
}

export function cardFacts(card: ModelCard, catalog: readonly ModelCard[] = [card]): ModelFacts {
  const { file: _file, folder: _folder, family: _family, place: _place, replaces: _replaces, bytes, ...facts } = card
  const family = familyOf(card, catalog)
  return { ...facts, size: bytes, ...(family ? { family } : {}) }
}
