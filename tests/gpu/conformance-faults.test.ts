/** The conformance tests can fail: nodes that are wrong on purpose, each in one way, and the check that finds it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GpuPicture } from '../../src/gpu/types.ts'
import { CodedError } from '../../src/graph/document/coded-error.ts'
import { defineNode, type NodeDefinition, param, port } from '../../src/nodes/define.ts'
import { type ConformanceBench, openConformanceBench } from './conformance-bench.ts'
import { anyParams, oneOutputAlone, requiredInputsAlone, trialOf, wholeAndRepeatable } from './conformance-checks.ts'

const common = { title: 'Wrong', category: 'look', summary: 'A node that is wrong.' } as const
const image = { image: port.image('Image') } as const

/** A node of one expression of a pixel, over `image` and `p.amount` in 0…1. */
const pixel = (type: string, wgsl: string) =>
  defineNode({
    ...{ type, ...common, inputs: image, outputs: image },
    params: { amount: param.float('Amount', { default: 0.5, min: 0, max: 1, step: 0.1 }) },
    infer: (inputs) => ({ image: inputs.image }),
    kernel: { kind: 'pixel', wgsl },
  })

/** A node whose every pixel at `here` in the whole is a WGSL expression; `value()` is in it as `u.value`. */
const pass = (
  type: string,
  expression: string,
  { value = () => 0, done = () => undefined }: { value?: () => number; done?: (result: GpuPicture) => unknown } = {},
) =>
  defineNode({
    ...{ type, ...common, inputs: image, outputs: image, params: {} },
    infer: (inputs) => ({ image: inputs.image }),
    kernel: {
      kind: 'pass',
      needs: () => ({ image: { reach: 2 } }),
      async prepare({ gpu }) {
        const fill = await gpu.compute({
          label: type,
          reads: { image: 'float' },
          writes: { result: 'rgba16float' },
          uniforms: { corner: 'vec2i', first: 'vec2i', value: 'f32' },
          wgsl: `
fn image_at(at: vec2i) -> vec4f { return textureLoad(image, at - u.first, 0); }
fn main(pixel: vec2u) {
  let at = vec2i(pixel) + u.corner;
  ${expression}
}`,
        })
        return {
          record({ recorder, inputs, outputs }) {
            const { image: result } = outputs
            if (!result) return
            const { part } = inputs.image
            fill.record(recorder, {
              reads: { image: inputs.image.texture },
              writes: { result: result.texture },
              uniforms: { corner: [result.part.x, result.part.y], first: [part.x, part.y], value: value() },
              size: result.part,
            })
            done(result)
          },
        }
      },
    },
  })

const write = (what: string) => `textureStore(result, pixel, ${what});`

let clock = 0
let bench: ConformanceBench

const nanAtOnePixel = pixel('wrong-nan', 'return select(image, sqrt(image - 2.0), all(px.at == vec2u(40, 30)));')
const tooBright = pixel('wrong-bright', 'return vec4f(image.rgb + select(0.0, 0.5, p.amount == 1.0), 1.0);')
const hiddenEffect = defineNode({
  ...{ type: 'wrong-hidden', ...common, inputs: image, outputs: image },
  params: {
    amount: param.float('Amount', { default: 0.5, min: 0, max: 1, step: 0.1, visible: (values) => values.on === true }),
    on: param.bool('On', { default: false }),
  },
  infer: (inputs) => ({ image: inputs.image }),
  kernel: { kind: 'pixel', wgsl: 'return vec4f(image.rgb * p.amount, 1.0);' },
})
const byTime = pass('wrong-time', write('image_at(at) * (0.5 + 0.125 * u.value)'), { value: () => clock++ % 4 })
const halfWritten = pass('wrong-half', `if (at.x < 60) { ${write('image_at(at)')} }`)
const shortReach = pass('wrong-reach', write('image_at(clamp(at + vec2i(3, 0), vec2i(0), vec2i(63, 47)))'))
const byPart = pass('wrong-part', write('image_at(at) * (f32(pixel.x % 16) / 16.0)'))
const invalid = pass('wrong-call', write('image_at(at)'), {
  done: () => bench.live.gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE }),
})
const borrower = pass('wrong-lease', write('image_at(at)'), {
  done: () => bench.live.gpu.pool.texture({ width: 8, height: 8, format: 'r32float' }, 'wrong-lease'),
})
const fallbackOutside = defineNode({
  ...{ type: 'wrong-fallback', ...common, outputs: image, params: {} },
  inputs: { ...image, mask: port.optionalMask('Mask', 0) },
  infer: (inputs) => ({ image: inputs.image }),
  kernel: {
    kind: 'pixel',
    wgsl: 'return vec4f(image.rgb + select(0.0, 1.0, mask == 0.0 && all(px.at == vec2u(9, 9))), 1.0);',
  },
})
/** What it gives first depends on whether somebody asks for the second. */
const company = defineNode({
  ...{ type: 'wrong-company', ...common, inputs: image, params: {} },
  outputs: { image: port.image('Image'), other: port.image('Other') },
  infer: (inputs) => ({ image: inputs.image, other: inputs.image }),
  kernel: {
    kind: 'pass',
    needs: () => ({ image: { reach: 0 } }),
    async prepare({ gpu }) {
      const fill = await gpu.compute({
        label: 'wrong-company',
        writes: { result: 'rgba16float' },
        uniforms: { value: 'f32' },
        wgsl: 'fn main(pixel: vec2u) { textureStore(result, pixel, vec4f(u.value)); }',
      })
      return {
        record({ recorder, outputs }) {
          for (const result of [outputs.image, outputs.other])
            if (result)
              fill.record(recorder, {
                writes: { result: result.texture },
                uniforms: { value: outputs.other ? 0.5 : 0.25 },
                size: result.part,
              })
        },
      }
    },
  },
})

