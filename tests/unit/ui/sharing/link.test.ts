/** A graph in a link: comes back exactly, or is refused with a sentence. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { isGraphFragment, packFragment, safeLength, unpackFragment } from '../../../../src/ui/sharing/link.ts'
import { soundDocument } from '../../graph/arbitrary.ts'

const folder = new URL('../../../../public/graphs/', import.meta.url)
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
const first = shipped[0]!.text

async function refusal(fragment: string): Promise<string> {
  const unpacked = await unpackFragment(fragment)
  if (unpacked.ok) throw new Error('it was opened')
  expect(unpacked.problem.message).toMatch(/^[A-Z][^.]*\.$|^[A-Z].*\(.*\)\.$/)
  expect(unpacked.problem.hint).toMatch(/\.$/)
  return unpacked.problem.message
}

describe('a link', () => {
  it.each(shipped)('carries $name, and is short enough for a chat', async ({ text }) => {
    const fragment = await packFragment(text)
    expect(isGraphFragment(fragment)).toBe(true)
    expect(fragment).toMatch(/^#[\w=.-]+$/)
    expect(fragment.length).toBeLessThan(safeLength / 2)
    expect(await unpackFragment(fragment)).toEqual({ ok: true, text })
  })

  it('carries any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), async (text) => {
        const wanted = new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))
        expect(await unpackFragment(await packFragment(text))).toEqual({ ok: true, text: wanted })
      }),
      { numRuns: 60 },
    )
  })

  it('carries any document', async () => {
    await fc.assert(
      fc.asyncProperty(soundDocument, async (document) => {
        const unpacked = await unpackFragment(await packFragment(serializeGraph(document, specs)))
        if (!unpacked.ok) throw new Error(unpacked.problem.message)
        const parsed = parseGraph(unpacked.text, specs)
        expect(parsed.ok && parsed.document).toEqual(document)
      }),
      { numRuns: 60 },
    )
  })

  it('survives what stands behind it in a sentence', async () => {
    const fragment = await packFragment(first)
    for (const behind of ['.', ')', '. Look!', '&utm=1'])
      expect((await unpackFragment(fragment + behind)).ok).toBe(true)
  })
})

describe('refused with a sentence is', () => {
  it('a link cut anywhere', async () => {
    const fragment = await packFragment(first)
    const lengths = [...Array(40).keys()].map((n) => '#graph='.length + n).concat(fragment.length - 1)
    for (const length of lengths) expect(await refusal(fragment.slice(0, length)), String(length)).toMatch(/cut short/)
  })

  it('a link with any character changed', async () => {
    const fragment = await packFragment(first)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: '#graph='.length, max: fragment.length - 1 }),
        fc.constantFrom(...'aZ0_-.%'),
        async (at, character) => {
          fc.pre(fragment[at] !== character)
          await refusal(fragment.slice(0, at) + character + fragment.slice(at + 1))
        },
      ),
    )
  })

  it('anything else behind #graph=', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (text) => {
        await refusal(`#graph=${text}`)
      }),
    )
    expect(await refusal('#graph=hello')).toBe('This link holds no graph that Framewright made.')
    expect(await refusal('#elsewhere')).toBe('This link holds no graph that Framewright made.')
  })

  it('a link of a later form', async () => {
    expect(await refusal('#graph=2.a.b.c')).toContain('newer Framewright')
  })

  it('a link that unfolds into gigabytes, before it has', async () => {
    expect(await refusal(await packFragment('0'.repeat(8_000_001)))).toContain('more than any graph holds')
  })
})
