/**
 * The joints of the GPU layer: what nodes, models and the engine may know of it. Implementations live in the
 * other files of this folder; only the engine and the composition roots see those.
 */
import type { PictureDesc } from '../graph/node/ports.ts'
import type { Region } from '../graph/plan/region.ts'

/**
 * A value on the GPU. Never written by anybody but the step that produces it.
 *
 * The texture may hold a part of the picture alone: then pixel (x, y) of the picture is texel (x − part.x, y − part.y).
 * Places, sizes and edges are always those of the whole picture, `desc`.
 */
export interface GpuPicture {
  readonly texture: GPUTexture
  readonly desc: PictureDesc
  /** What the texture holds: as large as the texture; for a whole picture all of `desc`. */
  readonly part: Region
  /** Known to have an alpha of 1 everywhere. */
  readonly opaque?: boolean
  /** In place of the texture, which then holds nothing. Only readers that were asked for in `MadePicture.showAs` ever meet it. */
  readonly view?: PictureView
}

/** Where a picture's numbers lie, if not in its texture, and how they are read there. */
export interface PictureView {
  /** The same name, the same WGSL, buffers and uniforms but for their values. */
  readonly name: string
  readonly buffers: Readonly<Record<string, { readonly binding: BufferBinding; readonly value: GPUBuffer }>>
  readonly uniforms: Readonly<Record<string, { readonly type: UniformType; readonly value: UniformValue }>>
  /**
   * Body of a WGSL function of `at: vec2i`, a pixel of the whole picture that is in its `part`, which returns a `vec4f`. The view's buffers
   * are called as `own` says there, its uniforms likewise behind `u.`.
   */
  wgsl(own: (name: string) => string): string
}

/** A picture that a step is to make. */
export interface MadePicture extends GpuPicture {
  /** Says that alpha is 1 everywhere. */
  noteOpaque?(): void
  /**
   * In place of filling the texture: present where all that reads the picture can read a view. It is disposed once all of that is
   * recorded, though perhaps not submitted.
   */
  showAs?(view: PictureView & Disposable): void
}

/** A number on the GPU, until it is read back. */
export interface GpuNumber {
  /** One pixel of `r32float`; the number is its red. */
  readonly texture: GPUTexture
}

/** Which moment a result is for. A frame is identified by its media and index, never by a rounded time. */
export interface FrameTime {
  /** Index in the clock's media, from 0 in presentation order, whatever the trim. */
  readonly index: number
  /** Seconds in the clock's media. */
  readonly timestamp: number
  /** Seconds. */
  readonly duration: number
}

/** Something borrowed; disposing gives it back. Twice is a programming error and throws. */
export interface Lease<T> extends Disposable {
  readonly value: T
}

/** Formats that a compute pass may both sample and store to. */
export type PictureFormat = 'rgba16float' | 'r32float'

export interface TextureDesc {
  readonly width: number
  readonly height: number
  readonly format: PictureFormat | 'r8unorm' | 'rg8unorm' | 'r16uint' | 'rg16uint' | 'rgba8unorm' | 'rgba32float'
}

export interface BufferDesc {
  /** Bytes. */
  readonly size: number
  readonly usage: GPUBufferUsageFlags
}

export interface PoolStats {
  /** Bytes leased now. */
  readonly liveBytes: number
  /** Bytes kept for re-use. */
  readonly idleBytes: number
  /** The largest `liveBytes` since the last `resetPeak`. */
  readonly peakBytes: number
  readonly leases: number
}

/** Textures and buffers that are borrowed and given back; GPU work is ordered, so a returned one may be re-used at once. */
export interface ResourcePool extends Disposable {
  /** Usages: sampled, storage (where the format allows), render attachment, copy both ways. */
  texture(desc: TextureDesc, label: string): Lease<GPUTexture>
  buffer(desc: BufferDesc, label: string): Lease<GPUBuffer>
  /** Ages idle entries; destroys those unused for some frames. */
  endFrame(): void
  resetPeak(): void
  readonly stats: PoolStats
}

/**
 * The commands of a frame on their way to the GPU, with the uniforms they use. One encoder as long as nobody needs a
 * result; `submit` sends what is there and begins anew. All recorders of a GPU record into the same encoder: whatever is
 * recorded, by whomever, runs in that order.
 */
