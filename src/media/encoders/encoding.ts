/**
 * What ffmpeg is told: for each encoding the layout in which frames are given to it, and its arguments. The same for the
 * core in the page and for an installed ffmpeg, whose arguments are made of these alone: no graph brings any of its own.
 */
import type { KeptHdr, MasteringFacts } from '../../graph/node/facts.ts'
import type { BuiltInEncoding, BuiltInFormat, Effort, InstalledEncoding, SampleFormat } from '../types.ts'

/** One segment's encoder. */
export interface EncoderPlan {
  readonly format: SampleFormat
  /** The same, as ffmpeg calls it. */
  readonly pixelFormat: string
  /** Between the input and the output: codec and options. */
  readonly codec: readonly string[]
}

type Chroma = '420' | '422' | '444'

const shifts: Readonly<Record<Chroma, readonly [number, number]>> = { 420: [1, 1], 422: [1, 0], 444: [0, 0] }

function layout(chroma: Chroma, bits: 8 | 10, alpha = false): Pick<EncoderPlan, 'format' | 'pixelFormat'> {
  return {
    format: { arrangement: 'yuv', bits, subsampling: shifts[chroma], alpha },
    pixelFormat: `yuv${alpha ? 'a' : ''}${chroma}p${bits === 8 ? '' : '10le'}`,
  }
}

/** x264's names, which many encoders have taken over. */
const presets: Readonly<Record<Effort, string>> = { fast: 'veryfast', medium: 'medium', slow: 'slow' }

/** @param perKey frames from key frame to key frame at most */
export function builtInPlan({ format, bits, crf, effort }: BuiltInEncoding, perKey: number): EncoderPlan {
  const plans: Readonly<Record<BuiltInFormat, () => EncoderPlan>> = {
    x264: () => ({
      ...layout('420', bits),
      // On one thread, as the core is: the same bytes everywhere.
      codec: ['libx264', '-preset', presets[effort], '-crf', String(crf), '-g', String(perKey), '-threads', '1'],
    }),
    // Every frame for itself, in slices with checksums: as archives want it.
    ffv1: () => ({
      ...layout('444', bits),
      codec: ['ffv1', '-level', '3', '-g', '1', '-coder', '1', '-context', '1', '-slices', '4', '-slicecrc', '1'],
    }),
    'prores-hq': () => ({ ...layout('422', 10), codec: ['prores_ks', '-profile:v', '3', '-vendor', 'apl0'] }),
    'prores-4444': () => ({
      ...layout('444', 10, true),
      codec: ['prores_ks', '-profile:v', '4', '-alpha_bits', '16', '-vendor', 'apl0'],
    }),
    'dnxhr-hq': () => ({ ...layout('422', 8), codec: ['dnxhd', '-profile:v', 'dnxhr_hq'] }),
    'dnxhr-hqx': () => ({ ...layout('422', 10), codec: ['dnxhd', '-profile:v', 'dnxhr_hqx'] }),
  }
  return plans[format]()
}

/** What an installed encoder is, as its ffmpeg tells. */
export interface InstalledEncoder {
  readonly name: string
  /** Layouts that it takes, as ffmpeg calls them, best first. */
  readonly pixelFormats: readonly string[]
}

interface Family {
  readonly names: RegExp
  /** Options for a quality on x264's scale (0 finest, 51 coarsest); absent: there is none, only bitrates. */
  readonly quality?: (crf: number, bits: number) => readonly string[]
  readonly effort?: (effort: Effort) => readonly string[]
  readonly more?: readonly string[]
  /** Options that lay what is known of the display of HDR into the stream; absent: it has no place for that. */
  readonly mastering?: (facts: MasteringFacts) => readonly string[]
}

/** In steps of 0.00002 and 0.0001 cd/m², as the standards count them. */
const x265Mastering = ({ display, light }: MasteringFacts): readonly string[] => {
  const at = ([x, y]: readonly [number, number]): string => `(${Math.round(x * 50_000)},${Math.round(y * 50_000)})`
  const options = [
    'repeat-headers=1',
    ...(display
      ? [
          `master-display=G${at(display.green)}B${at(display.blue)}R${at(display.red)}WP${at(display.white)}L(${Math.round(display.max * 10_000)},${Math.round(display.min * 10_000)})`,
        ]
      : []),
    ...(light ? [`max-cll=${Math.round(light.max)},${Math.round(light.average)}`] : []),
  ]
  return ['-x265-params', options.join(':')]
}
const svtMastering = ({ display, light }: MasteringFacts): readonly string[] => {
  const at = ([x, y]: readonly [number, number]): string => `(${x.toFixed(5)},${y.toFixed(5)})`
  const options = [
    ...(display
      ? [
          `mastering-display=G${at(display.green)}B${at(display.blue)}R${at(display.red)}WP${at(display.white)}L(${display.max.toFixed(4)},${display.min.toFixed(4)})`,
        ]
      : []),
    ...(light ? [`content-light=${Math.round(light.max)},${Math.round(light.average)}`] : []),
  ]
  return ['-svtav1-params', options.join(':')]
}

