/** The whole WGSL of a pass, with what has to be bound to it. */
import type { Layout } from '../../inspect.ts'
import { convolutionText, workgroup } from './convolution.ts'
import type { Lowering, Pass } from './cut-passes.ts'
import { Expressions, indexOf, literal, loadOf } from './expression.ts'
import type { TensorId } from './network.ts'
import { groupsOf, Parameters, type Variant } from './tensor-layout.ts'

export interface PassShader {
  readonly code: string
  readonly parameters: Float32Array<ArrayBuffer>
  /** Of the parameters. */
  readonly binding: 'uniform' | 'read-only-storage'
  /** Pixels of the grid for each workgroup; `null`: one workgroup for each group of channels. */
  readonly pixels: readonly [width: number, height: number] | null
}

/** Bytes of parameters that every GPU takes as a uniform. */
const uniformBytes = 65536

/** Threads that add up a picture for its mean. */
const meanThreads = 256

const library = `
fn mirrored(at: i32, size: i32) -> i32 {
  let inside = abs(at);
  return select(inside, 2 * size - 2 - inside, inside >= size);
}
fn unpack(words: vec2u) -> vec4f { return vec4f(unpack2x16float(words.x), unpack2x16float(words.y)); }
fn pack(value: vec4f) -> vec2u { return vec2u(pack2x16float(value.xy), pack2x16float(value.zw)); }
`

const elementType = (half: boolean): string => (half ? 'vec2u' : 'vec4f')

/** Vectors of `u`: the grid's size, then for each tensor that is read, and the result last, its place and its size. */
export const uniformVectors = (pass: Pass): number => 3 + 2 * pass.reads.length

function declarations(pass: Pass, variant: Variant, plain: boolean, vectors: number, binding: PassShader['binding']) {
  const element = elementType(variant.half)
  return [
    `@group(0) @binding(0) var<uniform> u: array<vec4i, ${uniformVectors(pass)}>;`,
    binding === 'uniform'
      ? `@group(0) @binding(1) var<uniform> k: array<vec4f, ${Math.max(1, vectors)}>;`
      : '@group(0) @binding(1) var<storage, read> k: array<vec4f>;',
    ...pass.reads.map((id, i) => `@group(0) @binding(${i + 2}) var<storage, read> t${id}: array<${element}>;`),
    `@group(0) @binding(${pass.reads.length + 2}) var<storage, read_write> result: array<${plain ? 'f32' : element}>;`,
    library,
  ].join('\n')
}

/** `layout`: of the output tensor, which lies in memory as the file wants it. */
export function passShader(lowering: Lowering, pass: Pass, variant: Variant, layout: Layout): PassShader {
  const operation = lowering.network.operations[pass.result]!
  if (operation.kind === 'mean') return meanShader(lowering, pass, operation.source, variant)
  const parameters = new Parameters()
  const parameter = (i: number | string): string =>
    variant.weights === 'literal' && typeof i === 'number'
      ? `vec4f(${parameters.vector(i).map(literal).join(', ')})`
      : `k[${i}]`
  const convolution = pass.convolution ? convolutionText(lowering, pass, variant, parameters, parameter) : undefined
  const { pixels } = variant
  const stores = Array.from({ length: pixels }, (_, p) => {
    const at = p === 0 ? 'x' : `x${p}`
    const text = storeText(lowering, pass, variant, layout, parameters, parameter, p, at)
    return p === 0 ? text : `if (x + ${p} < u[0].x) {\nlet x${p} = x + ${p};\n${text}\n}`
  }).join('\n')
  const bytes = parameters.length * 16
  const binding = bytes <= uniformBytes ? 'uniform' : 'read-only-storage'
  const shared = convolution !== undefined && convolution.declarations !== ''
  const code = `${declarations(pass, variant, pass.result === lowering.network.output, parameters.length, binding)}
${convolution?.declarations ?? ''}
@compute @workgroup_size(${workgroup.join(', ')})
fn main(@builtin(workgroup_id) block: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) thread: u32) {
let corner = vec2i(block.xy) * vec2i(${workgroup[0] * pixels}, ${workgroup[1]});
let x = corner.x + i32(local.x) * ${pixels};
let y = corner.y + i32(local.y);
${shared ? '' : 'if (x >= u[0].x || y >= u[0].y) { return; }'}
${convolution?.body ?? ''}
${shared ? 'if (x >= u[0].x || y >= u[0].y) { return; }' : ''}
${stores}
}
`
  return { code, parameters: parameters.values, binding, pixels: [workgroup[0] * pixels, workgroup[1]] }
}