export interface Recorder {
  readonly encoder: GPUCommandEncoder
  /** Copies `bytes` into this recording's uniform arena; valid until `submit`. */
  uniform(bytes: Uint8Array): { readonly buffer: GPUBuffer; readonly offset: number }
  /** While times are measured: where the pass that begins now writes its begin and end. */
  timestampWrites?(): GPUComputePassTimestampWrites | undefined
  submit(): void
  /** Tells that the CPU computed for so long while what is recorded awaited it: what of the waiting was work. */
  worked?(milliseconds: number): void
  /**
   * Takes note of what is found out later of what is recorded now: its rejection fails the frame that is being made, which nobody waits for on
   * its way. Absent where nobody would hear of it.
   */
  foundLater?(finding: Promise<void>): void
}

export interface FrameRecorder extends Recorder {
  worked(milliseconds: number): void
  /** Milliseconds of `worked` since the last call. */
  takeWorked(): number
  /** How many submits were made through it; for tests and the bench. */
  readonly submits: number
}

export type UniformType = 'f32' | 'i32' | 'u32' | 'vec2f' | 'vec2i' | 'vec2u' | 'vec3f' | 'vec4f' | 'mat3x3f'
export type UniformTypes = Readonly<Record<string, UniformType>>
/** A number that the GPU has made and nobody has read back: four bytes of a buffer that can be copied from. */
export interface GpuScalar {
  readonly buffer: GPUBuffer
  readonly offset: number
}
/** A `GpuScalar` stands for a number of type `f32`. */
export type UniformValue = number | readonly number[] | GpuScalar

export interface BufferBinding {
  /** WGSL type of the whole binding, such as `array<f32>`. */
  readonly type: string
  readonly access: 'read' | 'read_write'
}

/**
 * A compute pass by names: the bindings' numbers, the uniform struct and the bounds check are generated.
 * `wgsl` defines `fn main(at: vec2u)`, called once for each point of `size`; it reads a texture `a` with
 * `textureLoad(a, at, 0)`, writes one with `textureStore(b, at, …)`, and reads uniforms as `u.name`.
 */
/**
 * How a pass reads a texture. A format: as a storage texture of it, by `textureLoad(name, at)` without a level, which takes software
 * graphics two thirds of the time; few may be bound so, those that are written among them.
 */
export type ReadKind = 'float' | 'uint' | 'external' | PictureFormat

export interface ComputeSpec {
  /** `node/what`, as it stands in GPU error messages and captures. */
  readonly label: string
  readonly reads?: Readonly<Record<string, ReadKind>>
  readonly writes?: Readonly<Record<string, PictureFormat | 'rgba8unorm' | 'rgba32float'>>
  readonly buffers?: Readonly<Record<string, BufferBinding>>
  readonly uniforms?: UniformTypes
  readonly wgsl: string
  /** Threads a workgroup, where the pass needs so many; else what suits the adapter. */
  readonly workgroup?: readonly [number, number]
  /** It may be recorded for a piece of its points alone. */
  readonly inPieces?: true
}

export interface ComputeBindings {
  readonly reads?: Readonly<Record<string, GPUTexture | GPUExternalTexture>>
  readonly writes?: Readonly<Record<string, GPUTexture>>
  readonly buffers?: Readonly<Record<string, GPUBuffer>>
  readonly uniforms?: Readonly<Record<string, UniformValue>>
  /** Points to run over. */
  readonly size: { readonly width: number; readonly height: number }
  /** Of these, those of the piece alone; the pass must be one `inPieces`. */
  readonly piece?: Region
}

export interface ComputePass {
  /** Threads a workgroup. */
  readonly workgroup: readonly [width: number, height: number]
  record(recorder: Recorder, bindings: ComputeBindings): void
}

/** Numbers for a shader to look up: `width` × `height` texels of four, row by row. */
export interface Table {
  readonly width: number
  readonly height: number
  readonly rgba: Float32Array<ArrayBuffer>
}

/** What of the GPU a node or a model may use. */
export interface Gpu {
  readonly device: GPUDevice
  /** A CPU pretending to be a GPU: correct, and slow. */
  readonly software: boolean
  readonly pool: ResourcePool
  /** Compiles once per text; asking again gives the same pipeline. Rejects with the WGSL error and the label. */
  compute(spec: ComputeSpec): Promise<ComputePass>
  /**
   * One for each frame that is under way, or picture that is looked at.
   * @param timestampWrites see `Recorder`
   */
  recorder(timestampWrites?: Recorder['timestampWrites'], foundLater?: Recorder['foundLater']): FrameRecorder
  /** Says that the screen was drawn for a hand that moves, and will be again soon. */
  noteDrawing(): void
  /**
   * What is submitted runs in order, drawings too. Work of many pieces asks before each: while a hand moves, this
   * submits what `recorder` has and resolves once it is done, so that no drawing waits for more than one piece; else
   * it resolves at once.
   */
  giveWay(recorder?: Recorder): Promise<void>
}
