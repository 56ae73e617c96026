/** What must hold of subgraphs whatever is folded: nothing of the result, and nothing of the graph, is lost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import {
  type AnyDocument,
  type AnyNodeId,
  type EdgeRecord,
  endpointKey,
  type FlatDocument,
  type FlatEndpoint,
  type FlatId,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
} from '../../../../src/graph/document/document.ts'
import { draftAt, placeOf } from '../../../../src/graph/document/levels.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import type { NodeSpec, Specs } from '../../../../src/graph/node/spec.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { inPixels, type RegionShare, regionsOf } from '../../../../src/graph/plan/region.ts'
import { anyDocument, foldBy, foldChoice, foldedAny, foldedSound, levelsOf, soundDocument } from '../arbitrary.ts'
import { facts, specs } from '../specs.ts'

const choices = fc.array(foldChoice, { minLength: 1, maxLength: 6 })

/** Nodes and wires without places and names of levels: what a result depends on. */
function essence(document: AnyDocument) {
  const local = (id: AnyNodeId) => placeOf(id as string as FlatId).id
  return {
    nodes: Object.values<NodeRecord<AnyNodeId>>(document.nodes)
      .map(({ id, type, params, bypass, mute }) => JSON.stringify([local(id), type, params, bypass, mute]))
      .sort(),
    wires: Object.values<EdgeRecord<AnyNodeId>>(document.edges)
      .map(({ from, to }) => [local(from.node), from.port, local(to.node), to.port].join(' '))
      .sort(),
  }
}

