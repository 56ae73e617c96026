/**
 * The imperative half of a node: what the executor calls. It knows these six kinds, never a node's type.
 *
 * Rules of a node: it never writes an input; its output depends on inputs, params, seed and frame alone; side
 * effects only in sinks.
 */

import type { OpenAsset } from '../assets/asset-store.ts'
import type { FrameTime, Gpu, GpuNumber, GpuPicture, MadePicture, Recorder, Table } from '../gpu/types.ts'
import type { AssetFacts, KeptHdr } from '../graph/node/facts.ts'
import type { Params, Values } from '../graph/node/params.ts'
import type { Descs, PictureDesc, Ports } from '../graph/node/ports.ts'
import type { KernelSpec } from '../graph/node/spec.ts'
import type { PortType, TypesStoredAs } from '../graph/node/value-types.ts'
import type {
  AudioStream,
  CompanionRange,
  CompanionSource,
  Damage,
  Frame,
  KeptFrames,
  Media,
  OutputFiles,
  SampleFormat,
  SamplePicture,
  SinkReport,
  SoundRange,
  Timeline,
} from '../media/types.ts'
import type { Models, RuntimeChoice, RuntimeReport } from '../models/types.ts'

/** One frame of an input. */
export interface FramePicture extends GpuPicture {
  /** Names what is in the whole picture: the same name, the same pixels, whatever the texture. */
  readonly content: string
}

/** The frames of an input that the node's `needs` ask for. As a picture it is the output's own frame, or the one held. */
export interface FrameSet extends FramePicture {
  /** Frames relative to the output's own, ascending. */
  readonly offsets: readonly number[]
  /** The frame so many after the output's own, or before; at the ends of the clip the nearest. One of `offsets`. */
  at(offset: number): FramePicture
}

/**
 * Pictures of the connected image and mask ports. Each holds at least what the node's `needs` say it reads for the
 * parts of its outputs that are wanted.
 */
export type Pictures<P extends Ports> = {
  readonly [K in keyof P as P[K]['type'] extends TypesStoredAs<'texture'> ? K : never]: P[K] extends {
    readonly fallback: number
  }
    ? FrameSet | undefined
    : FrameSet
}

/** A number of the frames of an input that the node's `needs` ask for. */
export interface NumberSet {
  /** Of the output's own frame, or the one held. */
  readonly value: number
  /** As a `FrameSet` has them. */
  readonly offsets: readonly number[]
  at(offset: number): number
}

/** Numbers of the connected number ports that were declared as such. */
export type Numbers<P extends Ports, N = NumberSet> = {
  readonly [K in keyof P as P[K]['type'] extends TypesStoredAs<'number'> ? K : never]: P[K] extends {
    readonly fallback: number
  }
    ? N | undefined
    : N
}

/**
 * Outputs that somebody reads; one that nobody reads is `undefined` and need not be made. Of each, `part` is to be
 * made, and nothing else is there: as it would come out in the whole picture. A number is stored as the one pixel of its
 * texture, and is always of the whole pictures.
 */
export type OutputPictures<P extends Ports> = {
  readonly [K in keyof P as P[K]['type'] extends TypesStoredAs<'texture' | 'number'> ? K : never]:
    | (P[K]['type'] extends TypesStoredAs<'number'> ? GpuNumber : MadePicture)
    | undefined
}

/** Given once, when sizes and plan-affecting params are known; again whenever one of them changes. */
export interface Prepare<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params> {
  readonly gpu: Gpu
  readonly media: Media
  readonly models: Models
  /** What a file that a param names was read into. Rejects with a `CodedError` where it is not here. */
  readonly open: OpenAsset
  /** Puts a decoded frame into a picture of the display size: rotation, pixel aspect, colour matrix and range. */
  readonly upload: (recorder: Recorder, frame: Frame, target: MadePicture, options: UploadOptions) => Promise<void>
  /** Takes a picture off the GPU; resolves when its bytes are there. Submits what `recorder` holds. */
  readonly download: Download
  /** What the session asks for where a node's own choice is `auto`. */
  readonly runtime: RuntimeChoice
  readonly inputs: Descs<I>
  readonly outputs: Descs<O>
  readonly params: Values<P>
  readonly signal: AbortSignal
}

export interface UploadOptions {
  /** Maps PQ and HLG to SDR BT.709 (BT.2390 roll-off); without it such frames are refused earlier, by `infer`. */
  readonly toneMap: boolean
}

