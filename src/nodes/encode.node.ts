import { defineNode, inferProblem, param, port, soundLeft, throughQueue } from './define.ts'

const containers = ['mp4', 'mov', 'webm', 'mkv', 'png', 'apng', 'gif', 'webp'] as const
type Container = (typeof containers)[number]
/** Pictures that move, without sound. */
const animations = ['apng', 'gif', 'webp'] as const

const codecs = ['auto', 'h264', 'av1', 'vp9', 'vp8'] as const
type Codec = Exclude<(typeof codecs)[number], 'auto'>

/** Which codecs of the browser's encoder a container takes; the first is what `auto` means. */
const codecsOf: Readonly<Record<Container, readonly Codec[]>> = {
  mp4: ['h264', 'av1'],
  mov: ['h264'],
  webm: ['vp9', 'av1', 'vp8'],
  mkv: ['h264', 'vp9', 'av1', 'vp8'],
  ...{ png: [], apng: [], gif: [], webp: [] },
}
const codecLabels = { auto: 'Auto', h264: 'H.264', av1: 'AV1', vp9: 'VP9', vp8: 'VP8' } as const

const formats = ['auto', 'x264', 'ffv1', 'prores-hq', 'prores-4444', 'dnxhr-hq', 'dnxhr-hqx'] as const
type Format = Exclude<(typeof formats)[number], 'auto'>

/** Which codecs of the built-in ffmpeg a container takes; the first is what `auto` means. */
const builtInFormats: Readonly<Record<Container, readonly Format[]>> = {
  mp4: ['x264'],
  mov: ['prores-hq', 'prores-4444', 'dnxhr-hq', 'dnxhr-hqx', 'x264'],
  webm: [],
  mkv: ['x264', 'ffv1', 'prores-hq', 'prores-4444'],
  ...{ png: [], apng: [], gif: [], webp: [] },
}
const formatLabels = {
  auto: 'Auto',
  x264: 'H.264 (x264)',
  ffv1: 'FFV1, without loss',
  'prores-hq': 'ProRes 422 HQ',
  'prores-4444': 'ProRes 4444',
  'dnxhr-hq': 'DNxHR HQ',
  'dnxhr-hqx': 'DNxHR HQX',
} as const

const containerLabels: Readonly<Record<Container, string>> = {
  mp4: 'MP4',
  mov: 'MOV',
  webm: 'WebM',
  mkv: 'MKV',
  png: 'PNG',
  apng: 'APNG',
  gif: 'GIF',
  webp: 'WebP',
}

const containerOf = (fileName: string): Container | undefined =>
  containers.find(
    (container) => fileName.toLowerCase().endsWith(`.${container}`) && fileName.length > container.length + 1,
  )

const isAnimation = (container: Container): container is (typeof animations)[number] =>
  (animations as readonly Container[]).includes(container)

type Visible = (values: Readonly<Record<string, unknown>>) => boolean

const shownFor = (...which: readonly Container[]): Visible => {
  return ({ fileName }) => {
    const container = typeof fileName === 'string' ? containerOf(fileName) : undefined
    return container === undefined || which.includes(container)
  }
}
const isVideo = shownFor('mp4', 'mov', 'webm', 'mkv')
const isWebp: Visible = ({ fileName }) => typeof fileName === 'string' && containerOf(fileName) === 'webp'

/** What `auto` means among the codecs of the built-in ffmpeg. */
function formatOf({ fileName, format }: Readonly<Record<string, unknown>>): Format | undefined {
  const container = typeof fileName === 'string' ? containerOf(fileName) : undefined
  return (
    formats.filter((one) => one !== 'auto').find((one) => one === format) ?? (container && builtInFormats[container][0])
  )
}

