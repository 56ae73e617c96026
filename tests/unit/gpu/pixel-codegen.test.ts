import { describe, expect, it } from 'vitest'
import { generateComputeWgsl } from '../../../src/gpu/compute.ts'
import { generatePixelUnit, type PixelNode } from '../../../src/gpu/pixel.ts'
import { wgslLibrary } from '../../../src/gpu/wgsl/wgsl-library.ts'
import type { FlatId, OutermostId } from '../../../src/graph/document/document.ts'
import { ownFrame } from '../../../src/graph/node/needs.ts'
import { param } from '../../../src/graph/node/params.ts'
import { port } from '../../../src/graph/node/ports.ts'
import { oneForOne } from '../../../src/graph/node/rate.ts'
import type { PlanStep, ValueId } from '../../../src/graph/plan/execution-plan.ts'

const id = (name: string) => name as OutermostId
const value = (n: number) => n as ValueId

const soften: PixelNode = {
  type: 'soften',
  inputs: { image: port.image('Image'), amount: port.optionalMask('Amount', 1) },
  outputs: { image: port.image('Image') },
  params: {
    gain: param.float('Gain', { default: 1, min: 0, max: 2 }),
    on: param.bool('On', { default: true }),
    way: param.choice('Way', ['across', 'down'], { default: 'across', affects: 'uniform' }),
    grid: param.int('Grid', { default: 2, min: 1, max: 4, affects: 'plan' }),
    unnamed: param.float('Unnamed', { default: 1, min: 0, max: 2 }),
  },
  kernel: {
    wgsl: ' return mix(image, image_at(vec2i(px.at) + 1) * select(1.0, p.gain, p.on && p.way == 0u), amount); ',
    functions: 'fn softenNothing() {}',
  },
}
const toMask: PixelNode = {
  type: 'to-mask',
  inputs: { image: port.image('Image') },
  outputs: { mask: port.mask('Mask') },
  params: {},
  kernel: { wgsl: ' return luma(image.rgb); ' },
}
const nodes = new Map<FlatId, PixelNode>([
  [id('a'), soften],
  [id('b'), soften],
  [id('c'), toMask],
])

const step: PlanStep = {
  kind: 'pixel',
  nodes: [id('a'), id('b'), id('c')],
  inputs: {
    [id('a')]: { image: { kind: 'value', value: value(4) }, amount: { kind: 'value', value: value(2) } },
    [id('b')]: { image: { kind: 'value', value: value(4) }, amount: { kind: 'none' } },
    [id('c')]: { image: { kind: 'local', from: { node: id('b'), port: 'image' } } },
  },
  needs: {
    [id('a')]: { image: { around: true, frames: { before: 1, after: 0 } } },
    [id('b')]: { image: { around: true, frames: ownFrame } },
    [id('c')]: {},
  },
  reads: [
    { value: value(4), frames: { before: 1, after: 0 }, as: 'texture' },
    { value: value(2), frames: ownFrame, as: 'texture' },
    { value: value(4), frames: ownFrame, as: 'texture' },
  ],
  writes: [value(7), value(9)],
  rate: oneForOne,
  ahead: 0,
  period: 1,
}
const unit = generatePixelUnit(
  step,
  (node) => nodes.get(node)!,
  new Map([
    ['a.image', { value: value(7), format: 'rgba16float' as const }],
    ['c.mask', { value: value(9), format: 'r32float' as const }],
  ]),
)

it('a unit reads the fields of its nodes, each node its own', () => {
  const speck: PixelNode = {
    type: 'speck',
    inputs: { image: port.image('Image') },
    outputs: { image: port.image('Image') },
    params: { size: param.float('Size', { default: 1, min: 1, max: 2 }) },
    kernel: {
      wgsl: ' return image + specks_at(vec2i(px.at)); ',
      fields: { specks: { params: ['size'], wgsl: ' return vec4f(p.size); ' } },
    },
  }
  const both: PlanStep = {
    ...step,
    nodes: [id('a'), id('b')],
    inputs: {
      [id('a')]: { image: { kind: 'value', value: value(0) } },
      [id('b')]: { image: { kind: 'local', from: { node: id('a'), port: 'image' } } },
    },
    needs: {},
    reads: [{ value: value(0), frames: ownFrame, as: 'texture' }],
    writes: [value(1)],
  }
  const { fields, spec } = generatePixelUnit(
    both,
    () => speck,
    new Map([['b.image', { value: value(1), format: 'rgba16float' }]]),
  )
  expect(fields).toEqual([
    { name: 'field0', node: 'a', field: 'specks' },
    { name: 'field1', node: 'b', field: 'specks' },
  ])
  expect(Object.keys(spec.reads ?? {})).toEqual(['in0', 'field0', 'field1'])
  expect(spec.wgsl).toContain('fn n1_specks_at(at: vec2i) -> vec4f { return textureLoad(field1, at, 0); }')
  expect(spec.wgsl).toContain('return image + n1_specks_at(vec2i(px.at));')
})