export interface Download {
  /** As BT.709 limited-range I420 with left-sited chroma, in a `VideoFrame`; odd sides are padded to even by repeating. */
  videoFrame(
    recorder: Recorder,
    picture: GpuPicture,
    timing: { timestamp: number; duration: number },
  ): Promise<VideoFrame>
  /** The same by another matrix, or as I420A, with alpha of full range, instead of laid over black. */
  frames(layout: {
    readonly alpha: boolean
    readonly matrix: 'bt601' | 'bt709'
  }): Promise<
    (recorder: Recorder, picture: GpuPicture, timing: { timestamp: number; duration: number }) => Promise<VideoFrame>
  >
  /** 8-bit RGBA, row by row: of what there is of the picture. */
  rgba8(recorder: Recorder, picture: GpuPicture): Promise<Uint8ClampedArray<ArrayBuffer>>
  /** One frame as a PNG file; `comment` becomes its text of that name. */
  png(
    recorder: Recorder,
    picture: GpuPicture,
    options?: {
      readonly comment?: string | undefined
      readonly bits?: 8 | 16
      readonly channels?: 'rgba'
    },
  ): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Makes what takes pictures as planes of Y'CbCr (BT.709 where nothing else is said, limited range; left-sited where there are half as many columns
   * of chroma), without gaps; sides are padded to even by repeating. Several may be under way at once.
   */
  samples(
    format: SampleFormat,
    matrix?: 'bt601' | 'bt709' | 'bt2020',
  ): Promise<(recorder: Recorder, picture: GpuPicture) => Promise<SamplePicture>>
}

export interface Run<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params> {
  readonly time: FrameTime
  readonly recorder: Recorder
  readonly inputs: Pictures<I> & Numbers<I>
  readonly outputs: OutputPictures<O>
  /** Current values: `uniform` params may differ from those at `prepare`, and from frame to frame where a number drives them. */
  readonly params: Values<P>
  readonly signal: AbortSignal
}

/** What a table of a `pixel` node is made of. */
export interface TableContext<P extends Params = Params> {
  readonly open: OpenAsset
  readonly params: Values<P>
}

/** What a `number` node is asked for. */
export interface NumberRun<I extends Ports = Ports, P extends Params = Params> {
  /** Only with `readsFrame`; else the node gives the same number at every frame of the same inputs. */
  readonly time: FrameTime | undefined
  readonly inputs: Numbers<I>
  readonly params: Values<P>
}

/** A sink is told numbers when they are there, and waits for them in `finish` alone. */
export type SinkRun<I extends Ports = Ports, P extends Params = Params> = Omit<
  Run<I, Record<never, never>, P>,
  'inputs'
> & {
  readonly inputs: Pictures<I> & Numbers<I, Promise<number>>
}

export interface NodeInstance {
  /** What runs and how, for the node's card. */
  readonly report?: RuntimeReport
  /** What is to be told of the frames made so far, one sentence each. */
  notes?(): readonly string[]
  dispose?(): void | Promise<void>
}

export interface PassInstance<I extends Ports, O extends Ports, P extends Params> extends NodeInstance {
  record(run: Run<I, O, P>): void
}

export interface AsyncInstance<I extends Ports, O extends Ports, P extends Params> extends NodeInstance {
  /** `run` may be called for the next frame before it has resolved for this one. Calls come in the order of the frames. */
  readonly overlaps?: boolean
  run(run: Run<I, O, P>): Promise<void>
}

export interface SourceInstance<O extends Ports, P extends Params> extends NodeInstance {
  readonly timeline: Timeline
  /** The frames the node offers after its trim, inclusive, as indices of `timeline`. */
  readonly range: { readonly first: number; readonly last: number }
  readonly audio: AudioStream | null
  /** What its medium holds beside picture and sound. */
  readonly companions?: CompanionSource | undefined
  /** Bits that a component of its pictures has; `null`: unknown. */
  readonly bits?: number | null
  /** Its pictures have transparency. */
  readonly alpha?: boolean
  /** Its pictures are HDR and stay so. */
  readonly hdr?: KeptHdr | undefined
  /** What of its medium cannot be had; absent where that is whole. */
  readonly damage?: Damage | undefined
  /** `run.time.index` is an index of this instance's own timeline. */
  run(run: Run<Record<never, never>, O, P>): Promise<void>
}

/** Opened for one export. `write` is called for every frame in order. */
export interface SinkInstance<I extends Ports, P extends Params> extends NodeInstance {
  /** Resolves when the next frame may come, not when this one is on disk. `time` is the result's own, from 0. */
  write(run: SinkRun<I, P>): Promise<void>
  finish(): Promise<SinkReport>
  /** Ends it with everything written kept in `segments`; asked for only where the context has some. */
  keep(): Promise<void>
  abort(): Promise<void>
}

