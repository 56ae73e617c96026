/**
 * What every registered node must hold, asked of each unasked: it compiles, its output is what `infer` said and
 * is written whole, finite and in range, the same every time; it gives back all that it borrowed; bypassed, it
 * passes its input on. A new node file is under this test as soon as it lies in `src/nodes`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bypassInput } from '../../src/graph/analysis/wiring.ts'
import { definitions as registered } from '../../src/nodes/registry.ts'
import { type ConformanceBench, frameOutputs, openConformanceBench, paramsFor } from './conformance-bench.ts'
import {
  anyParams,
  bypassed,
  oneOutputAlone,
  requiredInputsAlone,
  type Trial,
  trialOf,
  wholeAndRepeatable,
  writesFrames,
} from './conformance-checks.ts'

/** Milliseconds that each node's tests took, in the order of their running. */
const costs = new Map<string, number>()

let bench: ConformanceBench
beforeAll(async () => {
  const start = performance.now()
  bench = await openConformanceBench()
  // What the runtimes of models take to start is not the first node's cost.
  for (const runtime of ['wasm', 'webgpu'] as const) {
    await using _ = await bench.live.models.open(
      'super-resolution',
      { id: 'plain-0' },
      { runtime, tile: 'auto', overlap: 32 },
    )
  }
  costs.set('(start)', performance.now() - start)
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  const rows = [...costs].map(([type, ms]) => {
    const cost = `${(ms / 1000).toFixed(2)} s`
    return `${type.padEnd(24)}${cost.padStart(8)}${ms > 2000 ? '  more than 2 s' : ''}`
  })
  console.info(`Cost of each node:\n${rows.join('\n')}`)
})

const withResults = [...registered.values()].filter((definition) => frameOutputs(definition).length > 0)
const sinks = [...registered.values()].filter(({ kernel }) => kernel.kind === 'sink')

it('has every node under test', () => {
  expect(new Set([...withResults, ...sinks])).toEqual(new Set(registered.values()))
})

/** Takes the time of all tests around it. */
function timed(type: string) {
  let start = 0
  beforeAll(() => {
    start = performance.now()
  })
  afterAll(() => {
    costs.set(type, performance.now() - start)
  })
}

describe.each(withResults.map((definition) => [definition.type, definition] as const))('%s', (type, definition) => {
  timed(type)
  let trial: Trial
  beforeAll(async () => {
    trial = await trialOf(bench, definition, paramsFor(type))
  })

  it('gives what it inferred: whole, finite, in range, the same every time, and nothing stays borrowed', () =>
    wholeAndRepeatable(bench, trial))
  // One that has a single output is asked for it alone by all the others.
  if (frameOutputs(definition).length > 1)
    it('gives one output alone as it gives it among all', () => oneOutputAlone(bench, trial))
  it('whatever its params stays in range and gives a part as in the whole, or says which it cannot follow', () =>
    anyParams(bench, trial))
  it('runs with nothing at its optional inputs', () => requiredInputsAlone(bench, trial))
  for (const { name } of frameOutputs(definition)) {
    const passedOn = bypassInput(definition, name)
    it(passedOn ? `passes ${passedOn} on as ${name} when bypassed` : `cannot bypass ${name}, and says so`, () =>
      bypassed(bench, trial, name),
    )
  }
})

describe.each(sinks.map((definition) => [definition.type, definition] as const))('%s', (type, definition) => {
  timed(type)
  it('writes the frames it is given, under their name only once whole, and nothing stays borrowed', () =>
    writesFrames(bench, definition))
})