it('as many textures as may be are read as storage textures, those of the step first, then fields', () => {
  const speck: PixelNode = {
    type: 'speck',
    inputs: { image: port.image('Image'), mask: port.optionalMask('Mask', 1) },
    outputs: { image: port.image('Image') },
    params: { size: param.float('Size', { default: 1, min: 1, max: 2 }) },
    kernel: {
      wgsl: ' return image * mask + specks_at(vec2i(px.at)); ',
      fields: { specks: { params: ['size'], wgsl: ' return vec4f(p.size); ' } },
    },
  }
  const alone: PlanStep = {
    ...step,
    nodes: [id('a')],
    inputs: { [id('a')]: { image: { kind: 'value', value: value(0) }, mask: { kind: 'value', value: value(2) } } },
    needs: {},
    reads: [value(0), value(2)].map((each) => ({ value: each, frames: ownFrame, as: 'texture' as const })),
    writes: [value(1)],
  }
  const readBy = (count: number) => {
    const { spec } = generatePixelUnit(
      alone,
      () => speck,
      new Map([['a.image', { value: value(1), format: 'rgba16float' }]]),
      new Map(),
      { count, formatOf: (each) => (each === value(2) ? 'r32float' : 'rgba16float') },
    )
    return { reads: spec.reads, loads: spec.wgsl.match(/textureLoad\((?:[^()]|\([^()]*\))*\)/g)!.sort() }
  }
  expect(readBy(0)).toEqual({
    reads: { in0: 'float', in1: 'float', field0: 'float' },
    loads: [
      'textureLoad(field0, at, 0)',
      'textureLoad(in0, vec2i(at) - u.in0_corner, 0)',
      'textureLoad(in1, vec2i(at) - u.in1_corner, 0)',
    ],
  })
  expect(readBy(2)).toEqual({
    reads: { in0: 'rgba16float', in1: 'r32float', field0: 'float' },
    loads: [
      'textureLoad(field0, at, 0)',
      'textureLoad(in0, vec2i(at) - u.in0_corner)',
      'textureLoad(in1, vec2i(at) - u.in1_corner)',
    ],
  })
  expect(readBy(3)).toMatchObject({ reads: { field0: 'rgba16float' } })
})

it('a field that frames push is read as much further, from one edge on to the other', () => {
  const pushed: PixelNode = {
    type: 'speck',
    inputs: { image: port.image('Image') },
    outputs: { image: port.image('Image') },
    params: { seed: param.seed('Seed', { default: 1 }) },
    kernel: {
      wgsl: ' return image + specks_at(vec2i(px.at)); ',
      fields: {
        specks: {
          params: ['seed'],
          wgsl: ' return vec4f(0.5); ',
          pushed: ({ params, frame, width, height }) => [Number(params.seed) + frame + width, height],
        },
      },
    },
  }
  const alone: PlanStep = {
    ...step,
    nodes: [id('a')],
    inputs: { [id('a')]: { image: { kind: 'value', value: value(0) } } },
    needs: {},
    reads: [{ value: value(0), frames: ownFrame, as: 'texture' }],
    writes: [value(1)],
  }
  const { spec, uniforms } = generatePixelUnit(
    alone,
    () => pushed,
    new Map([['a.image', { value: value(1), format: 'rgba16float' }]]),
  )
  expect(spec.wgsl).toContain(
    'fn n0_specks_at(at: vec2i) -> vec4f { return textureLoad(field0, round_(vec2u(at) + u.field0_push), 0); }',
  )
  expect(spec.wgsl).toContain('fn round_(at: vec2u) -> vec2u { return select(at, at - u.whole_, at >= u.whole_); }')
  expect(spec.uniforms?.field0_push).toBe('vec2u')
  const part = { x: 0, y: 0, width: 6, height: 4 }
  const desc = { type: 'image', format: 'rgba16float', frameRate: 24, width: 60, height: 40 } as const
  const values = uniforms(
    5,
    () => ({ seed: 7 }),
    () => 0,
    { read: () => ({ part }), written: () => ({ desc, part }) },
    (_, work) => work(),
  )
  expect(values.field0_push).toEqual([72, 40])
})

