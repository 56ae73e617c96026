/** What the page's bundle keeps of a node: everything that `KernelSpec` names, and no shader. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { withoutKernel } from '../../../src/host/declarative-nodes.ts'
import { definitions } from '../../../src/nodes/registry.ts'

const folder = new URL('../../../src/nodes/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.node.ts'))

describe.each(files)('%s', (name) => {
  const source = readFileSync(new URL(name, folder), 'utf8')
  const kept = withoutKernel(name, source)
  const { kernel } = definitions.get(name.slice(0, -'.node.ts'.length))!

  test('loses what runs', () => {
    const own = kept.slice(kept.lastIndexOf('  kernel: {'))
    expect(own).toContain(`kind: '${kernel.kind}'`)
    expect(own).not.toMatch(/\b(prepare|record|run|wgsl)\b\s*[(:]/)
    expect(kept.length).toBeLessThan(source.length)
  })

  test('keeps what is asked of it without an engine', () => {
    const own = kept.slice(kept.lastIndexOf('  kernel: {'))
    expect(/\bneeds\b/.test(own)).toBe(kernel.needs !== undefined)
    expect(own.includes('readsFrame: true')).toBe(kernel.readsFrame === true)
    // Whole again: it parses, and there is nothing left to take away.
    expect(withoutKernel(name, kept)).toBe(kept)
  })
})

test('a file that is written otherwise is refused', () => {
  const sentence = /does not read `export default defineNode/
  expect(() => withoutKernel('odd.node.ts', 'export const node = 1')).toThrow(sentence)
  expect(() => withoutKernel('odd.node.ts', 'export default defineNode({ kernel })')).toThrow(sentence)
})
