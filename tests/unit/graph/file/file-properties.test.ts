import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import { fragmentOf } from '../../../../src/graph/edits/fragments.ts'
import { type ParsedGraph, parseFragment, parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeFragment, serializeGraph } from '../../../../src/graph/file/write.ts'
import { anyDocument, foldBy, foldedAny, levelsOf, soundDocument } from '../arbitrary.ts'
import { facts, recipe, specs } from '../specs.ts'

/** Read, with notices, or refused with sentences; what was read is a document like any other. */
function expectSound(parsed: ParsedGraph): void {
  if (!parsed.ok) {
    expect(parsed.error.message).toMatch(/\.$/)
    expect(parsed.error.hint).toMatch(/\.$/)
    return
  }
  validate(parsed.document, specs, facts)
  expect(parseGraph(serializeGraph(parsed.document, specs), specs)).toEqual({ ...parsed, notices: [] })
}

describe('files', { timeout: 60_000 }, () => {
  it('give back any document, and the same text again', () => {
    fc.assert(
      fc.property(fc.oneof(anyDocument, soundDocument, foldedAny), (document) => {
        const text = serializeGraph(document, specs)
        const parsed = parseGraph(text, specs)
        expect(parsed).toEqual({ ok: true, document, notices: [] })
        expect(parsed.ok && serializeGraph(parsed.document, specs)).toBe(text)
        const compact = parseGraph(JSON.stringify(JSON.parse(text)), specs)
        expect(compact.ok && serializeGraph(compact.document, specs).replaceAll('-0', '0')).toBe(
          text.replaceAll('-0', '0'),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('give back any part of a document', () => {
    fc.assert(
      fc.property(fc.oneof(anyDocument, foldedAny), fc.array(fc.boolean()), (document, chosen) => {
        const ids = (Object.keys(document.nodes) as NodeId[]).filter((_, n) => chosen[n])
        const fragment = fragmentOf(document, ids)
        expect(parseFragment(serializeFragment(fragment, specs), specs)).toEqual({
          ok: true,
          fragment,
          notices: [],
        })
      }),
    )
  })

  it('of any text are read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expectSound(parseGraph(text, specs))
        parseFragment(text, specs)
      }),
      { numRuns: 100 },
    )
  })

  it('of the right form with anything inside are read or refused, never a crash', () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    const fields = fc.record(
      { title: json, description: json, nodes: json, edges: json, versions: json, extra: json },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fields, (some) => {
        const file = { ...JSON.parse(serializeGraph(recipe(), specs)), ...some }
        expectSound(parseGraph(JSON.stringify(file), specs))
      }),
      { numRuns: 100 },
    )
  })

  it('damaged in one place are read or refused, never a crash', () => {
    // Twice folded, so that there are two levels to damage.
    const folded = foldBy(recipe(), [
      { level: 0, nodes: [1, 2] },
      { level: 1, nodes: [0] },
    ])
    const text = serializeGraph(folded, specs)
    expect(levelsOf(folded)).toHaveLength(3)
    const paths: (string | number)[][] = []
    const collect = (value: unknown, path: (string | number)[]) => {
      paths.push(path)
      if (typeof value === 'object' && value !== null)
        for (const [key, child] of Object.entries(value)) collect(child, [...path, key])
    }
    collect(JSON.parse(text), [])
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), fc.string(), (path, value, name) => {
        const put = (whole: unknown, [key, ...rest]: (string | number)[]): unknown =>
          key === undefined
            ? value
            : { ...(whole as object), [key]: put((whole as Record<string, unknown>)[key], rest) }
        expectSound(parseGraph(JSON.stringify(put(JSON.parse(text), path)), specs))
        const renamed = text.replace(JSON.stringify(String(path.at(-1) ?? 'format')), JSON.stringify(name))
        expectSound(parseGraph(renamed, specs))
      }),
      { numRuns: 100 },
    )
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string(), (from, length, inserted) => {
        expectSound(parseGraph(text.slice(0, from) + inserted + text.slice(from + length), specs))
      }),
      { numRuns: 100 },
    )
  })
})
