/** What every node says of pictures, masks, curves and clips that it cannot take: one sentence each, with what to do. */
import { describe, expect, test } from 'vitest'
import { isInferProblem } from '../../../src/graph/document/problems.ts'
import { ownInputs } from '../../../src/graph/node/driven-params.ts'
import type { AssetFacts } from '../../../src/graph/node/facts.ts'
import type { NodeSpec } from '../../../src/graph/node/spec.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'

const specs = [...(await loadSpecs()).values()]
const noFacts: AssetFacts = { media: () => undefined, model: () => undefined, lut: () => undefined } as AssetFacts
const large = { width: 640, height: 360 }
const small = { width: 320, height: 180 }

const ofType = (type: string, size: { width: number; height: number }) => ({
  ...{ type, ...size, frameRate: 24 },
  format: type === 'mask' ? 'r32float' : 'rgba16float',
})

/** What the node says of pictures and masks of these sizes; those that are not named are wired with `large` ones. */
function inferred(spec: NodeSpec, sizes: Readonly<Record<string, { width: number; height: number }>>) {
  const inputs = ownInputs(spec).flatMap(([name, { type, fallback }]) =>
    fallback !== undefined && !sizes[name] ? [] : [[name, ofType(type, sizes[name] ?? large)] as const],
  )
  const params = Object.fromEntries(Object.entries(spec.params).map(([name, param]) => [name, param.default]))
  return spec.infer(Object.fromEntries(inputs) as never, params as never, noFacts)
}

/** The one sentence that is said, and the one of what to do; both whole. */
function told(result: ReturnType<NodeSpec['infer']>) {
  if (!isInferProblem(result)) throw new Error('Nothing was said.')
  const { message, hint } = result.problem
  for (const sentence of [message, hint]) expect(sentence).toMatch(/^\p{Lu}.*[.]$/u)
  return result.problem
}

describe('a source of another picture', () => {
  const measures = specs.filter(({ category, inputs }) => category === 'measure' && inputs.image && inputs.source)

  test('is what eight measures take', () => {
    expect(measures.map(({ type }) => type).sort()).toEqual([
      ...[
        'edge-disturbance',
        'flicker',
        'halo',
        'invention',
        'smoothness',
        'text-drift',
        'texture-loss',
        'texture-overload',
      ],
    ])
  })

  test.each(measures.map((spec) => [spec.type, spec] as const))('is named by %s with both sizes', (_, spec) => {
    for (const source of [
      { width: 320, height: 320 },
      { width: 1280, height: 720 },
      { width: 40, height: 22 },
    ]) {
      const problem = told(inferred(spec, { source }))
      expect([problem.code, problem.port]).toEqual(['size-mismatch', 'source'])
      expect(problem.message).toContain(`${source.width}×${source.height}`)
      expect(problem.message).toContain('640×360')
    }
    expect(isInferProblem(inferred(spec, { source: small }))).toBe(false)
    // There is no measure without a source, but that of smoothness, which compares with nothing: the graph says that the input is not connected.
    if (spec.type !== 'smoothness') expect(spec.inputs.source?.fallback).toBeUndefined()
  })
})

describe('a mask made for another size', () => {
  // Of `pixel` nodes inference asks for all of them that pictures and masks be of one size; a file that is not there yet comes first.
  const byThemselves = specs.filter(
    ({ kernel, params }) => kernel.kind !== 'pixel' && Object.values(params).every(({ kind }) => kind !== 'asset'),
  )
  const masked = byThemselves.flatMap((spec) =>
    ownInputs(spec).flatMap(([port, { type }]) =>
      // Where a mask alone comes in it is of whatever size it likes.
      type === 'mask' && ownInputs(spec).some(([, other]) => other.type === 'image') ? [{ spec, port }] : [],
    ),
  )

  test.each(masked.map(({ spec, port }) => [spec.type, port, spec] as const))(
    'is named by %s, %s',
    (type, port, spec) => {
      const source = spec.inputs.source ? { source: small } : {}
      const problem = told(inferred(spec, { ...source, [port]: { width: 500, height: 500 } }))
      expect([type, problem.port]).toEqual([type, port])
      expect(problem.message).toContain('500×500')
    },
  )
})
