import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import {
  type EdgeId,
  type Endpoint,
  emptyDocument,
  type Graph,
  type GraphDocument,
  type MarkId,
  type NodeId,
} from '../../../../src/graph/document/document.ts'
import { draftAt, graphAt, type Path } from '../../../../src/graph/document/levels.ts'
import { portsOf, specOf as specOfRecord } from '../../../../src/graph/document/subgraph.ts'
import * as boundary from '../../../../src/graph/edits/boundary.ts'
import { dotsOf } from '../../../../src/graph/edits/dots.ts'
import * as recipes from '../../../../src/graph/edits/edit.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
import * as fragments from '../../../../src/graph/edits/fragments.ts'
import {
  begin,
  cancel,
  canRedo,
  canUndo,
  commit,
  edit,
  type History,
  newHistory,
  redo,
  undo,
} from '../../../../src/graph/edits/history.ts'
import { addMark, removeMarks, setMark } from '../../../../src/graph/edits/marks.ts'
import { addPoint, freeWires, movePoints, removePoints } from '../../../../src/graph/edits/reroute.ts'
import { insertNode } from '../../../../src/graph/edits/splice.ts'
import { anyDocument, anyJson, foldedAny, foldedSound, levelsOf, soundDocument } from '../arbitrary.ts'
import { facts, specs } from '../specs.ts'

