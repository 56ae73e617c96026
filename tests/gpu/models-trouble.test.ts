/** What goes wrong with models is said in words, on time, and leaves nothing behind. */
import { describe, expect, test } from 'vitest'
import { createGpu } from '../../src/gpu/gpu.ts'
import { createModelLibrary, createModels } from '../../src/models/models.ts'
import { draw, emptyPicture, imageDesc, type Numbers, openBench, upload } from './harness.ts'
import {
  modelError,
  modelFile,
  never,
  testModelBench,
  upscale,
  upscaleWith,
  waves,
  worstDifference,
} from './models-support.ts'
import { takeOwnDevices } from './shared-device.ts'

takeOwnDevices()

const bench = testModelBench()

const picture = draw(24, 18, waves)
describe('a file that is no picture model is refused', () => {
  test.each([
    ['not-onnx', /“not-onnx\.onnx” is not an ONNX model, or it is damaged/],
    ['truncated', /“truncated\.onnx” is not an ONNX model, or it is damaged/],
    ['two-inputs', /“two-inputs\.onnx” wants 2 inputs \(input, noise\)/],
    ['classifier', /“classifier\.onnx” gives numbers in 2 dimensions, not a picture/],
    ['vector', /“vector\.onnx” takes an input of the shape 1 × 10/],
  ])('%s', async (name, message) => {
    await expect(bench.models.add(await modelFile(name))).rejects.toEqual(modelError(message))
  })

  test('an empty one', async () => {
    await expect(bench.models.add(new File([], 'empty.onnx'))).rejects.toEqual(modelError(/“empty\.onnx” is empty/))
  })
})

describe('a model is what its sha256 says', () => {
  test('an unknown one is not here', async () => {
    await expect(bench.models.facts({ id: 'nowhere' })).rejects.toEqual(modelError(/“nowhere” is not here/))
  })

  test('another version is named as such', async () => {
    const { id } = await bench.models.add(await modelFile('nearest-x2'))
    const ref = { id, sha256: '0'.repeat(64) }
    await expect(bench.models.facts(ref)).rejects.toEqual(modelError(/is here in another version.*000000000000…/))
  })

  test('a model added twice is one', async () => {
    await bench.models.add(await modelFile('nearest-x3'))
    await bench.models.add(await modelFile('nearest-x3'))
    const all = await bench.models.list()
    expect(all.filter(({ id }) => id === 'nearest-x3.onnx')).toHaveLength(1)
    expect(all[0]).toMatchObject({ id: 'framewright-s-clean-x2', scale: 2, personality: 'l1' })
  })
})

describe('a bad result is an error', () => {
  test('NaN', async () => {
    await expect(upscaleWith(bench, 'nan-x2', picture)).rejects.toEqual(
      modelError(/“nan-x2” gave \d+ numbers that are not finite/),
    )
  })

  test('black', async () => {
    await expect(upscaleWith(bench, 'black-x2', picture)).rejects.toEqual(modelError(/“black-x2” gave black/))
  })

  test('one black tile among many', async () => {
    // Dark but for one corner: judged by the whole picture alone the corner would pass for a highlight lost.
    const corner = draw(96, 64, (x, y) => (x < 40 && y < 40 ? [0.8, 0.8, 0.8] : [0.01, 0.01, 0.01]))
    await expect(upscaleWith(bench, 'black-x2', corner, { tile: 32, overlap: 0 })).rejects.toEqual(
      modelError(/“black-x2” gave black .* in the tile at 0, 0/),
    )
  })

  test('but black from black is none', async () => {
    const { result } = await upscaleWith(
      bench,
      'black-x2',
      draw(24, 18, () => [0.01, 0.02, 0.01]),
    )
    expect(result.data.every((value, i) => (i % 4 === 3 ? value === 1 : value === 0))).toBe(true)
  })

  test('NaN on WebGPU, where nothing comes to the CPU', async () => {
    await expect(upscaleWith(bench, 'nan-x2', picture, { runtime: 'webgpu' })).rejects.toEqual(modelError(/not finite/))
  })

  test('on the GPU nobody waits for it once the model has run well, and it is told all the same', async () => {
    const leases = bench.gpu.pool.stats.leases
    const found: Promise<void>[] = []
    const foundLater = (finding: Promise<void>) => {
      finding.catch(() => undefined)
      found.push(finding)
    }
    {
      await using resolver = await bench.open('black-x2', { runtime: 'webgpu' })
      const recorder = bench.gpu.recorder(undefined, foundLater)
      const run = async (source: Numbers) => {
        const input = upload(bench, source)
        const output = emptyPicture(bench.gpu, imageDesc(source.width * 2, source.height * 2))
        await resolver.run(recorder, input, output, never)
        recorder.submit()
        await bench.gpu.device.queue.onSubmittedWorkDone()
        input.texture.destroy()
        output.texture.destroy()
      }
      const dark = draw(24, 18, () => [0.01, 0.02, 0.01])
      await run(dark)
      expect(found).toHaveLength(0)
      await run(dark)
      await run(picture)
      expect(found).toHaveLength(2)
      await found[0]
      await expect(found[1]).rejects.toEqual(modelError(/“black-x2” gave black/))
    }
    expect(bench.gpu.pool.stats.leases).toBe(leases)
  })
})

