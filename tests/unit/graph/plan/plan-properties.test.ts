import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import { orderFrom } from '../../../../src/graph/analysis/order.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import type {
  AnyDocument,
  EdgeRecord,
  FlatDocument,
  FlatEndpoint,
  FlatId,
} from '../../../../src/graph/document/document.ts'
import { dirty } from '../../../../src/graph/plan/dirty.ts'
import type { ExecutionPlan, ValueId } from '../../../../src/graph/plan/execution-plan.ts'
import { type PlanLimits, type PlanRequest, plan } from '../../../../src/graph/plan/plan.ts'
import { anyDocument, soundDocument } from '../arbitrary.ts'
import { facts, oneLevel, specs } from '../specs.ts'

const limits: fc.Arbitrary<PlanLimits> = fc.record({
  sampledTextures: fc.integer({ min: 3, max: 6 }),
  storageTextures: fc.integer({ min: 1, max: 4 }),
  textureSize: fc.constant(8192),
  textureBytes: fc.constant(4e9),
})

/** What an output stands for, found the slow way: through bypassed nodes, recursively. */
function naive(document: FlatDocument, { node, port }: FlatEndpoint): FlatEndpoint | undefined {
  const record = document.nodes[node]!
  if (!record.bypass) return { node, port }
  const spec = specs.get(record.type)!
  const type = spec.outputs[port]!.type
  const input = spec.bypass?.[port] ?? Object.keys(spec.inputs).find((name) => spec.inputs[name]!.type === type)
  return input === undefined ? undefined : naiveSource(document, node, input)
}

function naiveSource(document: FlatDocument, node: FlatId, input: string): FlatEndpoint | undefined {
  const edge = Object.values<EdgeRecord<FlatId>>(document.edges).find((e) => e.to.node === node && e.to.port === input)
  return edge && naive(document, edge.from)
}

const isSink = (document: FlatDocument, id: FlatId) =>
  document.nodes[id]!.type === 'writer' && !document.nodes[id]!.bypass

function naiveNeeded(document: FlatDocument, roots: readonly FlatId[], found = new Set<FlatId>()): Set<FlatId> {
  for (const root of roots) {
    if (found.has(root)) continue
    found.add(root)
    const inputs = Object.keys(specs.get(document.nodes[root]!.type)!.inputs)
    const writers = inputs.flatMap((input) => naiveSource(document, root, input)?.node ?? [])
    naiveNeeded(document, writers, found)
  }
  return found
}

interface Case {
  readonly document: FlatDocument
  readonly limits: PlanLimits
  readonly targets: 'sinks' | readonly FlatEndpoint[]
  readonly roots: readonly FlatId[]
  readonly plan: ExecutionPlan
}

/** A sound graph, what is wanted of it, and its plan, which must exist. */
const planned: fc.Arbitrary<Case> = fc
  .tuple(soundDocument, limits, fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([graph, limits, picks, viewing]) => {
    const document = oneLevel(graph)
    const ids = Object.keys(document.nodes) as FlatId[]
    const sinks = ids.filter((id) => isSink(document, id))
    const pictures = [...inferAll(document, specs, facts).descs].flatMap(([key, desc]) => {
      const [node, port] = key.split('.')
      return desc.type === 'audio' ? [] : [{ node: node as FlatId, port: port! }]
    })
    const viewed = picks.map((n) => pictures[n % pictures.length]!)
    const targets = viewing || sinks.length === 0 ? viewed : 'sinks'
    const roots = targets === 'sinks' ? sinks : viewed.map((view) => naive(document, view)!.node)
    const outcome = plan({ document, specs, facts, targets, limits })
    if (!outcome.ok) throw new Error(`a sound graph was refused: ${JSON.stringify(outcome.problems)}`)
    return { document, limits, targets, roots, plan: outcome.plan }
  })

const check = (property: (c: Case) => void) => fc.assert(fc.property(planned, property), { numRuns: 100 })

const reverse = <T extends object>(record: T) => Object.fromEntries(Object.entries(record).reverse()) as T
const mirror = <D extends AnyDocument>(document: D): D => ({
  ...document,
  nodes: reverse(document.nodes),
  edges: reverse(document.edges),
})

