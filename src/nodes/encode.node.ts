import { defineNode, inferProblem, param, port } from './define.ts'

const containers = ['mp4', 'webm', 'mkv', 'png'] as const
type Container = (typeof containers)[number]

const codecs = ['auto', 'h264', 'av1', 'vp9', 'vp8'] as const
type Codec = (typeof codecs)[number]

/** Which codecs a container takes; the first is what `auto` means. */
const taken: Readonly<Record<Container, readonly Exclude<Codec, 'auto'>[]>> = {
  mp4: ['h264', 'av1'],
  webm: ['vp9', 'av1', 'vp8'],
  mkv: ['h264', 'vp9', 'av1', 'vp8'],
  png: [],
}

const codecLabels = { auto: 'Auto', h264: 'H.264', av1: 'AV1', vp9: 'VP9', vp8: 'VP8' } as const
const containerLabels: Readonly<Record<Container, string>> = { mp4: 'MP4', webm: 'WebM', mkv: 'MKV', png: 'PNG' }

const containerOf = (fileName: string): Container | undefined =>
  containers.find(
    (container) => fileName.toLowerCase().endsWith(`.${container}`) && fileName.length > container.length + 1,
  )

/** Frames on their way from the GPU to the encoder at once. */
const inFlight = 3

const shownFor = (...which: readonly Container[]) => {
  return ({ fileName }: Readonly<Record<string, unknown>>): boolean => {
    const container = typeof fileName === 'string' ? containerOf(fileName) : undefined
    return container === undefined || which.includes(container)
  }
}
const isVideo = shownFor('mp4', 'webm', 'mkv')

