import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import type { GraphDocument, NodeId } from '../../../../src/graph/document/document.ts'
import { removeNodes, setFlag } from '../../../../src/graph/edits/edit.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { soundDocument } from '../arbitrary.ts'
import { at, facts, id, recipe, sketch, specs } from '../specs.ts'

const muted = (document: GraphDocument, ...nodes: string[]): GraphDocument =>
  edit(newHistory(document), 'Mute', (draft) => setFlag(draft, nodes.map(id), 'mute', true)).history.document
const steps = (document: GraphDocument, targets: Parameters<typeof plan>[0]['targets'] = 'sinks') => {
  const outcome = plan({ document, specs, facts, targets, limits: defaultLimits })
  return outcome.ok
    ? outcome.plan.steps.flatMap((step) => step.nodes).sort()
    : outcome.problems.map((problem) => problem.message)
}

describe('a muted node', () => {
  it('does without where its reader may: the mask falls back', () => {
    const document = muted(recipe(), 'luma')
    expect(validate(document, specs, facts)).toEqual([])
    expect(steps(document)).toEqual(['blend', 'clip', 'grain', 'model', 'scale', 'writer'])
  })

  it('lets what needs it rest, without a problem', () => {
    const document = muted(recipe(), 'scale')
    expect(validate(document, specs, facts)).toEqual([])
    expect([...inferAll(document, specs, facts).wiring.restingNodes].sort()).toEqual([
      'blend',
      'grain',
      'luma',
      'scale',
      'writer',
    ])
    expect(steps(document)).toEqual([
      'This graph has no output: no node in it writes a file, or all that do are bypassed or muted.',
    ])
    expect(steps(document, [at('grain.image')])).toEqual([
      'The output "image" of Grain gives nothing while Grain does not run: it needs what a muted node would give.',
    ])
    expect(steps(document, [at('model.image')])).toEqual(['clip', 'model'])
  })

  it('is felt through bypassed nodes', () => {
    const before = sketch({ clip: {}, scale: {}, grain: { bypass: true }, writer: {} }, [
      'clip.image > scale.image',
      'scale.image > grain.image',
      'grain.image > writer.image',
    ])
    expect([...inferAll(muted(before, 'scale'), specs, facts).wiring.restingNodes].sort()).toEqual(['scale', 'writer'])
  })

  it('one of two writers is left out of an export', () => {
    const document = sketch({ clip: {}, writer: {}, 'writer-2': {} }, [
      'clip.image > writer.image',
      'clip.image > writer-2.image',
    ])
    expect(steps(muted(document, 'writer-2'))).toEqual(['clip', 'writer'])
  })

  it('taken out leaves the chain whole', () => {
    const { history } = edit(newHistory(muted(recipe(), 'grain')), 'Delete', (draft) =>
      removeNodes(draft, [id('grain')], specs),
    )
    const wires = Object.values(history.document.edges).map(({ from, to }) => `${from.node} > ${to.node}`)
    expect(wires).toContain('blend > writer')
  })

  it('anywhere in a sound graph makes no problem, and what rests is what cannot do without it', () => {
    fc.assert(
      fc.property(soundDocument, fc.array(fc.nat(), { maxLength: 3 }), (document, picks) => {
        const ids = Object.keys(document.nodes) as NodeId[]
        const chosen = picks.map((n) => ids[n % ids.length]!)
        const now = muted(document, ...chosen)
        expect(validate(now, specs, facts)).toEqual([])
        const { wiring } = inferAll(now, specs, facts)
        for (const node of chosen) expect(wiring.restingNodes).toContain(node)
        for (const node of Object.values(expand(now, specs).document.nodes)) {
          if (node.bypass || wiring.restingNodes.has(node.id)) continue
          for (const [input, port] of Object.entries(specs.get(node.type)!.inputs)) {
            const from = wiring.source(node.id, input)
            if (from) expect(wiring.restingNodes).not.toContain(from.node)
            else expect(port.fallback).toBeDefined()
          }
        }
      }),
    )
  })
})
