/** Models on devices that can less than this one: without 16-bit numbers, with small buffers, or gone in the middle of a trial. */
import { expect, test } from 'vitest'
import { requestDevice } from '../../src/gpu/device.ts'
import { createGpu } from '../../src/gpu/gpu.ts'
import type { ModelForm } from '../../src/models/inspect.ts'
import { createModelLibrary, createModels } from '../../src/models/models.ts'
import { readOnnx } from '../../src/models/onnx/onnx-file.ts'
import { openShaders } from '../../src/models/runtimes/shaders/open-shaders.ts'
import type { Variant } from '../../src/models/runtimes/shaders/tensor-layout.ts'
import type { RuntimeChoice } from '../../src/models/types.ts'
import { draw, emptyPicture, imageDesc } from './harness.ts'
import { modelBytes, modelFile, upscale, waves, worstDifference } from './models-support.ts'
import { takeOwnDevices } from './shared-device.ts'

takeOwnDevices()

const picture = draw(20, 14, waves)

/** A device of its own, as `limit` leaves it, with the models on it. */
async function openOn(limit: (device: GPUDevice) => GPUDevice) {
  const adapter = (await navigator.gpu.requestAdapter())!
  // No feature is asked for: 16-bit numbers are one.
  const device = await adapter.requestDevice()
  const gpu = createGpu({ device: limit(device), description: 'less', software: true })
  const models = createModels({ gpu, library: createModelLibrary(new URL('/', location.href).href) })
  const bench = { gpu, recorder: gpu.recorder(), takeErrors: () => [], close: () => device.destroy() }
  return {
    device,
    bench,
    async open(name: string, runtime: RuntimeChoice) {
      const { id } = await models.add(await modelFile(name))
      return models.open('super-resolution', { id }, { runtime, tile: 'auto', overlap: 16 })
    },
    async run(name: string, runtime: RuntimeChoice) {
      await using resolver = await this.open(name, runtime)
      return { result: await upscale(bench, resolver, picture), report: resolver.report }
    },
    async [Symbol.asyncDispose]() {
      await models[Symbol.asyncDispose]()
      gpu[Symbol.dispose]()
      device.destroy()
    },
  }
}

test('without 16-bit numbers a float16 model goes to WASM, and says so; as shaders it computes in 32 bits', async () => {
  await using less = await openOn((device) => device)
  expect(less.device.features.has('shader-f16')).toBe(false)
  const plain = await less.run('compact-float16', 'wasm')
  expect(plain.report).toEqual({ runtime: 'wasm' })
  const onWebGpu = await less.run('compact-float16', 'webgpu')
  expect(onWebGpu.report).toEqual({
    runtime: 'wasm',
    note: 'Runs on WASM: this GPU does not compute in float16, which the model needs.',
  })
  expect(worstDifference(onWebGpu.result, plain.result)).toBe(0)
  const asShaders = await less.run('compact-float16', 'shaders')
  expect(asShaders.report.runtime).toBe('shaders')
  expect(worstDifference(asShaders.result, plain.result)).toBeLessThan(2)
})

const small = 64 * 2 ** 20

/** The same device, which says that its buffers end at 64 MB. */
const withSmallBuffers = (device: GPUDevice): GPUDevice =>
  new Proxy(device, {
    get(target, key) {
      if (key === 'limits')
        return new Proxy(target.limits, {
          get: (limits, name) =>
            name === 'maxBufferSize' || name === 'maxStorageBufferBindingSize'
              ? small
              : Reflect.get(limits, name, limits),
        })
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

test('with buffers of 64 MB tiles shrink until a result fits, and it is said', async () => {
  await using less = await openOn(withSmallBuffers)
  await using resolver = await less.open('nearest-x8', 'wasm')
  const [input, output] = [imageDesc(320, 320), imageDesc(2560, 2560)].map((desc) => emptyPicture(less.bench.gpu, desc))
  // ×8 of a tile of 320 pixels is 78 MB. The size is found before the first tile runs, and that is as far as this picture has to go.
  await expect(resolver.run(less.bench.recorder, input!, output!, AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  })
  const shrunk = { runtime: 'wasm', note: expect.stringMatching(/^Tile reduced to 256: .*memory.*\.$/) }
  expect(resolver.report).toEqual(shrunk)
  const strip = (x: number, y: number) => [((x >> 2) % 7) / 7, ((y >> 2) % 5) / 5, 0.5] as const
  const result = await upscale(less.bench, resolver, draw(40, 20, strip))
  const wanted = draw(320, 160, (x, y) => strip(x >> 3, y >> 3))
  expect(worstDifference(result, wanted)).toBeLessThan(0.3)
  expect(resolver.report).toEqual(shrunk)
})

test('a device that goes in the middle of a trial leaves a complaint, and the model to onnxruntime', async () => {
  const form: ModelForm = {
    ...{ input: 'input', output: 'output', layout: 'nchw', channels: 'rgb', elementType: 'float32' },
    ...{ fixedSize: null, scale: 2, sizeStep: 1 },
  }
  const variant: Variant = { weights: 'memory', shared: false, pixels: 2, order: 'planes', half: false }
  const { device, ...grant } = await requestDevice()
  using gpu = createGpu({ device, ...grant })
  let asked = 0
  const opened = await openShaders({
    ...{ gpu, name: 'dial-0', form, variants: [variant, { ...variant, pixels: 4 }] },
    model: readOnnx('dial-0', await modelBytes('dial-0')),
    async onCpu(dims) {
      asked += 1
      device.destroy()
      const [, channels, height, width] = dims as readonly [number, number, number, number]
      return new Float32Array(channels * height * 2 * width * 2)
    },
  })
  expect(asked).toBeGreaterThan(0)
  expect(opened).toEqual({ complaint: expect.stringMatching(/^Run by onnxruntime: /) })
})
