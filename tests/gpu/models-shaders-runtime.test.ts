/** Shaders as a runtime: proved before they are believed, refused by the operator's name, turned without a session. */
import { describe, expect, test } from 'vitest'
import { requestDevice } from '../../src/gpu/device.ts'
import { createGpu } from '../../src/gpu/gpu.ts'
import type { Gpu } from '../../src/gpu/types.ts'
import type { ModelForm } from '../../src/models/inspect.ts'
import { createModelLibrary, createModels } from '../../src/models/models.ts'
import { readOnnx, tensorsOf, writeOnnx } from '../../src/models/onnx/onnx-file.ts'
import { dimsOf, floatTensor, readFloats } from '../../src/models/onnx/tensor-data.ts'
import { lower } from '../../src/models/runtimes/shaders/lower.ts'
import { openShaders } from '../../src/models/runtimes/shaders/open-shaders.ts'
import { compileNetwork } from '../../src/models/runtimes/shaders/shader-network.ts'
import { runOnNumbers } from '../../src/models/runtimes/shaders/shader-session.ts'
import type { Variant } from '../../src/models/runtimes/shaders/tensor-layout.ts'
import { adapterKey, TrialMemory } from '../../src/models/runtimes/trial-memory.ts'
import type { RuntimeChoice, RuntimeName, SuperResolver } from '../../src/models/types.ts'
import srModel from '../../src/nodes/sr-model.node.ts'
import { download, draw, emptyPicture, imageDesc, type Numbers, upload } from './harness.ts'
import { testDialBench } from './models-dial-support.ts'
import { modelBytes, modelFile, never, waves, worstDifference } from './models-support.ts'
import { takeOwnDevices } from './shared-device.ts'

takeOwnDevices()

const bench = testDialBench(['dial-0', 'dial-1', 'dial-2'])

const picture = draw(45, 37, waves)

async function upscaled(resolver: SuperResolver, position?: number, source = picture): Promise<Numbers> {
  const { scale } = resolver.facts
  const input = upload(bench, source)
  const output = emptyPicture(bench.gpu, imageDesc(source.width * scale, source.height * scale))
  try {
    const place = position === undefined ? undefined : { personality: position, source: 0 }
    await resolver.run(bench.recorder, input, output, never, place)
    return await download(bench, output)
  } finally {
    input.texture.destroy()
    output.texture.destroy()
  }
}

/** Rounding to half floats on the way out, in 1/255. */
const halfRounding = 0.13

const openDial = (runtime: RuntimeChoice) =>
  bench.models.open('super-resolution', bench.refs[0]!, { runtime, tile: 'auto', overlap: 8 })

