/** Pictures that are read where their numbers lie: by fused units, by the way back from the GPU, and by nobody who cannot. */
import { describe, expect, test } from 'vitest'
import { chainOf } from '../../bench/bench-executor.ts'
import { createDownload } from '../../src/gpu/download.ts'
import { drawView, viewBindings } from '../../src/gpu/picture-views.ts'
import type { GpuPicture, PictureView, Recorder } from '../../src/gpu/types.ts'
import type { ImageDesc } from '../../src/graph/node/ports.ts'
import { defineNode, type NodeDefinition, port } from '../../src/nodes/define.ts'
import { download, draw, emptyPicture, imageDesc, type Numbers, upload } from './harness.ts'
import { type ModelBench, never, testModelBench, waves, worstDifference } from './models-support.ts'
import { openExecutorBench } from './support/executor-bench.ts'
import { plainSource } from './support/plain-source.ts'

const bench = testModelBench()

type Shown = PictureView & Disposable

async function drawn(
  { gpu, recorder }: ModelBench,
  view: PictureView,
  width: number,
  height: number,
): Promise<Numbers> {
  const pass = await gpu.compute(drawView(view))
  const result = emptyPicture(gpu, imageDesc(width, height))
  const { buffers, uniforms } = viewBindings(new Map([['seen', view]]))
  pass.record(recorder, {
    writes: { result: result.texture },
    buffers,
    uniforms: { ...uniforms, corner: [0, 0] },
    size: { width, height },
  })
  try {
    return await download(bench, result)
  } finally {
    result.texture.destroy()
  }
}

describe('a model’s result', () => {
  const picture = draw(21, 13, waves)

  test.each(['nearest-x2', 'nearest-x3', 'nhwc-x2', 'conv-7-x2-float16', 'compact'] as const)(
    '%s is the same where it lies and in a texture',
    async (name) => {
      await using resolver = await bench.open(name)
      const { scale } = resolver.facts
      const [width, height] = [picture.width * scale, picture.height * scale]
      const input = upload(bench, picture)
      const output = emptyPicture(bench.gpu, imageDesc(width, height))
      let shown: Shown | undefined
      const showAs = (view: Shown) => {
        shown = view
      }
      try {
        await resolver.run(bench.recorder, input, { ...output, showAs }, never)
        expect(shown).toBeUndefined()
        const inTexture = await download(bench, output)
        await resolver.run(bench.recorder, { ...input, opaque: true }, { ...output, showAs }, never)
        const seen = await drawn(bench, shown!, width, height)
        expect(worstDifference(seen, inTexture)).toBe(0)
        expect([...seen.data.filter((_, i) => i % 4 === 3)].every((alpha) => alpha === 1)).toBe(true)
        shown![Symbol.dispose]()
      } finally {
        input.texture.destroy()
        output.texture.destroy()
      }
    },
  )

  test('stays as it is while the next picture is made, until it is let go of', async () => {
    await using resolver = await bench.open('nearest-x2')
    const [bright, dark] = [draw(9, 7, () => [0.75, 0.5, 0.25]), draw(9, 7, () => [0.25, 0.5, 0.75])]
    const inputs = [bright, dark].map((each) => ({ ...upload(bench, each), opaque: true }))
    const output = emptyPicture(bench.gpu, imageDesc(18, 14))
    const shown: Shown[] = []
    try {
      for (const input of inputs)
        await resolver.run(bench.recorder, input, { ...output, showAs: (view) => shown.push(view) }, never)
      const [first, second] = await Promise.all(shown.map((view) => drawn(bench, view, 18, 14)))
      expect([...first!.data.subarray(0, 3)]).toEqual([0.75, 0.5, 0.25])
      expect([...second!.data.subarray(0, 3)]).toEqual([0.25, 0.5, 0.75])
      for (const view of shown) view[Symbol.dispose]()
    } finally {
      for (const { texture } of [...inputs, output]) texture.destroy()
    }
  })
})

const image: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 10, width: 6, height: 4 }

/** What became of the views that were offered. */
let shownAs: string[] = []

/** A ramp in a buffer where it may be one, else in its texture. */
const ramp = plainSource({
  ...{ type: 'ramp', image, frames: 3 },
  async prepare({ gpu }) {
    const fill = await gpu.compute({
      label: 'ramp',
      writes: { result: 'rgba16float' },
      wgsl: 'fn main(at: vec2u) { textureStore(result, at, vec4f(vec3f(f32(at.x) / 8.0), 1.0)); }',
    })
    const { STORAGE, COPY_DST } = GPUBufferUsage
    return async ({ recorder, outputs }) => {
      if (!outputs.image) return
      if (!outputs.image.showAs) {
        shownAs.push('texture')
        fill.record(recorder, { writes: { result: outputs.image.texture }, size: image })
        return
      }
      shownAs.push('view')
      const buffer = gpu.device.createBuffer({ size: 32, usage: STORAGE | COPY_DST })
      gpu.device.queue.writeBuffer(
        buffer,
        0,
        Float32Array.from({ length: 8 }, (_, i) => i),
      )
      outputs.image.showAs({
        name: 'ramp',
        buffers: { steps: { binding: { type: 'array<f32>', access: 'read' }, value: buffer } },
        uniforms: { share: { type: 'f32', value: 1 / 8 } },
        wgsl: (own) => ` return vec4f(vec3f(${own('steps')}[at.x] * u.${own('share')}), 1.0); `,
        [Symbol.dispose]() {
          shownAs.push('let go of')
          recorder.submit()
          buffer.destroy()
        },
      })
    }
  },
})

