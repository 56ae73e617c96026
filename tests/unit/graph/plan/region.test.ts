/** What of each picture must be there so that a part of the result can be. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyDocument, type GraphDocument, type OutermostId } from '../../../../src/graph/document/document.ts'
import { ownFrame } from '../../../../src/graph/node/needs.ts'
import { oneForOne } from '../../../../src/graph/node/rate.ts'
import type { NodeSpec } from '../../../../src/graph/node/spec.ts'
import type { PlannedValue, PlanStep, ValueId } from '../../../../src/graph/plan/execution-plan.ts'
import { inPixels, isWhole, readFor, regionsOf, union, wholeOf } from '../../../../src/graph/plan/region.ts'
import { facts, oneLevel } from '../specs.ts'

const picture = { width: 100, height: 50 }

describe('a share of a picture', () => {
  it('becomes the nearest whole pixels', () => {
    expect(inPixels({ x: 0.104, y: 0.5, width: 0.2, height: 0.25 }, picture)).toEqual({
      ...{ x: 10, y: 25, width: 20, height: 13 },
    })
    expect(inPixels({ x: 0, y: 0, width: 1, height: 1 }, picture)).toEqual(wholeOf(picture))
  })

  it('is never empty and never outside', () => {
    const side = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(side, side, side, side, (x, y, width, height) => {
        const region = inPixels({ x, y, width, height }, picture)
        expect(region.width).toBeGreaterThan(0)
        expect(region.height).toBeGreaterThan(0)
        expect(union(region, wholeOf(picture))).toEqual(wholeOf(picture))
      }),
    )
  })
})

describe('what is read for a part', () => {
  it('is the part in the size of the input, and the reach around it, inside the picture', () => {
    const half = { width: 50, height: 25 }
    expect(readFor({ x: 11, y: 11, width: 4, height: 4 }, picture, half, 0)).toEqual({
      x: 5,
      y: 5,
      width: 3,
      height: 3,
    })
    expect(readFor({ x: 11, y: 11, width: 4, height: 4 }, picture, half, 6)).toEqual({
      x: 0,
      y: 0,
      width: 14,
      height: 14,
    })
    expect(readFor({ x: 0, y: 0, width: 1, height: 1 }, picture, half, Number.POSITIVE_INFINITY)).toEqual(wholeOf(half))
    expect(isWhole(readFor(wholeOf(picture), picture, half, 3), half)).toBe(true)
  })
})

/** reader ─▶ wide (reach 3) ─▶ fine (pixel, looks around `near` only), which reads the reader as well. */
const spec = (type: string, kernel: NodeSpec['kernel'], inputs: readonly string[]): NodeSpec => ({
  ...{ type, title: type, category: 'look', summary: '', params: {}, kernel },
  inputs: Object.fromEntries(inputs.map((name) => [name, { type: 'image', label: name }])),
  outputs: { image: { type: 'image', label: 'Image' } },
  infer: () => ({}),
})
const image = (width: number, height: number) =>
  ({ type: 'image', format: 'rgba16float', frameRate: 0, width, height }) as const
const id = (name: string) => name as OutermostId
const value = (n: number) => n as ValueId

describe('a plan', () => {
  const specs = new Map(
    [
      spec('reader', { kind: 'source' }, []),
      spec('wide', { kind: 'pass', needs: (_, { ratio }) => ({ image: { reach: 3 * ratio } }) }, ['image']),
      spec('blind', { kind: 'async' }, ['image']),
      spec('fine', { kind: 'pixel', needs: () => ({ near: { reach: 2 } }) }, ['near', 'own', 'far']),
    ].map((one) => [one.type, one]),
  )
  const node = (type: string) => ({ id: id(type), type, params: {}, position: { x: 0, y: 0 } })
  const document: GraphDocument = {
    ...emptyDocument,
    nodes: Object.fromEntries(['reader', 'wide', 'blind', 'fine'].map((type) => [type, node(type)])),
  }
  const values: PlannedValue[] = [image(200, 100), image(100, 50), image(100, 50), image(100, 50)].map((desc, i) => ({
    id: value(i),
    producer: { node: id(['reader', 'wide', 'blind', 'fine'][i]!), port: 'image' },
    desc,
    rate: oneForOne,
    window: { before: 0, after: 0 },
    period: 1,
    lasting: false,
  }))
  const step = (kind: PlanStep['kind'], name: string, inputs: Record<string, number>, writes: number): PlanStep => ({
    kind,
    nodes: [id(name)],
    rate: oneForOne,
    inputs: {
      [id(name)]: Object.fromEntries(
        Object.entries(inputs).map(([port, from]) => [port, { kind: 'value', value: value(from) }]),
      ),
    },
    needs: {},
    reads: Object.values(inputs).map((from) => ({ value: value(from), frames: ownFrame, as: 'texture' as const })),
    writes: [value(writes)],
    ahead: 0,
    period: 1,
  })
  const steps = [
    step('source', 'reader', {}, 0),
    step('pass', 'wide', { image: 0 }, 1),
    step('async', 'blind', { image: 1 }, 2),
    step('pixel', 'fine', { near: 1, own: 2 }, 3),
  ]
  const part = { x: 40, y: 20, width: 10, height: 10 }

  it('makes of each value what its readers read: own pixels, neighbours, or all where nothing is known', () => {
    const wanted = new Map([[value(3), part]])
    const blindless = regionsOf(
      { values, steps: [steps[0]!, steps[1]!, step('pixel', 'fine', { near: 1 }, 3)] },
      oneLevel(document),
      specs,
      facts,
      wanted,
    )
    expect(blindless.get(value(1))).toEqual({ x: 38, y: 18, width: 14, height: 14 })
    const all = regionsOf({ values, steps }, oneLevel(document), specs, facts, wanted)
    expect(all.get(value(3))).toEqual(part)
    expect(all.get(value(2))).toEqual(part)
    expect(all.get(value(1))).toEqual(wholeOf({ width: 100, height: 50 }))
  })

  it('says which node fails when it is asked how far it reaches', () => {
    const needs = (): never => {
      throw new Error('out of luck.')
    }
    const failing = new Map([...specs, ['wide', spec('wide', { kind: 'pass', needs }, ['image'])]])
    const wanted = new Map([[value(1), part]])
    const asking = () => regionsOf({ values, steps: steps.slice(0, 2) }, oneLevel(document), failing, facts, wanted)
    expect(asking).toThrow(expect.objectContaining({ name: 'NodeFailure', node: 'wide', message: 'out of luck.' }))
  })

  it('leaves sources whole', () => {
    const regions = regionsOf(
      { values, steps: steps.slice(0, 2) },
      oneLevel(document),
      specs,
      facts,
      new Map([[value(1), part]]),
    )
    expect(regions.get(value(0))).toEqual(wholeOf({ width: 200, height: 100 }))
  })
})