const stepOf = (p: ExecutionPlan, node: FlatId) => p.steps.findIndex((step) => step.nodes.includes(node))
const written = (p: ExecutionPlan, value: ValueId) => p.steps.findIndex((step) => step.writes.includes(value))
const lastRead = (p: ExecutionPlan, value: ValueId) =>
  p.steps.findLastIndex((step) => step.reads.some((read) => read.value === value))
const bytes = ({ values }: ExecutionPlan, value: ValueId) => {
  const { width, height, type } = values[value]!.desc
  return width * height * (type === 'image' ? 8 : 4)
}

describe('every plan', { timeout: 60_000 }, () => {
  it('runs what is needed, once, and nothing else', () => {
    check(({ document, roots, plan }) => {
      const nodes = plan.steps.flatMap((step) => step.nodes)
      expect([...nodes].sort()).toEqual([...naiveNeeded(document, roots)].sort())
    })
  })

  it('respects every edge', () => {
    check(({ document, plan }) => {
      for (const [position, step] of plan.steps.entries())
        for (const [n, node] of step.nodes.entries()) {
          const spec = specs.get(document.nodes[node]!.type)!
          expect(spec.kernel.kind).toBe(step.kind)
          expect(Object.keys(step.inputs[node]!)).toEqual(Object.keys(spec.inputs))
          for (const [port, source] of Object.entries(step.inputs[node]!)) {
            const from = naiveSource(document, node, port)
            if (source.kind === 'none') expect(from).toBeUndefined()
            else if (source.kind === 'value') {
              expect(plan.values[source.value]!.producer).toEqual(from)
              expect(stepOf(plan, from!.node)).toBeLessThan(position)
              expect(step.reads.map(({ value }) => value)).toContain(source.value)
            } else {
              expect(source.from).toEqual(from)
              expect(source.kind === 'stream').toBe(spec.inputs[port]!.type === 'audio')
              if (source.kind === 'stream') expect(stepOf(plan, from!.node)).toBeLessThan(position)
              else expect(step.nodes.indexOf(from!.node)).toBeLessThan(n)
              if (source.kind === 'local') expect(step.nodes).toContain(from!.node)
            }
          }
        }
    })
  })

  it('writes each value once, before its last use, and hands out the targets', () => {
    check(({ document, targets, plan }) => {
      const wanted = targets === 'sinks' ? [] : targets.map((target) => naive(document, target))
      expect(plan.targets.map((value) => plan.values[value]!.producer)).toEqual(
        wanted.filter((target, n) => wanted.findIndex((t) => JSON.stringify(t) === JSON.stringify(target)) === n),
      )
      for (const { id } of plan.values) {
        expect(plan.steps.filter((step) => step.writes.includes(id))).toHaveLength(1)
        const isTarget = plan.targets.includes(id)
        // Nothing is written that nobody reads.
        if (!isTarget) expect(lastRead(plan, id)).toBeGreaterThan(written(plan, id))
      }
    })
  })

  it('keeps within the limits of the device, sizes and neighbours', () => {
    check(({ limits, plan }) => {
      for (const step of plan.steps) {
        if (step.kind !== 'pixel') {
          expect(step.nodes).toHaveLength(1)
          continue
        }
        expect(step.reads.length).toBeLessThanOrEqual(limits.sampledTextures)
        expect(step.writes.length).toBeLessThanOrEqual(limits.storageTextures)
        const sizes = [...step.reads.map(({ value }) => value), ...step.writes].map((value) => plan.values[value]!.desc)
        expect(new Set(sizes.map(({ width, height }) => `${width}×${height}`)).size).toBe(1)
        for (const node of step.nodes)
          for (const port of Object.keys(step.needs[node]!)) expect(step.inputs[node]![port]!.kind).toBe('value')
      }
    })
  })

  it('knows its peak as a naive simulation does', () => {
    check(({ plan }) => {
      const alive = plan.steps.map((_, now) =>
        plan.values
          .filter(({ id }) => written(plan, id) <= now && (plan.targets.includes(id) || lastRead(plan, id) >= now))
          .reduce((sum, { id }) => sum + bytes(plan, id), 0),
      )
      expect(plan.peakBytes).toBe(Math.max(...alive))
    })
  })

  it('is the same whatever the order in which the document lists nodes and wires', () => {
    check(({ document, limits, targets, plan: expected }) => {
      const outcome = plan({ document: mirror(document), specs, facts, targets, limits })
      expect(outcome.ok && outcome.plan).toEqual(expected)
    })
  })

  it('holds after every edit that does not call for another', () => {
    const values = fc.oneof(fc.constantFrom(0, 0.3, 1, 5, true, 'linear', 'cubic'), fc.constant(undefined))
    const seen = new Set<string>()
    fc.assert(
      fc.property(planned, fc.nat(), fc.nat(), values, ({ document, limits, targets, plan: expected }, n, m, value) => {
        const ids = Object.keys(document.nodes) as FlatId[]
        const record = document.nodes[ids[n % ids.length]!]!
        const names = Object.keys(specs.get(record.type)!.params)
        const { [names[m % names.length]!]: _, ...rest } = record.params
        const params = value === undefined || names.length === 0 ? rest : { ...rest, [names[m % names.length]!]: value }
        const moved = { x: record.position.x + 1, y: 0 }
        const edited = {
          ...document,
          nodes: { ...document.nodes, [record.id]: { ...record, params, position: moved } },
        }
        const dirt = dirty(document, edited, specs, { ...inferAll(document, specs, facts), facts })
        seen.add(dirt)
        if (dirt === 'plan') return
        const outcome = plan({ document: edited, specs, facts, targets, limits })
        expect(outcome.ok && outcome.plan).toEqual(expected)
      }),
      { numRuns: 160 },
    )
    expect([...seen].sort()).toEqual(['nothing', 'plan', 'uniform'])
  })
})

