import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import type { AnyDocument, NodeId } from '../../../../src/graph/document/document.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import type { MediaFacts, ModelFacts } from '../../../../src/graph/node/facts.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { findMissing } from '../../../../src/ui/sharing/missing-parts.ts'
import type { Known } from '../../../../src/ui/store/facts-store.ts'

const text = readFileSync(new URL('../../../../public/graphs/default.json', import.meta.url), 'utf8')

function document(
  change: (file: { nodes: Record<string, { type: string; bypass?: boolean; params: object }> }) => void,
) {
  const file = JSON.parse(text) as Parameters<typeof change>[0]
  change(file)
  const parsed = parseGraph(JSON.stringify(file), specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.document
}

const failed = (message: string) =>
  ({ state: 'failed', problems: [{ code: 'media-failed', severity: 'error', message, hint: '' }] }) as const
const model = 'framewright-s-clean-x2'
const clip = 'samples/field-guide.mp4'
const find = (graph: AnyDocument, media: Known<MediaFacts> | null, models: Known<ModelFacts> | null) =>
  findMissing(expand(graph, specs).document, specs, {
    assets: {
      media: new Map(media ? [[clip, media]] : []),
      model: new Map(models ? [[model, models]] : []),
      lut: new Map(),
    },
  })

describe('what a graph misses', () => {
  it('is not made up for by another file of the same name', () => {
    const ref = { id: 'own.onnx', sha256: 'a'.repeat(64) }
    const graph = document(({ nodes }) => {
      Object.assign(nodes['sr-model']!.params, { model: ref })
    })
    const facts = { id: ref.id, sha256: 'b'.repeat(64) } as ModelFacts
    const media = new Map([[clip, { state: 'known', facts: {} as MediaFacts } as const]])
    const models = new Map<string, Known<ModelFacts>>([[ref.id, { state: 'known', facts }]])
    expect(
      findMissing(expand(graph, specs).document, specs, { assets: { media, model: models, lut: new Map() } }),
    ).toEqual({ missingParts: [], looking: true })
    models.set(`${ref.id} ${ref.sha256}`, failed('“own.onnx” is another file.'))
    expect(
      findMissing(expand(graph, specs).document, specs, { assets: { media, model: models, lut: new Map() } })
        .missingParts,
    ).toMatchObject([{ ref, reason: '“own.onnx” is another file.' }])
    models.set(ref.id, { state: 'known', facts: { ...facts, sha256: ref.sha256 } })
    expect(
      findMissing(expand(graph, specs).document, specs, { assets: { media, model: models, lut: new Map() } }),
    ).toEqual({
      missingParts: [],
      looking: false,
    })
  })

  it('is nothing of what a subgraph holds that does not run, nor the subgraph itself', () => {
    const graph = document(() => undefined)
    const flagged = (flag: 'bypass' | 'mute') =>
      edit(newHistory(graph), 'Fold', (draft) => {
        fold(draft, specs, ['decode', 'sr-model'] as NodeId[])
        const card = Object.values(draft.nodes).find(({ type }) => type === 'subgraph')
        if (card) card[flag] = true
      }).history.document
    for (const flag of ['bypass', 'mute'] as const) {
      const { document: flat } = expand(flagged(flag), specs)
      expect(find(flat, failed('gone.'), failed('gone.'))).toEqual({ missingParts: [], looking: false })
    }
  })

  it('is told once everything was looked for', () => {
    const graph = document(() => undefined)
    expect(find(graph, null, null)).toEqual({ missingParts: [], looking: true })
    expect(find(graph, failed('gone.'), { state: 'asking' })).toMatchObject({ looking: true })
    const { missingParts, looking } = find(graph, failed('The clip is gone.'), failed('No such model.'))
    expect(looking).toBe(false)
    expect(missingParts).toEqual([
      { kind: 'media', ref: { id: clip }, uses: [{ node: 'decode', param: 'media' }], reason: 'The clip is gone.' },
      {
        kind: 'model',
        ref: expect.objectContaining({ id: model }),
        uses: [{ node: 'sr-model', param: 'model' }],
        reason: 'No such model.',
      },
    ])
  })

  it('is one entry for all nodes that name it, and nothing for bypassed ones', () => {
    const graph = document((file) => {
      file.nodes.second = structuredClone(file.nodes.decode!)
      file.nodes['sr-model']!.bypass = true
    })
    const { missingParts, looking } = find(graph, failed('gone.'), null)
    expect(looking).toBe(false)
    expect(missingParts).toMatchObject([{ uses: [{ node: 'decode' }, { node: 'second' }] }])
  })

  it('includes node types that are not known here', () => {
    const graph = document((file) => {
      file.nodes.grain!.type = 'from-the-future'
    })
    expect(find(graph, failed('gone.'), failed('gone.')).missingParts.at(-1)).toEqual({
      kind: 'type',
      type: 'from-the-future',
      nodes: ['grain' as NodeId],
    })
  })
})
