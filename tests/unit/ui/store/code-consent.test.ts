/** Whose code runs: what a person wrote, what the person said yes to, and nothing else, by whatever way it came. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { emptyDocument, type GraphDocument, type NodeId } from '../../../../src/graph/document/document.ts'
import type { CodeParam } from '../../../../src/graph/node/params.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'
import { createCodeConsent } from '../../../../src/ui/store/code-consent.ts'
import { storage } from '../editor-bench.ts'

const specs = await loadSpecs()
const own = specs.get('shader')!.params.code as CodeParam
const ownDefault = own.default

const shader = (code?: string, more: object = {}): GraphDocument => ({
  ...emptyDocument,
  nodes: {
    ['s' as NodeId]: {
      id: 's' as NodeId,
      type: 'shader',
      position: { x: 0, y: 0 },
      params: code === undefined ? {} : { code },
      ...more,
    },
  },
})
const inSubgraph = (code: string): GraphDocument => ({
  ...emptyDocument,
  nodes: {
    ['g' as NodeId]: {
      ...{ id: 'g' as NodeId, type: 'subgraph', position: { x: 0, y: 0 }, params: {} },
      body: { nodes: shader(code).nodes, edges: {} },
    },
  },
})

let allowed: string[] = []
let store = storage()
const open = () => {
  const changed = vi.fn()
  const engine = { allowCode: async (codes: readonly string[]) => void allowed.push(...codes) }
  return { consent: createCodeConsent(engine, specs, changed), changed }
}
beforeEach(() => {
  allowed = []
  store = storage()
  vi.stubGlobal('localStorage', store)
})

const code = 'return image.bgra;'
const problems = (consent: ReturnType<typeof open>['consent'], document: GraphDocument) =>
  consent.problems(expand(document, specs).document).map(({ message }) => message)

describe('code from elsewhere', () => {
  it.each([
    ['on the canvas', shader(code)],
    ['of a node that rests', shader(code, { bypass: true })],
    ['in a subgraph', inSubgraph(code)],
  ])('%s is foreign, and the engine hears nothing of it', async (_, document) => {
    const { consent, changed } = open()
    consent.cover([document])
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1))
    expect(consent.getState().foreign).toEqual(new Set([code]))
    expect(consent.standing(code, own)).toBe('foreign')
    expect(allowed).toEqual([])
  })

  it('is said of the node that would run it, until the yes', async () => {
    const { consent, changed } = open()
    consent.cover([shader(code)])
    await vi.waitFor(() => expect(changed).toHaveBeenCalled())
    expect(problems(consent, shader(code))).toEqual([
      'The code of Shader came with the graph and does not run: the picture passes through.',
    ])
    expect(problems(consent, shader(code, { bypass: true }))).toEqual([])
    consent.leave()
    expect(consent.getState().pendingCodes).toEqual(new Set([code]))
    expect(problems(consent, shader(code))).toHaveLength(1)
    consent.allow([code])
    expect(allowed).toEqual([code])
    expect(problems(consent, shader(code))).toEqual([])
    // Another text, however like it, is another question.
    expect(consent.standing(`${code} `, own)).toBe('foreign')
  })

  it('that comes with the product asks nobody', async () => {
    const { consent } = open()
    consent.cover([shader(), shader(ownDefault)])
    expect(consent.getState().foreign.size).toBe(0)
    expect(consent.standing(ownDefault, own)).toBe('allowed')
    // So does what a shipped recipe holds.
    consent.cover([shader(own.shippedCodes[0])])
    expect([consent.getState().foreign.size, consent.standing(own.shippedCodes[0]!, own)]).toEqual([0, 'allowed'])
  })

  it('is asked of once, however often it is seen', async () => {
    const { consent, changed } = open()
    consent.cover([shader(code), inSubgraph(code)])
    consent.cover([shader(code)])
    await vi.waitFor(() => expect(changed).toHaveBeenCalled())
    consent.cover([shader(code)])
    await Promise.resolve()
    expect(changed).toHaveBeenCalledTimes(1)
  })
})

describe('after a reload', () => {
  it('code that was written or allowed here is one’s own, and other code is not', async () => {
    open().consent.allow([code])
    await vi.waitFor(() => expect(store.entries.size).toBe(1))
    // Only its hash is kept.
    expect([...store.entries.values()][0]).toMatch(/^[0-9a-f]{64}$/)
    allowed = []
    const { consent, changed } = open()
    consent.cover([shader(code)])
    await vi.waitFor(() => expect(changed).toHaveBeenCalled())
    expect(allowed).toEqual([code])
    expect(consent.getState().foreign.size).toBe(0)
    consent.cover([shader('return image.grba;')])
    await vi.waitFor(() => expect(consent.getState().foreign.size).toBe(1))
    expect(allowed).toEqual([code])
  })

  it('asks again where the GPU was lost with it', async () => {
    const first = open().consent
    first.allow([code])
    await vi.waitFor(() => expect(store.entries.size).toBe(1))
    expect(first.noteStopped({ [code]: 'lost' })).toBe('lost')
    expect(first.noteStopped({ [code]: 'lost' })).toBeUndefined()
    expect(first.standing(code, own)).toBe('lost')
    expect(problems(first, shader(code))).toEqual([
      'Shader is switched off: the graphics processor was lost while its code ran.',
    ])
    await vi.waitFor(() => expect([...store.entries.values()][0]).toBe(''))
    first.allow([code])
    expect(first.standing(code, own)).toBe('allowed')
  })
})
