/** In the recipes that ship no wire runs behind a card. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { shippedGraphs } from '../../../../src/ui/files/shipped-recipes.ts'
import { hiddenWires } from '../../hidden-wires.ts'

it.each(shippedGraphs)('$name', ({ name }) => {
  const file = readFileSync(new URL(`../../../../public/graphs/${name}.json`, import.meta.url), 'utf8')
  const parsed = parseGraph(file, specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  expect(hiddenWires(parsed.document)).toEqual([])
})