it('a person’s code is held to what a picture is in each of its outputs', () => {
  const coded: PixelNode = {
    ...toMask,
    outputs: { image: port.image('Image'), mask: port.mask('Mask') },
    params: { code: param.code('Code', { default: '', names: ['image'] }) },
    kernel: { wgsl: ' return Outputs(image, 1.0); ' },
  }
  const alone = { ...step, nodes: [id('a')], needs: {}, writes: [value(1)] }
  const { spec } = generatePixelUnit(alone, () => coded, new Map([['a.mask', { value: value(1), format: 'r32float' }]]))
  expect(spec.wgsl).toContain('struct O0 { image: vec4f, mask: f32 }')
  expect(spec.wgsl).toContain('-> O0 { return O0(image, 1.0); ')
  expect(spec.wgsl).toContain('let value0 = O0(checked_(given0.image, 0u), checked_(vec4f(given0.mask), 0u).x);')
  expect(spec.wgsl).toContain('textureStore(out0, here, vec4f(value0.mask, 0.0, 0.0, 1.0));')
})

describe('a fused unit', () => {
  it('becomes this WGSL', () => {
    expect(generateComputeWgsl(unit.spec)).toMatchSnapshot()
  })

  it('binds what the step reads and writes, each once', () => {
    expect(unit.textures.map(({ value, offset }) => [value, offset])).toEqual([
      [4, -1],
      [4, 0],
      [2, 0],
    ])
    expect(unit.spec.reads).toEqual(Object.fromEntries(unit.textures.map(({ name }) => [name, 'float'])))
    expect(unit.spec.writes).toEqual({
      [unit.writeName(value(7))]: 'rgba16float',
      [unit.writeName(value(9))]: 'r32float',
    })
  })

  it('puts params that the body names into the uniforms as numbers, leaving out those that change the plan', () => {
    const desc = { type: 'image', width: 90, height: 60, format: 'rgba16float', frameRate: 0 } as const
    const part = (n: ValueId) => ({ x: n, y: 2 * n, width: 8, height: 4 })
    const uniforms = unit.uniforms(
      31,
      (node) => ({
        gain: node === 'a' ? 0.5 : 1.5,
        on: node === 'a',
        way: 'down',
        grid: 3,
        unnamed: 2,
      }),
      () => 0,
      { read: (texture) => ({ part: part(texture.value) }), written: (value) => ({ desc, part: part(value) }) },
      (_, work) => work(),
    )
    expect(uniforms).toEqual({
      frame_: 31,
      whole_: [90, 60],
      corner_: [7, 14],
      in0_corner: [4, 8],
      in1_corner: [4, 8],
      in2_corner: [2, 4],
      n0_gain: 0.5,
      n0_on: 1,
      n0_way: 1,
      n1_gain: 1.5,
      n1_on: 0,
      n1_way: 1,
    })
    expect(Object.keys(unit.spec.uniforms ?? {}).sort()).toEqual(Object.keys(uniforms).sort())
  })

  it('emits a type’s functions once, however many nodes of it there are', () => {
    expect(unit.spec.wgsl.match(/softenNothing/g)).toHaveLength(1)
  })
})

describe('the WGSL library', () => {
  it('gives only what is called, dependencies first', () => {
    const text = wgslLibrary('let n = normal2(seed);')
    expect(text).not.toContain('fn luma')
    const order = ['fn hash3', 'fn uniform3', 'fn normal2'].map((name) => text.indexOf(name))
    expect(order.every((at) => at >= 0)).toBe(true)
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })
})
