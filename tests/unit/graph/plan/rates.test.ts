/** How often each node runs where some make more or fewer frames than they read. */
import { describe, expect, it } from 'vitest'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import { frameAt, type Rate } from '../../../../src/graph/node/rate.ts'
import { rangeAt } from '../../../../src/graph/plan/frames-by-clock.ts'
import { ratesInDocument, ratesOf } from '../../../../src/graph/plan/rates.ts'
import { sketch, specs } from '../specs.ts'

const twice: Rate = { frames: 2, of: 1 }
const fourOfFive: Rate = { frames: 4, of: 5 }

interface Row {
  readonly pictures?: readonly string[]
  readonly numbers?: readonly string[]
  readonly clock?: Rate
}

function rates(rows: Readonly<Record<string, Row>>, wanted: readonly string[], sinks: readonly string[], alone = true) {
  const found = ratesOf({
    source: 'clip' as FlatId,
    targets: wanted as readonly FlatId[],
    sinks: sinks as readonly FlatId[],
    sinksAlone: alone,
    nodeOf(id) {
      const { pictures = [], numbers = [], clock } = rows[id] ?? {}
      return {
        inputs: [
          ...pictures.map((from) => ({ from: from as FlatId, isPicture: true })),
          ...numbers.map((from) => ({ from: from as FlatId, isPicture: false })),
        ],
        clock,
      }
    },
  })
  const text = ({ frames, of }: Rate) => `${frames}/${of}`
  return { result: text(found.result), of: (id: string) => text(found.of(id as FlatId)) }
}

describe('the clocks of a graph', () => {
  const graph = {
    fields: { pictures: ['clip'], clock: twice },
    denoise: { pictures: ['clip'], numbers: ['curve'] },
    mix: { pictures: ['denoise', 'fields', 'other'] },
    encode: { pictures: ['mix'] },
    plain: { pictures: ['denoise'] },
  }

  it('run as often as the fastest of their pictures, and a curve as often as the fastest sink', () => {
    const { result, of } = rates(graph, ['encode'], ['encode', 'plain'])
    expect(result).toBe('2/1')
    expect(['denoise', 'fields', 'mix', 'encode', 'curve', 'other'].map(of)).toEqual([
      '1/1',
      '2/1',
      '2/1',
      '2/1',
      '2/1',
      '2/1',
    ])
  })

  it('count what is looked at as the sinks will, and export a slower sink alone by its own', () => {
    expect(rates(graph, ['denoise'], ['encode', 'plain'], false).result).toBe('2/1')
    const alone = rates(graph, ['plain'], ['encode', 'plain'])
    expect([alone.result, alone.of('curve')]).toEqual(['1/1', '2/1'])
    expect(rates(graph, ['denoise'], [], false).result).toBe('1/1')
  })

  it('multiply along a chain, in lowest terms', () => {
    const chain = { fields: { pictures: ['film'], clock: twice }, film: { pictures: ['clip'], clock: fourOfFive } }
    expect(rates(chain, ['fields'], [], false).of('fields')).toBe('8/5')
  })
})

describe('frames of one clock by another', () => {
  it('are those shown then, and of a trimmed clip those shown during it', () => {
    expect([0, 1, 2, 3].map((frame) => frameAt(frame, twice, { frames: 1, of: 1 }))).toEqual([0, 0, 1, 1])
    expect([0, 1, 2, 3, 4].map((frame) => frameAt(frame, fourOfFive, { frames: 1, of: 1 }))).toEqual([0, 1, 2, 3, 5])
    expect(rangeAt(twice, { first: 3, last: 4 })).toEqual({ first: 6, last: 9 })
    expect(rangeAt(fourOfFive, { first: 0, last: 9 })).toEqual({ first: 0, last: 7 })
    // A trim to one frame leaves one.
    for (let frame = 0; frame < 10; frame++) {
      const { first, last } = rangeAt(fourOfFive, { first: frame, last: frame })
      expect(last).toBeGreaterThanOrEqual(first)
    }
  })
})

it('nodes of a type that nobody knows have the usual rate', () => {
  const { title: _, ...document } = sketch({ odd: { type: 'unheard-of' } })
  const rates = ratesInDocument(
    document as never,
    specs,
    { source: () => undefined } as never,
    undefined,
    ['odd' as FlatId],
    [],
  )
  expect(rates.of('odd' as FlatId)).toEqual({ frames: 1, of: 1 })
})