const steps = (option: string, fast: string, medium: string, slow: string) => {
  const values: Readonly<Record<Effort, string>> = { fast, medium, slow }
  return (effort: Effort): readonly string[] => [option, values[effort]]
}
/** From x264's scale of 51 to another. */
const scaleCrf = (crf: number, maxCrf: number): string => String(Math.round((crf / 51) * maxCrf))

/**
 * How encoders take a quality and an effort, by name; the first that fits. Threads of x264 and x265 are pinned, since
 * another count of them gives other bytes.
 */
const families: readonly Family[] = [
  {
    names: /^libx265/,
    quality: (crf) => ['-crf', String(crf)],
    effort: (effort) => ['-preset', presets[effort]],
    more: ['-threads', '4'],
    mastering: x265Mastering,
  },
  {
    names: /^libx264/,
    quality: (crf) => ['-crf', String(crf)],
    effort: (effort) => ['-preset', presets[effort]],
    more: ['-threads', '4'],
  },
  {
    names: /^libsvtav1$/,
    quality: (crf) => ['-crf', scaleCrf(crf, 63)],
    effort: steps('-preset', '10', '7', '4'),
    mastering: svtMastering,
  },
  {
    names: /^lib(aom-av1|vpx)/,
    quality: (crf) => ['-crf', scaleCrf(crf, 63), '-b:v', '0'],
    effort: steps('-cpu-used', '6', '4', '2'),
    more: ['-threads', '4', '-row-mt', '1'],
  },
  { names: /^librav1e$/, quality: (crf) => ['-qp', scaleCrf(crf, 255)], effort: steps('-speed', '10', '7', '4') },
  {
    names: /_nvenc$/,
    quality: (crf) => ['-rc', 'vbr', '-cq', String(crf), '-b:v', '0'],
    effort: steps('-preset', 'p2', 'p4', 'p6'),
  },
  {
    names: /_qsv$/,
    quality: (crf) => ['-global_quality', String(crf)],
    effort: steps('-preset', 'veryfast', 'medium', 'slow'),
  },
  { names: /_vaapi$/, quality: (crf) => ['-rc_mode', 'CQP', '-qp', String(crf)] },
  {
    names: /_amf$/,
    quality: (crf) => ['-rc', 'cqp', '-qp_i', String(crf), '-qp_p', String(crf)],
    effort: steps('-quality', 'speed', 'balanced', 'quality'),
  },
  { names: /_videotoolbox$/, quality: (crf) => ['-q:v', String(Math.round(100 - (crf / 51) * 99))] },
  // Their profile says how fine they are; there is nothing to choose.
  { names: /^prores/, quality: () => ['-profile:v', '3', '-vendor', 'apl0'] },
  { names: /^dnxhd$/, quality: (_, bits) => ['-profile:v', bits > 8 ? 'dnxhr_hqx' : 'dnxhr_hq'] },
  { names: /^ffv1$/, quality: () => ['-level', '3', '-slices', '4', '-slicecrc', '1', '-threads', '1'] },
]

/** Whether each frame is coded for itself, whatever is asked for. */
const intraOnly = /^(prores|dnxhd$|ffv1$)/

/** Whether the encoder of that name lays what is known of the display of HDR into its stream. */
export const codesMastering = (name: string): boolean =>
  families.some((family) => family.names.test(name) && family.mastering !== undefined)

/** Whether the encoder of that name can hold a quality; others can only aim at a bitrate. */
export const holdsQuality = (name: string): boolean =>
  families.some((family) => family.names.test(name) && family.quality !== undefined)

/** Encoders whose transparency reaches the file beside the colours (Matroska's BlockAdditional). */
const besideColours = /^libvpx/