const encodes = (...encoders: readonly string[]): Visible => {
  return (values) => isVideo(values) && encoders.includes(String(values.encoder ?? 'browser'))
}
const withBrowser = encodes('browser')
const withBuiltIn = encodes('ffmpeg')
const withInstalled = encodes('native')
const withX264: Visible = (values) => withBuiltIn(values) && formatOf(values) === 'x264'
/** Those whose frames are made out of one another, and which weigh a file's size against its quality. */
const withChoice: Visible = (values) => withX264(values) || withInstalled(values)
const withRate: Visible = (values) => withBrowser(values) || withInstalled(values)
/** Files whose codec lays transparency beside the colours. */
const isTransparent = ({ fileName, encoder, codec, encoderName }: Readonly<Record<string, unknown>>): boolean => {
  const container = typeof fileName === 'string' ? containerOf(fileName) : undefined
  if (container !== 'webm' && container !== 'mkv') return false
  if (encoder === 'native') return /^libvpx/.test(String(encoderName))
  if (encoder !== 'browser') return false
  const ownCodec = codec === 'auto' ? codecsOf[container][0] : codec
  return ownCodec === 'vp9' || ownCodec === 'vp8'
}
const toBitrate: Visible = (values) => withRate(values) && values.rate === 'bitrate'

