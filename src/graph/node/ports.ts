/**
 * What travels along a wire. A port names its type; a description says everything about a value that can
 * be known before its pixels exist, so that plans are pure data and sizes can stand on the wires.
 */
import { isMain, isNumberType, type PortType, type TypesStoredAs } from './value-types.ts'

export { type PortType, portTypes } from './value-types.ts'

export interface PortSpec<T extends PortType = PortType> {
  readonly type: T
  readonly label: string
  readonly help?: string
  /**
   * The port may stay unconnected. For a mask it is the value in [0,1] that every pixel then has;
   * for the other types, any number: the node sees `undefined`. Absent: the port must be connected.
   */
  readonly fallback?: number
  /** A number that is wired here stands for the param of the port's name, held within the param's range. */
  readonly drives?: true
}

export type Ports = Readonly<Record<string, PortSpec>>

/** A picture of `width` × `height` pixels: full-range, gamma-encoded RGB in [0,1], alpha not premultiplied. */
export interface ImageDesc {
  readonly type: 'image'
  readonly width: number
  readonly height: number
  readonly format: 'rgba16float'
  /** Mean frames a second; 0 for a still. Frames carry their own timestamps. */
  readonly frameRate: number
  /** How it was coded: only as it is decoded, since what a node makes of lines nobody knows. */
  readonly coding?: CodedDesc
  /** What a codec took of it, as far as its medium tells; a node’s picture has that of its main input, where the node says nothing else. */
  readonly compression?: CompressionDesc
}

/** What a codec took of a picture. */
export interface CompressionDesc {
  /** From 0, nothing that matters, to 1: block edges, ringing and smeared texture are to be expected. */
  readonly damage: number
  /** How that is known, as the end of a sentence: '0.06 bits a pixel'. */
  readonly evidence: string
}

/** What of a stream's coding matters to nodes that take lines apart. */
export interface CodedDesc {
  /** The stream says that a frame has rows of two moments, and which come first; `interlaced`: not that. */
  readonly fieldOrder?: 'top first' | 'bottom first' | 'interlaced'
  /** Of R', G', B' in the stream's own luma; their sum is 1. */
  readonly luma: readonly [number, number, number]
  /** Where there is one row of chroma for two of luma: between the two, or on the upper one. Rows between were interpolated. */
  readonly chromaRows?: 'between' | 'on'
}

/** A weight per pixel in [0,1]. */
export interface MaskDesc {
  readonly type: 'mask'
  readonly width: number
  readonly height: number
  readonly format: 'r32float'
  readonly frameRate: number
}

/** One number a frame. It is laid down as a picture of one pixel is. */
export interface NumberDesc {
  readonly type: 'number'
  readonly width: 1
  readonly height: 1
  readonly format: 'r32float'
  /** As written behind it: 'px', 'dB', '%'. */
  readonly unit?: string
  /** What it is sure to lie within, and what a scale of it shows; absent: not known. */
  readonly min?: number
  readonly max?: number
  /** Which end of its scale is the worse one; the higher where it is not said. */
  readonly worst?: 'lowest'
  /** It is 1 at a frame with which something begins, and 0 at all others: a mark on the timeline rather than a curve. */
  readonly isMark?: true
}

/**
 * Where each pixel of a frame is found in a neighbour: dx, dy in pixels, so that neighbour(x + dx, y + dy) shows what the frame
 * shows at (x, y); then how far that is to be believed, in [0,1]; the fourth number is 0.
 */
export interface MotionDesc {
  readonly type: 'motion'
  readonly width: number
  readonly height: number
  readonly format: 'rgba16float'
  readonly frameRate: number
}

export interface AudioDesc {
  readonly type: 'audio'
  /** Samples a second. */
  readonly sampleRate: number
  readonly channels: number
  /** WebCodecs codec family as mediabunny names it: 'aac', 'opus', 'mp3', 'pcm-s16'… */
  readonly codec: string
}

export type ValueDesc = ImageDesc | MaskDesc | MotionDesc | NumberDesc | AudioDesc
export type PictureDesc = Extract<ValueDesc, { type: TypesStoredAs<'texture'> }>
/** What there is one of for each frame. */
export type FrameDesc = Extract<ValueDesc, { type: TypesStoredAs<'texture' | 'number'> }>

export const isNumberDesc = (desc: ValueDesc | null | undefined): desc is NumberDesc =>
  desc !== undefined && desc !== null && isNumberType(desc.type)

/** Of what chains are made of. */
export const isImageDesc = (desc: ValueDesc | null | undefined): desc is ImageDesc =>
  desc !== undefined && desc !== null && isMain(desc.type)

export const numberDesc = (
  scale: Omit<Partial<NumberDesc>, 'type' | 'width' | 'height' | 'format'> = {},
): NumberDesc => ({
  type: 'number',
  width: 1,
  height: 1,
  format: 'r32float',
  ...scale,
})

export type DescOf<S> = S extends PortSpec<infer T> ? Extract<ValueDesc, { type: T }> : never

/** One description a port; `undefined` only where the port has a fallback. */
export type Descs<P extends Ports> = {
  readonly [K in keyof P]: P[K] extends { readonly fallback: number } ? DescOf<P[K]> | undefined : DescOf<P[K]>
}

interface PortOptions {
  readonly help?: string
}

export const port = {
  image: (label: string, options: PortOptions = {}) => ({ type: 'image', label, ...options }) as const,
  /** A picture that may be missing; of a `pixel` node it then is transparent black. */
  optionalImage: (label: string, options: PortOptions = {}) =>
    ({ type: 'image', label, fallback: 0, ...options }) as const,
  mask: (label: string, options: PortOptions = {}) => ({ type: 'mask', label, ...options }) as const,
  number: (label: string, options: PortOptions = {}) => ({ type: 'number', label, ...options }) as const,
  motion: (label: string, options: PortOptions = {}) => ({ type: 'motion', label, ...options }) as const,
  audio: (label: string, options: PortOptions = {}) => ({ type: 'audio', label, ...options }) as const,
  /** A mask that reads as `fallback` everywhere while unconnected. */
  optionalMask: (label: string, fallback: number, options: PortOptions = {}) =>
    ({ type: 'mask', label, fallback, ...options }) as const,
  /** Of where a node acts, everywhere while unconnected; `what` stays as it is where the mask is 0. */
  areaMask: (what = 'picture') =>
    ({ type: 'mask', label: 'Mask', fallback: 1, help: `Where it is 0 the ${what} stays as it is.` }) as const,
  /** A number that may be missing. */
  optionalNumber: (label: string, options: PortOptions = {}) =>
    ({ type: 'number', label, fallback: 0, ...options }) as const,
  /** Sound that may be missing. */
  optionalAudio: (label: string, options: PortOptions = {}) =>
    ({ type: 'audio', label, fallback: 0, ...options }) as const,
}