/** It fails at an end of its param, and does not say by which. */
const failsMutely = defineNode({
  ...{ type: 'wrong-failure', ...common, inputs: image, outputs: image },
  params: { amount: param.float('Amount', { default: 0.5, min: 0, max: 1, step: 0.1, affects: 'uniform' }) },
  infer: (inputs) => ({ image: inputs.image }),
  kernel: {
    kind: 'pass',
    needs: () => ({ image: { reach: 0 } }),
    async prepare({ gpu }) {
      const fill = await gpu.compute({
        label: 'wrong-failure',
        writes: { result: 'rgba16float' },
        wgsl: 'fn main(pixel: vec2u) { textureStore(result, pixel, vec4f(0.5)); }',
      })
      return {
        record({ recorder, outputs, params }) {
          if (params.amount === 1) throw new CodedError('model-failed', 'It cannot go on.', 'Choose another model.')
          const { image: result } = outputs
          if (result) fill.record(recorder, { writes: { result: result.texture }, size: result.part })
        },
      }
    },
  },
})

const cases: readonly [string, NodeDefinition, typeof wholeAndRepeatable, RegExp][] = [
  ['a NaN at one pixel', nanAtOnePixel, wholeAndRepeatable, /outside \[0,1\]/],
  ['a NaN at one pixel, whatever the params', nanAtOnePixel, anyParams, /outside \[0,1\]/],
  ['a value above 1 at an end of a param', tooBright, anyParams, /with \{"amount":1\}.*outside \[0,1\]/],
  ['an effect of a param that is hidden', hiddenEffect, anyParams, /with \{"amount":0\}, which is hidden/],
  ['an output that depends on time', byTime, wholeAndRepeatable, /unlike those of another time/],
  ['an output not written whole', halfWritten, wholeAndRepeatable, /outside \[0,1\]/],
  ['a reach that is told too short', shortReach, anyParams, /distance from the whole/],
  ['a part that is not as in the whole', byPart, anyParams, /distance from the whole/],
  ['a failure that names no param', failsMutely, anyParams, /It cannot go on/],
  ['an error of the GPU that no call tells', invalid, wholeAndRepeatable, /what the GPU reported/],
  ['a texture that is not given back', borrower, wholeAndRepeatable, /leases/],
  ['a fallback that leads out of range', fallbackOutside, requiredInputsAlone, /outside \[0,1\]/],
  ['an output that depends on who asks for others', company, oneOutputAlone, /unlike those among all/],
]

beforeAll(async () => {
  bench = await openConformanceBench(cases.map(([, definition]) => definition))
})
afterAll(() => bench[Symbol.asyncDispose]())

test.each(cases)('%s is found', async (_, definition, check, said) => {
  const trial = await trialOf(bench, definition)
  await expect(check(bench, trial)).rejects.toThrow(said)
})

test('a node without a fault passes every check', async () => {
  const trial = await trialOf(bench, bench.definitions.get('test-image-copy')!)
  for (const check of [wholeAndRepeatable, oneOutputAlone, anyParams, requiredInputsAlone]) await check(bench, trial)
})
