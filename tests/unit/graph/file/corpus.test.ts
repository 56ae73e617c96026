/** Every graph that ships or ever shipped still opens, is complete, and is written as it was read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeInGraph } from '../../../../src/graph/analysis/code-in-graph.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import type { AssetFacts } from '../../../../src/graph/node/facts.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { familyFacts } from '../../models/family-facts.ts'
import { facts as known } from '../specs.ts'

/** As if every file and model were here, each that enlarges the first of a family with both dials: the corpus is about documents. */
const facts: AssetFacts = {
  media: (ref) => known.media({ ...ref, id: 'movie' }),
  model(ref) {
    const model = known.model({ ...ref, id: 'x2' })
    if (ref.id === restoring) return model && { ...model, task: 'restoration', scale: 1 }
    return model && { ...model, family: familyFacts(3, 2) }
  },
}

/** The default of Clean. */
const restoring = 'framewright-clean-s-x1'

const root = join(import.meta.dirname, '../../../..')
/** The folder of old formats stays empty until there is one. */
const graphs = ['public/graphs', 'tests/fixtures/graphs'].flatMap((folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.json'))
        .map((name) => ({ folder, name, text: readFileSync(join(root, folder, name), 'utf8') }))
    : [],
)

describe('the corpus', () => {
  it('has the shipped recipes', () => {
    const shipped = graphs.filter(({ folder }) => folder === 'public/graphs').map(({ name }) => name)
    expect(shipped).toEqual(expect.arrayContaining(['bicubic.json', 'default.json']))
  })

  it.each(graphs)('$folder/$name opens, can be planned, and is written as an equal document', ({ text, folder }) => {
    const parsed = parseGraph(text, specs)
    if (!parsed.ok) throw new Error(parsed.error.message)
    expect(parsed.notices).toEqual([])
    expect(validate(parsed.document, specs, facts)).toEqual([])
    const outcome = plan({ document: parsed.document, specs, facts, targets: 'sinks', limits: defaultLimits })
    expect(outcome.ok).toBe(true)
    // Nobody is asked of what ships.
    if (folder === 'public/graphs') expect(codeInGraph(parsed.document, specs)).toEqual([])
    const written = serializeGraph(parsed.document, specs)
    const again = parseGraph(written, specs)
    expect(again.ok && again.document).toEqual(parsed.document)
    // Shipped recipes are stored as the editor would save them, so that a first save changes nothing.
    if (folder === 'public/graphs') expect(JSON.parse(written)).toEqual(JSON.parse(text))
  })
})
