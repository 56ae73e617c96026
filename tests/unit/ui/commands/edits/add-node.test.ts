/** Where a new node lies beside those that are selected. */
import { expect, test } from 'vitest'
import { edit, newHistory } from '../../../../../src/graph/edits/history.ts'
import { addWired, card } from '../../../../../src/ui/commands/edits/add-node.ts'
import { id, sketch, specs } from '../../../graph/specs.ts'

const { nodes, edges } = sketch({ clip: {}, scale: {}, grain: {} }, [])
const at = (name: string, x: number, y: number) => ({ [id(name)]: { ...nodes[id(name)]!, position: { x, y } } })
const document = {
  ...sketch({}, []),
  nodes: { ...at('clip', 0, 0), ...at('scale', 400, 160), ...at('grain', 0, 800) },
  edges,
}

const placeOf = (type: string, ...selected: string[]) => {
  const options = { selectedNodes: selected.map(id), middle: { x: 1000, y: 1000 } }
  const { history, result } = edit(newHistory(document), 'Add', (draft) =>
    addWired(draft, document, specs, specs.get(type)!, options),
  )
  return history.document.nodes[result as ReturnType<typeof id>]!.position
}

test('it stands a gap right of the rightmost, at the middle of their heights', () => {
  expect(placeOf('blend', 'clip', 'scale')).toEqual({ x: 400 + card.width + card.gapX, y: 80 })
})

test('a source stands a gap left of the node that it feeds, and one beside nothing in the middle', () => {
  expect(placeOf('clip', 'grain')).toEqual({ x: -card.width - card.gapX, y: 800 })
  // Centred at 1000, 1000, on the grid of eights.
  expect(placeOf('clip')).toEqual({ x: 904, y: 936 })
})
