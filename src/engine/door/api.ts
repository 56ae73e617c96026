/**
 * The engine's door: everything the editor, the command line and the tests may ask of it. Plain data both
 * ways, since the engine lives in a worker. Refusals are values (`Problem`s), not exceptions.
 */

import type { AddedAsset } from '../../assets/asset.ts'
import type { AnyDocument, FlatEndpoint, FlatId, GraphDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetFactsOf, AssetKind, ModelFacts } from '../../graph/node/facts.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { ValueDesc } from '../../graph/node/ports.ts'
import type { Region, RegionShare } from '../../graph/plan/region.ts'
import type { SinkReport } from '../../media/types.ts'
import type { RuntimeChoice, RuntimeName } from '../../models/types.ts'

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Why people's code was switched off. `lost`: the GPU was, while it ran. `slow`: it did not come to an end within its time. */
export type CodeStop = 'lost' | 'slow'

export interface EngineStatus {
  /** `null`: no WebGPU here; `reason` says what to do. */
  readonly adapter: {
    readonly description: string
    /** A CPU pretending to be a GPU. */
    readonly software: boolean
    readonly maxTextureSize: number
  } | null
  readonly reason: string | null
  /** Whether the page is isolated, so that WASM may use several threads. */
  readonly isolated: boolean
  readonly wasmThreads: number
  /** Counts up whenever the GPU was lost and everything was built anew. */
  readonly rebuilds: number
}

/** Nodes inside subgraphs are named as `graph/levels.ts` does, wherever a request or an answer names nodes. */
export interface PreviewRequest {
  readonly document: AnyDocument
  /** The output to show. */
  readonly view: FlatEndpoint
  /** Up to three more outputs to compare it with, of the same moment; of any size. */
  readonly others?: readonly FlatEndpoint[]
  /** A mask or map of the same moment that may lie over the view, of any size. */
  readonly overlay?: FlatEndpoint
  /** Index in the clock's media; clamped to what the clock offers. */
  readonly frame: number
  readonly runtime?: RuntimeChoice
  /**
   * Renders on pictures this many times smaller (2, 4…); 1 where absent, and where the graph cannot be rendered
   * so. What the result says of sizes, and the viewer's coordinates, stay those of the whole picture.
   */
  readonly draft?: number
  /**
   * Renders this part of the view alone, at full quality whatever `draft` says, and the same part of the others. Where
   * absent, the whole. Around it the viewer shows the ground: what was shown whole before, dimmed.
   */
  readonly region?: RegionShare
  /** Becomes the ground under a region, and is shown as that alone. */
  readonly ground?: boolean
  /**
   * For many frames in a row: keeps what is shown and what models made, not every step between, and gives up
   * keeping rather than push out what the last single frame needs to answer an edit at once.
   */
  readonly thrifty?: boolean
  /**
   * Renders into the cache alone and shows nothing. Gives way: it is superseded by any request that shows, and
   * never supersedes one.
   */
  readonly background?: boolean
  /** While a clip is played: the frames that will be asked for next, in this order. They are made beside this one. */
  readonly upcoming?: readonly number[]
}

export interface NodeReport {
  /** Time of the node's own work in this frame (of its whole fused unit, where it is in one); 0 from the cache. */
  readonly milliseconds: number
  /** That it waited for others: the decoder, the GPU's queue, the encoder. */
  readonly waiting: number
  readonly cached: boolean
  /** Nodes that ran as one with it, itself among them: `milliseconds` is the time of all. */
  readonly fusedNodes: number
  /** Bytes of the textures it hands on; 0 within a fused unit. */
  readonly bytes: number
  readonly runtime?: RuntimeName
  readonly note?: string
}

export interface ClockReport {
  readonly node: FlatId | null
  /** Frames offered after the trim, inclusive. */
  readonly first: number
  readonly last: number
  /** The frame shown. */
  readonly index: number
  /** Seconds in the clock's media. */
  readonly timestamp: number
  readonly duration: number
  /** The frames are still being counted: `last` is about right. */
  readonly estimated?: true
}

