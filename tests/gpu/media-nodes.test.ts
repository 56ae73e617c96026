/** Decode and Encode as the executor drives them, with the real media layer and the real GPU. */
import { describe, expect, test } from 'vitest'
import type { MediaLibrary } from '../../src/media/media-library.ts'
import type { OutputFiles } from '../../src/media/types.ts'
import decodeNode from '../../src/nodes/decode.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import encodeNode from '../../src/nodes/encode.node.ts'
import type { Download, Prepare, SinkContext, SinkInstance, SourceInstance } from '../../src/nodes/kernel.ts'
import { memoryOutput } from './media-output.ts'
import {
  fixture,
  imagePicture,
  libraryWith,
  mediaErrorOf,
  never,
  openLibrary,
  testMediaBench,
  watchFrames,
} from './media-support.ts'

const bench = testMediaBench()

/** Neither node asks for models; one that did would fail here. */
const noModels = new Proxy({} as Prepare['models'], {
  get: (_target, name) => {
    throw new Error(`asked for models.${String(name)}`)
  },
})

function context(node: NodeDefinition, media: MediaLibrary, params: object, taken: Download = bench.download): Prepare {
  const defaults = Object.entries(node.params).map(([name, spec]) => [name, spec.default])
  const desc = { type: 'image', width: 64, height: 36, format: 'rgba16float', frameRate: 24 } as const
  return {
    gpu: bench.gpu,
    media,
    models: noModels,
    open: () => Promise.reject(new Error('asked for a file')),
    upload: bench.upload,
    download: taken,
    runtime: 'auto',
    inputs: { image: desc },
    outputs: { image: desc },
    params: { ...Object.fromEntries(defaults), ...params },
    signal: never,
  }
}

async function source(media: MediaLibrary, params: object): Promise<SourceInstance<never, never>> {
  if (decodeNode.kernel.kind !== 'source') throw new Error('not a source')
  return decodeNode.kernel.prepare(context(decodeNode, media, params)) as Promise<SourceInstance<never, never>>
}

async function sink(
  media: MediaLibrary,
  params: object,
  output: OutputFiles,
  fileName: string,
  taken?: Download,
): Promise<SinkInstance<never, never>> {
  if (encodeNode.kernel.kind !== 'sink') throw new Error('not a sink')
  const sinkContext: SinkContext = {
    output,
    fileName,
    frameRate: 24,
    frameCount: 12,
    begin: { frame: 0, seconds: 0 },
    sourceBits: 8,
    sourceAlpha: false,
    graphJson: '{}',
    audio: {},
    titles: {},
  }
  const c = { ...context(encodeNode, media, params, taken), sink: sinkContext }
  return encodeNode.kernel.prepare(c) as unknown as Promise<SinkInstance<never, never>>
}

describe('decode', () => {
  test.each([
    [{}, 0, 7],
    [{ start: 0.1 }, 3, 7],
    [{ start: 0.18 }, 3, 7],
    [{ start: 0.181, end: 0.541 }, 4, 5],
    [{ end: 0.542 }, 0, 6],
    [{ start: 0.95 }, 7, 7],
  ])('trim %o takes the frames that begin in it', async (trim, first, last) => {
    const media = await libraryWith('vfr.mp4')
    const instance = await source(media, { media: { id: 'vfr.mp4' }, ...trim })
    expect(instance.range).toEqual({ first, last })
    await instance.dispose?.()
  })

  test('a sequence runs at its own rate', async () => {
    const media = openLibrary()
    const files = await Promise.all([1, 2, 3, 4].map((n) => fixture(`seq/frame_000${n}.png`, 'image/png')))
    await media.add('seq', files)
    const instance = await source(media, { media: { id: 'seq' }, sequenceRate: 8, start: 0.125 })
    expect(instance.range).toEqual({ first: 1, last: 3 })
    expect(instance.timeline.timestamp(2)).toBeCloseTo(0.25, 9)
    expect(instance.timeline.duration(2)).toBeCloseTo(0.125, 9)
    expect(instance.timeline.indexAt(0.3)).toBe(2)
    await instance.dispose?.()
  })
})

