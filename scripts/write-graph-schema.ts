/** `npm run schemas`: writes public/graph.schema.json, which text editors check graph files with. */
import { writeFileSync } from 'node:fs'
import { loadSpecs } from '../src/host/node-specs.ts'
import { graphSchemaText, schemaFile } from './graph-schema.ts'

writeFileSync(new URL(`../${schemaFile}`, import.meta.url), graphSchemaText(await loadSpecs()))
console.log(`wrote ${schemaFile}`)