export interface OtherPicture {
  readonly desc: ValueDesc | null
  readonly problems: readonly Problem[]
}

export interface PreviewResult {
  /** `superseded`: a later request came, or it was cancelled; nothing was shown. */
  readonly state: 'shown' | 'superseded'
  readonly desc: ValueDesc | null
  /** For each of the `others`: what it is, or why it cannot be shown; the view is shown all the same. */
  readonly others: readonly OtherPicture[]
  /** The same of the overlay; absent where none was asked for, or nothing shown. */
  readonly overlay?: OtherPicture
  readonly clock: ClockReport
  readonly nodes: Readonly<Record<FlatId, NodeReport>>
  readonly milliseconds: number
  /** Bytes of textures the preview cache holds. */
  readonly cacheBytes: number
  /** Bytes of all textures and buffers of the engine, the cache among them. */
  readonly gpuBytes: number
  /** The draft it was rendered as; 1: the whole. */
  readonly draft: number
  /** The part of the view that was rendered, in its pixels; `null`: all of it. */
  readonly region: Region | null
  /**
   * What numbers drive, by node and param: each as it is wired at this frame, before it is held within the param's range. Of
   * nodes that play a part in what is shown.
   */
  readonly drivenValues: Readonly<Record<FlatId, Readonly<Record<string, number>>>>
  /** Frames whose pictures, for this very request, the cache holds: runs of first and last, ascending. */
  readonly readyRuns: readonly (readonly [first: number, last: number])[]
  /** People's code that was switched off since the engine began, and why. */
  readonly stoppedCode: Readonly<Record<string, CodeStop>>
}

/**
 * How often each value occurs in a picture, counted over every pixel; transparent pixels count as their colour.
 * - `histogram`: 256 columns (8-bit codes as an export would write them) × 4 rows: R, G, B, and BT.709 luma.
 * - `waveform`: a column for each of at most 256 strips of the picture, left to right × 256 rows of luma, 0 first.
 * - `vectorscope`: 256 columns of Cb × 256 rows of Cr, each from −0.5 to 0.5 (ITU-R BT.709-6, item 3.3).
 */
export type ScopeKind = 'histogram' | 'waveform' | 'vectorscope'

export interface ScopeCounts {
  readonly columns: number
  readonly rows: number
  /** `columns × rows`, row by row. */
  readonly counts: Uint32Array<ArrayBuffer>
}