describe('memory', () => {
  test('tile auto shrinks where the GPU cannot hold the result, and says so', async () => {
    // A device with WebGPU's default limits: no storage buffer above 128 MiB, which the ×8 result of 512² exceeds.
    const adapter = (await navigator.gpu.requestAdapter())!
    const device = await adapter.requestDevice()
    const gpu = createGpu({ device, description: 'default limits', software: true })
    const recorder = gpu.recorder()
    const models = createModels({ gpu, library: createModelLibrary(new URL('/', location.href).href) })
    const small = { gpu, recorder, takeErrors: () => [], close: () => device.destroy() }
    const { id } = await models.add(await modelFile('nearest-x8'))
    const input = upload(
      small,
      draw(512, 350, () => [0.5, 0.5, 0.5]),
    )
    const output = emptyPicture(gpu, imageDesc(512 * 8, 350 * 8))
    const resolver = await models.open('super-resolution', { id }, { runtime: 'wasm', tile: 'auto', overlap: 16 })
    // The size is found before the first tile runs, and that is as far as this picture has to go.
    await expect(resolver.run(recorder, input, output, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    })
    const report = { runtime: 'wasm', note: expect.stringMatching(/^Tile reduced to 256: .*memory.*\.$/) }
    expect(resolver.report).toEqual(report)

    const strip = (x: number, y: number) => [((x >> 1) % 7) / 7, ((y >> 1) % 5) / 5, 0.5] as const
    const result = await upscale(small, resolver, draw(300, 20, strip))
    expect(
      worstDifference(
        result,
        draw(300 * 8, 20 * 8, (x, y) => strip(x >> 3, y >> 3)),
      ),
    ).toBeLessThan(0.3)
    expect(resolver.report).toEqual(report)
    await resolver[Symbol.asyncDispose]()

    const stubborn = await models.open('super-resolution', { id }, { runtime: 'wasm', tile: 512, overlap: 16 })
    await expect(stubborn.run(recorder, input, output, never)).rejects.toEqual(modelError(/not enough memory/))
    await stubborn[Symbol.asyncDispose]()
    expect(gpu.pool.stats.leases).toBe(0)
    await models[Symbol.asyncDispose]()
    device.destroy()
  })

  test('stays flat over 50 pictures, and all of it comes back', async () => {
    const { device, pool } = bench.gpu
    const before = pool.stats
    const resolver = await bench.open('nearest-x2', { tile: 16, overlap: 4 })
    const input = upload(bench, picture)
    const output = emptyPicture(bench.gpu, imageDesc(48, 36))
    let buffers = 0
    const original = device.createBuffer.bind(device)
    device.createBuffer = (descriptor) => {
      buffers += 1
      return original(descriptor)
    }
    const live: number[] = []
    for (let i = 0; i < 50; i++) {
      await resolver.run(bench.recorder, input, output, never)
      bench.recorder.submit()
      pool.endFrame()
      if (i === 0) buffers = 0
      live.push(pool.stats.liveBytes + pool.stats.idleBytes)
    }
    device.createBuffer = original
    expect(buffers).toBe(0)
    expect(Math.max(...live.slice(1))).toBeLessThanOrEqual(live[0]!)
    await resolver[Symbol.asyncDispose]()
    input.texture.destroy()
    output.texture.destroy()
    expect(pool.stats.leases).toBe(before.leases)
  })

  test('a failed run leaves no lease behind', async () => {
    const before = bench.gpu.pool.stats.leases
    await expect(upscaleWith(bench, 'nan-x2', picture)).rejects.toBeDefined()
    expect(bench.gpu.pool.stats.leases).toBe(before)
  })
})

describe('stopping', () => {
  test('an aborted run rejects with the reason, before the next tile', async () => {
    await using resolver = await bench.open('nearest-x2', { tile: 16, overlap: 0 })
    const input = upload(bench, picture)
    const output = emptyPicture(bench.gpu, imageDesc(48, 36))
    const controller = new AbortController()
    const run = resolver.run(bench.recorder, input, output, controller.signal)
    controller.abort()
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    expect(worstDifference(await upscale(bench, resolver, picture), await upscale(bench, resolver, picture))).toBe(0)
  })

  test.each(['wasm', 'webgpu'] as const)('a device lost while a model runs on %s ends the run', async (runtime) => {
    const own = await openBench()
    const library = createModelLibrary(new URL('/', location.href).href)
    const models = createModels({ gpu: own.gpu, library })
    const { id } = await models.add(await modelFile('nearest-x2'))
    const resolver = await models.open('super-resolution', { id }, { runtime, tile: 'auto', overlap: 0 })
    await upscale(own, resolver, picture)
    const input = upload(own, picture)
    const output = emptyPicture(own.gpu, imageDesc(48, 36))
    const run = resolver.run(own.recorder, input, output, never)
    own.gpu.device.destroy()
    await expect(run).rejects.toBeInstanceOf(Error)
    await expect(resolver.run(own.recorder, input, output, never)).rejects.toBeInstanceOf(Error)
    await resolver[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
    // Whatever became of the lost device, the queue goes on: models run on another one.
    const { result } = await upscaleWith(bench, 'nearest-x3', picture, { runtime })
    expect(result.width).toBe(picture.width * 3)
  })
})
