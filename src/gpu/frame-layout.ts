/**
 * How the samples of a decoded frame lie in memory, and how they become R'G'B'. One description covers planar,
 * semi-planar and packed frames of 8 to 16 bits, so that one shader reads them all.
 */
import type { ChromaSite, ColourFacts } from '../graph/node/facts.ts'
import { lumaWeights } from '../graph/node/luma-weights.ts'
import type { SampleFormat } from '../media/types.ts'

/** Bytes: where a component begins, from row to row, from sample to sample. */
interface Component {
  readonly offset: number
  readonly stride: number
  readonly step: number
}

export interface FrameLayout {
  /** Luma, or red. */
  readonly first: Component
  /** Blue difference, or green. */
  readonly second: Component
  /** Red difference, or blue. */
  readonly third: Component
  readonly alpha: Component | null
  /** log2 of how much narrower and lower the second and third component are. */
  readonly subsampling: readonly [number, number]
  readonly bits: number
  /** Packed R'G'B' rather than luma and colour differences. */
  readonly packed: boolean
  /** Luma alone: the second and third component are not read. */
  readonly grey?: boolean
}

/** The layout of samples in memory; see `SampleFormat`. */
export function sampleLayout({ arrangement, bits, subsampling, alpha }: SampleFormat, width: number, height: number) {
  const step = bits > 8 ? 2 : 1
  const luma = width * step
  const plane = (offset: number, stride: number): Component => ({ offset, stride, step })
  if (arrangement === 'rgba') {
    const at = (index: number): Component => ({ offset: index * step, stride: luma * 4, step: step * 4 })
    return { first: at(0), second: at(1), third: at(2), alpha: alpha ? at(3) : null, subsampling, bits, packed: true }
  }
  const first = plane(0, luma)
  if (arrangement === 'grey')
    return { first, second: first, third: first, alpha: null, subsampling, bits, packed: false, grey: true }
  const chroma = Math.ceil(width / 2 ** subsampling[0]) * step
  const chromaBytes = chroma * Math.ceil(height / 2 ** subsampling[1])
  const lumaBytes = luma * height
  return {
    first,
    second: plane(lumaBytes, chroma),
    third: plane(lumaBytes + chromaBytes, chroma),
    alpha: alpha ? plane(lumaBytes + 2 * chromaBytes, luma) : null,
    subsampling,
    bits,
    packed: false,
  }
}

/**
 * Where chroma samples lie: `place = luma · scale + offset`, each in samples of its own plane. Sites of ITU-T H.273,
 * ChromaLocType 0, 1 and 2.
 */
export function chromaPlaces(subsampling: readonly [number, number], site: ChromaSite) {
  const centre = (shift: number): number => 0.5 * 2 ** -shift - 0.5
  const [x, y] = subsampling
  return {
    scale: [2 ** -x, 2 ** -y],
    offset: [site === 'centre' ? centre(x) : 0, site === 'top-left' ? 0 : centre(y)],
  } as const
}

const planar = /^I(420|422|444)(A?)(?:P(10|12))?$/
const packedOrder: Readonly<
  Record<string, { readonly order: readonly [number, number, number]; readonly alpha: boolean }>
> = {
  RGBA: { order: [0, 1, 2], alpha: true },
  RGBX: { order: [0, 1, 2], alpha: false },
  BGRA: { order: [2, 1, 0], alpha: true },
  BGRX: { order: [2, 1, 0], alpha: false },
}

/**
 * @param format a WebCodecs pixel format.
 * @param planes as `VideoFrame.copyTo` gives them.
 * @returns `null` for a format not known here.
 */
export function frameLayout(format: string, planes: readonly PlaneLayout[]): FrameLayout | null {
  const [a, b, c, d] = planes
  if (!a) return null
  const packing = packedOrder[format]
  if (packing) {
    const at = (index: number): Component => ({ offset: a.offset + index, stride: a.stride, step: 4 })
    const [r, g, bl] = packing.order
    return {
      first: at(r),
      second: at(g),
      third: at(bl),
      alpha: packing.alpha ? at(3) : null,
      subsampling: [0, 0],
      bits: 8,
      packed: true,
    }
  }
  if (format === 'NV12' && b) {
    const chroma = (index: number): Component => ({ offset: b.offset + index, stride: b.stride, step: 2 })
    return {
      first: { ...a, step: 1 },
      second: chroma(0),
      third: chroma(1),
      alpha: null,
      subsampling: [1, 1],
      bits: 8,
      packed: false,
    }
  }
  const match = planar.exec(format)
  if (!match || !b || !c) return null
  const bits = Number(match[3] ?? 8)
  const step = bits > 8 ? 2 : 1
  return {
    first: { ...a, step },
    second: { ...b, step },
    third: { ...c, step },
    alpha: match[2] === 'A' && d ? { ...d, step } : null,
    subsampling: match[1] === '420' ? [1, 1] : match[1] === '422' ? [1, 0] : [0, 0],
    bits,
    packed: false,
  }
}

export interface Conversion {
  /** Scale and offset of luma, then of colour differences: `value = (code − offset) · scale`. */
  readonly levels: readonly [number, number, number, number]
  /** R' += x·Cr, G' += y·Cb + z·Cr, B' += w·Cb. */
  readonly matrix: readonly [number, number, number, number]
  /** 0: luma and differences; 1: planes of G', B', R' (matrix `rgb`); 2: packed R', G', B'; 3: luma alone. */
  readonly arrangement: 0 | 1 | 2 | 3
}

/** ITU-T H.273: codes to R'G'B' by the stream's matrix and range. An unknown matrix is read as BT.709. */
export function conversion(layout: FrameLayout, colour: ColourFacts): Conversion {
  const full = (1 << layout.bits) - 1
  if (layout.packed) return { levels: [1 / full, 0, 1 / full, 0], matrix: [0, 0, 0, 0], arrangement: 2 }
  const unit = 1 << (layout.bits - 8)
  const luma: readonly [number, number] = colour.fullRange ? [1 / full, 0] : [1 / (219 * unit), 16 * unit]
  if (layout.grey) return { levels: [...luma, ...luma], matrix: [0, 0, 0, 0], arrangement: 3 }
  if (colour.matrix === 'rgb') return { levels: [...luma, ...luma], matrix: [0, 0, 0, 0], arrangement: 1 }
  const [kr, kg, kb] = lumaWeights(colour.matrix)
  return {
    levels: [...luma, colour.fullRange ? 1 / full : 1 / (224 * unit), 128 * unit],
    matrix: [2 * (1 - kr), (-2 * kb * (1 - kb)) / kg, (-2 * kr * (1 - kr)) / kg, 2 * (1 - kb)],
    arrangement: 0,
  }
}