const number = fc.nat(1000)
/** An action of a person, on whatever nodes there are: the numbers choose among them. */
const action = fc.oneof(
  fc.record({ do: fc.constant('add' as const), type: fc.constantFrom(...specs.keys(), 'mystery'), x: number }),
  fc.record({ do: fc.constant('remove' as const), nodes: fc.array(number, { maxLength: 3 }), reconnect: fc.boolean() }),
  fc.record({ do: fc.constant('connect' as const), from: number, to: number, output: number, input: number }),
  fc.record({ do: fc.constant('disconnect' as const), edge: number }),
  fc.record({
    do: fc.constant('set' as const),
    node: number,
    param: fc.constantFrom('amount', 'seed', 'x'),
    value: fc.option(anyJson),
  }),
  fc.record({ do: fc.constant('move' as const), node: number, x: number, y: number }),
  fc.record({
    do: fc.constant('flag' as const),
    nodes: fc.array(number, { maxLength: 3 }),
    flag: fc.constantFrom('bypass' as const, 'mute' as const, 'collapsed' as const),
    on: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('card' as const),
    node: number,
    names: fc.option(fc.array(fc.string(), { maxLength: 2 })),
  }),
  fc.record({ do: fc.constant('via' as const), edge: number, points: fc.array(number, { maxLength: 2 }) }),
  // Few places, so that wires come to share them.
  fc.record({ do: fc.constant('dot' as const), edge: number, index: fc.nat(3), at: fc.nat(3) }),
  fc.record({ do: fc.constant('move dot' as const), dot: number, to: fc.nat(3), part: fc.boolean() }),
  fc.record({ do: fc.constant('remove dot' as const), dot: number }),
  fc.record({ do: fc.constant('free' as const), edges: fc.array(number, { maxLength: 3 }) }),
  fc.record({ do: fc.constant('mark' as const), kind: fc.constantFrom('frame' as const, 'note' as const), x: number }),
  fc.record({ do: fc.constant('remark' as const), mark: number, x: number, text: fc.string() }),
  fc.record({ do: fc.constant('unmark' as const), mark: number }),
  fc.record({ do: fc.constant('insert' as const), node: number, edge: number }),
  fc.record({ do: fc.constant('title' as const), node: number, title: fc.string() }),
  fc.record({ do: fc.constant('meta' as const), title: fc.string(), description: fc.string() }),
  fc.record({
    do: fc.constant('duplicate' as const),
    nodes: fc.array(number, { maxLength: 3 }),
    incoming: fc.boolean(),
  }),
  fc.record({ do: fc.constant('paste' as const), nodes: fc.array(number, { maxLength: 3 }), x: number }),
  fc.record({ do: fc.constant('fold' as const), nodes: fc.array(number, { minLength: 1, maxLength: 4 }) }),
  fc.record({ do: fc.constant('unfold' as const), node: number }),
  fc.record({
    do: fc.constant('port' as const),
    side: fc.constantFrom('inputs' as const, 'outputs' as const),
    how: fc.constantFrom('add' as const, 'remove' as const, 'rename' as const, 'move' as const),
    type: fc.constantFrom('image' as const, 'mask' as const, 'audio' as const),
    port: number,
    title: fc.string(),
    by: fc.integer({ min: -2, max: 2 }),
  }),
  fc.record({ do: fc.constant('promote' as const), node: number, param: number, title: fc.string() }),
  fc.record({ do: fc.constant('demote' as const), param: number, by: fc.integer({ min: -2, max: 2 }) }),
  fc.constantFrom({ do: 'begin' as const }, { do: 'commit' as const }, { do: 'cancel' as const }),
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

const nth = <T>(list: readonly T[], n: number): T => list[n % Math.max(1, list.length)] as T

/** What is done to a subgraph from within it, the whole document in hand. */
function applyWithin(draft: recipes.DocumentDraft, graph: Graph, path: Path, a: Action): boolean {
  const ids = Object.keys(graph.nodes) as NodeId[]
  const promoted = graph.promoted ?? []
  if (a.do === 'port') {
    const name = nth(portsOf(graph, a.side), a.port)?.name ?? 'none'
    if (a.how === 'add') boundary.addPort(draft, path, a.side, { title: a.title, type: a.type })
    else if (a.how === 'remove') boundary.removePort(draft, path, a.side, name)
    else if (a.how === 'rename') boundary.renamePort(draft, path, a.side, name, a.title)
    else boundary.movePort(draft, path, a.side, name, a.by)
  } else if (a.do === 'promote') {
    const node = nth(ids, a.node)
    const params = Object.keys(specOfRecord(specs, graph.nodes[node])?.params ?? {})
    const name = boundary.promote(draft, path, specs, node, nth(params, a.param) ?? 'none')
    if (name !== undefined) boundary.renamePromoted(draft, path, name, a.title)
  } else if (a.do === 'demote') {
    const name = nth(promoted, a.param)?.name ?? 'none'
    if (a.by === 0) boundary.demote(draft, path, name)
    else boundary.movePromoted(draft, path, name, a.by)
  } else return false
  return true
}

function apply(whole: recipes.DocumentDraft, all: GraphDocument, a: Action, path: Path): void {
  const draft = draftAt(whole, path)!
  const document = graphAt(all, path)!
  if (applyWithin(whole, document, path, a)) return
  const ids = Object.keys(document.nodes) as NodeId[]
  const some = (numbers: readonly number[]) => numbers.map((n) => nth(ids, n)).filter((id) => id !== undefined)
  const specOf = (id: NodeId) => specOfRecord(specs, document.nodes[id])
  const end = (n: number, port: number, side: 'inputs' | 'outputs'): Endpoint => {
    const node = nth(ids, n)
    return { node, port: nth(Object.keys(specOf(node)?.[side] ?? {}), port) ?? 'none' }
  }
  if (a.do === 'add') recipes.addNode(draft, { type: a.type, position: { x: a.x, y: 0 } })
  else if (a.do === 'remove') recipes.removeNodes(draft, some(a.nodes), a.reconnect ? specs : undefined)
  else if (a.do === 'connect')
    recipes.connect(draft, specs, end(a.from, a.output, 'outputs'), end(a.to, a.input, 'inputs'))
  else if (a.do === 'disconnect') recipes.disconnect(draft, [nth(Object.keys(document.edges) as EdgeId[], a.edge)])
  else if (a.do === 'set') recipes.setParam(draft, nth(ids, a.node), a.param, a.value ?? undefined)
  else if (a.do === 'move') recipes.moveNodes(draft, { [nth(ids, a.node)]: { x: a.x, y: a.y } })
  else if (a.do === 'flag') recipes.setFlag(draft, some(a.nodes), a.flag, a.on)
  else if (a.do === 'card') recipes.setOnCard(draft, nth(ids, a.node), a.names ?? undefined)
  else if (a.do === 'via')
    recipes.setVia(
      draft,
      nth(Object.keys(document.edges) as EdgeId[], a.edge),
      a.points.map((x) => ({ x, y: x })),
    )
  else if (a.do === 'dot')
    addPoint(draft, nth(Object.keys(document.edges) as EdgeId[], a.edge), a.index, { x: a.at, y: 0 })
  else if (a.do === 'move dot') {
    const stops = nth(dotsOf(document), a.dot)?.stops ?? []
    movePoints(draft, a.part ? stops.slice(0, 1) : stops, { x: a.to, y: 0 })
  } else if (a.do === 'remove dot') removePoints(draft, nth(dotsOf(document), a.dot)?.stops ?? [])
  else if (a.do === 'free')
    freeWires(
      draft,
      a.edges.flatMap((n) => nth(Object.keys(document.edges) as EdgeId[], n) ?? []),
    )
  else if (a.do === 'mark')
    addMark(draft, {
      kind: a.kind,
      text: '',
      colour: 'blue',
      position: { x: a.x, y: a.x },
      size: { width: a.x, height: 600 },
    })
  else if (a.do === 'remark')
    setMark(draft, nth(Object.keys(document.marks ?? {}) as MarkId[], a.mark), {
      text: a.text,
      colour: 'red',
      position: { x: a.x, y: -a.x },
      size: { width: a.x, height: a.x },
    })
  else if (a.do === 'unmark') removeMarks(draft, [nth(Object.keys(document.marks ?? {}) as MarkId[], a.mark)])
  else if (a.do === 'insert')
    insertNode(draft, specs, nth(ids, a.node), nth(Object.keys(document.edges) as EdgeId[], a.edge), {
      width: 200,
      gap: 48,
    })
  else if (a.do === 'title') recipes.setTitle(draft, nth(ids, a.node), a.title)
  else if (a.do === 'meta') recipes.setMeta(whole, a)
  else if (a.do === 'fold') fold(draft, specs, some(a.nodes), { path })
  else if (a.do === 'unfold') unfold(draft, specs, nth(ids, a.node))
  else if (a.do === 'duplicate') fragments.duplicate(draft, some(a.nodes), a)
  else if (a.do === 'paste') fragments.paste(draft, fragments.fragmentOf(document, some(a.nodes)), { x: a.x, y: 0 })
}

/** On the level that the number chooses among those there are: the document's own, or within a subgraph. */
function act(history: History, { level, ...a }: Action & { readonly level: number }): History {
  if (a.do === 'begin') return begin(history, 'Drag')
  if (a.do === 'commit') return commit(history)
  if (a.do === 'cancel') return cancel(history)
  const path = nth(levelsOf(history.document), level)
  return edit(history, a.do, (draft) => apply(draft, history.document, a, path), path).history
}

const actions = fc.array(
  fc.tuple(action, number).map(([a, level]) => ({ ...a, level })),
  { maxLength: 40 },
)
const start = fc.oneof(fc.constant(emptyDocument), soundDocument, anyDocument, foldedSound, foldedAny)

describe('any sequence of edits', { timeout: 60_000 }, () => {
  it('is undone to the same document, and redone to what it was, step by step', () => {
    fc.assert(
      fc.property(start, actions, (document, sequence) => {
        let history = newHistory(document)
        const states = [document]
        for (const a of sequence) {
          const before = history
          history = act(history, a)
          if (history.past.length > before.past.length) {
            // A begin commits what was going on, and an edit outside a transaction adds its own state.
            states.push(history.document)
            expect(states).toHaveLength(history.past.length + 1)
            expect(history.document).not.toEqual(states.at(-2))
          }
        }
        history = commit(history)
        if (history.past.length + 1 > states.length) states.push(history.document)
        const frozen = JSON.stringify(document)
        for (const state of [...states].reverse()) {
          expect(history.document).toEqual(state)
          history = undo(history)
        }
        expect(canUndo(history)).toBe(false)
        for (const state of states) {
          expect(history.document).toEqual(state)
          history = redo(history)
        }
        expect(canRedo(history)).toBe(false)
        expect(JSON.stringify(document)).toBe(frozen)
      }),
      { numRuns: 100 },
    )
  })

  it('from a sound graph makes no circle, no wrong wire and no wire to nowhere', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(emptyDocument), soundDocument, foldedSound), actions, (document, sequence) => {
        let history = newHistory(document)
        for (const a of sequence) history = act(history, a)
        const codes = validate(history.document, specs, facts).map(({ code }) => code)
        for (const wrong of ['cycle', 'wrong-type', 'unknown-port', 'dangling-edge', 'two-wires'])
          expect(codes).not.toContain(wrong)
        for (const path of levelsOf(history.document)) {
          const { nodes, edges } = graphAt(history.document, path)!
          for (const [id, record] of Object.entries(nodes)) expect(record).toHaveProperty('id', id)
          for (const [id, record] of Object.entries(edges)) expect(record).toHaveProperty('id', id)
        }
      }),
      { numRuns: 100 },
    )
  })
})
