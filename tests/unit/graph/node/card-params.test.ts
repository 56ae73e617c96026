/** Which settings stand on a card. */
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../../src/graph/document/json.ts'
import { cardParams, fitsCard } from '../../../../src/graph/node/card-params.ts'
import { paramValues } from '../../../../src/graph/node/values.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'

const specs = await loadSpecs()
const blend = specs.get('residual-blend')!
const model = specs.get('sr-model')!

describe('on a card stand', () => {
  test('those that the type puts there, until somebody chose others or none', () => {
    expect(cardParams(blend, {})).toEqual(['strength'])
    expect(cardParams(blend, { onCard: ['view', 'limit'] })).toEqual(['view', 'limit'])
    expect(cardParams(blend, { onCard: [] })).toEqual([])
  })

  test('neither what the type does not have, nor one twice, nor what has no room there', () => {
    expect(cardParams(blend, { onCard: ['limit', 'gone', 'toString', 'limit'] })).toEqual(['limit'])
    expect(cardParams(model, { onCard: ['model', 'output', 'overlap'] })).toEqual(['overlap'])
  })
})

test.each([...specs.values()].filter(({ onCard }) => onCard))(
  '$type puts at most two at once on its card, all of which fit',
  (spec) => {
    expect(spec.onCard).toEqual([...cardParams(spec, {})])
    expect(spec.onCard!.every((name) => fitsCard(spec.params[name]!))).toBe(true)
    const values = paramValues(spec, { params: {} }) as Readonly<Record<string, Json>>
    const around = { facts: { media: () => undefined, model: () => undefined }, connectedInputs: new Set<string>() }
    const shown = spec.onCard!.filter((name) => spec.params[name]!.visible?.(values, around) ?? true)
    expect(shown.length).toBeLessThanOrEqual(2)
  },
)
