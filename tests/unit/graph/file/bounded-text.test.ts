/** Text from outside is bounded before it is parsed, on every route that reads a graph. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  maxFileLength,
  maxMembers,
  maxValues,
  TextBound,
  unboundedText,
} from '../../../../src/graph/file/bounded-text.ts'
import { parseFragment, parseGraph } from '../../../../src/graph/file/read.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { packFragment, unpackFragment } from '../../../../src/ui/sharing/link.ts'

/** A list of as many empty lists. */
const lists = (count: number) => `[${'[],'.repeat(count - 1)}[]]`

/** A chain of Grain nodes as a file. */
function chain(length: number): string {
  const ids = Array.from({ length }, (_, n) => `grain-${n}`)
  const nodes = ids.map((id, n) => [
    id,
    { type: 'grain', title: `Grain, “${n}”, of [many]`, position: { x: 240 * n, y: 0 }, params: { amount: 0.1 } },
  ])
  const edges = ids
    .slice(1)
    .map((id, n) => [`${id}.image`, { from: { node: `grain-${n}`, port: 'image' }, to: { node: id, port: 'image' } }])
  return JSON.stringify({
    format: 'framewright-graph',
    versions: { document: 2, nodes: { grain: 0 } },
    title: '',
    description: '',
    nodes: Object.fromEntries(nodes),
    edges: Object.fromEntries(edges),
  })
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a text that unfolds into millions of values', () => {
  it.each([
    ['lists', lists(2_000_000)],
    ['lists in a graph', chain(2).replace('0.1', lists(2_000_000))],
    ['objects', `[${'{},'.repeat(2_000_000)}0]`],
    ['numbers', `[${'0,'.repeat(3_000_000)}0]`],
    ['keys', `{${Array.from({ length: 100_000 }, (_, n) => `"${n}":1`).join()}}`],
    ['depth', '['.repeat(7_000_000)],
  ])('of %s never reaches the parser', (_, text) => {
    const parse = vi.spyOn(JSON, 'parse')
    for (const outcome of [parseGraph(text, specs), parseFragment(text, specs)]) {
      if (outcome.ok) throw new Error('it was read')
      expect(outcome.error.message).toBe(
        'The file holds more than 250,000 values, or 60,000 in one list or object, which no graph does.',
      )
    }
    expect(parse).not.toHaveBeenCalled()
  })

  it('is refused as a link of some kilobytes', async () => {
    const link = await packFragment(lists(2_600_000))
    expect(link.length).toBeLessThan(30_000)
    const unpacked = await unpackFragment(link)
    expect(unpacked.ok ? 'it was unpacked' : unpacked.problem.message).toContain('more than any graph holds')
  })
})

describe('the bound', () => {
  it('lets a graph of 1.9 MB through, which then reads', () => {
    const text = chain(9000)
    expect(text.length).toBeGreaterThan(1.9e6)
    const parsed = parseGraph(text, specs)
    expect(parsed.ok ? Object.keys(parsed.document.nodes).length : parsed.error.message).toBe(9000)
  })

  it('counts values, not what stands in strings', () => {
    expect(unboundedText(JSON.stringify('[],{},"\\'.repeat(maxValues)))).toBeUndefined()
    // One for the list around; for each list in it 99 commas and 101 brackets, and the comma before it.
    const groups = (count: number) => `[${Array.from({ length: count }, () => lists(100)).join()}]`
    const most = Math.floor(maxValues / 201)
    expect(unboundedText(groups(most))).toBeUndefined()
    expect(unboundedText(groups(most + 1))).toBeDefined()
    expect(unboundedText(lists(maxMembers))).toBeUndefined()
    expect(unboundedText(lists(maxMembers + 1))).toBeDefined()
  })

  it('is the same however the text is cut into parts', () => {
    const text = `["a\\"[,[,",${lists(maxMembers + 1)}]`
    const refusedAfter = (size: number) => {
      const bound = new TextBound()
      for (let at = 0; at < text.length; at += size) if (bound.add(text.slice(at, at + size))) return at + size
      throw new Error('it was not refused')
    }
    const after = refusedAfter(1)
    for (const size of [2, 3, 7, 1000]) expect(refusedAfter(size)).toBe(Math.ceil(after / size) * size)
    expect(new TextBound().add(' '.repeat(maxFileLength))).toBeUndefined()
  })
})
