/** In the recipes that ship no wire runs behind a card, nor where what enhances is folded into a subgraph and that is opened. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { shippedGraphs } from '../../../../src/ui/files/shipped-recipes.ts'
import { hiddenWires } from '../../hidden-wires.ts'

function recipe(name: string) {
  const file = readFileSync(new URL(`../../../../public/graphs/${name}.json`, import.meta.url), 'utf8')
  const parsed = parseGraph(file, specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.document
}

it.each(shippedGraphs)('$name', ({ name }) => expect(hiddenWires(recipe(name))).toEqual([]))

it.each([
  ...shippedGraphs.map(({ name }) => [name, ['decode', 'encode']] as [string, string[]]),
  ['default', ['decode', 'encode', 'grain']] as [string, string[]],
])('%s, folded but for %j', (name, left) => {
  const document = recipe(name)
  const folded = Object.values(document.nodes).flatMap(({ id, type }) => (left.includes(type) ? [] : [id]))
  const { history } = edit(newHistory(document), 'fold', (draft) => fold(draft, specs, folded))
  const [body] = Object.values(history.document.nodes).flatMap((record) => record.body ?? [])
  expect(hiddenWires(body!)).toEqual([])
})
