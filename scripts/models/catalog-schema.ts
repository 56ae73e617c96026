/** The catalog's form as a JSON Schema, from the very schema that the product checks it with. */
import { z } from 'zod'
import { catalogSchema } from '../../src/models/catalog.ts'

export const schemaFile = 'public/models/catalog.schema.json'

/** Text of the file. Says of a catalog as it is written, where fields with a default may be left out. */
export const catalogSchemaText = (): string =>
  `${JSON.stringify(z.toJSONSchema(catalogSchema, { io: 'input' }), null, 2)}\n`