const looks = (type: string, kernel: NodeDefinition['kernel']) =>
  defineNode({
    type,
    title: type,
    category: 'look',
    summary: 'Looks at a picture.',
    inputs: { image: port.image('Image') },
    outputs: { image: port.image('Image') },
    params: {},
    infer: ({ image }) => ({ image }),
    kernel: kernel as never,
  })

const half = looks('half', { kind: 'pixel', wgsl: 'return vec4f(image.rgb / 2.0, image.a);' })
const left = looks('left', {
  kind: 'pixel',
  needs: () => ({ image: { reach: 1 } }),
  wgsl: 'return image_at(vec2i(px.at) - vec2i(1, 0));',
} as NodeDefinition['kernel'])
const copy = looks('copy', {
  kind: 'pass',
  prepare: async () => ({
    record({ recorder, inputs, outputs }: CopyRun) {
      recorder.encoder.copyTextureToTexture(inputs.image, outputs.image, image)
    },
  }),
} as unknown as NodeDefinition['kernel'])

interface CopyRun {
  readonly recorder: Recorder
  readonly inputs: { readonly image: GpuPicture }
  readonly outputs: { readonly image: GpuPicture }
}

const definitions = new Map([ramp, half, left, copy].map((each) => [each.type, each] as const))

/** Reds of the first row of what the last of these nodes gives. */
async function reds(types: readonly string[], isKept = false): Promise<readonly number[]> {
  shownAs = []
  const engine = openExecutorBench(bench, definitions)
  const prepared = await engine.prepare(chainOf(types), `node-${types.length - 1}.image`)
  const { targets } = prepared.plan
  const cache = isKept ? { cache: { results: engine.results, keep: () => true } } : {}
  const result = await engine.executor.run(prepared, { index: 0, targets, signal: never, timed: false, ...cache })
  const { data } = await download(bench, result.targets.get(targets[0]!)!.picture)
  result[Symbol.dispose]()
  await engine.close()
  return Array.from({ length: image.width }, (_, x) => data[4 * x]!)
}

const eighths = [0, 1, 2, 3, 4, 5].map((x) => x / 8)

describe('the executor', () => {
  test('lets a fused unit read the numbers where they lie, and lets go of them once it is recorded', async () => {
    expect(await reds(['ramp', 'half', 'half'])).toEqual(eighths.map((x) => x / 4))
    expect(shownAs).toEqual(['view', 'let go of'])
  })

  test('so a unit may look around its pixel', async () => {
    expect(await reds(['ramp', 'left'])).toEqual([0, 0, 1, 2, 3, 4].map((x) => x / 8))
    expect(shownAs).toEqual(['view', 'let go of'])
  })

  test('wants a texture for whoever reads textures alone, for whoever asked for the picture, and for the cache', async () => {
    expect(await reds(['ramp', 'copy', 'half'])).toEqual(eighths.map((x) => x / 2))
    expect(shownAs).toEqual(['texture'])
    expect(await reds(['ramp'])).toEqual(eighths)
    expect(shownAs).toEqual(['texture'])
    expect(await reds(['ramp', 'half'], true)).toEqual(eighths.map((x) => x / 2))
    expect(shownAs).toEqual(['texture'])
  })
})

test('pictures come off the GPU the same from where they lie as from a texture', async () => {
  const [width, height] = [13, 9]
  const { gpu, recorder } = bench
  const { STORAGE, COPY_DST } = GPUBufferUsage
  const waved = draw(width, height, (x, y) => [((x * 7 + y * 3) % 32) / 32, ((x + y * 5) % 16) / 16, (x % 8) / 8])
  const texture = upload(bench, waved)
  const buffer = gpu.device.createBuffer({ size: waved.data.byteLength, usage: STORAGE | COPY_DST })
  gpu.device.queue.writeBuffer(buffer, 0, new Float32Array(waved.data))
  const view: PictureView = {
    name: 'rows',
    buffers: { pixels: { binding: { type: 'array<vec4f>', access: 'read' }, value: buffer } },
    uniforms: { width: { type: 'i32', value: width } },
    wgsl: (own) => ` return ${own('pixels')}[at.y * u.${own('width')} + at.x]; `,
  }
  const empty = emptyPicture(gpu, imageDesc(width, height))
  const seen = { ...empty, view }
  try {
    const take = await createDownload(gpu)
    await take.readable(view)
    const bytesOf = async (picture: GpuPicture) => {
      const frame = await take.videoFrame(recorder, picture, { timestamp: 0, duration: 0.1 })
      const bytes = new Uint8Array(frame.allocationSize())
      await frame.copyTo(bytes)
      frame.close()
      return bytes
    }
    expect(await bytesOf(seen)).toEqual(await bytesOf(texture))
    expect(await take.rgba8(recorder, seen)).toEqual(await take.rgba8(recorder, texture))
    const samples = await take.samples({ arrangement: 'yuv', bits: 10, subsampling: [1, 0], alpha: false })
    expect((await samples(recorder, seen)).bytes).toEqual((await samples(recorder, texture)).bytes)
  } finally {
    buffer.destroy()
    for (const each of [texture, empty]) each.texture.destroy()
  }
})