function storeText(
  lowering: Lowering,
  pass: Pass,
  variant: Variant,
  layout: Layout,
  parameters: Parameters,
  parameter: (i: number | string) => string,
  p: number,
  x: string,
): string {
  const names = { parameter, sum: (group: number) => `sum${p}_${group}`, x, y: 'y' }
  const expressions = new Expressions(lowering, pass, variant, parameters, names, `e${p}_`)
  const { channels } = lowering.network.tensors[pass.result]!
  const { factor } = pass
  const place = 1 + 2 * pass.reads.length
  const lines: string[] = []
  for (let part = 0; part < factor ** 2; part++) {
    const [dx, dy] = [part % factor, Math.floor(part / factor)]
    const [toX, toY] = factor === 1 ? [x, 'y'] : [`${x} * ${factor} + ${dx}`, `y * ${factor} + ${dy}`]
    for (let group = 0; group < groupsOf(channels); group++) {
      const name = expressions.result(group, factor === 1 ? null : [dx, dy])
      if (pass.result !== lowering.network.output) {
        const index = indexOf(variant.order, place, groupsOf(channels), String(group), toX, toY)
        lines.push(`result[${index}] = ${variant.half ? `pack(${name})` : name};`)
        continue
      }
      for (let channel = group * 4; channel < Math.min(channels, group * 4 + 4); channel++) {
        const index =
          layout === 'nchw'
            ? `${channel} * u[${place}].z + (${toY}) * u[${place}].y + ${toX}`
            : `((${toY}) * u[${place}].y + ${toX}) * ${channels} + ${channel}`
        lines.push(`result[${index}] = ${name}.${'xyzw'[channel % 4]};`)
      }
    }
  }
  return [...expressions.lines, ...lines].join('\n')
}

function meanShader({ network }: Lowering, pass: Pass, source: TensorId, variant: Variant): PassShader {
  const groups = groupsOf(network.tensors[source]!.channels)
  const index = indexOf(variant.order, 1, groups, 'i32(block.x)', 'i % size.x', 'i / size.x')
  const code = `${declarations(pass, variant, false, 0, 'uniform')}
var<workgroup> partial: array<vec4f, ${meanThreads}>;
@compute @workgroup_size(${meanThreads})
fn main(@builtin(workgroup_id) block: vec3u, @builtin(local_invocation_index) thread: u32) {
  let size = u[2].xy;
  let count = size.x * size.y;
  var sum = vec4f(0.0);
  for (var i = i32(thread); i < count; i += ${meanThreads}) { sum += ${loadOf(variant.half, `t${source}`, index)}; }
  partial[thread] = sum;
  for (var step = ${meanThreads / 2}u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (thread < step) { partial[thread] += partial[thread + step]; }
  }
  if (thread == 0u) {
    let mean = partial[0] / f32(count);
    result[block.x] = ${variant.half ? 'pack(mean)' : 'mean'};
  }
}
`
  return { code, parameters: new Float32Array(), binding: 'uniform', pixels: null }
}

/** Puts the input tensor, as the file wants it, where the network's passes look for it. */
export function inputShader(channels: number, variant: Variant, layout: Layout): string {
  const at = (channel: number) =>
    layout === 'nchw'
      ? `input[(${channel} * u[0].y + y) * u[0].x + x]`
      : `input[(y * u[0].x + x) * ${channels} + ${channel}]`
  const groups = groupsOf(channels)
  const stores = Array.from({ length: groups }, (_, group) => {
    const lanes = [0, 1, 2, 3].map((i) => (group * 4 + i < channels ? at(group * 4 + i) : '0.0'))
    const value = `vec4f(${lanes.join(', ')})`
    return `result[${indexOf(variant.order, 1, groups, String(group), 'x', 'y')}] = ${variant.half ? `pack(${value})` : value};`
  })
  return `@group(0) @binding(0) var<uniform> u: array<vec4i, 3>;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(variant.half)}>;
${library}
@compute @workgroup_size(${workgroup.join(', ')})
fn main(@builtin(global_invocation_id) id: vec3u) {
let x = i32(id.x);
let y = i32(id.y);
if (x >= u[0].x || y >= u[0].y) { return; }
${stores.join('\n')}
}
`
}