/** A plan with the ids that nodes have on their own level. */
function planned(document: GraphDocument) {
  const outcome = plan({ document, specs, facts, targets: 'sinks', limits: defaultLimits })
  if (!outcome.ok) return outcome.problems.map(({ code, node }) => [code, node && placeOf(node).id]).sort()
  const names = (text: string) => text.replaceAll(/[\w-]+\//g, '')
  return {
    keys: Object.entries(outcome.nodeKeys)
      .map(([id, key]) => [placeOf(id as FlatId).id, key])
      .sort(),
    clock: outcome.plan.clock && placeOf(outcome.plan.clock).id,
    descs:
      Object.keys(outcome.nodeKeys).length > 0 && [...outcome.descs].map(([key, desc]) => [names(key), desc]).sort(),
    steps: outcome.plan.steps.length,
  }
}

const nowhere = { ratio: 1, facts }

/** The test nodes, looking around: without a reach, whatever is not fused would need all of its input. */
const reaching: Specs = new Map(
  [...specs].map(([type, spec]) => {
    const { kernel } = spec
    const around = kernel.kind === 'pixel' ? Object.keys(kernel.needs?.({}, nowhere) ?? {}) : Object.keys(spec.inputs)
    const needs = () => Object.fromEntries(around.map((port) => [port, { reach: 2 }]))
    return [type, { ...spec, kernel: { ...kernel, needs } } as NodeSpec]
  }),
)

/** What is made of each picture for `share` of an output, by the ids on their own level; what a plan says where there is none. */
function partsFor(document: FlatDocument, wanted: string, share: RegionShare) {
  const local = ({ node, port }: FlatEndpoint) => `${placeOf(node).id}.${port}`
  const node = Object.values<NodeRecord<FlatId>>(document.nodes).find(({ id }) =>
    wanted.startsWith(`${placeOf(id).id}.`),
  )
  const view = { node: node?.id ?? ('' as FlatId), port: wanted.slice(wanted.lastIndexOf('.') + 1) }
  const outcome = plan({ document, specs: reaching, facts, targets: [view], limits: defaultLimits })
  if (!outcome.ok) return outcome.problems.map(({ code, node }) => [code, node && placeOf(node).id]).sort()
  const { values, targets } = outcome.plan
  const boxes = new Map(targets.map((target) => [target, inPixels(share, values[target]!.desc)]))
  const regions = regionsOf(outcome.plan, document, reaching, facts, boxes)
  return [...regions].map(([value, region]) => [local(values[value]!.producer), region]).sort()
}

describe('folding', { timeout: 60_000 }, () => {
  it('changes neither what runs nor what any node’s result is made of, however deep', () => {
    fc.assert(
      fc.property(soundDocument, choices, (document, chosen) => {
        const folded = foldBy(document, chosen)
        const flat = expand(folded, specs)
        expect(flat.problems).toEqual([])
        expect(essence(flat.document)).toEqual(essence(document))
        expect(planned(folded)).toEqual(planned(document))
        const told = (of: GraphDocument) =>
          validate(of, specs, facts)
            .map(({ code, node, port }) => [code, node && placeOf(node).id, port])
            .sort()
        expect(told(folded)).toEqual(told(document))
      }),
      { numRuns: 100 },
    )
  })

  it('leaves what of each picture a part of a result needs', () => {
    const picked = fc.record({
      output: fc.nat(1000),
      x: fc.nat(90),
      y: fc.nat(90),
      side: fc.integer({ min: 1, max: 40 }),
    })
    fc.assert(
      fc.property(soundDocument, choices, picked, (document, chosen, { output, x, y, side }) => {
        const outputs = Object.values<NodeRecord>(document.nodes).flatMap(({ id, type }) =>
          Object.entries(specs.get(type)?.outputs ?? {}).flatMap(([port, { type }]) =>
            type === 'audio' ? [] : [`${id}.${port}`],
          ),
        )
        const wanted = outputs[output % Math.max(1, outputs.length)]
        if (wanted === undefined) return
        const share = { x: x / 100, y: y / 100, width: side / 100, height: side / 100 }
        const parts = (of: GraphDocument) => partsFor(expand(of, specs).document, wanted, share)
        expect(parts(foldBy(document, chosen))).toEqual(parts(document))
      }),
      { numRuns: 100 },
    )
  })

  it('is undone by unfolding, on any level of any document: wires, their ways, places and names', () => {
    fc.assert(
      fc.property(fc.oneof(soundDocument, anyDocument, foldedSound, foldedAny), foldChoice, (document, choice) => {
        const levels = levelsOf(document)
        const path = levels[choice.level % levels.length]!
        const history = newHistory(document)
        const made = edit(history, 'Fold', (draft) => {
          const at = draftAt(draft, path)!
          const ids = Object.keys(at.nodes) as NodeId[]
          return fold(
            at,
            specs,
            choice.nodes.map((n) => ids[n % Math.max(1, ids.length)] as NodeId),
            { path },
          )
        })
        if ('code' in made.result) {
          expect(made.history).toBe(history)
          expect(made.result.message).toMatch(/\.$/)
          return
        }
        const { node } = made.result
        const back = edit(made.history, 'Unfold', (draft) => unfold(draftAt(draft, path)!, specs, node))
        expect(back.history.document).toEqual(document)
        // One step each.
        expect(back.history.past).toHaveLength(2)
        expect(undo(back.history).document).toEqual(made.history.document)
        expect(undo(undo(back.history)).document).toEqual(document)
      }),
      { numRuns: 160 },
    )
  })

  it('is refused only where a node in between would have to wait for the subgraph', () => {
    fc.assert(
      fc.property(soundDocument, fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }), (document, numbers) => {
        const ids = Object.keys(document.nodes) as NodeId[]
        const chosen = new Set(numbers.map((n) => ids[n % ids.length]!))
        const edges = Object.values<EdgeRecord>(document.edges)
        const reach = (from: NodeId): ReadonlySet<NodeId> => {
          const found = new Set([from])
          for (const id of found) for (const { from, to } of edges) if (from.node === id) found.add(to.node)
          return found
        }
        const between = ids.some(
          (id) =>
            !chosen.has(id) &&
            [...chosen].some((one) => reach(one).has(id)) &&
            [...reach(id)].some((one) => chosen.has(one)),
        )
        const { result } = edit(newHistory(document), 'Fold', (draft) => fold(draft, specs, chosen))
        expect('code' in result).toBe(between)
      }),
      { numRuns: 100 },
    )
  })
})

describe('documents with subgraphs', { timeout: 60_000 }, () => {
  it('are unfolded into plain ones once and for all, whatever they hold', () => {
    fc.assert(
      fc.property(foldedAny, (document) => {
        const flat = expand(document, specs)
        expect(expand(flat.document, specs).document).toBe(flat.document)
        const again = expand({ ...flat.document }, specs)
        expect(again.document).toEqual(flat.document)
        for (const problem of [...flat.problems, ...validate(document, specs, facts)]) {
          expect(problem.message).toMatch(/[.?!]$/)
          if (problem.node) expect(flat.seenFrom([], problem.node)).toBeDefined()
        }
        for (const edge of Object.values<EdgeRecord<FlatId>>(flat.document.edges)) {
          expect(flat.resolve(edge.from)).toEqual(edge.from)
          expect(endpointKey(edge.to)).toContain('.')
        }
      }),
      { numRuns: 100 },
    )
  })

  it('are read from a file as they were written, and written the same again', () => {
    fc.assert(
      fc.property(fc.oneof(foldedSound, foldedAny), (document) => {
        const text = serializeGraph(document, specs)
        const parsed = parseGraph(text, specs)
        expect(parsed).toEqual({ ok: true, document, notices: [] })
        expect(parsed.ok && serializeGraph(parsed.document, specs)).toBe(text)
      }),
      { numRuns: 100 },
    )
  })
})