/** What only an export knows. */
export interface SinkContext {
  readonly output: OutputFiles
  /** Final file name; its extension decides the container. */
  readonly fileName: string
  readonly frameRate: number
  readonly frameCount: number
  /** The frame of the whole result, and the moment of it in seconds, with which the files begin; each frame's `time` is of the whole. */
  readonly begin: { readonly frame: number; readonly seconds: number }
  /** Where frames are kept until all are there; `write` then leaves out those that lie there already. */
  readonly segments?: KeptFrames
  /** Where the ffmpeg installed on this machine takes frames; absent where none is reached. */
  readonly encoder?: string
  /** The most bits that a component of any source's pictures has. */
  readonly sourceBits: number
  /** The pictures of some source have transparency. */
  readonly sourceAlpha: boolean
  /** Of the source that keeps HDR; absent where none does. */
  readonly hdr?: KeptHdr | undefined
  /** The text of a graph file that holds the very graph being exported. */
  readonly graphJson: string
  /** What the medium of the clock holds beside picture and sound, with the range of it that is exported. */
  readonly companions?: CompanionRange | undefined
  /** What is wired to each input, by its title: `Halo · Score`. */
  readonly titles: Readonly<Record<string, string>>
  /** Sound per audio input, with the range of it to write, in seconds of its medium. */
  readonly audio: Readonly<Record<string, SoundRange | undefined>>
}

/** `T`, where the types of all ports are among `Honoured`; for ports that are not known, `T`. */
type IfAll<P extends Ports, Honoured extends PortType, T> = string extends keyof P
  ? T
  : [P[keyof P]['type']] extends [Honoured]
    ? T
    : { readonly notHonoured: Exclude<P[keyof P]['type'], Honoured> }

type PerFrame = TypesStoredAs<'texture' | 'number'>
/** What of a `KernelSpec` another kind than this would not honour. */
interface OfPixels {
  readonly fields?: never
  readonly tables?: never
}
/** Of what runs by the result's frames, or gives them. */
interface OfEnds extends OfPixels {
  readonly clock?: never
  readonly readsFrame?: never
}

/** What is not honoured cannot be declared: sound goes from a source to a sink, and a fused unit writes pictures. */
export type Kernel<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params> = KernelSpec<I, P> &
  (
    | {
        readonly kind: 'pixel'
        /**
         * Body of a WGSL function that returns the output's value: `vec4f` (image, motion) or `f32` (mask). Of several outputs it
         * returns `Outputs(…)`, the values of all in the order in which the node declares them; all have one size.
         * In scope: each input port by name (its value at this pixel; a number's own; its fallback while unconnected),
         * `p.<param>` for every `uniform` param that is a number, bool or choice (f32, i32, u32; a choice is
         * its index), `px.at: vec2u`, `px.size: vec2u`, with `readsFrame` `px.frame: u32`, and for each port that
         * `needs` names the function `<port>_at(at: vec2i)`, clamped to the edge, with `<port>_before1_at`,
         * `<port>_after1_at` and so on for the frames that are asked for; for each of `fields` and `tables` `<name>_at(at: vec2i)`.
         * Library functions: see `gpu/wgsl/wgsl-library.ts`.
         * Made from the params, it may leave out what they switch off: software graphics pays for a branch that is not taken.
         * A param that a number is wired to stands at its highest there.
         */
        readonly wgsl: IfAll<
          I,
          PerFrame,
          IfAll<O, TypesStoredAs<'texture'>, string | ((params: Values<P>, facts: AssetFacts) => string)>
        >
        /**
         * Numbers that a body reads beside its inputs, each as `<name>_at(at: vec2i) -> vec4f`: made when the node is prepared,
         * of its `plan` params and the files they name, and never for a frame.
         */
        readonly tables?: Readonly<Record<string, (c: TableContext<P>) => Promise<Table>>>
        /** WGSL functions of the node's own; names begin with the type's camel case. */
        readonly functions?: string
      }
    | (OfPixels & {
        readonly kind: 'pass'
        readonly prepare: IfAll<
          I,
          PerFrame,
          IfAll<O, PerFrame, (c: Prepare<I, O, P>) => Promise<PassInstance<I, O, P>>>
        >
      })
    /** Numbers that are known without the GPU. Nothing is prepared, and nothing may be held. */
    | (OfPixels & {
        readonly kind: 'number'
        readonly numbers: IfAll<
          I,
          TypesStoredAs<'number'>,
          IfAll<O, TypesStoredAs<'number'>, (run: NumberRun<I, P>) => { readonly [K in keyof O]: number }>
        >
      })
    | (OfPixels & {
        readonly kind: 'async'
        readonly prepare: IfAll<
          I,
          PerFrame,
          IfAll<O, PerFrame, (c: Prepare<I, O, P>) => Promise<AsyncInstance<I, O, P>>>
        >
      })
    | (OfEnds & {
        readonly kind: 'source'
        readonly prepare: IfAll<I, never, (c: Prepare<I, O, P>) => Promise<SourceInstance<O, P>>>
      })
    | (OfEnds & {
        readonly kind: 'sink'
        readonly needs?: never
        readonly prepare: IfAll<
          O,
          never,
          (c: Prepare<I, O, P> & { readonly sink: SinkContext }) => Promise<SinkInstance<I, P>>
        >
      })
  )

export type { PictureDesc }