describe('any document', { timeout: 60_000 }, () => {
  it('is validated and planned, or refused, without throwing; errors and plans exclude one another', () => {
    fc.assert(
      fc.property(anyDocument, fc.nat(), (document, n) => {
        const problems = validate(document, specs, facts)
        expect(validate(mirror(document), specs, facts)).toEqual(problems)
        for (const { message, hint, node } of problems) {
          expect(message).toMatch(/\.$/)
          expect(hint).toMatch(/\.$/)
          if (node !== undefined) expect(Object.keys(document.nodes)).toContain(node)
        }
        const ids = Object.keys(document.nodes) as FlatId[]
        const view = { node: ids[n % Math.max(1, ids.length)] ?? ('gone' as FlatId), port: 'image' }
        for (const targets of ['sinks', [view]] satisfies PlanRequest['targets'][]) {
          const outcome = plan({
            document,
            specs,
            facts,
            targets,
            limits: { sampledTextures: 16, storageTextures: 4, textureSize: 8192, textureBytes: 4e9 },
          })
          if (!outcome.ok) expect(outcome.problems.length).toBeGreaterThan(0)
          else {
            const nodes = new Set(outcome.plan.steps.flatMap((step) => step.nodes))
            expect(problems.filter((p) => p.severity === 'error' && p.node && nodes.has(p.node))).toEqual([])
          }
        }
      }),
      { numRuns: 160 },
    )
  })

  it('of wires is ordered with its circles found, or has none', () => {
    const wires = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 20 })
    fc.assert(
      fc.property(wires, (pairs) => {
        const name = (n: number) => `n${n}` as FlatId
        const dependencies = (id: FlatId) => pairs.filter(([to]) => name(to) === id).map(([, from]) => name(from))
        const { order, cycles } = orderFrom([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(name), dependencies)
        expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(name))
        for (const cycle of cycles)
          for (const [n, node] of cycle.entries()) expect(dependencies(node)).toContain(cycle[(n + 1) % cycle.length])
        const late = pairs.filter(([to, from]) => order.indexOf(name(from)) >= order.indexOf(name(to)))
        expect(late.length > 0).toBe(cycles.length > 0)
      }),
    )
  })
})
