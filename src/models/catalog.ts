/**
 * The models that ship with the product, as `public/models/catalog.json` describes them: a card each, so that
 * the editor can list them, and plan with their scale, without loading a single weight.
 */
import { z } from 'zod'
import type { ModelFacts } from '../graph/facts.ts'
import { ModelError } from './types.ts'

const side = z.int().min(1).max(16384)

const cardSchema = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  name: z.string().min(1),
  /** Beside the catalog. */
  file: z.string().regex(/^[\w.-]+\.onnx$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Size of the file. */
  bytes: z.int().positive(),
  task: z.enum(['super-resolution', 'text-detection']).default('super-resolution'),
  scale: z.int().min(1).max(16),
  layout: z.enum(['nchw', 'nhwc']).default('nchw'),
  channels: z.enum(['rgb', 'y']).default('rgb'),
  elementType: z.enum(['float32', 'float16']).default('float32'),
  fixedSize: z.object({ width: side, height: side }).nullable().default(null),
  /** Models of one family differ in personality alone. */
  family: z.string().min(1).optional(),
  personality: z.enum(['l1', 'perceptual', 'gan']).nullable().default(null),
  parameters: z.int().positive().nullable().default(null),
  licence: z.string().min(1),
  origin: z.string().min(1),
  goodFor: z.string(),
  getsWrong: z.string(),
})

export type ModelCard = z.infer<typeof cardSchema>

const catalogSchema = z
  .object({ models: z.array(cardSchema) })
  .refine(({ models }) => new Set(models.map((card) => card.id)).size === models.length, {
    message: 'two models share an id',
    path: ['models'],
  })

const hint = 'Reload the page; if that does not help, the installation is damaged and should be installed again.'

/** Checks what `catalog.json` holds. Throws `ModelError` naming the first field that is not as it should be. */
export function parseCatalog(value: unknown): readonly ModelCard[] {
  const parsed = catalogSchema.safeParse(value)
  if (parsed.success) return parsed.data.models
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') || 'its top level'
  throw new ModelError(`The list of built-in models is damaged at ${where}: ${issue?.message ?? 'unknown'}.`, hint)
}

/** `modelsUrl`: absolute address of the folder, with a slash at its end. Rejects with `ModelError`. */
export async function fetchCatalog(modelsUrl: string): Promise<readonly ModelCard[]> {
  let value: unknown
  try {
    const response = await fetch(new URL('catalog.json', modelsUrl))
    if (!response.ok) throw new Error(`status ${response.status}`)
    value = await response.json()
  } catch (cause) {
    throw new ModelError('The list of built-in models could not be loaded.', hint, { cause })
  }
  return parseCatalog(value)
}

export function cardFacts(card: ModelCard): ModelFacts {
  const { file: _file, family: _family, bytes, ...facts } = card
  return { ...facts, size: bytes }
}