export default defineNode({
  type: 'encode',
  title: 'Encode',
  category: 'io',
  summary: 'Writes a playable file (MP4, WebM, MKV) or PNG pictures; the file name’s extension chooses which.',
  keywords: [
    'output',
    'export',
    'save',
    'write',
    'render',
    'video',
    'mp4',
    'webm',
    'mkv',
    'png',
    'h264',
    'av1',
    'vp9',
    'vp8',
    'file',
    'sequence',
    'sink',
  ],
  inputs: { image: port.image('Image'), audio: port.optionalAudio('Audio') },
  outputs: {},
  params: {
    fileName: param.text('File name', {
      default: 'enhanced.mp4',
      help: 'Its extension chooses the container: .mp4, .webm, .mkv, or .png for pictures.',
    }),
    codec: param.choice('Codec', codecs, {
      default: 'auto',
      labels: codecLabels,
      visible: isVideo,
      help: 'Auto: H.264 in MP4 and MKV, VP9 in WebM.',
    }),
    rate: param.choice('Rate', ['quality', 'bitrate'], {
      default: 'quality',
      labels: { quality: 'Constant quality', bitrate: 'Bitrate' },
      visible: isVideo,
    }),
    quality: param.int('Quality', {
      default: 75,
      min: 0,
      max: 100,
      affects: 'plan',
      visible: (values) => isVideo(values) && values.rate !== 'bitrate',
      help: '0 is coarsest, 100 finest and largest.',
    }),
    bitrate: param.float('Bitrate', {
      default: 8,
      min: 0.05,
      max: 400,
      step: 0.05,
      unit: 'Mbit/s',
      affects: 'plan',
      visible: (values) => isVideo(values) && values.rate === 'bitrate',
    }),
    keyFrameSeconds: param.float('Key frame distance', {
      default: 2,
      min: 0.1,
      max: 60,
      step: 0.1,
      unit: 's',
      affects: 'plan',
      visible: isVideo,
      help: 'At most so long until the next frame that can be jumped to.',
    }),
    sound: param.bool('Sound', {
      default: true,
      affects: 'plan',
      visible: isVideo,
      help: 'Copied as it is where the container takes it, else encoded anew as Opus.',
    }),
    depth: param.choice('Bits', ['auto', '8', '16'], {
      default: 'auto',
      labels: { auto: 'Auto', 8: '8', 16: '16' },
      visible: shownFor('png'),
      help: 'Of each component of a picture. Auto: 16 where what is opened has more than 8, else 8.',
    }),
    embedGraph: param.bool('Graph in the file', {
      default: true,
      affects: 'plan',
      help: 'Writes this graph, with the names of its files, into the file’s comment: dropped on the editor, the file offers to open it.',
    }),
  },
  infer: (_inputs, { fileName, codec }) => {
    const container = containerOf(fileName)
    if (!container || /[\\/]/.test(fileName))
      return inferProblem({
        code: 'bad-param',
        param: 'fileName',
        message: `“${fileName}” does not say what to write.`,
        hint: 'Give a file name without folders that ends in .mp4, .webm, .mkv or .png.',
      })
    if (codec !== 'auto' && container !== 'png' && !taken[container].includes(codec))
      return inferProblem({
        code: 'bad-param',
        param: 'codec',
        message: `${containerLabels[container]} does not take ${codecLabels[codec]}.`,
        hint: `Choose ${taken[container].map((name) => codecLabels[name]).join(' or ')}, or another extension for the file.`,
      })
    return {}
  },
  kernel: {
    kind: 'sink',
    async prepare(c) {
      const { sink, params, inputs, media, download } = c
      const { fileName } = sink
      const comment = params.embedGraph ? sink.graphJson : undefined
      const segments = sink.segments ? { segments: sink.segments } : {}
      const container = containerOf(fileName)
      if (!container) throw new Error(`“${fileName}” has no extension that names a container.`)

      if (container === 'png') {
        const pictures = media.createPictureSink({
          output: sink.output,
          fileName,
          count: sink.frameCount,
          width: inputs.image.width,
          height: inputs.image.height,
          ...segments,
        })
        const deep = params.depth === '16' || (params.depth === 'auto' && sink.sourceBits > 8)
        const options = { comment, bits: deep ? 16 : 8 } as const
        const queue = boundedQueue((png: Uint8Array<ArrayBuffer>, index) => pictures.write(png, index))
        return {
          write: ({ recorder, inputs: { image }, time }) =>
            queue.add(download.png(recorder, image, options), time.index),
          async finish() {
            await queue.drain()
            return pictures.finish()
          },
          async keep() {
            await queue.drain()
            await pictures.keep()
          },
          async abort() {
            await queue.settle()
            await pictures.abort()
          },
        }
      }

      const [first] = taken[container]
      const codec = params.codec === 'auto' ? first : params.codec
      if (!codec) throw new Error(`${containerLabels[container]} takes no video codec.`)
      const even = (side: number): number => Math.ceil(side / 2) * 2
      const video = await media.createSink({
        container,
        codec: codec === 'h264' ? 'avc' : codec,
        width: even(inputs.image.width),
        height: even(inputs.image.height),
        frameRate: sink.frameRate,
        rate:
          params.rate === 'quality'
            ? { mode: 'quality', quality: params.quality }
            : { mode: 'bitrate', bitsPerSecond: params.bitrate * 1e6 },
        keyFrameSeconds: params.keyFrameSeconds,
        audio: params.sound ? (sink.audio.audio ?? null) : null,
        output: sink.output,
        fileName,
        ...(comment === undefined ? {} : { comment }),
        ...segments,
      })
      const queue = boundedQueue(
        (frame: VideoFrame, index) => video.write(frame, index),
        (frame) => frame.close(),
      )
      return {
        write: ({ recorder, inputs: { image }, time }) =>
          queue.add(download.videoFrame(recorder, image, time), time.index),
        async finish() {
          await queue.drain()
          return video.finish()
        },
        async keep() {
          await queue.drain()
          await video.keep()
        },
        async abort() {
          await queue.settle()
          await video.abort()
        },
      }
    },
  },
})

/**
 * Passes on what arrives, in order, while the next is already on its way; `add` waits only when `inFlight` are.
 * The first error ends it: it comes out of the next `add` or of `drain`, and what still arrives is dropped.
 */
function boundedQueue<T>(pass: (item: T, index: number) => Promise<void>, drop: (item: T) => void = () => undefined) {
  const waiting = new Set<Promise<void>>()
  let last: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined

  const check = (): void => {
    if (failure) throw failure.error
  }
  const settle = async (): Promise<void> => {
    await Promise.all(waiting)
  }
  return {
    async add(coming: Promise<T>, index: number): Promise<void> {
      const before = last
      const work = (async () => {
        try {
          const item = await coming
          await before
          if (failure) drop(item)
          else await pass(item, index)
        } catch (error) {
          failure ??= { error }
        }
      })()
      last = work
      waiting.add(work)
      void work.then(() => waiting.delete(work))
      check()
      while (waiting.size >= inFlight) await Promise.race(waiting)
      check()
    },
    async drain(): Promise<void> {
      await settle()
      check()
    },
    settle,
  }
}
