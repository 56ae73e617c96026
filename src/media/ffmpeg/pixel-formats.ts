/** Which layout ffmpeg's frames are asked for in: their own where one pass can read it, else the nearest without loss. */
import type { SampleFacts } from '../../graph/node/facts.ts'
import type { SampleFormat } from '../types.ts'

export interface RawFormat {
  /** For ffmpeg's `-pix_fmt`. */
  readonly pixelFormat: string
  readonly format: SampleFormat
  /** ffmpeg has to convert, and not every value comes through as it was. */
  readonly lossy: boolean
}

const shifts: Readonly<Record<string, readonly [number, number]>> = {
  '420': [1, 1],
  '422': [1, 0],
  '444': [0, 0],
  '440': [0, 1],
  '411': [2, 0],
  '410': [2, 2],
}

const little = (depth: string | undefined): string => (depth === undefined ? '' : `${depth}le`)

/** Packed and half-planar layouts, by the planar one that holds the same samples. */
const planarTwins: Readonly<Record<string, string>> = {
  nv12: 'yuv420p',
  nv21: 'yuv420p',
  nv16: 'yuv422p',
  nv24: 'yuv444p',
  nv42: 'yuv444p',
  yuyv422: 'yuv422p',
  uyvy422: 'yuv422p',
  yvyu422: 'yuv422p',
  uyyvyy411: 'yuv411p',
  nv20le: 'yuv422p10le',
  p010le: 'yuv420p10le',
  p016le: 'yuv420p16le',
  p210le: 'yuv422p10le',
  p216le: 'yuv422p16le',
  p410le: 'yuv444p10le',
  p416le: 'yuv444p16le',
  y210le: 'yuv422p10le',
  ayuv64le: 'yuva444p16le',
  monow: 'gray',
  monob: 'gray',
  ya8: 'rgba',
  ya16le: 'rgba64le',
}

/** @param pixelFormat as ffprobe names it. */
export function rawFormat(pixelFormat: string): RawFormat {
  const twin = planarTwins[pixelFormat.replace(/be$/, 'le')]
  if (twin !== undefined) return rawFormat(twin)
  const yuv = /^yuv(j|a)?(\d{3})p(?:(9|1\d)(?:le|be))?$/.exec(pixelFormat)
  const subsampling = shifts[yuv?.[2] ?? '']
  if (yuv && subsampling) {
    const alpha = yuv[1] === 'a'
    return {
      pixelFormat: `yuv${yuv[1] ?? ''}${yuv[2]}p${little(yuv[3])}`,
      format: { arrangement: 'yuv', bits: Number(yuv[3] ?? 8), subsampling, alpha },
      lossy: false,
    }
  }
  const grey = /^gray(?:(9|1\d)(?:le|be))?$/.exec(pixelFormat)
  if (grey)
    return {
      pixelFormat: `gray${little(grey[1])}`,
      format: { arrangement: 'grey', bits: Number(grey[1] ?? 8), subsampling: [0, 0], alpha: false },
      lossy: false,
    }
  const planes = /^gbr(a)?p(?:(9|1\d)(?:le|be))?$/.exec(pixelFormat)
  if (planes)
    return {
      pixelFormat: `gbr${planes[1] ?? ''}p${little(planes[2])}`,
      format: { arrangement: 'gbr', bits: Number(planes[2] ?? 8), subsampling: [0, 0], alpha: planes[1] === 'a' },
      lossy: false,
    }
  const packed = (bits: 8 | 16, lossy: boolean): RawFormat => ({
    pixelFormat: bits === 8 ? 'rgba' : 'rgba64le',
    format: { arrangement: 'rgba', bits, subsampling: [0, 0], alpha: /a/.test(pixelFormat.replace('gray', '')) },
    lossy,
  })
  if (/^(xyz|gbra?pf|x2)/.test(pixelFormat)) return packed(16, !pixelFormat.startsWith('x2'))
  if (/^(rgb|bgr)a?(48|64)/.test(pixelFormat)) return packed(16, false)
  if (/^(rgb|bgr|gbr|pal8|argb|abgr|0rgb|0bgr)/.test(pixelFormat)) return packed(8, false)
  if (/^grayf/.test(pixelFormat)) return { ...rawFormat('gray16le'), lossy: true }
  return { ...rawFormat('yuv420p'), lossy: true }
}

const chromaNames: Readonly<Record<string, SampleFacts['chroma']>> = {
  '1,1': '4:2:0',
  '1,0': '4:2:2',
  '0,0': '4:4:4',
  '0,1': '4:4:0',
  '2,0': '4:1:1',
  '2,2': '4:1:0',
}

export const chromaName = ({ arrangement, subsampling }: SampleFormat): SampleFacts['chroma'] =>
  arrangement === 'grey' ? 'grey' : arrangement === 'yuv' ? (chromaNames[subsampling.join()] ?? null) : 'rgb'