export interface Picture8 {
  readonly width: number
  readonly height: number
  /** RGBA, 8 bits each. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
}

/**
 * How the pictures lie on the canvas: the view is A, the first of the others B. All share zoom and place;
 * pictures of another size are stretched over A's.
 */
export type CompareLayout =
  /** One alone: 0 is A, 1 is B… */
  | { readonly mode: 'single'; readonly show: number }
  /** A to the left of a line, B to its right; `position` in [0,1] across the canvas. */
  | { readonly mode: 'wipe'; readonly position: number }
  /** Every picture in a field of its own, `columns` (2 where absent) beside each other, the rest in rows below. */
  | { readonly mode: 'side'; readonly columns?: number }
  /**
   * One picture less another: A − B, or those that `of` names; `beyond`: as much of it, a channel, as goes beyond the difference
   * of this picture to the subtrahend by more than a step of 8 bits. Where one is missing, A alone.
   */
  | {
      readonly mode: 'difference'
      readonly gain: number
      readonly tone: DifferenceTone
      readonly of?: readonly [minuend: number, subtrahend: number]
      readonly beyond?: number
    }
  /** A and B over each other, `mix` of B in [0,1]. */
  | { readonly mode: 'onion'; readonly mix: number }

/**
 * How a difference d, times its gain, is shown: |d| on black, 0.5 + d on grey, or the root of the mean square of its channels
 * as heat, from black (0) over violet and orange to pale yellow (1).
 */
export type DifferenceTone = 'amount' | 'signed' | 'heat'

/** Of heat at 0, ¼, ½, ¾ and 1, sRGB: matplotlib's “inferno” (S. van der Walt, N. Smith, 2015), black at 0. */
export const heatColours = [
  [0, 0, 0],
  [0.341, 0.062, 0.43],
  [0.736, 0.216, 0.33],
  [0.978, 0.557, 0.035],
  [0.988, 1, 0.645],
] as const

/** How a mask or map lies over A. Its values, times `gain`, are taken from [0,1]. */
export interface OverlayLook {
  /** `heat`: as of a difference, the stronger the less is seen through it; else in one colour. */
  readonly tint: 'heat' | 'red' | 'green' | 'blue' | 'white'
  /** Of the map where it is 1, in [0,1]. */
  readonly opacity: number
  readonly gain: number
  /** The map in place of A, not over it. */
  readonly alone: boolean
}

/** Values of one picture at one place. */
export interface PixelValue {
  /** Of this picture, in its own pixels. */
  readonly x: number
  readonly y: number
  /** RGBA in [0,1] as computed; a mask's weight stands in all of R, G and B. */
  readonly rgba: readonly [number, number, number, number]
}

/** How the viewer lies over its canvas. */
export interface Viewport {
  /** Canvas size in device pixels. */
  readonly width: number
  readonly height: number
  /** Device pixels per picture pixel. */
  readonly zoom: number
  /** Picture pixel at the canvas' centre. */
  readonly centre: { readonly x: number; readonly y: number }
  /** What surrounds the picture, sRGB in [0,1]. */
  readonly background: readonly [number, number, number]
  /** A alone where absent. */
  readonly layout?: CompareLayout
  /** How the request's overlay lies over A; without it none does. */
  readonly overlay?: OverlayLook
  /** Lines between the pixels from a zoom of 8 on. */
  readonly pixelGrid?: boolean
}

/** Where an export's bytes go. */
export type OutputTarget =
  /** The browser's private store; afterwards `takeOutput` gives the file. */
  | { readonly kind: 'store' }
  | { readonly kind: 'file'; readonly handle: FileSystemFileHandle }
  | { readonly kind: 'folder'; readonly handle: FileSystemDirectoryHandle }
  /** PUTs chunks to this address (the command line listens there). */
  | { readonly kind: 'http'; readonly url: string }
  /** Nowhere: only how long it takes and how large it becomes is wanted. */
  | { readonly kind: 'none' }

export interface ExportOutput {
  readonly fileName: string
  readonly target: OutputTarget
  /**
   * An address at which finished frames are kept until all are there (the command line listens there); those that lie
   * there already are not made again. Without a `job` alone.
   */
  readonly segments?: string
  /** An address at which the ffmpeg installed on this machine takes frames; see `host/encoder-server.ts`. */
  readonly encoder?: string
}

export interface ExportRequest {
  readonly document: GraphDocument
  /** For each sink: where to. Sinks without an entry do not run. */
  readonly outputs: Readonly<Record<FlatId, ExportOutput>>
  /**
   * The frames to make, `first` up to, not including, `next`, as they are numbered in the whole result: from 0, which is the
   * first after the trim. In place of it `start`, `duration` and `frames` may stand; where none does, all are made. Each
   * frame has the number and the time that it has in the whole.
   */
  readonly range?: { readonly first: number; readonly next: number }
  /** Seconds of the result at which to begin, and how many of them. */
  readonly start?: number
  readonly duration?: number
  /** At most this many frames. */
  readonly frames?: number
  /**
   * Whether files carry the whole's timestamps, and pictures its numbers. Else a file of a range begins at 0: players show
   * nothing for as long as a file's first timestamp is away.
   */
  readonly keepTimestamps?: boolean
  readonly runtime?: RuntimeChoice
  /**
   * Keeps what is finished in the browser's private store under this name (letters, digits, hyphens), so that the
   * same request with the same name goes on where an earlier one was paused, or died with its page.
   */
  readonly job?: string
  /**
   * Only piece `index` (from 0) of `of` like ones: makes what of it is not kept yet, keeps it, and writes no file. Pieces
   * are cut where segments end; where there are fewer segments than pieces, some hold no frame.
   */
  readonly piece?: { readonly index: number; readonly of: number }
  /** Makes nothing: is refused unless all frames are kept. */
  readonly allKept?: boolean
}

/** What an export of the whole range will take, measured on its first frames. */
export interface ExportEstimate {
  /** Frames of the whole range. */
  readonly frames: number
  /** Frames that were rendered and encoded to find out. */
  readonly framesMeasured: number
  /** For the whole range, all outputs together. */
  readonly seconds: number
  readonly bytes: number
}

export interface ExportProgress {
  readonly frame: number
  readonly frames: number
  /** Frames a second, over the last seconds. */
  readonly rate: number
  /** Seconds. */
  readonly elapsedSeconds: number
  readonly remaining: number
}

export interface ExportReport {
  /**
   * `paused`: `frames` of them are kept. `kept`: all of the `piece` that was asked for are. `cancelled`: so many were
   * begun.
   */
  readonly state: 'done' | 'cancelled' | 'paused' | 'kept'
  readonly outputs: Readonly<Record<FlatId, SinkReport>>
  readonly frames: number
  /** Seconds, wall time. */
  readonly seconds: number
  /** Seconds per step over the whole run, with the ids of its nodes. */
  readonly steps: readonly {
    readonly nodes: readonly FlatId[]
    /** Of its own work. */
    readonly seconds: number
    /** That it waited for others: the decoder, the GPU's queue, the encoder. */
    readonly waitingSeconds: number
    readonly runtime?: RuntimeName
    readonly note?: string
  }[]
  /** The most bytes of textures and buffers that were alive at once. */
  readonly peakTextureBytes: number
  /** The most that the plan says for as many frames as were made side by side. */
  readonly planPeakBytes: number
  readonly rebuilds: number
  /** What became known of the media on the way (damaged frames and what stands for them), one sentence each. */
  readonly notes: readonly string[]
}

/** Numbers of a graph over its clip. */
export interface SeriesRequest {
  readonly document: AnyDocument
  /** Outputs that are numbers. */
  readonly outputs: readonly FlatEndpoint[]
}

/** A number over the clip, as far as it is known. */
export interface Series {
  /** Frame of the clock that the first of the values belongs to. */
  readonly first: number
  /** One a frame, to the clip's last; NaN where it was not measured. Empty: no frame was. */
  readonly values: Float32Array<ArrayBuffer>
  /** What stands in the way of measuring it. */
  readonly problems: readonly Problem[]
}

export interface MeasureRequest extends SeriesRequest {
  /** Frames of the clock, clamped to what it offers, measured in this order; or each, from the first to the last. */
  readonly frames: readonly number[] | 'every'
  readonly runtime?: RuntimeChoice
  /** For whom: a later request of the same name ends this one; those of other names wait for their turn. */
  readonly name: string
}

export interface MeasureProgress {
  /** Frames measured so far, of those that were not known. */
  readonly framesDone: number
  readonly frames: number
  /** Share of all their work that has begun, 0 to 1: it also grows within a frame. Shaders are compiled before the first is told of. */
  readonly startedShare: number
  /** Since the last time: for each of the outputs its number, NaN for one that cannot be measured. */
  readonly frameValues: readonly { readonly frame: number; readonly values: readonly number[] }[]
}

export interface MeasureReport {
  readonly state: 'measured' | 'superseded'
  /** Frames that were measured now. */
  readonly frames: number
}

/** A stretch of the work on the frame that is waited for. */
export interface PreviewProgress {
  /** The share of the work that is done as it begins, and once it has ended, 0…1. */
  readonly from: number
  readonly to: number
  /** That it is expected to take. */
  readonly milliseconds: number
}

export interface Engine {
  status(): Promise<EngineStatus>