export default defineNode({
  type: 'encode',
  title: 'Encode',
  category: 'io',
  summary:
    'Writes a playable file (MP4, MOV, WebM, MKV), a moving picture (GIF, WebP, APNG) or PNG pictures; the file name’s extension chooses which.',
  keywords: [
    'output',
    'export',
    'save',
    'write',
    'render',
    'video',
    'mp4',
    'mov',
    'webm',
    'mkv',
    'png',
    'gif',
    'animated gif',
    'webp',
    'apng',
    'loop',
    'ffmpeg',
    'h264',
    'x264',
    'prores',
    'dnxhr',
    'ffv1',
    'lossless',
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
      endings: containers,
      help: 'Until it is changed, the name of the clip goes before it: holiday-enhanced.mp4. Its extension chooses the container: .mp4, .mov, .webm, .mkv, .gif, .webp or .apng for a picture that moves, or .png for pictures.',
    }),
    encoder: param.choice('Encoder', ['browser', 'ffmpeg', 'native'], {
      default: 'browser',
      labels: { browser: 'Browser', ffmpeg: 'ffmpeg, built in', native: 'ffmpeg, installed' },
      visible: isVideo,
      help: 'Browser: quickest. Built in: slower, and better for the same size; also what editors and archives want. Installed: any encoder of the ffmpeg on this computer, on the command line alone.',
    }),
    codec: param.choice('Codec', codecs, {
      default: 'auto',
      labels: codecLabels,
      visible: withBrowser,
      help: 'Auto: H.264 in MP4, MOV and MKV, VP9 in WebM.',
    }),
    format: param.choice('Codec', formats, {
      default: 'auto',
      labels: formatLabels,
      visible: withBuiltIn,
      help: 'H.264 to watch and to send; FFV1 to keep every bit (MKV); ProRes and DNxHR for further editing (MOV), 4444 with transparency. Auto: H.264, and ProRes 422 HQ in MOV.',
    }),
    encoderName: param.text('Encoder’s name', {
      default: 'libx264',
      visible: withInstalled,
      help: 'As ffmpeg calls it: libx265, libsvtav1, h264_nvenc. npm run render -- --list-encoders tells which there are.',
    }),
    rate: param.choice('Rate', ['quality', 'bitrate'], {
      default: 'quality',
      labels: { quality: 'Constant quality', bitrate: 'Bitrate' },
      visible: withRate,
      help: 'Constant quality: as large as it takes. Bitrate: as good as that size allows.',
    }),
    quality: param.int('Quality', {
      default: 75,
      min: 0,
      max: 100,
      affects: 'plan',
      visible: (values) => isWebp(values) || (withBrowser(values) && values.rate !== 'bitrate'),
      help: '0 is coarsest, 100 finest and largest.',
    }),
    crf: param.int('Quality (CRF)', {
      default: 18,
      min: 0,
      max: 51,
      affects: 'plan',
      visible: (values) => withChoice(values) && !toBitrate(values),
      help: 'Lower is finer and larger, about twice the size for every 6. 18: hardly anybody sees a difference; 23: usual on the web; 28: small.',
    }),
    effort: param.choice('Effort', ['fast', 'medium', 'slow'], {
      default: 'medium',
      labels: { fast: 'Fast', medium: 'Medium', slow: 'Slow' },
      visible: withChoice,
      help: 'More effort makes a smaller file of the same quality, and takes longer.',
    }),
    bits: param.choice('Bits', ['auto', '8', '10'], {
      default: 'auto',
      labels: { auto: 'Auto', 8: '8', 10: '10' },
      visible: (values) => withChoice(values) || (withBuiltIn(values) && formatOf(values) === 'ffv1'),
      help: 'Of each component. 10 keeps smooth skies and shadows from showing steps, and plays on fewer devices. Auto: 10 where what is opened has more than 8, else 8.',
    }),
    bitrate: param.float('Bitrate', {
      default: 8,
      min: 0.05,
      max: 400,
      step: 0.05,
      unit: 'Mbit/s',
      affects: 'plan',
      visible: toBitrate,
    }),
    keyFrameSeconds: param.float('Key frame distance', {
      default: 2,
      min: 0.1,
      max: 60,
      step: 0.1,
      unit: 's',
      affects: 'plan',
      visible: (values) => withBrowser(values) || withChoice(values),
      help: 'The longest time to the next frame that can be jumped to.',
    }),
    sound: param.bool('Sound', {
      default: true,
      affects: 'plan',
      visible: isVideo,
      help: 'Copied as it is where the container takes it, else re-encoded: as Opus, or as AAC in MOV and in an MP4 that ffmpeg encodes.',
    }),
    transparency: param.bool('Transparency', {
      default: true,
      affects: 'plan',
      visible: (values) => isVideo(values) && isTransparent({ encoder: 'browser', codec: 'auto', ...values }),
      help: 'Kept beside the colours where what is opened has any. Off: what is transparent is laid over black.',
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
  infer: (_inputs, { fileName, encoder, codec, format, encoderName }) => {
    const container = containerOf(fileName)
    if (!container || /[\\/]/.test(fileName))
      return inferProblem({
        code: 'bad-param',
        param: 'fileName',
        message: `“${fileName}” does not say what to write.`,
        hint: 'Give a file name without folders that ends in .mp4, .mov, .webm, .mkv, .gif, .webp, .apng or .png.',
      })
    if (container === 'png' || isAnimation(container)) return {}
    const refusal = (param: string, label: string, possible: readonly string[]) =>
      inferProblem({
        code: 'bad-param',
        param,
        message: `${containerLabels[container]} does not take ${label}.`,
        hint:
          possible.length > 0
            ? `Choose ${possible.join(' or ')}, or another extension for the file.`
            : 'Choose another extension for the file, or another encoder.',
      })
    if (encoder === 'browser' && codec !== 'auto' && !codecsOf[container].includes(codec))
      return refusal(
        'codec',
        codecLabels[codec],
        codecsOf[container].map((name) => codecLabels[name]),
      )
    if (encoder === 'ffmpeg' && builtInFormats[container].length === 0)
      return refusal('encoder', 'any codec of the built-in ffmpeg', [])
    if (encoder === 'ffmpeg' && format !== 'auto' && !builtInFormats[container].includes(format))
      return refusal(
        'format',
        formatLabels[format],
        builtInFormats[container].map((name) => formatLabels[name]),
      )
    if (encoder === 'native' && !/^[a-z0-9_-]{1,40}$/i.test(encoderName))
      return inferProblem({
        code: 'bad-param',
        param: 'encoderName',
        message: `“${encoderName}” is not the name of an encoder.`,
        hint: 'Give one as ffmpeg calls it, such as libx265; npm run render -- --list-encoders tells which there are.',
      })
    return {}
  },
  kernel: {
    kind: 'sink',
    // What is on its way to the encoder.
    scratch: ({ fileName, encoder }) => ({
      running: 0,
      resident: fileName.endsWith('.png') ? 16 : encoder === 'browser' ? 4 : 8,
    }),
    async prepare(c) {
      const { sink, params, inputs, media, download } = c
      const { fileName } = sink
      const comment = params.embedGraph ? sink.graphJson : undefined
      const segments = sink.segments ? { segments: sink.segments } : {}
      const container = containerOf(fileName)
      if (!container) throw new Error(`“${fileName}” has no extension that names a container.`)

      const silent = sink.audio.audio ? soundLeft(container) : undefined
      const notes = silent ? [silent] : []
      if (container === 'png') {
        const pictures = media.createPictureSink({
          hdr: sink.hdr,
          companions: sink.companions,
          output: sink.output,
          fileName,
          count: sink.frameCount,
          begin: sink.begin.frame,
          width: inputs.image.width,
          height: inputs.image.height,
          notes,
          ...segments,
        })
        const deep = params.depth === '16' || (params.depth === 'auto' && sink.sourceBits > 8)
        const options = { comment, bits: deep ? 16 : 8 } as const
        return throughQueue(pictures, ({ recorder, inputs: { image } }) => download.png(recorder, image, options))
      }

      if (isAnimation(container)) {
        const frames = await media.createAnimationSink({
          hdr: sink.hdr,
          container,
          companions: sink.companions,
          output: sink.output,
          fileName,
          width: inputs.image.width,
          height: inputs.image.height,
          quality: params.quality,
          hasComment: comment !== undefined,
          notes,
          ...segments,
        })
        return throughQueue(frames, async ({ recorder, inputs: { image }, time }) => ({
          png: await download.png(recorder, image, { comment, channels: 'rgba' }),
          timestamp: time.timestamp,
          duration: time.duration,
        }))
      }

      const even = (side: number): number => Math.ceil(side / 2) * 2
      const preferAac = container === 'mov' || (container === 'mp4' && params.encoder !== 'browser')
      const file = {
        container,
        width: even(inputs.image.width),
        height: even(inputs.image.height),
        frameRate: sink.frameRate,
        begin: sink.begin.seconds,
        keyFrameSeconds: params.keyFrameSeconds,
        audio: params.sound && sink.audio.audio ? { ...sink.audio.audio, preferAac } : null,
        hdr: sink.hdr,
        companions: sink.companions,
        output: sink.output,
        fileName,
        ...(comment === undefined ? {} : { comment }),
        ...segments,
      }
      const keepsAlpha = sink.sourceAlpha && params.transparency && isTransparent(params)
      const rateControl =
        params.rate === 'bitrate' ? ({ mode: 'bitrate', bitsPerSecond: params.bitrate * 1e6 } as const) : null

      if (params.encoder !== 'browser') {
        const bits = sink.hdr || params.bits === '10' || (params.bits === 'auto' && sink.sourceBits > 8) ? 10 : 8
        const common = { bits, effort: params.effort } as const
        const samples = await media.createSampleSink({
          ...file,
          encoding:
            params.encoder === 'ffmpeg'
              ? { kind: 'built-in', format: formatOf(params) ?? 'x264', crf: params.crf, ...common }
              : {
                  kind: 'installed',
                  name: params.encoderName,
                  alpha: keepsAlpha && !sink.hdr,
                  hdr: sink.hdr ?? null,
                  rate: rateControl ?? { mode: 'quality', crf: params.crf },
                  ...(sink.encoder === undefined ? {} : { address: sink.encoder }),
                  ...common,
                },
        })
        const take = await download.samples(samples.format, samples.matrix)
        return throughQueue(samples, async ({ recorder, inputs: { image }, time }) => ({
          picture: await take(recorder, image),
          timestamp: time.timestamp,
          duration: time.duration,
        }))
      }

      const [first] = codecsOf[container]
      const codec = params.codec === 'auto' ? first : params.codec
      if (!codec) throw new Error(`${containerLabels[container]} takes no video codec.`)
      const video = await media.createSink({
        ...file,
        codec: codec === 'h264' ? 'avc' : codec,
        alpha: keepsAlpha,
        rate: rateControl ?? { mode: 'quality', quality: params.quality },
      })
      const isPlain = !keepsAlpha && codec !== 'vp8'
      // VP8 says of itself that it is BT.601, which decoders believe before what its file says.
      const matrix = codec === 'vp8' ? 'bt601' : 'bt709'
      const take = isPlain ? download.videoFrame : await download.frames({ alpha: keepsAlpha, matrix })
      return throughQueue(
        video,
        ({ recorder, inputs: { image }, time }) => take(recorder, image, time),
        (frame) => frame.close(),
      )
    },
  },
})
