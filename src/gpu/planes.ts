/**
 * Pictures as planes of Y'CbCr for encoders that take more than WebCodecs does: 8 or 10 bits, chroma as fine as the
 * codec holds, alpha beside it. BT.601, BT.709 or BT.2020, limited range (alpha: full), rounded to the nearest code without dither.
 */
import { isScalar } from '../graph/node/value-types.ts'
import type { SampleFormat, SamplePicture } from '../media/types.ts'
import type { ComputeSpec, Gpu, GpuPicture, Recorder } from './types.ts'

/** Takes a picture off the GPU, as the format says; sides that its chroma cannot halve are padded by repeating. */
export type TakeSamples = (recorder: Recorder, picture: GpuPicture) => Promise<SamplePicture>

/** Records `fill`, sends everything, and hands the bytes to `take` once they are here. */
export type ReadBack = <T>(
  recorder: Recorder,
  size: number,
  label: string,
  fill: (buffer: GPUBuffer) => void,
  take: (bytes: ArrayBuffer) => T,
) => Promise<T>

/** Samples that one word of the buffer holds, and bits from one to the next. */
const packingOf = (bits: number) => (bits > 8 ? { per: 2, width: 16 } : { per: 4, width: 8 })

const uniforms = { last: 'vec2i', mask: 'u32', first: 'u32', second: 'u32', words: 'u32' } as const

/** Where alpha has no plane of its own, transparent places are laid over black. */
const pixelText = (alpha: boolean): string => /* wgsl */ `
fn pixel(x: i32, y: i32) -> vec4f {
  let p = clamp(textureLoad(picture, clamp(vec2i(x, y), vec2i(0), u.last), 0), vec4f(0.0), vec4f(1.0));
  if (u.mask == 1u) { return vec4f(p.rrr, 1.0); }
  return vec4f(p.rgb${alpha ? '' : ' * p.a'}, p.a);
}`

/** In which colours the planes are: the weights of red and blue in luma (Kr, Kb of ITU-R BT.601, BT.709 and BT.2020). */
export type PlaneMatrix = 'bt601' | 'bt709' | 'bt2020'
const weights: Readonly<Record<PlaneMatrix, readonly [kr: number, kb: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
}
const lumaText = (matrix: PlaneMatrix, rgb: string): string => {
  const [kr, kb] = weights[matrix]
  return `dot(${rgb}, vec3f(${kr}, ${(1 - kr - kb).toFixed(4)}, ${kb}))`
}

/** One call writes one word of a plane. */
function onePlane(label: string, { bits, alpha }: SampleFormat, code: string): ComputeSpec {
  const { per, width } = packingOf(bits)
  return {
    label: `download/${label}-${bits}${alpha ? '-alpha' : ''}`,
    reads: { picture: 'float' },
    buffers: { planes: { type: 'array<u32>', access: 'read_write' } },
    uniforms,
    wgsl: /* wgsl */ `${pixelText(alpha)}
fn main(at: vec2u) {
  var word = 0u;
  for (var i = 0; i < ${per}; i++) {
    let p = pixel(i32(at.x) * ${per} + i, i32(at.y));
    word |= u32(${code} + 0.5) << (u32(i) * ${width}u);
  }
  planes[u.first + at.y * u.words + at.x] = word;
}`,
  }
}

function lumaPass(format: SampleFormat, matrix: PlaneMatrix): ComputeSpec {
  const unit = 2 ** (format.bits - 8)
  return onePlane(`luma-${matrix}`, format, `${16 * unit}.0 + ${219 * unit}.0 * ${lumaText(matrix, 'p.rgb')}`)
}

const alphaPass = (format: SampleFormat): ComputeSpec => onePlane('alpha', format, `${2 ** format.bits - 1}.0 * p.a`)

/** Both chroma planes. Where there are half as many columns they are left-sited: [1 2 1]/4 around every second one. */
function chromaPass({ bits, alpha, subsampling: [across, down] }: SampleFormat, matrix: PlaneMatrix): ComputeSpec {
  const [kr, kb] = weights[matrix]
  const { per, width } = packingOf(bits)
  const unit = 2 ** (bits - 8)
  const columns = across === 1 ? [-1, 0, 0, 1] : [0]
  const rows = down === 1 ? [0, 1] : [0]
  const taps = rows.flatMap((y) => columns.map((x) => `pixel((x << ${across}u) + (${x}), (y << ${down}u) + ${y}).rgb`))
  return {
    label: `download/chroma-${matrix}-${bits}-${across}${down}${alpha ? '-alpha' : ''}`,
    reads: { picture: 'float' },
    buffers: { planes: { type: 'array<u32>', access: 'read_write' } },
    uniforms,
    wgsl: /* wgsl */ `${pixelText(alpha)}
fn main(at: vec2u) {
  var cb = 0u;
  var cr = 0u;
  let y = i32(at.y);
  for (var i = 0; i < ${per}; i++) {
    let x = i32(at.x) * ${per} + i;
    let rgb = (${taps.join(' + ')}) * ${(1 / taps.length).toFixed(6)};
    let luma = ${lumaText(matrix, 'rgb')};
    let shift = u32(i) * ${width}u;
    cb |= u32(${128 * unit}.5 + ${224 * unit}.0 * (rgb.b - luma) / ${(2 * (1 - kb)).toFixed(4)}) << shift;
    cr |= u32(${128 * unit}.5 + ${224 * unit}.0 * (rgb.r - luma) / ${(2 * (1 - kr)).toFixed(4)}) << shift;
  }
  let i = at.y * u.words + at.x;
  planes[u.first + i] = cb;
  planes[u.second + i] = cr;
}`,
  }
}

