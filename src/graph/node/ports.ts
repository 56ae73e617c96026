/**
 * What travels along a wire. A port names its type; a description says everything about a value that can
 * be known before its pixels exist, so that plans are pure data and sizes can stand on the wires.
 */
import type { PortType, TypesHeld } from './value-types.ts'

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
}

/** A weight per pixel in [0,1]. */
export interface MaskDesc {
  readonly type: 'mask'
  readonly width: number
  readonly height: number
  readonly format: 'r32float'
  readonly frameRate: number
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

export type ValueDesc = ImageDesc | MaskDesc | MotionDesc | AudioDesc
export type PictureDesc = Extract<ValueDesc, { type: TypesHeld<'texture'> }>

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
  mask: (label: string, options: PortOptions = {}) => ({ type: 'mask', label, ...options }) as const,
  motion: (label: string, options: PortOptions = {}) => ({ type: 'motion', label, ...options }) as const,
  audio: (label: string, options: PortOptions = {}) => ({ type: 'audio', label, ...options }) as const,
  /** A mask that reads as `fallback` everywhere while unconnected. */
  optionalMask: (label: string, fallback: number, options: PortOptions = {}) =>
    ({ type: 'mask', label, fallback, ...options }) as const,
  /** Sound that may be missing. */
  optionalAudio: (label: string, options: PortOptions = {}) =>
    ({ type: 'audio', label, fallback: 0, ...options }) as const,
}
