/** Nodes against numbers that other programs worked out: the JSON files of `tests/fixtures/fixes`, described in its `common.py`. */
import { describe, expect, it } from 'vitest'
import type { NodeDefinition } from '../../../src/nodes/define.ts'
import { type Bench, draw, largestDifference, type Numbers, runFused, runNode } from '../harness.ts'

interface Fixture {
  readonly width: number
  readonly height: number
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly sizes?: Readonly<Record<string, readonly [number, number]>>
  readonly cases: readonly {
    readonly name: string
    readonly params: Readonly<Record<string, unknown>>
    readonly frame?: number
    readonly inputs: readonly string[]
    readonly size?: readonly [number, number]
    /** How far a result may lie off where a step between is kept in half floats and then amplified; 0.0006 where absent. */
    readonly tolerance?: number
    /** The node's only output where absent. */
    readonly output?: string
    readonly result: readonly number[]
  }[]
}

const fixtures = import.meta.glob<Fixture>('../../fixtures/fixes/*.json', { eager: true, import: 'default' })

function picture([width, height]: readonly [number, number], numbers: readonly number[]): Numbers {
  const channels = numbers.length / (width * height)
  if (channels !== 1 && channels !== 3) throw new Error(`${channels} channels in a fixture`)
  return draw(width, height, (x, y) => {
    const at = channels * (y * width + x)
    return channels === 1 ? numbers[at]! : [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!]
  })
}

/** Numbers through one node of any kind; `output` may be left out where there is one only. */
export async function run(
  bench: Bench,
  definition: NodeDefinition,
  inputs: Readonly<Record<string, Numbers>>,
  params: Readonly<Record<string, unknown>> = {},
  { frame = 0, output }: { readonly frame?: number; readonly output?: string } = {},
): Promise<Numbers> {
  if (definition.kernel.kind === 'pixel') return runFused(bench, [{ definition, inputs, params }], frame)
  const results = await runNode(bench, definition, inputs, { params, frame })
  const names = Object.keys(results)
  const result = results[output ?? names[0]!]
  if (!result || (!output && names.length > 1)) throw new Error(`${definition.type} gave ${names.join(', ')}`)
  return result
}

export function describeGoldens(bench: () => Bench, definitions: readonly NodeDefinition[]): void {
  describe.each(definitions.map((definition) => [definition.type, definition] as const))(
    '%s gives what numpy gives',
    (type, definition) => {
      const fixture = fixtures[`../../fixtures/fixes/${type}.json`]
      if (!fixture) throw new Error(`no fixture of ${type}`)
      const size = [fixture.width, fixture.height] as const
      const input = (name: string) => picture(fixture.sizes?.[name] ?? size, fixture.inputs[name]!)
      it.each(fixture.cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
        const given = Object.fromEntries(one.inputs.map((name) => [name, input(name)]))
        const { frame = 0, output } = one
        const made = await run(bench(), definition, given, one.params, { frame, ...(output && { output }) })
        // A picture's half floats lie 1/2048 apart at most.
        expect(largestDifference(made, picture(one.size ?? size, one.result))).toBeLessThan(one.tolerance ?? 0.0006)
      })
      it('has all its pictures apart: no case is the input as it was', () => {
        for (const { name, inputs, size: other, result } of fixture.cases) {
          const first = fixture.inputs[inputs[0]!]!
          if (other || first.length !== result.length) continue
          expect(largestDifference(picture(size, result), picture(size, first)), name).toBeGreaterThan(0.001)
        }
      })
    },
  )
}
