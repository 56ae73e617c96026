/** In the recipes that ship no wire runs behind a card, nor where what enhances is folded into a subgraph and that is opened; and no fold lies on a card. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
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

/** In these a wire passes a card that none of the places of a boundary leads it round. */
const crowded = ['auto-personality', 'steady-inventive']

it('folded left or right of any column, it hides no wire inside or outside', () => {
  for (const { name } of shippedGraphs.filter((graph) => !crowded.includes(graph.name))) {
    const document = recipe(name)
    const inner = Object.values(document.nodes).filter(({ type }) => type !== 'decode' && type !== 'encode')
    const columns = [...new Set(inner.map(({ position }) => position.x))].toSorted((a, b) => a - b).slice(1)
    for (const column of columns)
      for (const isLeft of [true, false]) {
        const folded = inner.flatMap(({ id, position }) => (position.x < column === isLeft ? [id] : []))
        const { history } = edit(newHistory(document), 'fold', (draft) => fold(draft, specs, folded))
        const [body] = Object.values(history.document.nodes).flatMap((record) => record.body ?? [])
        // Where they cannot be folded, that is a problem.
        if (!body) continue
        const hidden = [...hiddenWires(body), ...hiddenWires(history.document)]
        expect(hidden.map((wire) => `${name}, ${folded}: ${wire}`)).toEqual([])
      }
  }
})

it('two nodes folded lie on no other card, and unfolded where they were', () => {
  for (const name of ['default', 'screen-text']) {
    const document = recipe(name)
    const ids = Object.values(document.nodes).flatMap(({ id, type }) => (type === 'encode' ? [] : [id]))
    for (const pair of ids.flatMap((a) => ids.flatMap((b) => (a < b ? [[a, b]] : [])))) {
      const { history, result } = edit(newHistory(document), 'fold', (draft) => fold(draft, specs, pair))
      // Where they cannot be folded, that is a problem.
      if ('code' in result) continue
      const { [result.node]: card, ...others } = history.document.nodes
      const at = card!.position
      const covered = Object.values(others).filter(
        ({ position: { x, y } }) => Math.abs(x - at.x) < 200 && Math.abs(y - at.y) < 90,
      )
      expect(covered.map(({ id }) => `${pair} on ${id}`)).toEqual([])
      const back = edit(history, 'unfold', (draft) => unfold(draft, specs, result.node)).history.document
      expect(back.nodes).toEqual(document.nodes)
    }
  }
})
