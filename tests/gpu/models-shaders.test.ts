/** Models as shaders of our own give what onnxruntime gives on WASM, whichever way they are written. */
import { expect, test } from 'vitest'
import { readSignature, tensorDims } from '../../src/models/inspect.ts'
import { floatsToHalves, halvesToFloats } from '../../src/models/onnx/half.ts'
import { readOnnx } from '../../src/models/onnx/onnx-file.ts'
import { probeForm, probeOf, usualForm } from '../../src/models/probe-form.ts'
import { lower, refusalText } from '../../src/models/runtimes/shaders/lower.ts'
import { compileNetwork } from '../../src/models/runtimes/shaders/shader-network.ts'
import type { Variant } from '../../src/models/runtimes/shaders/tensor-layout.ts'
import { type ModelSession, openSession, tensorLength } from '../../src/models/sessions.ts'
import { modelBytes } from './models-support.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const literal: Variant = { weights: 'literal', shared: false, pixels: 2, order: 'pixels', half: false }
const direct: Variant = { weights: 'memory', shared: false, pixels: 4, order: 'planes', half: false }
const shared: Variant = { weights: 'memory', shared: true, pixels: 2, order: 'planes', half: false }

async function onWasm(
  session: ModelSession,
  elementType: 'float32' | 'float16',
  dims: readonly number[],
  input: Float32Array<ArrayBuffer>,
) {
  const data = elementType === 'float16' ? floatsToHalves(input).buffer : input.buffer
  const result = await session.runOnBytes(
    { name: session.inputs[0]!.name, elementType, dims, data },
    session.outputs[0]!.name,
  )
  const { buffer } = result.bytes.slice()
  return elementType === 'float16' ? halvesToFloats(new Uint16Array(buffer)) : new Float32Array(buffer)
}

/** A model as shaders read it, and what WASM makes of a picture of waves with sharp edges. */
async function referenceOf(name: string) {
  const { gpu } = bench
  const bytes = await modelBytes(name)
  await using session = await openSession({ name, bytes, runtime: 'wasm', gpu })
  const signature = readSignature(name, session.inputs, session.outputs)
  const form = await probeForm(name, signature, probeOf(session, signature))
  const { elementType, layout, channels, fixedSize, scale, sizeStep } = usualForm(name, form, {}).form
  const whole = (side: number) => Math.ceil(side / sizeStep) * sizeStep
  // Odd sides where the model takes them, and more than one workgroup of each variant.
  const size = fixedSize ?? { width: whole(37), height: whole(18) }
  const depth = channels === 'rgb' ? 3 : 1
  const lowered = lower(readOnnx(name, bytes), depth)
  if ('refusal' in lowered) throw new Error(refusalText(lowered.refusal))
  const dims = tensorDims(layout, channels, size)
  const input = Float32Array.from({ length: tensorLength(dims) }, (_, i) =>
    Math.fround(0.5 + 0.3 * Math.sin(i * 0.7) + 0.2 * Math.cos((i * i) % 17)),
  )
  const wanted = await onWasm(session, elementType, dims, input)
  return { layout, scale, size, lowered, input, wanted }
}

/** Each is the same for every way of writing the shaders. */
const references = new Map<string, ReturnType<typeof referenceOf>>()

/** The largest difference between shaders and WASM. */
async function compare(name: string, variant: Variant): Promise<number> {
  const { gpu, recorder } = bench
  const reference = references.get(name) ?? referenceOf(name)
  references.set(name, reference)
  const { layout, scale, size, lowered, input, wanted } = await reference

  using network = await compileNetwork(gpu, name, lowered, variant, layout)
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const from = gpu.device.createBuffer({ size: input.byteLength, usage })
  const to = gpu.device.createBuffer({ size: input.byteLength * scale ** 2, usage })
  const landing = gpu.device.createBuffer({ size: to.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  gpu.device.queue.writeBuffer(from, 0, input)
  // Twice: the second run finds the numbers of the first between the layers.
  network.record(recorder, network.ownWeights, from, to, size)
  recorder.submit()
  network.record(recorder, network.ownWeights, from, to, size)
  recorder.encoder.copyBufferToBuffer(to, 0, landing, 0, to.size)
  recorder.submit()
  await landing.mapAsync(GPUMapMode.READ)
  const found = new Float32Array(landing.getMappedRange().slice(0))
  for (const buffer of [from, to, landing]) buffer.destroy()
  expect(found.length).toBe(wanted.length)
  return found.reduce((most, value, i) => {
    const apart = Math.abs(value - wanted[i]!)
    // Written so that NaN counts as a difference.
    return apart <= most ? most : Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart
  }, 0)
}

// What a network is cut into is compared with onnxruntime in Node, for every model there is (`lower.test.ts`); these make the writers
// of WGSL take each of their ways.
const operators = ['attention', 'grouped', 'cubic', 'shuffled', 'tangled', 'large'].map(
  (each) => `operators/${each}-x2`,
)
const small = ['compact-luma', 'nhwc-x2', 'fixed-32-x2', 'windows-8-x2', 'nearest-x3']

test.each([...small, ...operators])('%s with weights in the text', async (name) => {
  expect(await compare(name, literal)).toBeLessThan(1e-4)
})

// Software graphics compile loops slowly: of these variants only what they do otherwise.
const several = ['operators/grouped-x2', 'operators/tangled-x2']

test.each([...several, 'compact-luma'])('%s with weights in memory', async (name) => {
  expect(await compare(name, direct)).toBeLessThan(1e-4)
})

test.each([...several, 'operators/attention-x2', 'operators/large-x2', 'operators/padded-x3'])(
  '%s with shared tiles',
  async (name) => {
    expect(await compare(name, shared)).toBeLessThan(1e-4)
  },
)

test.each([literal, shared])('in 16 bits is within 2 of 255 steps: %o', async (variant) => {
  expect(await compare('operators/attention-x2', { ...variant, half: true })).toBeLessThan(2 / 255)
})
