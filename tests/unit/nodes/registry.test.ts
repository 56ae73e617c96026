/** What every node says of itself: it is found by what people say, says what it costs the picture, and begins within its ranges. */
import { describe, expect, it } from 'vitest'
import { costOf } from '../../../src/graph/node/spec.ts'
import { specs } from '../../../src/nodes/registry.ts'

describe.each([...specs.values()].map((spec) => [spec.type, spec] as const))('%s', (_, spec) => {
  it('is found by words that people say, none of which stands twice', () => {
    const words = spec.keywords ?? []
    expect(words.length).toBeGreaterThanOrEqual(3)
    expect(new Set(words.map((word) => word.toLowerCase())).size).toBe(words.length)
  })
  it('says in whole sentences what it does', () => {
    expect(spec.summary).toMatch(/^[A-Z].{30,}\.$/)
    const helps = [...Object.values(spec.inputs), ...Object.values(spec.outputs), ...Object.values(spec.params)]
    for (const { help } of helps) if (help !== undefined) expect(help).toMatch(/^[A-Z0-9.].*[.?]$/)
  })
  it('says what it costs where it works on pictures', () => {
    const works = !['source', 'sink', 'number'].includes(spec.kernel.kind) && spec.type !== 'shader'
    expect(costOf(spec) !== undefined).toBe(works)
  })
  it('begins with every number within its range', () => {
    for (const [name, param] of Object.entries(spec.params))
      if (param.kind === 'float' || param.kind === 'int') {
        expect(param.min, name).toBeLessThan(param.max)
        expect(param.default, name).toBeGreaterThanOrEqual(param.min)
        expect(param.default, name).toBeLessThanOrEqual(param.max)
      }
  })
})