/** Of the layouts that an encoder takes, the one frames are given in: of the depth asked for, the least chroma. */
function layoutFor({ name, pixelFormats }: InstalledEncoder, bits: 8 | 10, alpha: boolean) {
  if (alpha && besideColours.test(name) && pixelFormats.includes('yuva420p')) return layout('420', 8, true)
  const takes = (...names: readonly string[]): boolean => names.some((one) => pixelFormats.includes(one))
  const deep = takes('yuv420p10le', 'p010le', 'yuv422p10le', 'yuv444p10le')
  const depth = bits === 10 && deep ? 10 : pixelFormats.length === 0 || takes('yuv420p', 'nv12', 'yuv422p') ? 8 : 10
  // Hardware that takes its own surfaces alone is given what can be loaded into them.
  const free = !pixelFormats.some((one) => /^(yuv|nv|p0)/.test(one))
  if (/^prores/.test(name)) return layout('422', 10)
  if (name === 'ffv1') return layout('444', bits)
  const chroma: Chroma =
    free || (depth === 8 ? takes('yuv420p', 'nv12') : takes('yuv420p10le', 'p010le'))
      ? '420'
      : takes('yuv422p', 'yuv422p10le')
        ? '422'
        : '444'
  return layout(chroma, depth)
}

export function installedPlan(encoder: InstalledEncoder, encoding: InstalledEncoding, perKey: number): EncoderPlan {
  const { name } = encoder
  const family = families.find(({ names }) => names.test(name))
  const frames = layoutFor(encoder, encoding.bits, encoding.alpha)
  const rate =
    encoding.rate.mode === 'bitrate'
      ? ['-b:v', String(Math.round(encoding.rate.bitsPerSecond))]
      : (family?.quality?.(encoding.rate.crf, frames.format.bits) ?? [])
  const upload = /_vaapi$/.test(name) ? ['-vf', `format=${frames.format.bits === 8 ? 'nv12' : 'p010le'},hwupload`] : []
  return {
    ...frames,
    codec: [
      name,
      ...rate,
      ...(family?.effort?.(encoding.effort) ?? []),
      ...(family?.more ?? []),
      ...(encoding.hdr?.mastering ? (family?.mastering?.(encoding.hdr.mastering) ?? []) : []),
      // Frames that are never shown have no place for their transparency.
      ...(frames.format.alpha ? ['-auto-alt-ref', '0'] : []),
      '-g',
      String(intraOnly.test(name) ? 1 : perKey),
      ...upload,
    ],
  }
}

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Frames a second beyond this would fall together in Matroska's milliseconds. */
const fastest = 240
/** Frames a second by which the frames of a segment are counted; their times are put back afterwards. */
export const countingRate = (frameRate: number): number => Math.min(fastest, frameRate > 0 ? frameRate : 24)

/** Encoders of VP8, which says of itself that it is BT.601: decoders believe that before what its file says. */
const bt601Alone = /^(libvpx$|vp8_)/

/** The matrix by which frames are given to the encoder of that name. */
export const matrixOf = (name: string, isHdr: boolean): 'bt601' | 'bt709' | 'bt2020' =>
  isHdr ? 'bt2020' : bt601Alone.test(name) ? 'bt601' : 'bt709'

/** How frames are tagged, as ffmpeg calls it. */
function coloursOf(name: string, hdr: KeptHdr['transfer'] | undefined): readonly string[] {
  const [matrix, primaries, transfer] =
    hdr === undefined
      ? [matrixOf(name, false) === 'bt601' ? 'smpte170m' : 'bt709', 'bt709', 'bt709']
      : ['bt2020nc', 'bt2020', hdr === 'pq' ? 'smpte2084' : 'arib-std-b67']
  return ['-color_range', 'tv', '-colorspace', matrix, '-color_primaries', primaries, '-color_trc', transfer]
}

/**
 * Raw frames in, Matroska out: the pieces that segments are made of.
 * @param input where the frames come from
 * @param hdr absent: the frames are BT.709, or BT.601 where `matrixOf` says so
 */
export function encoderArguments(
  plan: EncoderPlan,
  size: PictureSize,
  frameRate: number,
  input: string,
  hdr?: KeptHdr['transfer'],
): string[] {
  const { codec, pixelFormat } = plan
  const [name = '', ...options] = codec
  const colours = coloursOf(name, hdr)
  return [
    ...(name.endsWith('_vaapi') ? ['-vaapi_device', '/dev/dri/renderD128'] : []),
    ...['-f', 'rawvideo', '-pix_fmt', pixelFormat, '-s', `${size.width}x${size.height}`],
    ...['-framerate', String(countingRate(frameRate)), ...colours, '-i', input],
    ...['-an', '-c:v', name, ...options, ...colours],
    ...(name.endsWith('_vaapi') || name.endsWith('_qsv') ? [] : ['-pix_fmt', pixelFormat]),
    // Written from the beginning to the end: what is written need not be held.
    ...['-f', 'matroska', '-live', '1'],
  ]
}