describe('a model as shaders', () => {
  test.each(['conv-7-x3', 'compact-luma', 'compact-nhwc', 'compact-float16'])(
    '%s gives what it gives on WASM, in one tile and in many',
    async (name) => {
      const ref = await bench.addFixture(name)
      await using onCpu = await bench.models.open('super-resolution', ref, { runtime: 'wasm', tile: 'off', overlap: 0 })
      const want = await upscaled(onCpu)
      for (const tile of ['off', 32] as const) {
        await using onGpu = await bench.models.open('super-resolution', ref, { runtime: 'shaders', tile, overlap: 16 })
        const difference = worstDifference(await upscaled(onGpu), want)
        expect(onGpu.report).toEqual({ runtime: 'shaders' })
        // onnxruntime rounds every layer of a float16 file.
        expect(difference).toBeLessThan(name === 'compact-float16' ? 1 : 2 * halfRounding)
      }
    },
  )

  // As wide as a texture may be, and as small as a picture can be.
  test.each([
    [1, 1],
    [4096, 3],
  ])('takes a picture of %i × %i', async (width, height) => {
    const source = draw(width, height, waves)
    await using resolver = await openDial('shaders')
    await using onCpu = await openDial('wasm')
    const made = await upscaled(resolver, undefined, source)
    expect(resolver.report).toEqual({ runtime: 'shaders' })
    expect(worstDifference(made, await upscaled(onCpu, undefined, source))).toBeLessThan(halfRounding)
  })

  test('gives the same for a part of a picture as for all of it', async () => {
    await using resolver = await openDial('shaders')
    const whole = await upscaled(resolver)
    const { width, height } = picture
    const input = upload(bench, picture)
    const part = { x: 30, y: 24, width: 40, height: 36 }
    const { texture } = emptyPicture(bench.gpu, imageDesc(part.width, part.height))
    await resolver.run(bench.recorder, input, { texture, desc: imageDesc(width * 2, height * 2), part }, never)
    const found = await download(bench, { texture, desc: imageDesc(part.width, part.height), part })
    const want = draw(part.width, part.height, (x, y) => {
      const at = ((y + part.y) * width * 2 + x + part.x) * 4
      return [whole.data[at]!, whole.data[at + 1]!, whole.data[at + 2]!]
    })
    expect(worstDifference(found, want)).toBeLessThan(halfRounding)
    input.texture.destroy()
    texture.destroy()
  })

  test('that cannot be made into them runs on onnxruntime, and the operator is named', async () => {
    const ref = await bench.addFixture('operators/strided-x2')
    await using resolver = await bench.models.open('super-resolution', ref, {
      runtime: 'shaders',
      tile: 'off',
      overlap: 0,
    })
    await upscaled(resolver, undefined, draw(8, 8, waves))
    expect(resolver.report).toEqual({
      runtime: bench.gpu.software ? 'wasm' : 'webgpu',
      note: 'Run by onnxruntime: no shaders are known for the operator Conv with a stride.',
    })
  })

  async function withFirstWeights(weight: number) {
    const model = readOnnx('compact', await modelBytes('compact'))
    const [first] = tensorsOf(model)
    const broken = floatTensor(first!.name, 'float32', dimsOf(first!), readFloats(first!).fill(weight))
    const { initializer } = model.graph
    const bytes = writeOnnx({ ...model, graph: { ...model.graph, initializer: [broken, ...initializer.slice(1)] } })
    const { id, sha256 } = await bench.models.add(new File([bytes], `weights-${weight}.onnx`))
    return { id, sha256 }
  }

  test('whose weights are no numbers is left to onnxruntime, and its result refused', async () => {
    const ref = await withFirstWeights(Number.NaN)
    await using resolver = await bench.models.open('super-resolution', ref, {
      runtime: 'shaders',
      tile: 'off',
      overlap: 0,
    })
    expect(resolver.report.note).toMatch(
      /shaders of this model could not be made \(it holds numbers that are not finite\)/,
    )
    await expect(upscaled(resolver, undefined, draw(8, 8, waves))).rejects.toThrow(/not finite/)
  })

  test('whose weights are far too large is refused for its numbers, as on WASM', async () => {
    const ref = await withFirstWeights(1e30)
    for (const runtime of ['wasm', 'shaders'] as const) {
      await using resolver = await bench.models.open('super-resolution', ref, { runtime, tile: 'off', overlap: 0 })
      await expect(upscaled(resolver, undefined, draw(8, 8, waves))).rejects.toThrow(
        /not a picture in the tile at 0, 0/,
      )
      expect(resolver.report.runtime).toBe(runtime)
    }
  })
})

describe('the dial on shaders', () => {
  test('gives the models that it gives on WASM, and opens no session', async () => {
    await using onCpu = await openDial('wasm')
    const positions = [0, 0.5, 1, 1.25, 2]
    const want: Numbers[] = []
    for (const position of positions) want.push(await upscaled(onCpu, position))
    await using onGpu = await openDial('shaders')
    await upscaled(onGpu, 0.75)
    const sessions = bench.openSessions()
    for (const [i, position] of positions.entries()) {
      expect(worstDifference(await upscaled(onGpu, position), want[i]!)).toBeLessThan(2 * halfRounding)
    }
    expect(bench.openSessions()).toBe(sessions)
    expect(onGpu.report).toEqual({ runtime: 'shaders' })
  })

  test('100 turns leave nothing behind', async () => {
    const dial = await openDial('shaders')
    await upscaled(dial, 0.1)
    await upscaled(dial, 0.2)
    await upscaled(dial, 0.3)
    const { liveBytes } = bench.gpu.pool.stats
    for (let i = 0; i < 100; i++) await upscaled(dial, (i % 20) / 10 + 0.05, draw(4, 4, waves))
    expect(bench.gpu.pool.stats.liveBytes).toBeLessThanOrEqual(liveBytes)
    await dial[Symbol.asyncDispose]()
  })

  test('two places blended by a mask are as on WASM', async () => {
    const mask = draw(picture.width, picture.height, (x) => x / picture.width)
    const params = { from: 0.25, to: 1.5 }
    const want = await bench.renderNode(srModel, picture, { ...params, runtime: 'wasm' }, mask)
    const found = await bench.renderNode(srModel, picture, { ...params, runtime: 'shaders' }, mask)
    expect(worstDifference(found, want)).toBeLessThan(2 * halfRounding)
  })
})

