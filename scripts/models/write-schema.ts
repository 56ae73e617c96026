/** `npm run models:schema`: writes public/models/catalog.schema.json, which editors check catalog.json with. */
import { writeFileSync } from 'node:fs'
import { catalogSchemaText, schemaFile } from './catalog-schema.ts'

writeFileSync(new URL(`../../${schemaFile}`, import.meta.url), catalogSchemaText())
console.log(`wrote ${schemaFile}`)
