/** What the page and the ffmpeg worker say to each other. */

/** Frames asked for: raw ones of `frameBytes`, kept where `from ≤ timestamp < to` (seconds), at most `most`. */
export interface FrameWish {
  readonly frameBytes: number
  readonly from: number
  readonly to: number
  readonly most: number
}

export interface RawFrames {
  /** Seconds, one a kept frame, as the decoder gave them. */
  readonly timestamps: readonly number[]
  /** The frames one after another. */
  readonly bytes: ArrayBuffer
}

export type FfmpegTask =
  /** Makes `file` readable at `/<mount>/<name>`, in place. */
  | { readonly kind: 'mount'; readonly mount: string; readonly name: string; readonly file: Blob }
  | { readonly kind: 'unmount'; readonly mount: string }
  /** Runs ffprobe; gives what it printed. */
  | { readonly kind: 'probe'; readonly args: readonly string[] }
  /** Runs ffmpeg; `OUTPUT` in the arguments is a file that grows in the browser's private store. */
  | { readonly kind: 'convert'; readonly args: readonly string[]; readonly folder: string; readonly file: string }
  /** Runs ffmpeg; `OUTPUT` receives raw frames, which the filter `showinfo` announces. */
  | { readonly kind: 'frames'; readonly args: readonly string[]; readonly wish: FrameWish }

export interface FfmpegRequest {
  readonly id: number
  readonly task: FfmpegTask
}

export interface FfmpegResult {
  /** Exit code: 0 is success. */
  readonly code: number
  /** The last lines of its log. */
  readonly log: readonly string[]
  /** Bytes of the memory of the decoding core. */
  readonly memory: number
  readonly text?: string
  readonly frames?: RawFrames
}

export type FfmpegAnswer =
  | { readonly id: number; readonly ok: true; readonly result: FfmpegResult }
  | { readonly id: number; readonly ok: false; readonly name: string; readonly message: string }