describe('a trial', () => {
  test('is kept between visits', async () => {
    const name = `trials-${crypto.randomUUID()}`
    await new TrialMemory(name).set('adapter|model', 'shaders')
    const later = new TrialMemory(name)
    expect(await later.get('adapter|model')).toBe('shaders')
    expect(await later.get('adapter|another')).toBe(undefined)
    expect(adapterKey(bench.gpu.device)).toContain(navigator.userAgent)
    indexedDB.deleteDatabase(name)
  })

  test('decides on a GPU between shaders and onnxruntime, and is held once', async () => {
    // The same device, taken for one that is not played on the CPU.
    const gpu: Gpu = { ...bench.gpu, software: false }
    const library = createModelLibrary(new URL('/', location.href).href)
    const models = createModels({ gpu, library })
    const { id, sha256 } = await models.add(await modelFile('nearest-x2'))
    const options = { runtime: 'auto', tile: 'off', overlap: 0 } as const
    const taken: RuntimeName[] = []
    for (let i = 0; i < 2; i++) {
      await using resolver = await models.open('super-resolution', { id, sha256 }, options)
      taken.push(resolver.report.runtime)
      await upscaled(resolver, undefined, draw(12, 9, waves))
    }
    await models[Symbol.asyncDispose]()
    expect(['shaders', 'webgpu']).toContain(taken[0])
    expect(taken[1]).toBe(taken[0])
    const kept = await new TrialMemory().get(`${adapterKey(gpu.device)}|${sha256}`)
    expect(kept).toMatch(taken[0] === 'webgpu' ? /^webgpu$/ : /"weights":"memory"/)
  })
})

describe('making shaders', () => {
  const form: ModelForm = {
    ...{ input: 'input', output: 'output', layout: 'nchw', channels: 'rgb', elementType: 'float32' },
    ...{ fixedSize: null, scale: 2, sizeStep: 1 },
  }
  const inMemory: Variant = { weights: 'memory', shared: false, pixels: 2, order: 'planes', half: false }
  const load = async () => readOnnx('dial-0', await modelBytes('dial-0'))

  async function request(variants: readonly Variant[]) {
    const model = await load()
    const { gpu } = bench
    const lowering = lower(model, 3)
    if ('refusal' in lowering) throw new Error('refused')
    const right = await compileNetwork(gpu, 'right', lowering, inMemory, 'nchw')
    const onCpu = (dims: readonly number[], data: ArrayBuffer) =>
      runOnNumbers(gpu, { network: right, layout: 'nchw', scale: 2, elementType: 'float32', dims, data })
    return { right, given: { gpu, name: 'dial-0', model, form, variants, onCpu } }
  }

  test('takes one of several ways, after a trial', async () => {
    const variants: readonly Variant[] = [
      { ...inMemory, pixels: 4 },
      { weights: 'literal', shared: false, pixels: 2, order: 'pixels', half: false },
    ]
    const { right, given } = await request(variants)
    const opened = await openShaders(given)
    if ('complaint' in opened) throw new Error(opened.complaint)
    expect(variants).toContain(opened.variant)
    expect(opened.milliseconds).toBeGreaterThan(0)
    opened.network[Symbol.dispose]()
    right[Symbol.dispose]()
  })

  test('believes none that computes other numbers, by however little a driver is wrong', async () => {
    const { right, given } = await request([inMemory])
    const wrong = async (dims: readonly number[], data: ArrayBuffer) => {
      const numbers = await given.onCpu(dims, data)
      const middle = numbers.length >> 1
      numbers[middle] = numbers[middle]! > 0.5 ? numbers[middle]! - 0.002 : numbers[middle]! + 0.002
      return numbers
    }
    expect(await openShaders({ ...given, onCpu: wrong })).toEqual({
      complaint: expect.stringMatching(
        /^Run by onnxruntime: on a test picture shaders of this model were off by 0\.00\d+\.$/,
      ),
    })
    right[Symbol.dispose]()
  })

  test('on a device that is lost on the way ends with a complaint', async () => {
    const { right, given } = await request([inMemory])
    const { device, ...grant } = await requestDevice()
    const gpu = createGpu({ device, ...grant })
    device.destroy()
    expect(await openShaders({ ...given, gpu })).toEqual({ complaint: expect.stringMatching(/^Run by onnxruntime: /) })
    right[Symbol.dispose]()
  })
})