describe('encode', () => {
  /** Twelve pictures through the node, as the executor would send them. */
  async function run(instance: SinkInstance<never, never>, count = 12): Promise<void> {
    for (let index = 0; index < count; index++) {
      // Given back as soon as `write` has resolved, though the frame may still be on its way.
      using picture = imagePicture(bench.gpu, 64, 36)
      const pass = bench.recorder.encoder.beginRenderPass({
        colorAttachments: [
          {
            view: picture.texture.createView(),
            loadOp: 'clear',
            storeOp: 'store',
            clearValue: [index / 12, index / 12, index / 12, 1],
          },
        ],
      })
      pass.end()
      const time = { index, timestamp: index / 24, duration: 1 / 24 }
      const frame = {
        time,
        recorder: bench.recorder,
        inputs: { image: picture },
        outputs: {},
        params: {},
        signal: never,
      }
      await instance.write(frame as never)
    }
  }

  test('keeps a few frames in flight, in order, and closes them all', async () => {
    const watch = watchFrames()
    try {
      let inFlight = 0
      let most = 0
      const counted: Download = {
        ...bench.download,
        async videoFrame(...args) {
          most = Math.max(most, ++inFlight)
          try {
            return await bench.download.videoFrame(...args)
          } finally {
            inFlight--
          }
        },
      }
      const media = openLibrary()
      const output = memoryOutput()
      const instance = await sink(media, {}, output, 'out.mp4', counted)
      await run(instance)
      expect(await instance.finish()).toMatchObject({ frames: 12 })
      expect(most).toBeGreaterThan(1)
      expect(most).toBeLessThanOrEqual(3)
      await expect.poll(() => watch.open()).toBe(0)

      const file = output.files.get('out.mp4')
      if (!file) throw new Error('no file')
      await media.add('out.mp4', [file])
      await using again = await media.open({ id: 'out.mp4' })
      const lumas: number[] = []
      for (let index = 0; index < 12; index++) {
        using frame = await again.frame(index, never)
        if (!(frame.picture instanceof VideoFrame)) throw new Error('not a video frame')
        const bytes = new Uint8Array(frame.picture.allocationSize())
        await frame.picture.copyTo(bytes)
        lumas.push(bytes[32 + 64 * 18] ?? 0)
      }
      lumas.forEach((luma, index) => {
        expect(Math.abs(luma - (16 + (219 * index) / 12)), `frame ${index} of ${lumas}`).toBeLessThan(7)
      })
    } finally {
      watch.stop()
    }
  })

  test('.png writes numbered pictures', async () => {
    const output = memoryOutput()
    const instance = await sink(openLibrary(), {}, output, 'still.png')
    await run(instance, 3)
    expect(await instance.finish()).toMatchObject({ frames: 3, videoCodec: 'png' })
    expect([...output.files.keys()]).toEqual(['still-0001.png', 'still-0002.png', 'still-0003.png'])
    const last = output.files.get('still-0003.png')
    if (!last) throw new Error('no file')
    const bitmap = await createImageBitmap(last)
    expect([bitmap.width, bitmap.height]).toEqual([64, 36])
  })

  test('an error on the way comes out of a later write or of finish, and nothing remains', async () => {
    const watch = watchFrames()
    try {
      const output = memoryOutput(600)
      const instance = await sink(openLibrary(), { keyFrameSeconds: 0.1 }, output, 'out.webm')
      const error = await mediaErrorOf(
        (async () => {
          await run(instance)
          await instance.finish()
        })(),
      )
      expect(error.message).toMatch(/no room left/)
      await instance.abort()
      expect([output.unfinished, output.files.size]).toEqual([0, 0])
      await expect.poll(() => watch.open()).toBe(0)
    } finally {
      watch.stop()
    }
  })

  test('a codec that the chosen file cannot hold is refused before anything is written', async () => {
    const output = memoryOutput()
    const error = await mediaErrorOf(sink(openLibrary(), { codec: 'h264' }, output, 'out.webm'))
    expect(error.message).toBe('WebM does not take H.264.')
    expect([output.unfinished, output.files.size]).toEqual([0, 0])
  })
})
