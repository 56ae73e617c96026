/** `npm run schemas`: writes what follows from the shape of graph files: the JSON Schema that text editors check them with, and the tables of the docs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { loadSpecs } from '../src/host/node-specs.ts'
import { docsFile, withFieldTables } from './graph-docs.ts'
import { graphSchemaText, schemaFile } from './graph-schema.ts'

const root = new URL('../', import.meta.url)
writeFileSync(new URL(schemaFile, root), graphSchemaText(await loadSpecs()))
console.log(`wrote ${schemaFile}`)
const docs = new URL(docsFile, root)
writeFileSync(docs, withFieldTables(readFileSync(docs, 'utf8')))
console.log(`wrote the tables of ${docsFile}`)