interface Plane {
  /** Samples. */
  readonly width: number
  readonly height: number
  /** Of the buffer, from row to row. */
  readonly words: number
  /** The first word. */
  readonly at: number
}

/** Luma, both differences and, where there is one, alpha, as they lie in the buffer: rows of whole words. */
function planesOf({ bits, subsampling, alpha }: SampleFormat, width: number, height: number) {
  const { per } = packingOf(bits)
  const planes: Plane[] = []
  let at = 0
  const add = (across: number, down: number): void => {
    const words = Math.ceil(width / 2 ** across / per)
    const plane = { width: width / 2 ** across, height: height / 2 ** down, words, at }
    planes.push(plane)
    at += words * plane.height
  }
  add(0, 0)
  add(subsampling[0], subsampling[1])
  add(subsampling[0], subsampling[1])
  if (alpha) add(0, 0)
  return { planes, bytes: at * 4 }
}

/** The planes one after the other, without gaps. */
function withoutGaps(bytes: ArrayBuffer, planes: readonly Plane[], sampleBytes: number): Uint8Array<ArrayBuffer> {
  const rowOf = ({ width }: Plane): number => width * sampleBytes
  const result = new Uint8Array(planes.reduce((sum, plane) => sum + rowOf(plane) * plane.height, 0))
  let to = 0
  for (const plane of planes) {
    const row = rowOf(plane)
    const stride = plane.words * 4
    if (row === stride) result.set(new Uint8Array(bytes, plane.at * 4, row * plane.height), to)
    else
      for (let y = 0; y < plane.height; y++)
        result.set(new Uint8Array(bytes, plane.at * 4 + y * stride, row), to + y * row)
    to += row * plane.height
  }
  return result
}

/** @param format `yuv` of 8 or 10 bits whose chroma is whole or halved. Compiles the passes, so that a call records at once. */
export async function createSamples(
  gpu: Gpu,
  readBack: ReadBack,
  format: SampleFormat,
  matrix: PlaneMatrix = 'bt709',
): Promise<TakeSamples> {
  const [luma, chroma, alpha] = await Promise.all([
    gpu.compute(lumaPass(format, matrix)),
    gpu.compute(chromaPass(format, matrix)),
    format.alpha ? gpu.compute(alphaPass(format)) : null,
  ])
  return async (recorder, picture) => {
    // Encoders want even sides, whatever their chroma.
    const width = Math.ceil(picture.desc.width / 2) * 2
    const height = Math.ceil(picture.desc.height / 2) * 2
    const { planes, bytes: size } = planesOf(format, width, height)
    const [first, second, third, last] = planes
    if (!first || !second || !third) throw new Error('A format without chroma was asked for.')
    const bytes = await readBack(
      recorder,
      size,
      'download/samples',
      (buffer) => {
        const common = { reads: { picture: picture.texture }, buffers: { planes: buffer } }
        const pictureUniforms = {
          last: [picture.desc.width - 1, picture.desc.height - 1],
          mask: isScalar(picture.desc.type) ? 1 : 0,
        }
        const sizeOf = (plane: Plane) => ({ width: plane.words, height: plane.height })
        luma.record(recorder, {
          ...common,
          uniforms: { ...pictureUniforms, first: first.at, second: 0, words: first.words },
          size: sizeOf(first),
        })
        chroma.record(recorder, {
          ...common,
          uniforms: { ...pictureUniforms, first: second.at, second: third.at, words: second.words },
          size: sizeOf(second),
        })
        if (alpha && last)
          alpha.record(recorder, {
            ...common,
            uniforms: { ...pictureUniforms, first: last.at, second: 0, words: last.words },
            size: sizeOf(last),
          })
      },
      (buffer) => withoutGaps(buffer, planes, format.bits > 8 ? 2 : 1),
    )
    return { format, width, height, bytes, close: () => undefined }
  }
}