  /** Reads and keeps a file of a kind under `id` (several files where the kind is of several), in place of what stood there. */
  addAsset<K extends AssetKind>(kind: K, id: string, files: readonly File[]): Promise<Outcome<AddedAsset<K>>>
  /**
   * Facts of a file that was added, or that ships with the product.
   * @param whole once all is known of it that will be (see `MediaFacts.counting`)
   */
  assetFacts<K extends AssetKind>(kind: K, ref: AssetRef, whole?: boolean): Promise<Outcome<AssetFactsOf[K]>>
  /** The comment in a file's metadata, where exports carry their graph; `null`: it has none. */
  readComment(file: File): Promise<Outcome<string | null>>

  /**
   * Lets people's code run, known by its very text: of a node that holds other code nothing runs, it passes its input on. Code
   * that was switched off runs again.
   */
  allowCode(codes: readonly string[]): Promise<void>

  /** Compiles code for a node of this type, without running it. What is wrong with it has its place. */
  compileCode(type: string, code: string): Promise<Outcome<null>>

  /** Models of the catalog and those added. */
  models(): Promise<readonly ModelFacts[]>

  /** The canvas the viewer draws on; drawn again on `setViewport` and after each preview. */
  attachCanvas(canvas: OffscreenCanvas): Promise<void>
  setViewport(viewport: Viewport): Promise<void>
  /** What A, the others and the overlay hold at picture pixel `at` of A; empty outside it. */
  readPixels(at: { readonly x: number; readonly y: number }): Promise<readonly PixelValue[]>

