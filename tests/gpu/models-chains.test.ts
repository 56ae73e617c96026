/** Models as code made for them: the same pictures as onnxruntime's, side by side, and onnxruntime where they are not. */
import { expect, onTestFinished, test } from 'vitest'
import { type ModelForm, readSignature, tensorDims } from '../../src/models/inspect.ts'
import { createModelLibrary, createModels } from '../../src/models/models.ts'
import { readOnnx, writeOnnx } from '../../src/models/onnx/onnx-file.ts'
import { dimsOf, floatTensor, readFloats } from '../../src/models/onnx/tensor-data.ts'
import { probeForm, probeOf, usualForm } from '../../src/models/probe-form.ts'
import { openQuickest } from '../../src/models/runtimes/wasm/chain-session.ts'
import { ChainThreads } from '../../src/models/runtimes/wasm/chain-threads.ts'
import { openSession, tensorLength } from '../../src/models/sessions.ts'
import { draw } from './harness.ts'
import { modelBytes, upscale, waves } from './models-support.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

async function requestFor(name: string) {
  const bytes = await modelBytes(name)
  const plain = { name, bytes, runtime: 'wasm', gpu: bench.gpu } as const
  await using session = await openSession(plain)
  const signature = readSignature(name, session.inputs, session.outputs)
  const { form } = usualForm(name, await probeForm(name, signature, probeOf(session, signature)), {})
  return { plain, form, request: { ...plain, enlarging: { form, isMixed: false } } }
}

const size = { width: 45, height: 22 }

function pictureFor({ layout, channels }: ModelForm, seed = 0, of = size) {
  const dims = tensorDims(layout, channels, of)
  const numbers = Float32Array.from({ length: tensorLength(dims) }, (_, i) => 0.5 + 0.4 * Math.sin(i * 0.7 + seed))
  return { dims, data: numbers.buffer }
}

const worst = (a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): number => {
  const [ours, theirs] = [a, b].map((bytes) => new Float32Array(bytes.slice().buffer)) as [Float32Array, Float32Array]
  expect(ours.length).toBe(theirs.length)
  return ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0)
}

test('several pictures at once, each what onnxruntime makes of it', async () => {
  using threads = new ChainThreads()
  const { plain, form, request } = await requestFor('compact')
  await using ours = await openQuickest(threads, request)
  await using reference = await openSession(plain)
  expect(ours.note).toBeUndefined()
  const pictures = [0, 1, 2, 3, 4].map((seed) => pictureFor(form, seed))
  const results = await Promise.all(
    pictures.map((picture) => ours.runOnBytes({ name: form.input, elementType: 'float32', ...picture }, form.output)),
  )
  for (const [i, picture] of pictures.entries()) {
    // The caller's numbers are still there.
    expect(picture.data.byteLength).toBeGreaterThan(0)
    const wanted = await reference.runOnBytes({ name: form.input, elementType: 'float32', ...picture }, form.output)
    expect(results[i]!.dims).toEqual(wanted.dims)
    expect(worst(results[i]!.bytes, wanted.bytes)).toBeLessThan(1e-5)
  }
})

test('what is off on a test picture is left to onnxruntime, and the card says so', async () => {
  using threads = new ChainThreads()
  const { form, request } = await requestFor('compact')
  const off: Pick<ChainThreads, 'open'> = {
    open(chain) {
      const layers = chain.layers.map((layer, i) =>
        i > 0 ? layer : { ...layer, bias: layer.bias.map((b) => b + 0.1) },
      )
      return threads.open({ ...chain, layers })
    },
  }
  await using session = await openQuickest(off, request)
  expect(session.note).toMatch(
    /^Run by onnxruntime: code made for this model was tried on a test picture, and it was off by 0\.\d+\.$/,
  )
  const picture = pictureFor(form)
  const { dims } = await session.runOnBytes({ name: form.input, elementType: 'float32', ...picture }, form.output)
  expect(dims).toEqual([1, 3, size.height * form.scale, size.width * form.scale])
})

test('a thread that cannot be had leaves the model to onnxruntime, and the card says so', async () => {
  const { request } = await requestFor('compact')
  const fail = () => Promise.reject(new Error('the thread could not be started'))
  const none: Pick<ChainThreads, 'open'> = {
    open: () => ({ run: fail, runOnColours: fail, close: () => undefined }),
  }
  await using session = await openQuickest(none, request)
  expect(session.note).toBe(
    'Run by onnxruntime: code made for this model was tried on a test picture, and it failed (the thread could not be started).',
  )
})

test('a thread that broke is told once, and the next picture goes to another', async () => {
  const started: Worker[] = []
  const real = globalThis.Worker
  globalThis.Worker = class extends real {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given)
      if (given[1]?.name === 'framewright-model') started.push(this)
    }
  }
  onTestFinished(() => {
    globalThis.Worker = real
  })
  using threads = new ChainThreads()
  const { form, request } = await requestFor('compact')
  await using session = await openQuickest(threads, request)
  expect(session.note).toBeUndefined()
  const run = () => session.runOnBytes({ name: form.input, elementType: 'float32', ...pictureFor(form) }, form.output)
  const before = await run()
  expect(started).toHaveLength(1)
  started[0]!.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))
  const after = await run()
  expect(started).toHaveLength(2)
  expect(worst(after.bytes, before.bytes)).toBe(0)
})

test.each([
  [1, 1],
  [8192, 3],
])('a picture of %i × %i is what onnxruntime makes of it', async (width, height) => {
  using threads = new ChainThreads()
  const { plain, form, request } = await requestFor('dial-0')
  await using ours = await openQuickest(threads, request)
  await using reference = await openSession(plain)
  const picture = { name: form.input, elementType: 'float32', ...pictureFor(form, 0, { width, height }) } as const
  const [found, wanted] = [
    await ours.runOnBytes(picture, form.output),
    await reference.runOnBytes(picture, form.output),
  ]
  expect(worst(found.bytes, wanted.bytes)).toBeLessThan(1e-5)
})

/** A model of which every weight of the first tensor is this number. */
async function spoilt(number: number): Promise<File> {
  const model = readOnnx('compact', await modelBytes('compact'))
  const [first, ...rest] = model.graph.initializer
  const spoiltTensor = floatTensor(first!.name, 'float32', dimsOf(first!), readFloats(first!).fill(number))
  const bytes = writeOnnx({ ...model, graph: { ...model.graph, initializer: [spoiltTensor, ...rest] } })
  return new File([bytes], `spoilt-${number}.onnx`)
}

test.each([
  [Number.NaN, /^The model “spoilt-NaN” gave \d+ numbers that are not finite/],
  [1e30, /^The model “spoilt-1e\+30” gave numbers that are not a picture .* 100 % of them/],
])('a model with weights of %d is an error in words, not a picture', async (number, message) => {
  await using models = createModels({ gpu: bench.gpu, library: createModelLibrary(`${location.origin}/`) })
  const upscaled = async () => {
    const { id, sha256 } = await models.add(await spoilt(number))
    await using resolver = await models.open(
      'super-resolution',
      { id, sha256 },
      { runtime: 'wasm', tile: 'auto', overlap: 8, numbersIn: 'unit', numbersOut: 'unit' },
    )
    await upscale(bench, resolver, draw(21, 17, waves))
  }
  await expect(upscaled()).rejects.toMatchObject({
    name: 'ModelError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/^[A-Z].*\.$/),
  })
})
