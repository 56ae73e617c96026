/** What the tests of the model layer share: fixture models as files, and one call from picture to picture. */
import { expect } from 'vitest'
import { createModelLibrary, createModels, type OwnedModels } from '../../src/models/models.ts'
import type { RuntimeReport, SuperResolver, SuperResolverOptions } from '../../src/models/types.ts'
import { type Bench, download, emptyPicture, imageDesc, type Numbers, openBench, upload } from './harness.ts'
import { benchFor } from './support/test-bench.ts'

const fixtureUrls = import.meta.glob<string>(['../fixtures/models/*.onnx', '../fixtures/models/operators/*.onnx'], {
  query: '?url',
  import: 'default',
  eager: true,
})

export async function modelFile(name: string): Promise<File> {
  const url = fixtureUrls[`../fixtures/models/${name}.onnx`]
  if (!url) throw new Error(`no fixture model ${name}`)
  return new File([await (await fetch(url)).arrayBuffer()], `${name}.onnx`)
}

export const modelBytes = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await modelFile(name)).arrayBuffer())

/** A `ModelError` that says so, with advice in a whole sentence. */
export const modelError = (message: RegExp): unknown =>
  expect.objectContaining({
    name: 'ModelError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/^[A-Z].*\.$/),
  })

/** Uneven in every channel and direction, so that a swapped axis or channel, or half a pixel, shows. */
export const waves = (x: number, y: number): readonly [number, number, number] => [
  0.5 + 0.4 * Math.sin(x * 0.9 + y * 0.23),
  0.5 + 0.4 * Math.cos(x * 0.31 - y * 0.71),
  0.5 + 0.3 * Math.sin(x * 0.13 + y * 1.1) + 0.15 * Math.cos(x * 1.7),
]

export interface ModelBench extends Bench {
  readonly models: OwnedModels
  /** Opens a fixture by its name. */
  open(name: string, options?: Partial<SuperResolverOptions>): Promise<SuperResolver>
  closeAll(): Promise<void>
}

export async function openModelBench(): Promise<ModelBench> {
  const bench = await openBench()
  const models = createModels({ gpu: bench.gpu, library: createModelLibrary(new URL('/', location.href).href) })
  return {
    ...bench,
    models,
    async open(name, options = {}) {
      const { id, sha256 } = await models.add(await modelFile(name))
      return models.open('super-resolution', { id, sha256 }, { runtime: 'wasm', tile: 'auto', overlap: 32, ...options })
    },
    async closeAll() {
      await models[Symbol.asyncDispose]()
      bench.close()
    },
  }
}

/** For the head of a file: a bench that its tests share. */
export const testModelBench = (): ModelBench => benchFor(openModelBench, (bench) => bench.closeAll())

export const never = new AbortController().signal

/** Runs `resolver` on a picture and takes the result off the GPU. */
export async function upscale(bench: Bench, resolver: SuperResolver, picture: Numbers): Promise<Numbers> {
  const { scale } = resolver.facts
  const input = upload(bench, picture)
  const output = emptyPicture(bench.gpu, imageDesc(picture.width * scale, picture.height * scale))
  try {
    await resolver.run(bench.recorder, input, output, never)
    return await download(bench, output)
  } finally {
    input.texture.destroy()
    output.texture.destroy()
  }
}

/** The same, from opening the fixture to closing it. */
export async function upscaleWith(
  bench: ModelBench,
  name: string,
  picture: Numbers,
  options: Partial<SuperResolverOptions> = {},
): Promise<{ readonly result: Numbers; readonly report: RuntimeReport }> {
  await using resolver = await bench.open(name, options)
  const result = await upscale(bench, resolver, picture)
  return { result, report: resolver.report }
}

/** Largest difference between the RGB of two pictures, `border` pixels inside, in 1/255. */
export function worstDifference(a: Numbers, b: Numbers, border = 0): number {
  if (a.width !== b.width || a.height !== b.height) throw new Error('pictures of different sizes')
  let worst = 0
  for (let y = border; y < a.height - border; y++) {
    for (let x = border; x < a.width - border; x++) {
      for (let c = 0; c < 3; c++) {
        const i = (y * a.width + x) * 4 + c
        const difference = Math.abs(a.data[i]! - b.data[i]!) * 255
        // Written so that NaN counts as a difference.
        if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
      }
    }
  }
  return worst
}