  /** Of A and, where there is one, of B, as they are shown now. */
  scope(kind: ScopeKind): Promise<readonly ScopeCounts[]>

  /** Renders one output of one frame and shows it. The latest request wins; earlier ones resolve as superseded. */
  preview(request: PreviewRequest): Promise<Outcome<PreviewResult>>
  /** From now on tells how far a frame is that is rendered to be shown and takes its time; not of what is played. */
  followPreview(onProgress: (progress: PreviewProgress) => void): Promise<void>
  /** The same without showing it: the pixels. */
  snapshot(request: PreviewRequest): Promise<Outcome<Picture8>>
  /** A small picture of an output, the longer side at most `side` pixels; in the background. `null`: something else came first. */
  thumbnail(request: PreviewRequest, side: number): Promise<Outcome<Picture8 | null>>
  /** Ends what runs in the background, at its next step: somebody is about to ask for more. */
  stopBackground(): Promise<void>
  /** Byte budget of the preview cache; the least recently used goes first. */
  setCacheBudget(bytes: number): Promise<void>
  clearCache(): Promise<void>

  /**
   * Measures what is not known yet, behind any preview, and remembers it. `onProgress` at most some ten times a second.
   */
  measure(request: MeasureRequest, onProgress: (progress: MeasureProgress) => void): Promise<Outcome<MeasureReport>>
  stopMeasure(name: string): Promise<void>
  /** For each of the outputs what was measured of it, also before an edit that was undone. */
  knownSeries(request: SeriesRequest): Promise<Outcome<readonly Series[]>>

  /** One export at a time; `onProgress` at most some ten times a second. */
  export(request: ExportRequest, onProgress: (progress: ExportProgress) => void): Promise<Outcome<ExportReport>>
  /** Stops within one frame; nothing stays under the final name, nor of the request's `job`. */
  cancelExport(): Promise<void>
  /** Stops within one frame and keeps what was done; only for a request with a `job`. Lets go of all codecs. */
  pauseExport(): Promise<void>
  /** Exports of which something is kept, and how many frames of each are finished. */
  keptExports(): Promise<readonly { readonly job: string; readonly frames: number }[]>
  /** Removes what is kept under `job`. */
  dropExport(job: string): Promise<void>
  /**
   * Renders and encodes the first frames of `request`, writes nothing, and tells what the whole will take. A later
   * estimate, or an export, ends it: then its state is `superseded`.
   */
  estimateExport(
    request: ExportRequest,
  ): Promise<
    Outcome<{ readonly state: 'measured'; readonly estimate: ExportEstimate } | { readonly state: 'superseded' }>
  >
  stopEstimate(): Promise<void>
  /** The finished file of an export into the store; it is removed from there once `release` is called. */
  takeOutput(fileName: string): Promise<File>
  releaseOutput(fileName: string): Promise<void>

  /** For tests: as if the GPU went away. */
  loseDevice(): Promise<void>
}
