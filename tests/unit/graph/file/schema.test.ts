/** The published schema of graph files says what the code says. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { graphSchemaText, schemaFile } from '../../../../scripts/graph-schema.ts'
import { checkParam } from '../../../../src/graph/node/values.ts'
import { specs } from '../../../../src/nodes/registry.ts'

const root = new URL('../../../../', import.meta.url)
const published = readFileSync(new URL(schemaFile, root), 'utf8')
const params = z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) })
const schema = z.object({ $defs: z.record(z.string(), z.unknown()) }).parse(JSON.parse(published))

it('is that of the code', () => {
  // Otherwise: npm run schemas
  expect(published).toBe(graphSchemaText(specs))
})

describe.each([...specs.values()])('$type', (spec) => {
  const { properties } = params.parse(schema.$defs[`${spec.type}-params`])

  it('has every param, with the default and the range that validation holds', () => {
    expect(Object.keys(properties)).toEqual(Object.keys(spec.params))
    for (const [name, declared] of Object.entries(spec.params)) {
      const { default: value, minimum, maximum } = properties[name]!
      expect(value, name).toEqual(declared.default)
      for (const edge of [minimum, maximum]) {
        if (typeof edge !== 'number') continue
        expect(checkParam(declared, edge), `${name} at ${edge}`).toBeUndefined()
        expect(checkParam(declared, edge === minimum ? edge - 1 : edge + 1), `${name} beyond ${edge}`).toBeDefined()
      }
    }
  })
})

it('knows every param that a shipped recipe sets', () => {
  const file = z.object({ nodes: z.record(z.string(), z.object({ type: z.string(), params: z.object({}).loose() })) })
  const folder = new URL('public/graphs/', root)
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json')))
    for (const node of Object.values(file.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))).nodes)) {
      const { properties } = params.parse(schema.$defs[`${node.type}-params`])
      expect(Object.keys(properties), `${name}: ${node.type}`).toEqual(expect.arrayContaining(Object.keys(node.params)))
    }
})
