/** Compiles a person's code by itself, without running it: what is written is looked at before it goes into a graph. */
import { generatePixelUnit } from '../../gpu/pixel.ts'
import type { Gpu } from '../../gpu/types.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { codeFault } from '../../graph/node/code-guard.ts'
import { needOf } from '../../graph/node/needs.ts'
import type { CodeParam } from '../../graph/node/params.ts'
import { oneForOne } from '../../graph/node/rate.ts'
import type { PlanStep } from '../../graph/plan/execution-plan.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import { CodeFailure, codeFailure } from './code-failure.ts'
import { pixelNode } from './prepare-step.ts'

const id = 'code' as FlatId

/** Rejects with a `CodeFailure` where the node cannot have this code. */
export async function compileCode(gpu: Gpu, definition: NodeDefinition, code: string): Promise<void> {
  const [name, codeParam] =
    Object.entries(definition.params).find((entry): entry is [string, CodeParam] => entry[1].kind === 'code') ?? []
  if (name === undefined || !codeParam) throw new Error(`${definition.type} has no code`)
  const fault = codeFault(codeParam, code)
  if (fault) throw new CodeFailure(name, fault.message, 'Mend that line.', fault.place)
  const defaults = Object.entries(definition.params).map(([each, spec]) => [each, spec.default] as const)
  const params = { ...Object.fromEntries(defaults), [name]: code }
  const needs = Object.keys(definition.inputs).flatMap((port) => {
    const need = needOf(definition, port, params, { ratio: 1, facts: {} })
    return need.around ? [[port, need] as const] : []
  })
  const step: PlanStep = {
    ...{ kind: 'pixel', nodes: [id], inputs: {}, needs: { [id]: Object.fromEntries(needs) } },
    ...{ reads: [], writes: [], rate: oneForOne, ahead: 0, period: 1 },
  }
  try {
    await gpu.compute(generatePixelUnit(step, () => pixelNode(definition, params), new Map()).spec)
  } catch (error) {
    throw codeFailure(name, code, error) ?? error
  }
}
